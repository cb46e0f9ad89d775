extension RandomAccessCollection<UInt8> where Index == Int {
    /// Whether the bytes at `offset` from the start are this text; false where there are not
    /// enough.
    func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer {
            self[(startIndex + offset)..<(startIndex + offset + $0.count)].elementsEqual($0)
        }
    }

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
