#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Bytes of a file or of standard input (`-`), piece by piece.
public final class InputBytes {
    public let path: String
    private let descriptor: CInt
    private let closes: Bool
    public private(set) var count = 0

    public init(path: String) throws(ToolFailure) {
        self.path = path
        closes = path != "-"
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .runtime("cannot open \(path): \(String(cString: strerror(errno)))")
        }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw .runtime("\(path) is a folder")
        }
    }

    deinit { if closes { _ = close(descriptor) } }

    /// The next bytes; empty at the end.
    public func next(_ most: Int = 1 << 16) throws(ToolFailure) -> [UInt8] {
        var failure: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
            var n = -1
            repeat { n = read(descriptor, buffer.baseAddress, most) } while n < 0 && errno == EINTR
            if n < 0 { failure = errno }
            count = max(n, 0)
        }
        guard failure == 0 else {
            throw .runtime("cannot read \(path): \(String(cString: strerror(failure)))")
        }
        count += bytes.count
        return bytes
    }

    /// Everything, up to a limit.
    public func all(limit: Int) throws(ToolFailure) -> [UInt8] {
        var result: [UInt8] = []
        while true {
            let piece = try next()
            if piece.isEmpty { return result }
            result += piece
            guard result.count <= limit else {
                throw .runtime("\(path) is longer than \(limit) bytes")
            }
        }
    }
}
