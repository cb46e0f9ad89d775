import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

/// A sound at once: the same bytes and samples as step by step, and errors for what is no sound.
@Suite struct WholeSoundTests {
    private let signal = (1...2).map {
        SpeechLikeSignal.samples(seconds: 1.3, seed: UInt64($0 + 10))
    }

    @Test(arguments: [
        CodecEncoder.Rate.bitrate(20_000), .bitratePerChannel(8_000), .indices([130]),
        .quality(0.5),
    ])
    func roundTrip(rate: CodecEncoder.Rate) throws {
        let model = try CodecModels.load(.builtIn)
        let bytes = try model.encode(signal, rate: rate)
        let sound = try model.decode(bytes)
        #expect(sound.channels.map(\.count) == signal.map(\.count))
        #expect(sound.sampleRate == 16_000 && sound.sourceSampleRate == 16_000)
        for (a, b) in zip(signal, sound.channels) { #expect(signalToNoise(a, b) > 3) }
        if let target = CodecEncoder.Configuration(channels: 2, rate: rate).bitrate {
            let real = Double(8 * bytes.count) * 16_000 / Double(signal[0].count)
            #expect(abs(real / target - 1) < 0.06, "\(real) for \(target)")
        }
    }

    @Test func asStepByStep() throws {
        let model = try CodecModels.load(.tiny)
        let coded = try CodedSignal(model, signal, rates: [70, 200], layering: .nested)
        let bytes = try model.encode(signal, rate: .indices([70, 200]), layers: 2)
        #expect(try bytes == coded.bytes)
        #expect(try model.decode(bytes).channels == coded.decoded())
        #expect(try model.decode(bytes, layers: 1).channels == coded.decoded(layers: 1))
        #expect(
            try model.encode(signal, rate: .quality(0))
                == model.encode(signal, rate: .indices([0])))
        #expect(
            try model.encode(signal, rate: .quality(1), layers: 2)
                == model.encode(
                    signal, rate: .indices(model.rateIndices(255, layers: 2, .nested)),
                    layers: 2))
    }

    @Test func allSettings() throws {
        let model = try CodecModels.load(.tiny)
        var configuration = CodecEncoder.Configuration(channels: 2, rate: .indices([120]))
        configuration.blocksPerPacket = 3
        configuration.keyInterval = 2
        let count = UInt64(signal[0].count)
        let source = (sampleRate: 48_000, sampleCount: 3 * count - 1)
        let bytes = try model.encode(signal, configuration: configuration, source: source)
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push(signal)
        try encoder.finish()
        var writer = BitstreamWriter(
            try encoder.header(sampleRate: 48_000, sampleCount: source.sampleCount))
        var expected = writer.headerBytes()
        while let packet = encoder.pull() { expected += try writer.packet(packet) }
        expected += try writer.end(sampleCount: source.sampleCount)
        #expect(bytes == expected)
        let sound = try model.decode(bytes)
        #expect(sound.sourceSampleRate == 48_000)
        #expect(sound.channels.map(\.count) == signal.map(\.count))
        #expect(throws: CodecError.channelCountMismatch(got: 1, expected: 2)) {
            try model.encode([signal[0]], configuration: configuration)
        }
    }

    @Test(arguments: [1, 7, 1_000]) func piecesOfAStream(size: Int) throws {
        let model = try CodecModels.load(.tiny)
        let bytes = try model.encode(signal, rate: .indices([120]))
        let stream = StreamDecoder(model: model)
        var found: [[Float]] = [[], []]
        func pull() {
            for (i, plane) in (stream.decoder?.pull() ?? []).enumerated() { found[i] += plane }
        }
        for start in stride(from: 0, to: bytes.count, by: size) {
            try stream.push(bytes[start..<min(start + size, bytes.count)])
            pull()
        }
        try stream.finish()
        pull()
        #expect(try found == model.decode(bytes).channels)
    }

    /// What was decoded before an error stays, and the error too.
    @Test func errorsOfStreamsStay() throws {
        let model = try CodecModels.load(.tiny)
        var configuration = CodecEncoder.Configuration(channels: 2, rate: .indices([120]))
        configuration.blocksPerPacket = 5
        var bytes = try model.encode(signal, configuration: configuration)
        bytes[bytes.count / 2] ^= 1
        let stream = StreamDecoder(model: model)
        for piece in [bytes, []] {
            #expect {
                try stream.push(piece)
            } throws: { error in
                guard case .stream(.packetChecksum) = error as? CodecError else { return false }
                return true
            }
        }
        let samples = stream.decoder?.pull()?[0].count ?? 0
        #expect(samples > signal[0].count / 4 && samples < signal[0].count / 2)
    }

    @Test func nothingAtAll() throws {
        let model = try CodecModels.load(.tiny)
        let sound = try model.decode(model.encode([[], []]))
        #expect(sound.channels == [[], []])
    }

    @Test func mistakesAreErrors() throws {
        let model = try CodecModels.load(.tiny)
        #expect(throws: CodecError.channels(0, allowed: 1...255)) { try model.encode([]) }
        #expect(throws: CodecError.unequalChannels([1, 2])) { try model.encode([[0], [0, 0]]) }
        #expect(throws: CodecError.layers(0, allowed: 1...8)) {
            try model.encode([[0]], layers: 0)
        }
        #expect(throws: CodecError.quality(2)) { try model.encode([[0]], rate: .quality(2)) }
        #expect(throws: CodecError.rateIndices(count: 0, layers: 1)) {
            try model.encode([[0]], rate: .indices([]))
        }
        #expect(throws: CodecError.stream(.truncated(missing: 6, offset: 0))) {
            try model.decode([])
        }
        #expect(throws: CodecError.stream(.badMagic(found: Array("RIFF".utf8)))) {
            try model.decode(Array("RIFF----".utf8))
        }
        let bytes = try model.encode([[0, 1, 0]])
        let cut = Array(bytes.dropLast())
        #expect(throws: CodecError.self) { try model.decode(cut) }
        let builtIn = try CodecModels.load(.builtIn)
        #expect(throws: CodecError.wrongModel(stream: model.id, model: builtIn.id)) {
            try builtIn.decode(bytes)
        }
        var long = BitstreamWriter(
            try StreamHeader(
                modelID: model.id, sampleRate: 8_000, channelCount: 1, layerCount: 1))
        let forged = try long.headerBytes() + long.end(sampleCount: 1 << 47)
        #expect(
            throws: CodecError.samplesMissing(
                declared: 1 << 47, sampleRate: 8_000, blocks: 0, block: .version1)
        ) { try model.decode(forged) }
    }

    /// A stream that names a model but has blocks of another kind.
    @Test func blocksOfAnotherModel() throws {
        let model = try CodecModels.load(.tiny)
        let other = BlockFormat(sampleRate: 44_100, samples: 320, channels: 1)
        let header = try StreamHeader(
            modelID: model.id, sampleRate: 8_000, channelCount: 1, layerCount: 1, block: other)
        #expect(throws: CodecError.wrongBlock(stream: other, model: .version1)) {
            try CodecDecoder(model: model, header: header)
        }
    }
}
