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

/// Decides from the operands which files are inputs and how the outputs are called.
public struct OutputPlan: Sendable {
    /// Extensions of inputs, in lower case: they are replaced in default names, and a second
    /// operand that has one is an input.
    public var inputExtensions: Set<String>
    /// Extension of outputs. That of decoded sound is `decoded.wav`: a default name must not be
    /// that of the recording which the stream was made of.
    public var outputExtension: String
    /// Extensions of the files of a folder that are inputs, where not all of them are.
    public var listedExtensions: Set<String>?
    /// Outputs are such files as inputs are: the second of two operands is the output where there
    /// is no such file.
    public var changesSound = false
    /// What there is of a name.
    private let kind: @Sendable (String) -> Kind

    /// What a name stands for.
    package enum Kind: Sendable {
        case nothing, file, folder

        /// By the file system, through symbolic links.
        package init(of path: String) {
            var status = stat()
            self =
                stat(path, &status) != 0
                ? .nothing : status.st_mode & S_IFMT == S_IFDIR ? .folder : .file
        }
    }

    public init(inputExtensions: Set<String>, outputExtension: String) {
        self.init(inputExtensions: inputExtensions, outputExtension: outputExtension) {
            Kind(of: $0)
        }
    }

    /// The same with another idea of which files there are, for tests.
    package init(
        inputExtensions: Set<String>, outputExtension: String,
        kind: @escaping @Sendable (String) -> Kind
    ) {
        self.inputExtensions = inputExtensions
        self.outputExtension = outputExtension
        self.kind = kind
    }

    /// The plan of an encoder.
    /// - Parameter raw: the inputs are headerless PCM, which is recognised by nobody.
    public static func encoding(raw: Bool = false) -> OutputPlan {
        var plan = OutputPlan(inputExtensions: soundExtensions, outputExtension: "nwc")
        plan.listedExtensions = raw ? SoundFileNames.rawExtensions : SoundFileNames.readable
        return plan
    }

    /// The plan of a decoder.
    /// - Parameter raw: headerless PCM instead of WAV.
    public static func decoding(raw: Bool = false) -> OutputPlan {
        OutputPlan(
            inputExtensions: ["nwc"], outputExtension: raw ? "decoded.raw" : "decoded.wav")
    }

    /// The plan of a program that changes sound.
    /// - Parameters:
    ///   - word: what stands before the extension of the outputs
    ///   - raw, rawOutput: the inputs, the outputs are headerless PCM
    public static func changing(_ word: String, raw: Bool = false, rawOutput: Bool = false)
        -> OutputPlan
    {
        var plan = OutputPlan(
            inputExtensions: soundExtensions,
            outputExtension: "\(word).\(rawOutput ? "raw" : "wav")")
        plan.changesSound = true
        plan.listedExtensions = raw ? SoundFileNames.rawExtensions : SoundFileNames.readable
        return plan
    }

    /// Extensions of sound files, with or without FFmpeg.
    public static let soundExtensions = SoundFileNames.extensions.union(
        SoundFileNames.rawExtensions
    ).union(SoundFileNames.ffmpegExtensions)

    /// The jobs of a command line.
    ///
    /// The last of several operands takes the outputs where it is a folder or ends in `/`. Of two
    /// operands the second is the output, unless it has the extension of an input; then there must
    /// be such a file. Without any word about the output it lies beside the input, and standard
    /// input goes to standard output.
    /// - Parameter recursive: folders stand for the files in them and in their subfolders; in a
    ///   folder of outputs they keep their places.
    /// - Throws: `ToolFailure.usage` where options contradict each other, two inputs would have the
    ///   same output, or a name is no UTF-8; `ToolFailure.runtime` where a folder cannot be read.
    public func jobs(
        operands: [String], destination: Destination, recursive: Bool = false
    ) throws(ToolFailure) -> [Job] {
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
            guard !recursive || kind(first) != .folder else {
                throw .usage("one output cannot take the folder \(first); use --output-dir")
            }
            return [Job(input: first, output: output)]
        }
        if let folder = destination.folder {
            return try jobs(inputs: operands, folder: folder, recursive: recursive)
        }
        if operands.count > 1, let last = operands.last, isFolder(last) {
            return try jobs(inputs: operands.dropLast(), folder: last, recursive: recursive)
        }
        if recursive, operands.contains(where: { kind($0) == .folder }) {
            // `cp -r` would make it; here it might be a misspelt input.
            if let last = operands.last, last != "-", kind(last) == .nothing {
                throw .usage(
                    """
                    \(last): there is no such file or folder; to make a folder of this name for \
                    the outputs, write \(last)/
                    """)
            }
            return try Self.distinct(
                try tree(operands).map { Job(input: $0.path, output: defaultName($0.path)) })
        }
        if operands.count == 2, !hasInputExtension(operands[1]) {
            return [Job(input: first, output: operands[1])]
        }
        if operands.count == 2, changesSound {
            guard kind(operands[1]) == .nothing else {
                throw .usage(
                    """
                    \(operands[1]) exists, and may be meant as a second input or as the output: \
                    use --output-dir or -o
                    """)
            }
            return [Job(input: first, output: operands[1])]
        }
        if operands.count == 2, operands[1] != "-", kind(operands[1]) == .nothing {
            throw .usage(
                """
                \(operands[1]) would be a second input, and there is no such file; for an \
                output of this name use -o
                """
            )
        }
        guard operands.count == 1 || !operands.contains("-") else {
            throw .usage("standard input cannot be one of several inputs")
        }
        return try Self.distinct(
            operands.map { Job(input: $0, output: $0 == "-" ? "-" : defaultName($0)) })
    }

    /// One output in a folder for each input.
    private func jobs(
        inputs: some Collection<String>, folder: String, recursive: Bool
    ) throws(ToolFailure) -> [Job] {
        guard !inputs.contains("-") else {
            throw .usage("standard input has no name in the folder \(folder); use -o")
        }
        let entries =
            recursive
            ? try tree(inputs) : inputs.map { InputTree.Entry(path: $0, name: baseName($0)) }
        return try Self.distinct(
            entries.map {
                Job(
                    input: $0.path, output: join(folder, defaultName($0.name)), makesFolders: true)
            })
    }

    /// Inputs of operands of which some are folders.
    /// - Throws: `ToolFailure.runtime` where one cannot be read.
    public func inputs(operands: [String]) throws(ToolFailure) -> [String] {
        try tree(operands).map(\.path)
    }

    private func tree(_ operands: some Collection<String>) throws(ToolFailure) -> [InputTree.Entry]
    {
        let tree = try InputTree(
            operands, isFolder: { kind($0) == .folder }, isWanted: isListed)
        if let first = tree.withoutFFmpeg.first, listedExtensions?.contains("wav") == true {
            let count = tree.withoutFFmpeg.count
            Console.warning(
                """
                \(first)\(count > 1 ? " and \(count - 1) more" : "") left out: ffmpeg, which \
                would read \(count > 1 ? "them" : "it"), is not installed
                """)
        }
        return tree.entries
    }

    /// Whether a file of a folder is an input, by its name.
    private func isListed(_ name: String) -> Bool {
        let hasExtension = hasExtension(name, of: listedExtensions ?? inputExtensions)
        // What an earlier run made of a recording beside it is no recording.
        let isOutput = name.lowercased().hasSuffix("." + outputExtension)
        return hasExtension && !isOutput && !baseName(name).hasPrefix(".")
    }

    private func isFolder(_ path: String) -> Bool {
        path.hasSuffix("/") || kind(path) == .folder
    }

    /// The same for the options of a program.
    public func jobs(
        operands: [String], destination options: DestinationOptions, batch: BatchOptions
    ) throws(ToolFailure) -> [Job] {
        try jobs(
            operands: operands, destination: options.destination, recursive: batch.recursive)
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
        hasExtension(path, of: inputExtensions)
    }

    private func hasExtension(_ path: String, of extensions: Set<String>) -> Bool {
        let name = baseName(path)
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    private func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
