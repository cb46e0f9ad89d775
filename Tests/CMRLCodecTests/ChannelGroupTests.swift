import CMRLCodec
import TestSupport
import Testing

/// A model that codes two channels together, at 44.1 kHz: through encoder, bitstream and decoder.
@Suite struct ChannelGroupTests {
    private static let file = Result {
        try TinyModel.fileBytes(
            signal: SignalFormat(sampleRate: 44_100, hop: 64, framesPerBlock: 3, channels: 2))
    }

    static func model() throws -> CodecModel { try CodecModel(bytes: file.get()) }

    /// Sounds that have something in common: left and right of a speaker and a noise.
    private static func sound(channels: Int, seconds: Double = 0.7) -> [[Float]] {
        let speech = SpeechLikeSignal.samples(seconds: seconds, rate: 44_100, seed: 3)
        return (0..<channels).map { channel in
            let own = SpeechLikeSignal.samples(
                seconds: seconds, rate: 44_100, seed: UInt64(20 + channel), level: 0.05)
            return speech.indices.map { speech[$0] * (1 - 0.2 * Float(channel)) + own[$0] }
        }
    }

    @Test func whatAModelSays() throws {
        let model = try Self.model()
        #expect(model.signal.channels == 2 && model.signal.width == 128)
        let header = try CodecEncoder(
            model: model, configuration: CodecEncoder.Configuration(channels: 5)
        ).header()
        #expect(header.formatVersion == 2 && header.groupCount == 3 && header.block.channels == 2)
    }

    /// Every channel comes back in its place, also where the last group lacks one.
    @Test(arguments: [1, 2, 3, 5], [[UInt8(200)], [170, 240]])
    func soundComesBack(channels: Int, rates: [UInt8]) throws {
        let model = try Self.model()
        let signal = Self.sound(channels: channels)
        let coded = try CodedSignal(model, signal, rates: rates, blocksPerPacket: 40)
        #expect(coded.packets.allSatisfy { $0.chunks.count == (channels + 1) / 2 })
        let read = try ReadResult.read(coded.bytes)
        #expect(read.error == nil && read.packets == coded.packets)
        let result = try CodedSignal.decode(
            model, coded.header, read.packets, sampleCount: coded.samples)
        #expect(result.checksum == coded.symbolChecksum && coded.symbolChecksum != 0)
        #expect(result.samples.map(\.count) == signal.map(\.count))
        for channel in 0..<channels {
            let own = signalToNoise(signal[channel], result.samples[channel])
            #expect(own > 12, "channel \(channel): \(own) dB")
            for other in 0..<channels where other != channel {
                #expect(own > signalToNoise(signal[other], result.samples[channel]) + 3)
            }
        }
        let stream = try model.encode(signal, rate: .indices(rates), layers: rates.count)
        let sound = try model.decode(stream)
        #expect(sound.sampleRate == 44_100 && sound.channels.map(\.count) == signal.map(\.count))
    }

    /// What the last group lacks repeats its last channel.
    @Test func missingChannels() throws {
        let model = try Self.model()
        let signal = Self.sound(channels: 3)
        let three = try CodedSignal(model, signal, rates: [100, 190])
        let first = try CodedSignal(model, Array(signal[..<2]), rates: [100, 190])
        let last = try CodedSignal(model, [signal[2], signal[2]], rates: [100, 190])
        for (i, packet) in three.packets.enumerated() {
            #expect(packet.chunks == first.packets[i].chunks + last.packets[i].chunks)
        }
        let expected = try first.decoded() + [last.decoded()[0]]
        #expect(try three.decoded() == expected)
    }

    /// Equal channels have no side: they cost less than different ones.
    @Test func whatChannelsHaveInCommonIsCodedOnce() throws {
        let model = try Self.model()
        let signal = Self.sound(channels: 2)
        let equal = try CodedSignal(model, [signal[0], signal[0]], rates: [180])
        let different = try CodedSignal(model, signal, rates: [180])
        #expect(
            Double(equal.payloadBits) < 0.85 * Double(different.payloadBits),
            "\(equal.payloadBits) and \(different.payloadBits) bits")
        let decoded = try equal.decoded()
        #expect(signalToNoise(decoded[0], decoded[1]) > 20)
    }

    @Test func piecesDoNotMatter() throws {
        let model = try Self.model()
        let signal = Self.sound(channels: 3, seconds: 0.3)
        let whole = try CodedSignal(
            model, signal, rates: [120, 200], blocksPerPacket: 3, keyInterval: 4)
        let pieces = try CodedSignal(
            model, signal, rates: [120, 200], blocksPerPacket: 3, keyInterval: 4,
            pieces: [1, 63, 7, 1000, 192])
        #expect(whole.packets == pieces.packets)
        #expect(whole.symbolChecksum == pieces.symbolChecksum)
    }

    @Test func interleavedSamples() throws {
        let model = try Self.model()
        let signal = Self.sound(channels: 3, seconds: 0.2)
        let configuration = CodecEncoder.Configuration(channels: 3, rate: .indices([240]))
        let planar = try CodecEncoder(model: model, configuration: configuration)
        try planar.push(signal)
        try planar.finish()
        let encoder = try CodecEncoder(model: model, configuration: configuration)
        try encoder.push(interleaved: signal[0].indices.flatMap { t in signal.map { $0[t] } })
        try encoder.finish()
        let decoder = try CodecDecoder(model: model, header: encoder.header())
        while let packet = encoder.pull() {
            let other = planar.pull()
            #expect(packet == other)
            try decoder.push(packet)
        }
        decoder.finish(sampleCount: signal[0].count)
        let heard = try #require(decoder.pullInterleaved())
        #expect(heard.count == 3 * signal[0].count)
        for channel in 0..<3 {
            let own = stride(from: channel, to: heard.count, by: 3).map { Float(heard[$0]) / 32768 }
            #expect(signalToNoise(signal[channel], own) > 8)
        }
    }

    /// A loss is concealed in every channel with its own sound, and over at the next key packet.
    @Test func losses() throws {
        let model = try Self.model()
        let speech = Self.sound(channels: 2, seconds: 1)
        // The left one falls silent before the loss.
        let silent = speech[0].indices.map { $0 < 20_000 ? speech[0][$0] : 0 }
        let coded = try CodedSignal(
            model, [silent, speech[1]], rates: [190], blocksPerPacket: 20, keyInterval: 2)
        let whole = try coded.decoded()
        let lost = 8
        var packets = coded.packets.map(Optional.some)
        packets[lost] = nil
        let result = try CodedSignal.decode(
            model, coded.header, packets, sampleCount: coded.samples)
        #expect(result.samples.map(\.count) == whole.map(\.count))
        let allFinite = result.samples.joined().allSatisfy { $0.isFinite }
        #expect(allFinite)
        let packet = 20 * model.signal.blockSamples
        let start = lost * packet
        // What waits for frames ahead when the packet is lost sounds otherwise already.
        let intact = start - 4 * model.signal.hop
        for channel in 0..<2 {
            let before = Array(result.samples[channel][..<intact])
            let expected = Array(whole[channel][..<intact])
            #expect(before == expected)
        }
        func power(_ samples: ArraySlice<Float>) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
        let quiet = power(result.samples[0][(start + 64)..<(start + 700)])
        let loud = power(result.samples[1][(start + 64)..<(start + 700)])
        #expect(loud > 20 * quiet, "\(loud) and \(quiet)")
        // The packet after it is no key packet; the next one is, and 30 ms on all is as it was.
        let again = (lost + 2) * packet + 10 * model.signal.blockSamples
        for channel in 0..<2 {
            let after = Array(result.samples[channel][again...])
            let expected = Array(whole[channel][again...])
            #expect(after == expected)
        }
    }

    @Test func linearPredictionIsForOneChannel() throws {
        var configuration = NetworkConfiguration()
        configuration.lineSpectrum = NetworkConfiguration.LineSpectrum()
        try configuration.validate()
        configuration.signal.channels = 2
        #expect(
            throws: NetworkConfigurationError.outOfRange(
                name: "channels with lineSpectrum", value: 2, allowed: 1...1)
        ) { try configuration.validate() }
    }
}
