import CMRLCodec
import TestSupport
import Testing

/// Upper layers may be left out: by the decoder, by stripping the stream, by a router in the middle
/// of a stream.
@Suite struct CodecLayerTests {
    @Test(arguments: CodecModels.Kind.allCases)
    func fewerLayers(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = (1...2).map { SpeechLikeSignal.samples(seconds: 2.2, seed: UInt64($0 + 20)) }
        let coded = try CodedSignal(
            model, signal, rates: [90, 230], blocksPerPacket: 20, keyInterval: 2)
        let both = try coded.decoded()
        let one = try coded.decoded(layers: 1)
        for i in 0..<2 {
            let (coarse, fine) = (
                signalToNoise(signal[i], one[i]), signalToNoise(signal[i], both[i])
            )
            #expect(
                one[i].count == signal[i].count && fine > coarse + 3,
                "channel \(i): \(coarse) dB, \(fine) dB")
        }
        // The first layer does not know of the second.
        let single = try CodedSignal(
            model, signal, rates: [90], blocksPerPacket: 20, keyInterval: 2)
        #expect(try single.packets == coded.packets.map { try $0.stripped(toLayers: 1) })
        #expect(try single.decoded() == one)
        // A stripped file.
        var stripper = try LayerStripper(layers: 1)
        let bytes = try stripper.push(coded.bytes) + stripper.finish()
        let read = ReadResult.read(bytes)
        #expect(try bytes == single.bytes)
        #expect(
            try CodedSignal.decode(
                model, coded.header.stripped(toLayers: 1), read.packets, sampleCount: coded.samples
            ).samples == one)
    }

    /// Numbers of layers that no model has: no rate indices without end, and an error where they
    /// are used.
    @Test(arguments: [-1, 0, 9, Int.max, Int.min]) func impossibleNumbersOfLayers(_ layers: Int)
        throws
    {
        #expect(
            CodecEncoder.rateIndices(top: 150, layers: layers).count
                == max(0, min(layers, StreamHeader.layerCountRange.upperBound)))
        var configuration = CodecEncoder.Configuration(layering: .residual)
        configuration.layers = layers
        let planner = RatePlanner(model: try TinyModel.load(), configuration: configuration)
        let signal = [[Float](repeating: 0, count: 1000)]
        #expect(throws: CodecError.layers(layers, allowed: 1...2)) {
            try planner.plan(whole: signal)
        }
        #expect(throws: CodecError.layers(layers, allowed: 1...2)) {
            try planner.plan(stretches: [signal])
        }
    }

    /// Symbols of an upper layer depend on those before them, so that after a dropped one they must
    /// not be decoded before the next key packet: from there to the key packet a decoder gives what
    /// one of fewer layers gives.
    @Test(arguments: CodecModels.Kind.allCases)
    func layersDroppedOnTheWay(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let hop = model.signal.hop
        let signal = [SpeechLikeSignal.samples(seconds: 2.4, seed: 31)]
        let coded = try CodedSignal(
            model, signal, rates: [90, 210], blocksPerPacket: 10, keyInterval: 4)
        let count = coded.packets.count
        #expect(count == 13)
        let whole = try coded.decoded()[0]
        let one = try coded.decoded(layers: 1)[0]
        let memory = CodecLossTests.memory(model, layers: 2)
        let symbols = try CodecLossTests.symbols(model, coded.header, coded.packets)
        let lower = try CodecLossTests.symbols(
            model, coded.header, coded.packets.map { try $0.stripped(toLayers: 1) })
        for drops in (0..<count).map({ [$0] }) + [
            [0, 4], [1, 2], [3, 4], [2, 5, 11], [1, 4, 9], Array(4..<8), Array(0..<count),
        ] {
            var dropped = coded.packets
            for i in drops { dropped[i] = try dropped[i].stripped(toLayers: 1) }
            let result = try CodedSignal.decode(
                model, coded.header, dropped, sampleCount: coded.samples
            ).samples[0]
            // Whether no packet since the key packet has lost a layer.
            let isWhole = dropped.indices.map { i in
                (i / 4 * 4...i).allSatisfy { dropped[$0].layerCount == 2 }
            }
            #expect(
                try CodecLossTests.symbols(model, coded.header, dropped)
                    == dropped.indices.map { isWhole[$0] ? symbols[$0] : lower[$0] }, "\(drops)")
            // The first frames of the upper layer look back; the last frame of a packet overlaps
            // with that of the next.
            for i in dropped.indices {
                let begin =
                    i * 3200
                    + (i > 0 && isWhole[i - 1] != isWhole[i] ? (isWhole[i] ? memory : 0) : 0)
                let end = min(
                    (i + 1) * 3200 - (i + 1 < count && isWhole[i + 1] != isWhole[i] ? hop : 0),
                    whole.count)
                guard begin < end else { continue }
                let expected = isWhole[i] ? whole : one
                #expect(
                    result[begin..<end] == expected[begin..<end],
                    "packet \(i) with the layer of \(drops) dropped")
            }
            #expect(result != whole && result.count == whole.count)
        }
    }

    /// Streams of encoders with more layers than the model knows: what is above is not looked at.
    @Test(arguments: CodecModels.Kind.allCases)
    func newerLayersAreIgnored(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = (1...2).map { SpeechLikeSignal.samples(seconds: 1.1, seed: UInt64($0 + 70)) }
        let coded = try CodedSignal(
            model, signal, rates: [90, 210], blocksPerPacket: 10, keyInterval: 2)
        let expected = try coded.decoded()
        var random = SeededGenerator(seed: 71)
        let header = try StreamHeader(
            modelID: model.id, sampleRate: model.signal.sampleRate, channelCount: 2,
            blocksPerPacket: 10, keyInterval: 2, layerCount: 4,
            sampleCount: UInt64(coded.samples))
        var writer = BitstreamWriter(header)
        var bytes = writer.headerBytes()
        for packet in coded.packets {
            let chunks = packet.chunks.map {
                $0 + (0..<2).map { _ in random.bytes(random.below(60)) }
            }
            bytes += try writer.packet(
                Packet(
                    isKey: packet.isKey, blockCount: packet.blockCount,
                    rateIndices: packet.isKey ? packet.rateIndices + [7, 255] : [], chunks: chunks))
        }
        bytes += try writer.end(sampleCount: UInt64(coded.samples))
        let read = ReadResult.read(bytes)
        #expect(read.error == nil && read.packets.allSatisfy { $0.layerCount == 4 })
        let result = try CodedSignal.decode(model, header, read.packets, sampleCount: coded.samples)
        #expect(result.samples == expected && result.checksum == coded.symbolChecksum)
    }
}
