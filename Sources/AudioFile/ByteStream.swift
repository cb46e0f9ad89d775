/// Sequential bytes of a descriptor that remembers everything it has taken, for recognising a
/// header in a pipe.
struct ByteStream {
    let descriptor: Descriptor
    /// All bytes taken from the descriptor since the start.
    private(set) var taken: [UInt8] = []
    private var position = 0

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// The next `count` bytes, fewer only at the end, which will be taken again.
    mutating func peek(_ count: Int) throws(AudioFileError) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: min(count, 65536))
        while taken.count < position + count {
            let wanted = min(position + count - taken.count, block.count)
            let got = try block.withMutableBytes { (buffer) throws(AudioFileError) in
                try descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            }
            if got == 0 { break }
            taken.append(contentsOf: block[..<got])
        }
        return Array(taken[position..<min(position + count, taken.count)])
    }

    /// Takes `count` bytes, fewer only at the end.
    mutating func take(_ count: Int) throws(AudioFileError) -> [UInt8] {
        let bytes = try peek(count)
        position += bytes.count
        return bytes
    }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    /// Unsigned integer of `count` bytes at `offset` from the start.
    func integer(at offset: Int, count: Int, _ order: ByteOrder = .little) -> UInt64 {
        var value: UInt64 = 0
        for position in 0..<count {
            let byte = UInt64(self[startIndex + offset + position])
            value = order == .big ? value << 8 | byte : value | byte << UInt64(8 * position)
        }
        return value
    }
}

extension [UInt8] {
    /// Appends the low `count` bytes of an unsigned integer.
    mutating func append(integer value: UInt64, count: Int, _ order: ByteOrder = .little) {
        for position in 0..<count {
            append(
                UInt8(
                    truncatingIfNeeded: value
                        >> UInt64(8 * (order == .big ? count - 1 - position : position))))
        }
    }

    /// Appends a four-character code or any other ASCII text.
    mutating func append(ascii text: StaticString) {
        text.withUTF8Buffer { append(contentsOf: $0) }
    }
}

extension [UInt8] {
    /// `withUnsafeBytes` that keeps the type of the error.
    func withBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(AudioFileError) -> Result
    ) throws(AudioFileError) -> Result {
        try withUnsafeBufferPointer { (buffer) throws(AudioFileError) in
            try body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// `withUnsafeMutableBytes` that keeps the type of the error.
    mutating func withMutableBytes<Result>(
        _ body: (UnsafeMutableRawBufferPointer) throws(AudioFileError) -> Result
    ) throws(AudioFileError) -> Result {
        try withUnsafeMutableBufferPointer { (buffer) throws(AudioFileError) in
            try body(UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
