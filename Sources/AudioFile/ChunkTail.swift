/// Tells samples of unknown length from the chunks behind them: GStreamer, ffmpeg and others write
/// texts behind samples even where they could not write the length.
///
/// What looks like a chunk is one if from there to the end of the input there is nothing but
/// chunks. Only where a name of a chunk occurs are samples held back.
struct ChunkTail {
    private let style: ChunkStyle
    /// Bytes ahead that are known to be samples.
    private var samples = 0
    private static let longest = 1 << 22

    init(_ style: ChunkStyle) { self.style = style }

    /// How many bytes ahead may be read as samples without waiting; 0 at their end.
    mutating func available(_ input: ByteInput) throws(AudioFileError) -> Int {
        if samples > 0 { return samples }
        let step = style == .long ? 1 : 2
        // Enough for a name in the first place and in the next one: then at least one step is
        // samples. No chunk is shorter.
        let least = 4 + step
        guard try input.peek(least).count == least else {
            samples = input.ahead.count
            return samples
        }
        let first = try isChunk(input)
        if first { return 0 }
        let places = input.ahead.count - 3
        samples = input.ahead.withUnsafeBytes { bytes in
            var place = step
            while place < places {
                let name = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                if ChunkName.followsSamples(name) { break }
                place += step
            }
            return min(place, places)
        }
        // Pieces stay at places where a chunk may begin.
        samples -= samples % step
        return samples
    }

    /// Bytes of samples of unknown length, without the chunks behind them.
    /// - Parameters:
    ///   - input: a file; stands behind the samples then.
    ///   - layout: with a style of chunks.
    static func samples(_ input: ByteInput, _ layout: SoundLayout) throws(AudioFileError) -> Int {
        guard let chunks = layout.chunks else { return 0 }
        try input.seek(to: layout.dataOffset)
        input.forget()
        var tail = ChunkTail(chunks)
        while true {
            let count = try tail.available(input)
            if count == 0 { return input.position - layout.dataOffset }
            _ = try input.skip(count)
            tail.take(count)
        }
    }

    /// Bytes that were read.
    mutating func take(_ count: Int) { samples -= count }

    /// From here on there are chunks and nothing else, and the first has a known name.
    private func isChunk(_ input: ByteInput) throws(AudioFileError) -> Bool {
        func isKnown(_ bytes: ArraySlice<UInt8>) -> Bool {
            bytes.count >= 4
                && ChunkName.followsSamples(
                    bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) })
        }
        guard isKnown(try input.peek(4)) else { return false }
        var place = 0
        while place < Self.longest {
            let ahead = try input.peek(place + style.headerBytes).dropFirst(place)
            if ahead.isEmpty { return place > 0 }
            guard isKnown(ahead), let size = style.size(ahead), size.padded < Self.longest else {
                return false
            }
            let end = place + style.headerBytes + size.body
            guard try input.peek(end).count == end else { return false }
            place = end + size.padded - size.body
        }
        return false
    }
}
