import ArgumentParser

/// Pictures are PNG files.
enum Picture {
    /// - Throws: `ValidationError` for a name with another extension.
    static func check(_ path: String) throws {
        let name = path.split(separator: "/").last ?? ""
        guard path == "-" || !name.contains(".") || name.lowercased().hasSuffix(".png") else {
            throw ValidationError("\(path): pictures are PNG files")
        }
    }
}
