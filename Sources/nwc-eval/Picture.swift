import ArgumentParser
import Plotting
import System
import ToolSupport

/// What the commands that draw have in common.
struct PictureOptions: ParsableArguments {
    @Flag(help: "For dark surroundings.") var dark = false
    @Flag(name: .shortAndLong, help: "Overwrite an existing picture.") var force = false

    var theme: Theme { dark ? .dark : .light }
}

/// Pictures are PNG files.
enum Picture {
    /// - Throws: `ValidationError` for a name with another extension.
    static func check(_ path: String) throws {
        let name = path.split(separator: "/").last ?? ""
        guard path == "-" || !name.contains(".") || name.lowercased().hasSuffix(".png") else {
            throw ValidationError("\(path): pictures are PNG files")
        }
    }

    /// Writes a picture, whole or not at all, and says so.
    /// - Parameter inputs: files that it must not replace
    static func write(
        _ png: [UInt8], to path: String, _ options: PictureOptions, inputs: [String]
    ) throws {
        let file = try AtomicOutput(
            path: path, force: options.force, inputs: inputs.compactMap { FileIdentity(input: $0) })
        defer { file.discard() }
        try file.write(png)
        try file.commit()
        if path != "-" { Console.note("written: \(path)") }
    }
}
