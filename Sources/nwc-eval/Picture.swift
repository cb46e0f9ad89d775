import ArgumentParser
import System
import ToolSupport

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
    /// - Parameters:
    ///   - force: overwrite what is there
    ///   - inputs: files that it must not replace
    static func write(_ png: [UInt8], to path: String, force: Bool, inputs: [String]) throws {
        let file = try AtomicOutput(
            path: path, force: force, inputs: inputs.compactMap { FileIdentity(input: $0) })
        defer { file.discard() }
        try file.write(png)
        try file.commit()
        if path != "-" { Console.note("written: \(path)") }
    }
}
