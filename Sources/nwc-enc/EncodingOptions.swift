import ArgumentParser
import CMRLCodec
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
            and send a patch where that makes the stream better; decoders before version 4 of the \
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
            Layers to send, 1 ... 8; upper ones can be dropped later by nwc-info strip. (default: \
            one, two for bitrates that one cannot reach)
            """,
            valueName: "n"))
    var layers: Int?

    @Option(
        help: ArgumentHelp(
            """
            What layers above the first add: nested = finer steps of the same symbols, up to a \
            tenth more bytes than one layer of the same quality; residual = what is left, coded \
            by the model's second module, as up to version 0.2.
            """,
            valueName: "kind"))
    var layering = Layering.nested

    @Option(
        help: ArgumentHelp(
            """
            Fixed rate index instead of a bitrate, 0 ... 255: of layer 1, of residual layers of \
            the top one.
            """,
            valueName: "index"))
    var rateIndex: UInt8?

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            """
            Change the model by a patch of nwc-train adapt and send it with the stream; decoders \
            before version 4 of the format refuse that.
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

extension Layering: ExpressibleByArgument {}
