import AudioFile

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a command line says about the place of the outputs; at most one of the three.
public struct Destination: Equatable, Sendable {
    /// One file for one input.
    public var output: String?
    /// A folder for all outputs.
    public var folder: String?
    public var standardOutput: Bool

    public init(output: String? = nil, folder: String? = nil, standardOutput: Bool = false) {
        self.output = output
        self.folder = folder
        self.standardOutput = standardOutput
    }
}

/// One input and the output that is made of it.
public struct Job: Equatable, Sendable {
    public var input: String
    public var output: String

    public init(input: String, output: String) {
        self.input = input
        self.output = output
    }
}

/// Decides from the operands which files are inputs and how the outputs are called.
public struct OutputPlan: Sendable {
    /// Extensions of inputs, in lower case: they are replaced in default names, and a second
    /// operand that has one is an input.
    public var inputExtensions: Set<String>
    /// Extension of outputs.
    public var outputExtension: String
    /// Whether there is a file of a name.
    private let exists: @Sendable (String) -> Bool

    public init(inputExtensions: Set<String>, outputExtension: String) {
        self.init(inputExtensions: inputExtensions, outputExtension: outputExtension) {
            access($0, F_OK) == 0
        }
    }

    /// The same with another idea of which files there are, for tests.
    package init(
        inputExtensions: Set<String>, outputExtension: String,
        exists: @escaping @Sendable (String) -> Bool
    ) {
        self.inputExtensions = inputExtensions
        self.outputExtension = outputExtension
        self.exists = exists
    }

    /// Extensions of the sound files that can be read.
    public static let soundExtensions = SoundFileNames.extensions.union(
        SoundFileNames.rawExtensions)

    /// The jobs of a command line.
    ///
    /// Of two operands the second is the output, unless it has the extension of an input; then
    /// there must be such a file. Without any word about the output it lies beside the input, and
    /// standard input goes to standard output.
    /// - Throws: `ToolFailure.usage` where options contradict each other, two inputs would have the
    ///   same output, or a name is no UTF-8.
    public func jobs(operands: [String], destination: Destination) throws(ToolFailure) -> [Job] {
        let ways = [
            destination.output != nil, destination.folder != nil, destination.standardOutput,
        ].count { $0 }
        guard ways <= 1 else {
            throw .usage("only one of --output, --output-dir and --stdout can be given")
        }
        guard let first = operands.first else { throw .usage("no input file; - is standard input") }
        guard !operands.contains("") else { throw .usage("an empty name is no file") }
        // What is left of a name that is no UTF-8: another file, or none.
        let names = operands + [destination.output, destination.folder].compactMap { $0 }
        if let name = names.first(where: { $0.unicodeScalars.contains("\u{FFFD}") }) {
            throw .usage("\(name): names of files must be UTF-8")
        }
        if let output = destination.standardOutput ? "-" : destination.output {
            guard operands.count == 1 else {
                throw .usage("one output cannot take \(operands.count) inputs; use --output-dir")
            }
            return [Job(input: first, output: output)]
        }
        if let folder = destination.folder {
            guard !operands.contains("-") else {
                throw .usage("standard input has no name for --output-dir; use -o")
            }
            return try Self.distinct(
                operands.map { Job(input: $0, output: join(folder, defaultName(baseName($0)))) })
        }
        if operands.count == 2, !hasInputExtension(operands[1]) {
            return [Job(input: first, output: operands[1])]
        }
        if operands.count == 2, operands[1] != "-", !exists(operands[1]) {
            throw .usage(
                "\(operands[1]) would be a second input, and there is no such file; for an output of this name use -o"
            )
        }
        guard operands.count == 1 || !operands.contains("-") else {
            throw .usage("standard input cannot be one of several inputs")
        }
        return try Self.distinct(
            operands.map { Job(input: $0, output: $0 == "-" ? "-" : defaultName($0)) })
    }

    /// The same for the options of a program.
    public func jobs(operands: [String], destination options: DestinationOptions)
        throws(ToolFailure) -> [Job]
    {
        try jobs(operands: operands, destination: options.destination)
    }

    /// The same jobs.
    /// - Throws: `ToolFailure.usage` where two inputs would have the same output.
    public static func distinct(_ jobs: [Job]) throws(ToolFailure) -> [Job] {
        var seen: [String: String] = [:]
        for job in jobs {
            if let other = seen.updateValue(job.input, forKey: job.output) {
                throw .usage("\(other) and \(job.input) would both become \(job.output)")
            }
        }
        return jobs
    }

    /// The name with its extension replaced where that is the extension of an input, appended
    /// otherwise.
    public func defaultName(_ path: String) -> String {
        guard hasInputExtension(path), let dot = path.lastIndex(of: ".") else {
            return "\(path).\(outputExtension)"
        }
        return "\(path[..<dot]).\(outputExtension)"
    }

    private func hasInputExtension(_ path: String) -> Bool {
        let name = baseName(path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return inputExtensions.contains(name[name.index(after: dot)...].lowercased())
    }

    private func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
