import CMRLCodec

/// What `--version` says.
public enum VersionText {
    /// A built-in model as `--version` names it.
    public struct Model: Sendable, Equatable {
        public var name: String
        public var id: String

        public init(name: String, id: String) {
            self.name = name
            self.id = id
        }
    }

    /// The whole text, one fact a line.
    /// - Parameters:
    ///   - tool: name of the program.
    ///   - formatVersion: highest version of the bitstream that is known; nil for programs that
    ///     know no bitstream.
    ///   - models: names and ids of the built-in models.
    public static func text(tool: String, formatVersion: Int?, models: [Model]) -> String {
        var lines = ["\(tool) \(LibraryVersion.text)"]
        if let formatVersion { lines.append("bitstream format \(formatVersion)") }
        lines += models.map { "model \($0.name) \($0.id)" }
        return lines.joined(separator: "\n")
    }

    /// The same for a command's configuration, where making the list of models costs time: it is
    /// only made if the command line asks for it.
    public static func lazy(tool: String, formatVersion: Int?, models: () -> [Model]) -> String {
        text(
            tool: tool, formatVersion: formatVersion,
            models: CommandLine.arguments.contains("--version") ? models() : [])
    }
}
