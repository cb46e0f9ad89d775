import CMRLCodec

/// A stream through the readers.
enum StreamInput {
    /// What a reader found.
    private struct Reading: Equatable {
        var events: [BitstreamEvent] = []
        var error: BitstreamError?
    }

    private static func read(_ bytes: [UInt8], _ mode: BitstreamReader.Mode, piece: Int) -> Reading
    {
        var reading = Reading()
        var reader = BitstreamReader(mode: mode)
        var position = 0
        var limit = 0
        do throws(BitstreamError) {
            repeat {
                let end = min(position + piece, bytes.count)
                reader.push(bytes[position..<end])
                position = end
                while let event = try reader.next() { reading.events.append(event) }
                limit = reader.header?.maximumRecordLength ?? 300 + ModelPatch.maximumByteCount
                precondition(
                    reader.bufferedByteCount <= limit + piece + 128,
                    "the reader holds \(reader.bufferedByteCount) bytes")
            } while position < bytes.count
            reader.finish()
            while let event = try reader.next() { reading.events.append(event) }
        } catch { reading.error = error }
        return reading
    }

    /// Through the strict reader and the concealing one, each in one piece and in small ones.
    /// - Returns: what the strict one found, and its error or nil.
    static func readings(_ bytes: [UInt8]) -> (
        strict: [BitstreamEvent], error: BitstreamError?, concealed: [BitstreamEvent]
    ) {
        let strict = read(bytes, .strict, piece: max(bytes.count, 1))
        let piece = 1 + Int(bytes.last ?? 0) % 64
        precondition(read(bytes, .strict, piece: piece) == strict, "events depend on the pieces")
        let concealed = read(bytes, .conceal, piece: max(bytes.count, 1))
        precondition(
            read(bytes, .conceal, piece: piece) == concealed, "events depend on the pieces")
        // What the strict reader gives before its error, the other gives too.
        let packets = strict.events.filter { if case .packet = $0 { true } else { false } }
        precondition(
            concealed.error != nil || packets.allSatisfy(concealed.events.contains),
            "concealing loses intact packets")
        if let error = strict.error {
            precondition(
                error.offset.map { (0...bytes.count).contains($0) } ?? true,
                "\(error) is not in the stream")
        }
        return (strict.events, strict.error, concealed.events)
    }

    static func outcome(_ bytes: [UInt8]) -> String {
        let readings = readings(bytes)
        if let error = readings.error {
            precondition(
                bytes.count % 8 > 0 || strip(bytes) == nil,
                "a stripper takes what the reader refuses")
            return "\(error)"
        }
        precondition(
            strip(bytes).map { read($0, .strict, piece: $0.count).error == nil } ?? false,
            "a stripper refuses a good stream, or makes a bad one")
        let packets = readings.strict.count { if case .packet = $0 { true } else { false } }
        return "read: \(packets) packets"
    }

    /// The stream with one layer, nil where that was refused.
    private static func strip(_ bytes: [UInt8]) -> [UInt8]? {
        do {
            var stripper = try LayerStripper(layers: 1)
            let first = try stripper.push(bytes)
            return first + (try stripper.finish())
        } catch { return nil }
    }

    /// The same stream with right checksums and the model's identity, as far as records can be told
    /// apart.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        guard bytes.count > 19 else { return result }
        for (i, byte) in TinyModel.model.id.bytes.enumerated() { result[7 + i] = byte }
        var position = 6 + Int(bytes[5])
        guard position + 4 <= result.count else { return result }
        func seal(_ range: Range<Int>) {
            let crc = CRC32.checksum(of: result[range])
            for i in 0..<4 {
                result[range.upperBound + i] = UInt8(truncatingIfNeeded: crc >> (8 * UInt32(i)))
            }
        }
        seal(0..<position)
        position += 4
        if bytes[4] == 4, let length = patchLength(result), position + length <= result.count {
            let patch = PatchInput.repaired(Array(result[position..<position + length]))
            result.replaceSubrange(position..<position + length, with: patch)
            position += length
        }
        while let (length, bodyStart) = varint(result, at: position) {
            var end = bodyStart + length
            if length == 0 {
                guard let (_, second) = varint(result, at: bodyStart),
                    let (_, last) = varint(result, at: second)
                else { break }
                end = last
            }
            guard end + 4 <= result.count else { break }
            seal(position..<end)
            position = end + 4
        }
        return result
    }

    /// What the header of version 4 says, its last field.
    private static func patchLength(_ bytes: [UInt8]) -> Int? {
        var position = 15
        var value = 0
        func next() -> Bool {
            guard let found = varint(bytes, at: position) else { return false }
            (value, position) = found
            return true
        }
        guard next() else { return nil }
        position += 1
        guard next(), next() else { return nil }
        position += 1
        guard next(), next() else { return nil }
        position += 1
        guard bytes[6] & 1 == 0 || next(), next() else { return nil }
        return value
    }

    private static func varint(_ bytes: [UInt8], at start: Int) -> (value: Int, next: Int)? {
        var value = 0
        for i in 0..<4 {
            guard start + i < bytes.count else { return nil }
            value |= Int(bytes[start + i] & 0x7F) << (7 * i)
            if bytes[start + i] < 0x80 { return (value, start + i + 1) }
        }
        return nil
    }
}
