import ArgumentParser
import System

/// How much a program says, and whether it may overwrite.
public struct ReportOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Overwrite existing output files.")
    public var force = false

    @Flag(name: .shortAndLong, help: "No progress and no summary; warnings and errors stay.")
    public var quiet = false

    @Flag(help: "Write a report to standard output, one JSON object a line.")
    public var json = false

    public init() {}

    /// A progress line makes sense.
    public var showsProgress: Bool { !quiet && Console.isInteractive }

    /// Standard output cannot take both the data and the report.
    public func check(outputs: [String]) throws(ToolFailure) {
        if json, outputs.contains(where: AtomicOutput.isStandardOutput) {
            throw .usage(
                "--json writes its report to standard output, which the data already takes")
        }
    }
}

/// Which model codes.
public struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Name of a built-in model, or a model file.", valueName: "name|file"),
        completion: .file(extensions: ["nwm"]))
    public var model: String?

    @Option(
        help: ArgumentHelp(
            "Post-filter for the model, instead of its own.", valueName: "file"),
        completion: .file(extensions: ["nwm"]))
    public var postFilter: String?

    public init() {}
}
