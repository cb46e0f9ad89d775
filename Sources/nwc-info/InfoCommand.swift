import ArgumentParser
import BuiltInModel
import CMRLCodec
import NeuralNetwork
import ToolSupport

/// The command line of `nwc-info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-info",
        abstract: """
            Describe nwc bitstreams, model files and patches, and drop layers of bitstreams.
            """,
        usage: "nwc-info [--json] [-v] FILE...\n       nwc-info strip --layers N INPUT OUTPUT",
        version: VersionText.lazy(
            tool: "nwc-info", formatVersion: Int(StreamHeader.version),
            models: ModelChoice.builtIn),
        subcommands: [Show.self, Strip.self], defaultSubcommand: Show.self)
}

/// `nwc-info FILE`
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Describe bitstreams, model files and patches.",
        discussion:
            """
            Bitstreams are checked from end to end without being decoded; damage is listed \
            and makes the exit status 1.
            """
    )

    @Flag(help: "A report as one JSON object a line.")
    var json = false

    @Flag(
        name: .shortAndLong,
        help: """
            Every packet of a stream with the bits of envelope and coefficients (with --json of \
            every block), and what bands of frequencies cost; every tensor of a model.
            """)
    var verbose = false

    @Option(
        help: ArgumentHelp(
            """
            Write the symbols of one stream and their lengths in bits as NumPy arrays into a \
            folder.
            """, valueName: "folder"),
        completion: .directory)
    var symbols: String?

    @Option(
        help: ArgumentHelp(
            "Model of streams that no built-in model made, to read their symbols.",
            valueName: "file"),
        completion: .file(extensions: ["nwm"]))
    var model: String?

    @Flag(name: .shortAndLong, help: "Overwrite existing arrays.")
    var force = false

    @Flag(help: "Describe the built-in models.")
    var models = false

    @Argument(
        help: ArgumentHelp(
            "Bitstreams, model files or patches; - is standard input.", valueName: "file"),
        completion: .file(extensions: ["nwc", "nwm", "nwp"]))
    var files: [String] = []

    func validate() throws {
        if symbols != nil, files.count != 1 {
            throw ValidationError("--symbols takes one stream, not \(files.count)")
        }
    }

    func run() throws {
        guard models || !files.isEmpty else {
            throw ToolFailure.usage("no input file; - is standard input")
        }
        if models {
            for name in BuiltInModels.names {
                guard let bytes = BuiltInModels.bytes(name: name) else { continue }
                try show(try ModelReport(bytes: bytes, path: name))
            }
        }
        try ToolMain.forEach(files) { path in
            let input = try InputBytes(path: path)
            let start = try input.next()
            if start.starts(with: WeightFile.magic) {
                try show(
                    try ModelReport(
                        bytes: start + input.all(limit: ModelChoice.fileLimit), path: path))
                return
            }
            if start.starts(with: ModelPatch.magic) {
                try showPatch(start + input.all(limit: ModelPatch.maximumByteCount), path)
                return
            }
            guard !start.isEmpty else { throw ToolFailure.runtime("\(path): empty file") }
            let report = try describe(input, start)
            if json { try JSONReport.write(report) } else { try Output.line(report.text) }
            if !report.isIntact { throw ToolFailure.runtime("\(path): damaged") }
        }
    }

    private func describe(_ input: InputBytes, _ start: [UInt8]) throws -> StreamReport {
        let reads = verbose || symbols != nil
        var arrays: SymbolArrays?
        var inspection = StreamInspection(
            input, models: reads ? ModelCache(choice: model) : nil
        ) { packet, traced, line, header in
            if verbose {
                if json { try JSONReport.write(packet) } else { try Output.line(line) }
            }
            guard let symbols else { return }
            if arrays == nil {
                arrays = try traced.map {
                    try SymbolArrays(
                        folder: symbols, header: header, like: $0, force: force,
                        input: input.path)
                }
            }
            try arrays?.append(traced, blocks: packet.blocks)
        }
        let report = try inspection.run(start: start)
        if symbols != nil {
            guard let arrays else {
                throw ToolFailure.runtime("\(input.path): no symbols could be read")
            }
            for path in try arrays.finish() where !json { try Output.line(path) }
        }
        return report
    }

    private func showPatch(_ bytes: [UInt8], _ path: String) throws {
        let patch: ModelPatch
        do { patch = try ModelPatch(bytes: bytes) } catch {
            throw ToolFailure.runtime("\(path): \(error)")
        }
        let report = PatchText(patch, file: path)
        if json {
            try JSONReport.write(report)
        } else {
            try Output.line("\(path): nwc patch \(report.text)")
        }
    }

    private func show(_ report: ModelReport) throws {
        if json {
            try JSONReport.write(report)
        } else {
            try Output.line(report.text(isVerbose: verbose))
        }
    }
}

/// `nwc-info strip`
struct Strip: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drop upper layers of a bitstream without re-encoding.")

    @Option(help: ArgumentHelp("Layers to keep, 1 ... 8.", valueName: "n"))
    var layers: Int

    @OptionGroup var report: ReportOptions

    @Argument(
        help: ArgumentHelp("Bitstream; - is standard input.", valueName: "input"),
        completion: .file(extensions: ["nwc"]))
    var input: String

    @Argument(
        help: ArgumentHelp("The new bitstream; - is standard output.", valueName: "output"),
        completion: .file(extensions: ["nwc"]))
    var output: String

    func run() throws {
        try report.check(outputs: [output])
        let result = try StripJob(layers: layers, force: report.force).run(
            Job(input: input, output: output))
        if report.json {
            try JSONReport.write(result)
        } else if !report.quiet {
            Console.note(result.summary)
        }
    }
}
