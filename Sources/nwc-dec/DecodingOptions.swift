import ArgumentParser
import ToolSupport

/// How much of a stream is decoded, and with what.
struct DecodingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Sampling rate of the output. (default: that of the source)", valueName: "Hz"))
    var rate: Int?

    @Option(help: ArgumentHelp("Decode at most so many layers.", valueName: "n"))
    var layers: Int?

    @OptionGroup var model: ModelOptions

    @Flag(
        inversion: .prefixedNo,
        help: """
            Filter the decoded sound with the model's post-filter, which was trained to make it \
            more like the original; --no-enhance leaves that out. (default: where the stream \
            names it)
            """)
    var enhance: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Write the stream's title, artist, date and the like into the output, if it can; \
            --no-tags leaves them out.
            """)
    var tags = true
}

/// What is done about packets that are damaged or lost.
struct LossOptions: ParsableArguments {
    @Flag(help: "Go on over damaged parts, and conceal them.")
    var conceal = false

    @Option(
        help: ArgumentHelp(
            "Lose this share of the packets at random, 0 ... 1, and conceal them.", valueName: "p"))
    var packetLoss: Double?

    @Option(
        help: ArgumentHelp(
            "Lose packets in bursts of so many on average. (default: each by itself)",
            valueName: "packets"))
    var lossBurst: Double?

    @Option(help: ArgumentHelp("Other seeds lose other packets.", valueName: "number"))
    var seed: UInt64 = 1
}
