import CMRLCodec
import TestSupport
import Testing

/// Samples in and out in every form are the same samples, and no argument is a trap.
@Suite struct SampleBufferTests {
    private let left = SpeechLikeSignal.samples(seconds: 0.3, seed: 1)
    private let right = SpeechLikeSignal.samples(seconds: 0.3, seed: 2)

    private func encoder(_ channels: Int = 2) throws -> CodecEncoder {
        try CodecEncoder(
            model: CodecModels.load(.tiny),
            configuration: CodecEncoder.Configuration(channels: channels, rate: .indices([120])))
    }

    private func packets(_ encoder: CodecEncoder) throws -> [Packet] {
        try encoder.finish()
        var packets: [Packet] = []
        while let packet = encoder.pull() { packets.append(packet) }
        return packets
    }

    @Test func floatsInEveryLayout() throws {
        let plain = try encoder()
        try plain.push([left, right])
        let expected = try packets(plain)

        let interleaved = try encoder()
        try interleaved.push(interleaved: zip(left, right).flatMap { [$0, $1] })
        #expect(try packets(interleaved) == expected)

        let planar = try encoder()
        let count = left.count
        try (left + right).withUnsafeBufferPointer {
            try planar.push($0, frames: count, layout: .planar(frames: count))
        }
        #expect(try packets(planar) == expected)

        // Right before left, three values apart, in two pieces.
        let strided = try encoder()
        var buffer = [Float](repeating: .nan, count: 6 * count)
        for t in 0..<count { (buffer[6 * t], buffer[6 * t + 3]) = (left[t], right[t]) }
        let layout = SampleLayout(frameStride: 6, channelStride: 3)
        try buffer.withUnsafeBufferPointer { all in
            try strided.push(all, frames: 1000, layout: layout)
            try strided.push(
                UnsafeBufferPointer(rebasing: all[6000...]), frames: count - 1000, layout: layout)
        }
        #expect(try packets(strided) == expected)
    }

    @Test func integersAreFloats() throws {
        let words = zip(left, right).flatMap { [Int16($0 * 32767), Int16($1 * 32767)] }
        let plain = try encoder()
        try plain.push(
            (0..<2).map { c in
                stride(from: c, to: words.count, by: 2).map { Float(words[$0]) / 32768 }
            })
        let expected = try packets(plain)
        let interleaved = try encoder()
        try interleaved.push(interleaved: words)
        #expect(try packets(interleaved) == expected)
        let buffered = try encoder()
        try words.withUnsafeBufferPointer {
            try buffered.push(
                $0, frames: words.count / 2, layout: .interleaved(channels: 2))
        }
        #expect(try packets(buffered) == expected)
    }

    @Test func pullsInEveryLayout() throws {
        let coded = try CodedSignal(CodecModels.load(.tiny), [left, right])
        let expected = try coded.decoded()
        func decoder() throws -> CodecDecoder {
            let decoder = try CodecDecoder(model: coded.model, header: coded.header)
            for packet in coded.packets { try decoder.push(packet) }
            decoder.finish(sampleCount: coded.samples)
            #expect(decoder.availableSamples == coded.samples)
            return decoder
        }
        // A few at a time, into every second place.
        let floats = try decoder()
        var found = [[Float]](repeating: [], count: 2)
        var piece = [Float](repeating: 0, count: 4 * 77)
        while true {
            let count = try piece.withUnsafeMutableBufferPointer {
                try floats.pull(
                    into: $0, frames: 77, layout: SampleLayout(frameStride: 4, channelStride: 2))
            }
            guard count > 0 else { break }
            for t in 0..<count { for c in 0..<2 { found[c].append(piece[4 * t + 2 * c]) } }
        }
        #expect(found == expected)
        #expect(floats.samplesOut == coded.samples && floats.availableSamples == 0)

        let words = try #require(try decoder().pullInterleaved())
        let rounded = (0..<coded.samples).flatMap { t in
            expected.map {
                Int16(max(-32768, min(32767, ($0[t] * 32768).rounded(.toNearestOrEven))))
            }
        }
        #expect(words == rounded)
        var planar = [Int16](repeating: 0, count: 2 * coded.samples)
        let taken = try planar.withUnsafeMutableBufferPointer {
            try decoder().pull(
                into: $0, frames: coded.samples, layout: .planar(frames: coded.samples))
        }
        #expect(taken == coded.samples)
        for c in 0..<2 {
            #expect(
                planar[c * taken..<(c + 1) * taken].elementsEqual(
                    stride(from: c, to: 2 * taken, by: 2).map { rounded[$0] }))
        }
    }

    /// What a stream holds back until its end is known comes out in the same order.
    @Test(arguments: [1, 50, 319, 320, 321, 5_000]) func piecesOfAnySize(size: Int) throws {
        let coded = try CodedSignal(
            CodecModels.load(.tiny), [left, right], blocksPerPacket: 3, keyInterval: 2)
        let decoder = try CodecDecoder(model: coded.model, header: coded.header)
        var found = [[Float]](repeating: [], count: 2)
        var buffer = [Float](repeating: 0, count: 2 * size)
        func take() throws {
            let count = try buffer.withUnsafeMutableBufferPointer {
                try decoder.pull(into: $0, frames: size, layout: .planar(frames: size))
            }
            for c in 0..<2 { found[c] += buffer[c * size..<c * size + count] }
        }
        for packet in coded.packets {
            try decoder.push(packet)
            try take()
        }
        decoder.finish(sampleCount: coded.samples)
        while decoder.availableSamples > 0 { try take() }
        #expect(try found == coded.decoded())
    }

    @Test func buffersThatDoNotFit() throws {
        let encoder = try encoder()
        let decoder = try CodecDecoder(
            model: CodecModels.load(.tiny), header: encoder.header())
        var values = [Float](repeating: 0, count: 20)
        let cases: [(Int, SampleLayout, CodecError?)] = [
            (10, .interleaved(channels: 2), nil), (10, .planar(frames: 10), nil),
            (0, .planar(frames: 0), nil),
            (0, SampleLayout(frameStride: .max, channelStride: 1), nil),
            (11, .interleaved(channels: 2), .bufferSize(20, needed: 22)),
            (10, .planar(frames: 11), .bufferSize(20, needed: 21)),
            (-1, .planar(frames: 10), .sampleLayout(.planar(frames: 10), frames: -1)),
            (
                1, SampleLayout(frameStride: 0, channelStride: 1),
                .sampleLayout(SampleLayout(frameStride: 0, channelStride: 1), frames: 1)
            ),
            (
                1, SampleLayout(frameStride: 1, channelStride: -1),
                .sampleLayout(SampleLayout(frameStride: 1, channelStride: -1), frames: 1)
            ),
            (1, SampleLayout(frameStride: 1, channelStride: .max), .bufferSize(20, needed: .max)),
        ]
        for (frames, layout, expected) in cases {
            func outcome(_ body: () throws -> Void) -> CodecError? {
                do { try body() } catch { return error as? CodecError }
                return nil
            }
            let pushed = outcome {
                try values.withUnsafeBufferPointer {
                    try encoder.push($0, frames: frames, layout: layout)
                }
            }
            #expect(pushed == expected, "\(frames) \(layout)")
            let pulled = outcome {
                _ = try values.withUnsafeMutableBufferPointer {
                    try decoder.pull(into: $0, frames: frames, layout: layout)
                }
            }
            #expect(pulled == expected, "\(frames) \(layout)")
        }
        #expect(throws: CodecError.bufferSize(20, needed: .max)) {
            try values.withUnsafeBufferPointer {
                try encoder.push(
                    $0, frames: .max, layout: SampleLayout(frameStride: .max, channelStride: 1))
            }
        }
        #expect(throws: CodecError.incompleteFrame(samples: 3, channels: 2)) {
            try encoder.push(interleaved: [Float](repeating: 0, count: 3))
        }
        #expect(throws: CodecError.incompleteFrame(samples: 5, channels: 2)) {
            try encoder.push(interleaved: [Int16](repeating: 0, count: 5))
        }
    }
}
