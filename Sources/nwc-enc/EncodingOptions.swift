import ArgumentParser
import ToolSupport

/// What most users say, if anything: how many bits, how much time, with how much noise.
struct QualityOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            Average rate of the whole file, all channels, in kbit/s, 1 ... 256 a channel. \
            (default: 16 a channel, 48 with --model audio)
            """,
            valueName: "kbit/s"),
        transform: BitRate.init(argument:))
    var bitrate: BitRate?

    @Option(
        help: ArgumentHelp(
            """
            Rounds of analysis by synthesis, 0 ... 1000: better sound at the same rate for \
            more time; decoders need not know. One layer only.
            """,
            valueName: "rounds"))
    var effort = 0

    @Option(
        help: ArgumentHelp(
            """
            Adapt the model to the recording first, by so many forward passes over seconds of it, \
            and send a patch where that makes the stream better; decoders before version 3 of the \
            format refuse that. (default: 0)
            """,
            valueName: "passes"))
    var adapt: Int?

    @Flag(help: "Take noise out before coding, as nwc-denoise does.")
    var denoise = false

    @Option(
        help: ArgumentHelp(
            "Share of the denoising in dB, 0 ... 1; implies --denoise. (default: 1)",
            valueName: "share"))
    var denoiseStrength: Double?
}

/// How the bitstream is made up.
struct StreamOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Layers to send; upper ones can be dropped later by nwc-info strip. (default: the \
            fewest that meet the bitrate)
            """,
            valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp(
            "Fixed rate index of the top layer, 0 ... 255, instead of a bitrate.",
            valueName: "index"))
    var rateIndex: UInt8?

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            """
            Change the model by a patch of nwc-train adapt and send it with the stream; decoders \
            before version 3 of the format refuse that.
            """, valueName: "file"),
        completion: .file(extensions: ["nwp"]))
    var patch: String?

    @Option(
        help: ArgumentHelp(
            "Every so many packets one can be decoded without those before it.",
            valueName: "packets"))
    var keyInterval = 1

    @Option(help: ArgumentHelp("Blocks of about 20 ms in a packet.", valueName: "blocks"))
    var packetBlocks = 50

    @Flag(
        inversion: .prefixedNo,
        help: """
            Name the model's post-filter in the stream, so that decoders use it; --no-enhance \
            makes streams that decoders without post-filters read too.
            """)
    var enhance = true

    @Flag(
        inversion: .prefixedNo,
        help: """
            Keep title, artist, date and the like of the source, which decoders before version 2 \
            of the format refuse; --no-tags leaves them out.
            """)
    var tags = true
}
