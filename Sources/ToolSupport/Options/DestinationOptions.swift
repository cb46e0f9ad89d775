import ArgumentParser

/// Where the output goes.
public struct DestinationOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Output file; - is standard output.", valueName: "file"),
        completion: .file())
    public var output: String?

    @Option(
        help: ArgumentHelp("Folder for the outputs of all inputs.", valueName: "folder"),
        completion: .directory)
    public var outputDir: String?

    @Flag(name: [.customShort("c"), .long], help: "Write to standard output.")
    public var stdout = false

    public init() {}

    /// The options as plain values.
    public var destination: Destination {
        Destination(output: output, folder: outputDir, standardOutput: stdout)
    }
}
