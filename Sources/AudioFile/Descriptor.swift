import System

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An open file descriptor that is closed with its owner. Calls interrupted by signals are
/// repeated.
final class Descriptor {
    let number: CInt
    let path: String
    private let closes: Bool

    /// - Parameter closes: whether the descriptor belongs to this object.
    init(_ number: CInt, path: String, closes: Bool) {
        self.number = number
        self.path = path
        self.closes = closes
    }

    deinit {
        if closes { _ = close(number) }
    }

    /// Reads what is there, at least one byte unless the end is reached.
    /// - Returns: number of bytes, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AudioFileError) -> Int {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        while true {
            #if canImport(Glibc)
                let count = Glibc.read(number, base, buffer.count)
            #else
                let count = Musl.read(number, base, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw .readFailed(path: path, code: errno) }
        }
    }

    /// Reads from a place of a seekable file; its position does not change.
    /// - Returns: number of bytes, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(AudioFileError)
        -> Int
    {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
        while true {
            let count = pread(number, base, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw .readFailed(path: path, code: errno) }
        }
    }

    /// Writes all bytes.
    func write(_ buffer: UnsafeRawBufferPointer) throws(AudioFileError) {
        try check(DescriptorBytes.write(buffer, to: number))
    }

    private func check(_ code: CInt) throws(AudioFileError) {
        if code == EPIPE { throw .brokenPipe(path: path) }
        if code != 0 { throw .writeFailed(path: path, code: code) }
    }

    /// Writes all bytes of an array.
    func write(_ bytes: [UInt8]) throws(AudioFileError) {
        try bytes.withBytes { (buffer) throws(AudioFileError) in try write(buffer) }
    }

    /// Writes all bytes at a place of a seekable file; the position of the file does not change.
    func write(_ bytes: [UInt8], at offset: Int) throws(AudioFileError) {
        try check(
            bytes.withUnsafeBytes { DescriptorBytes.write($0, to: number, at: offset) })
    }

    /// Position in a seekable file; nil for pipes, sockets and terminals.
    var position: Int? {
        let offset = lseek(number, 0, SEEK_CUR)
        return offset < 0 ? nil : Int(offset)
    }

    /// Goes to a place of a seekable file.
    func seek(to offset: Int) throws(AudioFileError) {
        guard lseek(number, off_t(offset), SEEK_SET) >= 0 else { throw .notSeekable(path: path) }
    }

    /// What kind of thing the descriptor is open on.
    func status() throws(AudioFileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .cannotOpen(path: path, code: errno) }
        return status
    }

    /// Bytes that were written can be corrected later: a regular file that is not open for
    /// appending only (`>>`).
    var isRewritable: Bool { isRegularFile && fcntl(number, F_GETFL) & O_APPEND == 0 }

    /// A regular file, whose size is known and which can be read twice.
    var isRegularFile: Bool {
        guard let status = try? status() else { return false }
        return status.st_mode & S_IFMT == S_IFREG
    }
}
