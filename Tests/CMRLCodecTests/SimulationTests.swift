import BuiltInModel
import CMRLCodec
import TestSupport
import Testing

/// Sound behind the codec without coding it: the same samples, bit for bit, as of encoder and
/// decoder.
@Suite struct SimulationTests {
    /// Encodes packet by packet and decodes what is not lost.
    private func coded(
        _ model: CodecModel, _ sound: [[Float]], _ configuration: CodecEncoder.Configuration,
        lost: Set<Int>
    ) throws -> [[Float]] {
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        let decoder = try CodecDecoder(model: model, header: encoder.header())
        try encoder.push(sound)
        try encoder.finish()
        var number = 0
        while let packet = encoder.pull() {
            try decoder.push(lost.contains(number) ? nil : packet)
            number += 1
        }
        decoder.finish(sampleCount: sound[0].count)
        return decoder.pull() ?? []
    }

    private func expectSame(
        _ model: CodecModel, channels: Int = 1, seconds: Double = 1.3,
        _ configuration: CodecEncoder.Configuration, lost: Set<Int> = []
    ) throws {
        let sound = (0..<channels).map { channel in
            // The second channel has an attack and a part of the first one.
            var samples = SpeechLikeSignal.samples(seconds: seconds, seed: UInt64(7 + channel))
            for i in samples.indices where channel == 1 {
                samples[i] = i < samples.count / 2 ? 0 : 0.5 * samples[i]
            }
            return samples
        }
        let want = try coded(model, sound, configuration, lost: lost)
        let found = try model.simulate(sound, configuration: configuration) { lost.contains($0) }
        #expect(found == want)
        #expect(found.map(\.count) == sound.map(\.count))
        #expect(signalToNoise(sound[0], found[0]) < 60, "nothing was done")
    }

    @Test(
        arguments: CodecModels.Kind.allCases,
        [
            ([UInt8(0)], Layering.nested), ([120], .nested), ([255], .nested),
            ([80, 180], .residual), ([80, 180], .nested), ([30, 90, 200], .nested),
        ])
    func ratesAndLayers(kind: CodecModels.Kind, layers: ([UInt8], Layering)) throws {
        let (rates, layering) = layers
        let model = try CodecModels.load(kind)
        var configuration = CodecEncoder.Configuration(
            channels: 2, layers: rates.count, layering: layering, rate: .indices(rates))
        for (blocks, interval) in [(50, 1), (3, 4), (1, 1)] {
            configuration.blocksPerPacket = blocks
            configuration.keyInterval = interval
            try expectSame(model, channels: 2, configuration)
        }
    }

    @Test(arguments: [[UInt8(120)], [80, 180]]) func lostPackets(rates: [UInt8]) throws {
        let model = try CodecModels.load(.builtIn)
        var configuration = CodecEncoder.Configuration(layers: rates.count, rate: .indices(rates))
        configuration.blocksPerPacket = 2
        configuration.keyInterval = 5
        // 65 packets and a half: the first ones, a key packet, several, the last one.
        for lost: Set<Int> in [[0], [0, 1, 2, 3], [10], [20, 21, 22, 23, 31], [33]] {
            try expectSame(model, configuration, lost: lost)
        }
        configuration.keyInterval = 1
        try expectSame(model, configuration, lost: [3, 4, 9, 32, 33])
    }

    /// Attack gains, pairs of channels with rotations and lowered rates; post-filters.
    @Test func modelsWithSideInformation() throws {
        let audio = try #require(try BuiltInModels.load(name: "audio"))
        for (index, channels) in [(UInt8(60), 1), (140, 2), (140, 3)] {
            var configuration = CodecEncoder.Configuration(
                channels: channels, rate: .indices([index]))
            configuration.blocksPerPacket = 4
            configuration.keyInterval = 3
            try expectSame(audio, channels: channels, seconds: 2.9, configuration, lost: [2])
        }
        var layered = CodecEncoder.Configuration(channels: 2, layers: 2, rate: .quality(0.7))
        layered.blocksPerPacket = 5
        try expectSame(audio, channels: 2, layered, lost: [1])
        let speech = try #require(try BuiltInModels.load(name: "default"))
        var configuration = CodecEncoder.Configuration(rate: .quality(0.4))
        try expectSame(speech, configuration)
        let sound = [SpeechLikeSignal.samples(seconds: 1, seed: 3)]
        let enhanced = try speech.simulate(sound, configuration: configuration)
        configuration.enhances = false
        try expectSame(speech, configuration)
        #expect(try speech.simulate(sound, configuration: configuration) != enhanced)
    }

    @Test func lengthsAndErrors() throws {
        let model = try CodecModels.load(.tiny)
        var configuration = CodecEncoder.Configuration(rate: .quality(0.5))
        for count in [0, 1, 159, 160, 321] {
            let sound = [Array(SpeechLikeSignal.samples(seconds: 0.1, seed: 1).prefix(count))]
            #expect(
                try model.simulate(sound, configuration: configuration)
                    == model.decode(model.encode(sound, rate: .quality(0.5))).channels)
        }
        var many = configuration
        many.channels = 255
        many.blocksPerPacket = 1
        try expectSame(model, channels: 255, seconds: 0.5, many, lost: [4])
        #expect(throws: CodecError.channelCountMismatch(got: 2, expected: 1)) {
            try model.simulate([[0], [0]], configuration: configuration)
        }
        configuration.rate = .bitratePerChannel(12_000)
        #expect(throws: CodecError.simulatedBitrate(12_000)) {
            try model.simulate([[0]], configuration: configuration)
        }
        #expect("\(CodecError.simulatedBitrate(12_000))".contains("12.0 kbit/s"))
    }
}
