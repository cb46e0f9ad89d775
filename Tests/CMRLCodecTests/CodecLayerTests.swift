import CMRLCodec
import TestSupport
import Testing

/// Upper layers may be left out: by the decoder, by stripping the stream, by a router in the middle of a stream.
@Suite struct CodecLayerTests {
    @Test(arguments: CodecModels.Kind.allCases)
    func fewerLayers(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind), signal = (1...2).map { SpeechLikeSignal.samples(seconds: 2.2, seed: UInt64($0 + 20)) }
        let coded = try CodedSignal(model, signal, rates: [90, 230], blocksPerPacket: 20, keyInterval: 2)
        let both = try coded.decoded(), one = try coded.decoded(layers: 1)
        for i in 0..<2 {
            let (coarse, fine) = (signalToNoise(signal[i], one[i]), signalToNoise(signal[i], both[i]))
            #expect(one[i].count == signal[i].count && fine > coarse + 3, "channel \(i): \(coarse) dB, \(fine) dB")
        }
        // The first layer does not know of the second.
        let single = try CodedSignal(model, signal, rates: [90], blocksPerPacket: 20, keyInterval: 2)
        #expect(try single.packets == coded.packets.map { try $0.stripped(toLayers: 1) })
        #expect(try single.decoded() == one)
        // A stripped file.
        var stripper = try LayerStripper(layers: 1)
        let bytes = try stripper.push(coded.bytes) + stripper.finish(), read = ReadResult.read(bytes)
        #expect(try bytes == single.bytes)
        #expect(try CodedSignal.decode(model, coded.header.stripped(toLayers: 1), read.packets, sampleCount: coded.samples).samples == one)
    }

    /// Numbers of layers that no model has: no rate indices without end, and an error where they are used.
    @Test(arguments: [-1, 0, 9, Int.max, Int.min]) func impossibleNumbersOfLayers(_ layers: Int) throws {
        #expect(Encoder.rateIndices(top: 150, layers: layers).count == max(0, min(layers, StreamHeader.layerCountRange.upperBound)))
        var configuration = Encoder.Configuration()
        configuration.layers = layers
        let planner = RatePlanner(model: try TinyModel.load(), configuration: configuration), signal = [[Float](repeating: 0, count: 1000)]
        #expect(throws: CodecError.layers(layers, allowed: 1...2)) { try planner.plan(whole: signal) }
        #expect(throws: CodecError.layers(layers, allowed: 1...2)) { try planner.plan(stretches: [signal]) }
    }

    /// Symbols of an upper layer depend on those before them, so that after a dropped one they must not be decoded before the next key packet.
    @Test(arguments: CodecModels.Kind.allCases)
    func layersDroppedOnTheWay(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind), signal = [SpeechLikeSignal.samples(seconds: 2.4, seed: 31)]
        let coded = try CodedSignal(model, signal, rates: [90, 210], blocksPerPacket: 10, keyInterval: 4)
        #expect(coded.packets.count == 13)
        var dropped = coded.packets, stripped = coded.packets
        dropped[5] = try dropped[5].stripped(toLayers: 1)
        for i in 5..<8 { stripped[i] = try stripped[i].stripped(toLayers: 1) }
        let result = try CodedSignal.decode(model, coded.header, dropped, sampleCount: coded.samples)
        let expected = try CodedSignal.decode(model, coded.header, stripped, sampleCount: coded.samples)
        #expect(result.samples == expected.samples && result.checksum == expected.checksum)
        // Before the gap, and from the key packet on (after the decoder's memory of at most 8 frames), nothing is missing.
        let whole = try coded.decoded()[0], start = 5 * 10 * 320 - 640, end = 8 * 10 * 320 + 8 * 160
        #expect(result.samples[0].prefix(start) == whole.prefix(start))
        #expect(result.samples[0].suffix(from: end) == whole.suffix(from: end))
        #expect(result.samples[0] != whole)
    }

    /// Streams of encoders with more layers than the model knows: what is above is not looked at.
    @Test(arguments: CodecModels.Kind.allCases)
    func newerLayersAreIgnored(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind), signal = (1...2).map { SpeechLikeSignal.samples(seconds: 1.1, seed: UInt64($0 + 70)) }
        let coded = try CodedSignal(model, signal, rates: [90, 210], blocksPerPacket: 10, keyInterval: 2), expected = try coded.decoded()
        var random = SeededGenerator(seed: 71)
        let header = try StreamHeader(
            modelID: model.id, sampleRate: CodecModel.sampleRate, channelCount: 2, blocksPerPacket: 10, keyInterval: 2, layerCount: 4,
            sampleCount: UInt64(coded.samples))
        var writer = BitstreamWriter(header), bytes = writer.headerBytes()
        for packet in coded.packets {
            let chunks = packet.chunks.map { $0 + (0..<2).map { _ in random.bytes(random.below(60)) } }
            bytes += try writer.packet(
                Packet(isKey: packet.isKey, blockCount: packet.blockCount, rateIndices: packet.isKey ? packet.rateIndices + [7, 255] : [], chunks: chunks))
        }
        bytes += try writer.end(sampleCount: UInt64(coded.samples))
        let read = ReadResult.read(bytes)
        #expect(read.error == nil && read.packets.allSatisfy { $0.layerCount == 4 })
        let result = try CodedSignal.decode(model, header, read.packets, sampleCount: coded.samples)
        #expect(result.samples == expected && result.checksum == coded.symbolChecksum)
    }
}
