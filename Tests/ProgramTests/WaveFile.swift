import Foundation

/// WAV files as tests write and read them, independent of the package's own code.
struct WaveFile {
    enum Format: String, CaseIterable, Sendable {
        case pcm8, pcm16, pcm24, pcm32, float32

        var bytes: Int {
            switch self {
            case .pcm8: 1
            case .pcm16: 2
            case .pcm24: 3
            case .pcm32, .float32: 4
            }
        }
    }

    var rate = 16_000
    var format = Format.pcm16
    /// One array per channel, all of the same length.
    var channels: [[Float]]
    var frames: Int { channels.first?.count ?? 0 }

    /// Interleaved samples without a header.
    var raw: Data {
        var data = Data()
        data.reserveCapacity(frames * channels.count * format.bytes)
        for t in 0..<frames { for channel in channels { append(channel[t], to: &data) } }
        return data
    }

    private func append(_ value: Float, to data: inout Data) {
        if format == .float32 { return Self.append(value.bitPattern, 4, to: &data) }
        let bits = 8 * format.bytes
        let scale = Double(Int64(1) << Int64(bits - 1))
        let integer = Int64(max(-scale, min(scale - 1, (Double(value) * scale).rounded())))
        Self.append(
            UInt32(truncatingIfNeeded: format == .pcm8 ? integer + 128 : integer), format.bytes,
            to: &data)
    }

    static func append(_ value: UInt32, _ bytes: Int, to data: inout Data) {
        for i in 0..<bytes { data.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * i))) }
    }

    /// The whole file.
    var data: Data {
        let raw = raw
        let align = format.bytes * channels.count
        var data = Data("RIFF".utf8)
        Self.append(UInt32(36 + raw.count), 4, to: &data)
        data += Data("WAVEfmt ".utf8)
        Self.append(16, 4, to: &data)
        Self.append(format == .float32 ? 3 : 1, 2, to: &data)
        Self.append(UInt32(channels.count), 2, to: &data)
        Self.append(UInt32(rate), 4, to: &data)
        Self.append(UInt32(rate * align), 4, to: &data)
        Self.append(UInt32(align), 2, to: &data)
        Self.append(UInt32(8 * format.bytes), 2, to: &data)
        data += Data("data".utf8)
        Self.append(UInt32(raw.count), 4, to: &data)
        return data + raw
    }

    init(rate: Int = 16_000, format: Format = .pcm16, channels: [[Float]]) {
        self.rate = rate
        self.format = format
        self.channels = channels
    }

    /// Reads 16-bit and float WAV files, plain or extensible; the data chunk may have an unknown
    /// length (pipes).
    init?(_ data: Data) {
        let bytes = [UInt8](data)
        func number(_ at: Int, _ count: Int) -> Int {
            at + count <= bytes.count
                ? (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } : -1
        }
        guard bytes.count >= 12, bytes[0..<4].elementsEqual("RIFF".utf8),
            bytes[8..<12].elementsEqual("WAVE".utf8)
        else { return nil }
        var at = 12
        var kind = 0
        var count = 0
        var bits = 0
        rate = 0
        while at + 8 <= bytes.count {
            let size = number(at + 4, 4)
            let body = at + 8
            if bytes[at..<at + 4].elementsEqual("fmt ".utf8) {
                kind = number(body, 2) == 0xFFFE ? number(body + 24, 2) : number(body, 2)
                (count, rate, bits) = (
                    number(body + 2, 2), number(body + 4, 4), number(body + 14, 2)
                )
            }
            if bytes[at..<at + 4].elementsEqual("data".utf8) {
                let end = min(body + size, bytes.count)
                let width = bits / 8
                guard count > 0, width > 0, (kind == 1 && bits == 16) || (kind == 3 && bits == 32)
                else { return nil }
                format = kind == 1 ? .pcm16 : .float32
                channels = (0..<count).map { channel in
                    stride(from: body + channel * width, through: end - width, by: width * count)
                        .map { i in
                            kind == 1
                                ? Float(Int16(truncatingIfNeeded: number(i, 2))) / 32768
                                : Float(bitPattern: UInt32(number(i, 4)))
                        }
                }
                return
            }
            at = body + size + size % 2
        }
        return nil
    }
}
