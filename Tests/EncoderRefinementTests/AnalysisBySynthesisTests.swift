import BuiltInModel
import CMRLCodec
import EncoderRefinement
import NeuralNetwork
import PerceptualLoss
import TestSupport
import Testing

/// Encoding by trying out: the encoder's picture of the decoder is right, the objective falls in
/// real streams, nothing depends on how samples come.
@Suite struct AnalysisBySynthesisTests {
    static func model() throws -> CodecModel {
        try #require(try BuiltInModels.load(name: "default")?.withoutPostFilter)
    }

    static func configuration(index: UInt8 = 110, blocks: Int = 20, keyInterval: Int = 1)
        -> CodecEncoder.Configuration
    {
        var configuration = CodecEncoder.Configuration(rate: .indices([index]))
        configuration.blocksPerPacket = blocks
        configuration.keyInterval = keyInterval
        return configuration
    }

    @Test func averagesOverNeighbours() {
        let width = 5
        let x: [Float] = [1, 2, 4, 8, 16, 0, 0, 3, 0, 0, 7, 1]
        for reach in [0, 1, 2, 9] {
            var result = [Float](repeating: -1, count: x.count)
            AnalysisBySynthesis.average(x, over: reach, width: width, into: &result)
            for i in x.indices {
                let row = x.indices.filter { $0 / width == i / width && abs($0 - i) <= reach }
                #expect(
                    abs(result[i] - row.reduce(0) { $0 + x[$1] } / Float(row.count)) < 1e-5,
                    "\(reach), \(i)")
            }
        }
    }

    static func encode(
        _ samples: [Float], _ model: CodecModel, _ configuration: CodecEncoder.Configuration,
        piece: Int = 1 << 20, _ refiner: (any SymbolRefiner)?
    ) throws -> (packets: [Packet], checksum: UInt64) {
        let encoder = try CodecEncoder(
            model: model, configuration: configuration, refiners: refiner.map { [$0] } ?? [])
        for start in stride(from: 0, to: samples.count, by: piece) {
            try encoder.push([Array(samples[start..<min(start + piece, samples.count)])])
        }
        try encoder.finish()
        var packets: [Packet] = []
        while let packet = encoder.pull() { packets.append(packet) }
        return (packets, encoder.symbolChecksum)
    }

    static func decode(
        _ packets: [Packet], _ model: CodecModel, _ configuration: CodecEncoder.Configuration,
        count: Int
    ) throws -> (samples: [Float], checksum: UInt64) {
        let header = try StreamHeader(
            modelID: model.id, sampleRate: 16000, channelCount: 1,
            blocksPerPacket: configuration.blocksPerPacket, keyInterval: configuration.keyInterval,
            layerCount: 1, sampleCount: UInt64(count))
        let decoder = try CodecDecoder(model: model, header: header)
        for packet in packets { try decoder.push(packet) }
        decoder.finish()
        var samples: [Float] = []
        while let piece = decoder.pull() { samples += piece[0] }
        return (Array(samples.prefix(count)), decoder.symbolChecksum)
    }

    /// Rounds, and keeps what it was asked.
    private final class Recorder: SymbolRefiner {
        var packets: [UnroundedPacket] = []
        func symbols(for packet: UnroundedPacket) -> [Int32] {
            packets.append(packet)
            return packet.values.map { Int32($0.rounded(.toNearestOrEven)) }
        }
    }

    /// What a round expects of the decoder is what the decoder does: signs, noise, overlaps,
    /// contexts. Only a packet's last two frames differ, which wait for a frame ahead.
    @Test(arguments: [1, 3]) func expectationIsRight(_ keyInterval: Int) throws {
        let model = try Self.model()
        let configuration = Self.configuration(keyInterval: keyInterval)
        let recorder = Recorder()
        let samples = SpeechLikeSignal.samples(seconds: 2)
        let stream = try Self.encode(samples, model, configuration, recorder)
        let plain = try Self.encode(samples, model, configuration, nil)
        #expect(stream.packets == plain.packets)
        let decoded = try Self.decode(stream.packets, model, configuration, count: samples.count)
            .samples
        let synthesis = try AnalysisBySynthesis(model: model, rounds: 1)
        var frame = 0
        var signal = 0.0
        var error = 0.0
        var bits = 0.0
        for packet in recorder.packets {
            #expect(packet.isKey == (frame / 40 % keyInterval == 0))
            let out = synthesis.expected(
                of: packet, symbols: packet.values.map { $0.rounded(.toNearestOrEven) })
            // Of the packet itself: sample 0 of frame f's second half is sample f hop of the
            // decoded sound.
            let own = Array(out.sound.suffix((packet.frames - 1) * 160))
            for i in 0..<max(packet.frames - 3, 0) * 160 where frame * 160 + i < decoded.count {
                let difference = Double(own[i] - decoded[frame * 160 + i])
                signal += Double(decoded[frame * 160 + i] * decoded[frame * 160 + i])
                error += difference * difference
            }
            frame += packet.frames
            bits += out.bits
        }
        #expect(signal > 1 && error < 1e-6 * signal, "\(error) of \(signal)")
        // Bits: real ones have the envelope's too.
        let real = Double(stream.packets.reduce(0) { $0 + $1.payloadByteCount } * 8)
        #expect(bits < real && (keyInterval > 1 || bits > 0.4 * real), "\(bits) of \(real)")
    }

    /// In the real stream, decoded by the decoder: the objective is lower by far more than another
    /// rate index could explain.
    @Test func objectiveFalls() throws {
        let model = try Self.model()
        let configuration = Self.configuration(blocks: 50)
        let samples = SpeechLikeSignal.samples(seconds: 3)
        let objective = EncodingObjective()
        let lambda = objective.lambda(rateIndex: 110)
        func cost(_ rounds: Int) throws -> Double {
            let refiner = rounds > 0 ? try AnalysisBySynthesis(model: model, rounds: rounds) : nil
            let stream = try Self.encode(samples, model, configuration, refiner)
            let decoded = try Self.decode(
                stream.packets, model, configuration, count: samples.count)
            #expect(decoded.checksum == stream.checksum && decoded.samples.count == samples.count)
            let graph = Graph<Float>()
            let shape = Shape(1, samples.count, 1)
            let level =
                0.1 / (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
            let x = graph.input(shape, samples.map { $0 * level })
            let y = graph.input(shape, decoded.samples.map { $0 * level })
            let kbps = Double(stream.packets.reduce(0) { $0 + $1.payloadByteCount } * 8) / 3000
            let loss = try withExtendedLifetime(graph) {
                objective.weightedSNR
                    * Double(
                        try WeightedSNRLoss<Float>(exponent: objective.exponent)(x, y, graph).data[
                            0])
                    + objective.mel * Double(try MelLoss<Float>()(x, y, graph).data[0])
                    + objective.loudness * Double(try LoudnessLoss<Float>()(x, y, graph).data[0])
            }
            return loss + lambda * kbps
        }
        let plain = try cost(0)
        let few = try cost(4)
        let many = try cost(20)
        #expect(few < plain - 0.01 && many < few, "\(plain), \(few), \(many)")
    }

    @Test func piecesDoNotMatter() throws {
        let model = try Self.model()
        let configuration = Self.configuration()
        let samples = SpeechLikeSignal.samples(seconds: 1)
        let whole = try Self.encode(
            samples, model, configuration, AnalysisBySynthesis(model: model, rounds: 2))
        for piece in [100, 777, 4000] {
            let cut = try Self.encode(
                samples, model, configuration, piece: piece,
                AnalysisBySynthesis(model: model, rounds: 2))
            #expect(cut.packets == whole.packets && cut.checksum == whole.checksum)
        }
        // As other programs ask for it.
        let encoder = try CodecEncoder(model: model, configuration: configuration, rounds: 2)
        try encoder.push([samples])
        try encoder.finish()
        var packets: [Packet] = []
        while let packet = encoder.pull() { packets.append(packet) }
        #expect(packets == whole.packets)
        #expect(throws: CodecError.rounds(0, allowed: 1...1000)) {
            try CodecEncoder(model: model, configuration: configuration, rounds: 0)
        }
    }

    /// Silence, clicks, full scale, no numbers, one sample, the smallest packets.
    @Test(arguments: [0, 1, 2, 3, 4]) func anySound(_ kind: Int) throws {
        let model = try Self.model()
        let configuration = Self.configuration(blocks: kind == 3 ? 1 : 20)
        let samples: [Float]
        switch kind {
        case 0: samples = [Float](repeating: 0, count: 9000)
        case 1: samples = (0..<9000).map { $0 % 3000 == 1500 ? 1 : 0 }
        case 2: samples = (0..<9000).map { $0 % 7 == 0 ? .nan : $0 % 2 == 0 ? 16 : -.infinity }
        case 3: samples = SpeechLikeSignal.samples(seconds: 0.3)
        default: samples = [0.5]
        }
        let stream = try Self.encode(
            samples, model, configuration, AnalysisBySynthesis(model: model, rounds: 2))
        let decoded = try Self.decode(stream.packets, model, configuration, count: samples.count)
        #expect(
            decoded.checksum == stream.checksum && decoded.samples.count == samples.count
                && decoded.samples.allSatisfy(\.isFinite))
    }

    @Test func refusals() throws {
        let model = try Self.model()
        for rounds in [0, -1, 1001] {
            #expect(throws: CodecError.rounds(rounds, allowed: 1...1000)) {
                try AnalysisBySynthesis(model: model, rounds: rounds)
            }
        }
        let bare = try CodecModel(bytes: try #require(BuiltInModels.bytes(name: "default")))
        #expect(throws: CodecError.parametersNotKept) { try bare.makeNetwork() }
        #expect(throws: CodecError.parametersNotKept) {
            try AnalysisBySynthesis(model: bare, rounds: 1)
        }
        var stereo = Self.configuration()
        stereo.channels = 2
        let one = try AnalysisBySynthesis(model: model, rounds: 1)
        #expect(throws: CodecError.refiners(1, groups: 2)) {
            try CodecEncoder(model: model, configuration: stereo, refiners: [one])
        }
    }
}
