import System

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Reports for programs: JSON Lines, one object a line, keys sorted.
public enum JSONReport {
    /// The report as one line without its end. Numbers that are not finite cannot be said in JSON:
    /// make such values optional and leave them out.
    public static func line(_ report: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    /// Writes the report to standard output.
    public static func write(_ report: some Encodable) throws {
        try Output.line(try line(report))
    }
}

/// Text on standard output, for reports that were asked for.
public enum Output {
    /// Writes a line (or several).
    public static func line(_ text: String) throws(OutputError) {
        let code = Console.write(text + "\n", to: STDOUT_FILENO)
        if code == EPIPE { throw .brokenPipe(path: "-") }
        if code == EBADF { throw .notOpenForWriting(path: "-") }
        if code != 0 { throw .writeFailed(path: "-", code: code) }
    }
}
