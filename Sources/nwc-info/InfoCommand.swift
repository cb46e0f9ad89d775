import ArgumentParser
import CMRLCodec
import ToolSupport

@main
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nwc-info", abstract: "Say what is in a bitstream or a model file; drop layers of a bitstream.",
        version: VersionText.lazy(tool: "nwc-info", formatVersion: Int(StreamHeader.version), models: ModelChoice.builtIn),
        subcommands: [Show.self, Strip.self], defaultSubcommand: Show.self)

    static func main() { ToolMain.run(Self.self) }
}

struct Strip: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Drop upper layers without decoding.")

    @Option(help: "Layers to keep.")
    var layers: Int

    @Argument(help: "Bitstream.", completion: .file(extensions: ["nwc"])) var input: String
    @Argument(help: "Bitstream with fewer layers.") var output: String
    @Flag(name: .shortAndLong, help: "Overwrite an existing output file.") var force = false

    func run() throws {
        guard StreamHeader.layerCountRange.contains(layers) else { throw ToolFailure.usage("--layers \(layers) is outside \(StreamHeader.layerCountRange)") }
        let source = try InputBytes(path: input)
        let target = try AtomicOutput(path: output, force: force, inputs: FileIdentity(input: input).map { [$0] } ?? [])
        defer { target.discard() }
        var stripper = try LayerStripper(layers: layers)
        while true {
            let bytes = try source.next()
            if bytes.isEmpty { break }
            try target.write(try stripper.push(bytes))
        }
        try target.write(try stripper.finish())
        try target.commit()
    }
}
