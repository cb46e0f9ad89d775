/// The bytes of a descriptor one after another, with a look ahead: one way to read headers and
/// samples of files and of pipes. What was taken is kept until `forget`, so that a pipe can be
/// started again while its format is being found out.
final class ByteInput {
    let descriptor: Descriptor
    /// Place of the first byte in a regular file; nil for pipes, sockets and terminals.
    let start: Int?
    /// Bytes taken since the start.
    private(set) var position = 0

    /// Bytes from `base` on that were read from the descriptor.
    private var kept: [UInt8] = []
    private var base = 0
    private var forgets = false
    private static let block = 1 << 12

    /// - Parameter descriptor: stands at the first byte.
    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
        start = descriptor.isRegularFile ? descriptor.position : nil
    }

    var isSeekable: Bool { start != nil }

    /// Bytes of a regular file behind the start; nil for all others.
    var length: Int? {
        guard let start, let status = try? descriptor.status() else { return nil }
        return max(0, Int(status.st_size) - start)
    }

    /// Bytes that were read from the descriptor and not yet taken: asking for them waits for
    /// nothing.
    var ahead: ArraySlice<UInt8> { kept[(position - base)...] }

    /// The next `count` bytes, fewer only at the end, which will be taken again.
    func peek(_ count: Int) throws(AudioFileError) -> ArraySlice<UInt8> {
        try fill(count)
        let from = position - base
        return kept[from..<min(from + count, kept.count)]
    }

    /// Takes `count` bytes, fewer only at the end.
    func take(_ count: Int) throws(AudioFileError) -> [UInt8] {
        let bytes = Array(try peek(count))
        position += bytes.count
        release()
        return bytes
    }

    /// Leaves out `count` bytes.
    /// - Returns: how many there were, fewer only at the end.
    func skip(_ count: Int) throws(AudioFileError) -> Int {
        if let length {
            let skipped = min(count, max(0, length - position))
            try seek(to: position + skipped)
            return skipped
        }
        var done = 0
        while done < count {
            let some = try take(min(count - done, 1 << 16)).count
            if some == 0 { break }
            done += some
        }
        return done
    }

    /// Takes all that is left and forgets it.
    /// - Returns: the number of bytes.
    func drain() throws(AudioFileError) -> Int {
        if let length {
            let left = max(0, length - position)
            try seek(to: position + left)
            return left
        }
        forget()
        var count = 0
        while true {
            let some = try take(1 << 16).count
            if some == 0 { return count }
            count += some
        }
    }

    /// Reads what is there, at least one byte unless the end is reached. Does not wait for more.
    /// - Returns: number of bytes, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(AudioFileError) -> Int {
        let have = base + kept.count - position
        guard have > 0 else {
            let got = try descriptor.read(into: buffer)
            guard forgets else {
                kept += buffer[..<got]
                position += got
                return got
            }
            kept = []
            position += got
            base = position
            return got
        }
        let count = min(have, buffer.count)
        let from = position - base
        kept.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[from..<from + count])) }
        position += count
        release()
        return count
    }

    /// Bytes taken before this call cannot be asked for again, except by seeking in a file.
    func forget() {
        forgets = true
        release()
    }

    /// Goes to a place of a regular file, or of the bytes that a pipe has kept.
    /// - Parameter place: counted from the start.
    func seek(to place: Int) throws(AudioFileError) {
        if place >= base, place <= base + kept.count {
            position = place
            return
        }
        guard let start, place >= 0 else { throw .notSeekable(path: descriptor.path) }
        try descriptor.seek(to: start + place)
        kept = []
        base = place
        position = place
    }

    /// Everything that a pipe has kept, for a copy of the whole.
    var bytesFromStart: [UInt8] { base == 0 ? kept : [] }

    /// Reads from the descriptor until `count` bytes lie ahead, or the end is reached.
    private func fill(_ count: Int) throws(AudioFileError) {
        while base + kept.count - position < count {
            let missing = count - (base + kept.count - position)
            var block = [UInt8](
                repeating: 0, count: max(min(missing, 1 << 16), forgets ? 1 << 16 : Self.block))
            let got = try block.withMutableBytes { (buffer) throws(AudioFileError) in
                try descriptor.read(into: buffer)
            }
            if got == 0 { return }
            kept += block[..<got]
        }
    }

    private func release() {
        guard forgets, position - base > 1 << 16 || position == base + kept.count else { return }
        kept.removeFirst(position - base)
        base = position
    }
}
