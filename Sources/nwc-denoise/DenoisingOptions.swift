import ArgumentParser

/// How noise is taken out.
struct DenoisingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How much of the noise is taken away, in dB, 0 ... 1: 0.5 is half as many dB as the \
            denoiser would.
            """,
            valueName: "share"))
    var strength = 1.0

    @Option(
        help: ArgumentHelp("A denoiser's file, instead of the built-in one.", valueName: "file"),
        completion: .file(extensions: ["nwm"]))
    var model: String?
}

/// Format of the sound that is written.
struct DenoisedFormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Bits of a sample: 8, 16, 24 or 32; with --float 32 or 64. (default: 16, with --float 32)
            """, valueName: "bits"))
    var bits: Int?

    @Flag(help: "Bits of a sample of the output are floating point.")
    var float = false

    @Flag(help: "The output is PCM without a header.")
    var rawOutput = false

    @Flag(
        inversion: .prefixedNo,
        help: """
            Write the source's title, artist, date and the like into the output, if it can; \
            --no-tags leaves them out.
            """)
    var tags = true
}
