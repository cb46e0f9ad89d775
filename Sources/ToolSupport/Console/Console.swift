import System

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Messages for people, on standard error. Standard output is for data only.
public enum Console {
    /// Name of the running program, as messages start with it.
    public static var programName: String {
        let path = CommandLine.arguments.first ?? "nwc"
        return path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Writes `program: message`.
    public static func error(_ message: some CustomStringConvertible) {
        write("\(programName): \(printable("\(message)"))\n", to: STDERR_FILENO)
    }

    /// Writes `program: warning: message`.
    public static func warning(_ message: some CustomStringConvertible) {
        write("\(programName): warning: \(printable("\(message)"))\n", to: STDERR_FILENO)
    }

    /// A message may quote the name of a file or its contents, which must not control the terminal:
    /// other control characters than line ends are shown as `?`.
    static func printable(_ message: String) -> String {
        String(
            String.UnicodeScalarView(
                message.unicodeScalars.map {
                    $0 == "\n" || $0.properties.generalCategory != .control ? $0 : "?"
                }))
    }

    /// Writes a line without the program's name.
    public static func note(_ message: String) {
        write(message + "\n", to: STDERR_FILENO)
    }

    /// Writes all of a text.
    /// - Returns: `errno` of the failure, 0 for success.
    @discardableResult
    public static func write(_ text: String, to descriptor: CInt) -> CInt {
        var text = text
        return text.withUTF8 {
            DescriptorBytes.write(UnsafeRawBufferPointer($0), to: descriptor)
        }
    }

    /// Standard error is a terminal.
    public static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }
}
