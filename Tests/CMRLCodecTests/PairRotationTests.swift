import BuiltInModel
import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Channels that are coded as rotated pairs.
@Suite struct PairRotationTests {
    private static let bands = [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]

    private func noise(_ count: Int, seed: UInt64, level: Double = 1) -> [Float] {
        var random = RandomSource(seed: seed)
        return (0..<count).map { _ in Float(random.uniform(-level, level)) }
    }

    @Test func rotationIsOrthonormal() {
        for angle in 0..<PairRotation.angleCount {
            let c = PairRotation.cosines[angle]
            let s = PairRotation.sines[angle]
            #expect(abs(c * c + s * s - 1) < 1e-6)
            var rotation = PairRotation(bands: 3)
            rotation.angles = [UInt8(angle), 0, UInt8((angle + 5) % 16)]
            let first = noise(40, seed: 1)
            let second = noise(40, seed: 2)
            var x = first
            var y = second
            rotation.rotate(&x, &y, bands: Self.bands)
            #expect(x[3] == first[3] && y[3] == second[3])
            rotation.restore(&x, &y, frames: 0..<4, bands: Self.bands)
            for i in x.indices {
                #expect(abs(x[i] - first[i]) < 1e-6 && abs(y[i] - second[i]) < 1e-6)
            }
        }
    }

    /// The angle at which a source was panned is found in every band: what is left for the second
    /// channel is at least 10 dB weaker than the first.
    @Test func panningIsFound() {
        for angle in [0, 2, 4, 7, 9, 12, 15] {
            let source = noise(400, seed: 3)
            let rest = noise(400, seed: 4, level: 0.05)
            var x = source.indices.map {
                source[$0] * PairRotation.cosines[angle] + rest[$0]
            }
            var y = source.indices.map { source[$0] * PairRotation.sines[angle] - rest[$0] }
            let rotation = PairRotation.chosen(x, y, bands: Self.bands)
            rotation.rotate(&x, &y, bands: Self.bands)
            func power(_ z: [Float]) -> Float { z.reduce(0) { $0 + $1 * $1 } }
            #expect(power(x) > 10 * power(y), "\(angle): \(rotation.angles)")
        }
        // Channels that have nothing in common stay as they are.
        let free = PairRotation.chosen(
            noise(4000, seed: 5), noise(4000, seed: 6), bands: Self.bands)
        #expect(free == PairRotation(bands: 3))
    }

    private static let files = Result {
        try [true, nil].map { rotates in
            try TinyModel.fileBytes(
                signal: SignalFormat(sampleRate: 44_100, hop: 128, framesPerBlock: 2),
                change: {
                    $0.pairRotation = rotates
                    $0.attackGain = rotates
                })
        }
    }

    /// One voice to the left of the middle, another in opposite phase, and noise of their own.
    private func sound(channels: Int) -> [[Float]] {
        let voice = SpeechLikeSignal.samples(seconds: 0.8, rate: 44_100, seed: 3)
        let other = SpeechLikeSignal.samples(seconds: 0.8, rate: 44_100, seed: 5, level: 0.05)
        return (0..<channels).map { channel in
            let sign: Float = channel % 2 == 0 ? 1 : -1
            return voice.indices.map {
                voice[$0] * (1 - 0.3 * Float(channel % 2)) + sign * other[$0]
            }
        }
    }

    /// All channels come back in their places with one, two or three layers' worth of chunks, and
    /// what two have in common costs less than twice.
    @Test(arguments: [1, 2, 3, 4], [[UInt8(200)], [150, 220]])
    func soundComesBack(channels: Int, rates: [UInt8]) throws {
        let signal = sound(channels: channels)
        var bits: [Int] = []
        for file in try Self.files.get() {
            let model = try CodecModel(bytes: file)
            let coded = try CodedSignal(
                model, signal, rates: rates, blocksPerPacket: 20, keyInterval: 3)
            bits.append(coded.payloadBits)
            let decoded = try CodedSignal.decode(
                model, coded.header, coded.packets, sampleCount: coded.samples)
            #expect(decoded.checksum == coded.symbolChecksum)
            for (a, b) in zip(signal, decoded.samples) {
                #expect(a.count == b.count && signalToNoise(a, b) > 8, "\(signalToNoise(a, b))")
            }
        }
        if channels > 1 { #expect(bits[0] < bits[1] * 95 / 100, "\(bits)") }
    }

    /// What is left for the second channel is coded as coarsely as the first: noise of middle and
    /// side is alike where their levels differ by 20 dB, and the same indices for both would leave
    /// 8 dB or more between them. Where both are as strong, nothing is lowered.
    @Test func noiseOfAPairIsAlike() throws {
        let model = try #require(try BuiltInModels.load(name: "audio"))
        func power(_ x: some Sequence<Float>) -> Float { x.reduce(0) { $0 + $1 * $1 } }
        let voice = noiseOverTones(seed: 3)
        let other = noiseOverTones(seed: 9)
        for (level, expected) in [(Float(0.1), -4.0...4.0), (1, -2.0...2.0)] {
            let signal = [
                zip(voice, other).map { $0 + level * $1 },
                zip(voice, other).map { $0 - level * $1 },
            ]
            let coded = try CodedSignal(model, signal, rates: [150], keyInterval: 3)
            let decoded = try CodedSignal.decode(
                model, coded.header, coded.packets, sampleCount: coded.samples)
            #expect(decoded.checksum == coded.symbolChecksum)
            let noise = (0..<2).map { c in zip(signal[c], decoded.samples[c]).map { $0 - $1 } }
            let middle = power(zip(noise[0], noise[1]).map { $0 + $1 })
            let side = power(zip(noise[0], noise[1]).map { $0 - $1 })
            let difference = 10 * log10(Double(side / middle))
            #expect(expected.contains(difference), "\(level): \(difference) dB")
        }
    }

    /// A second and a half of tones with noise on them.
    private func noiseOverTones(seed: UInt64) -> [Float] {
        let noise = noise(66_150, seed: seed, level: 0.05)
        let steps = (1...12).map { 0.011 * Float($0) * (1 + 0.1 * Float(seed)) }
        return noise.indices.map { i in
            steps.reduce(noise[i]) { $0 + 0.02 * sin($1 * Float(i)) }
        }
    }

    /// Channels in opposite phase are no silence.
    @Test func oppositePhase() throws {
        let model = try CodecModel(bytes: Self.files.get()[0])
        let voice = SpeechLikeSignal.samples(seconds: 0.8, rate: 44_100, seed: 8)
        let pair = try CodedSignal(model, [voice, voice.map { -$0 }], rates: [200])
        let alone = try CodedSignal(model, [voice], rates: [200])
        let sound = try pair.decoded()
        #expect(signalToNoise(sound[0], sound[1].map { -$0 }) > 15)
        #expect(signalToNoise(voice, sound[0]) > 8)
        #expect(pair.payloadBits < alone.payloadBits * 3 / 2)
    }

    @Test func losses() throws {
        let model = try CodecModel(bytes: Self.files.get()[0])
        let coded = try CodedSignal(
            model, sound(channels: 2), rates: [190], blocksPerPacket: 10, keyInterval: 2)
        let whole = try coded.decoded()
        for lost in [[0], [5], [6, 7], [coded.packets.count - 1]] {
            var packets = coded.packets.map(Optional.some)
            for i in lost { packets[i] = nil }
            let result = try CodedSignal.decode(
                model, coded.header, packets, sampleCount: coded.samples)
            for c in 0..<2 {
                let sound = result.samples[c]
                // The last packet is shorter than what a lost one is taken for.
                #expect(sound.count >= whole[c].count && sound.allSatisfy(\.isFinite))
                let key = (lost[lost.count - 1] / 2 + 1) * 2
                let again = key * 10 * model.signal.blockSamples + 6 * model.signal.hop
                guard again < sound.count else { continue }
                let isSame = sound[again..<whole[c].count] == whole[c][again...]
                #expect(isSame, "\(lost)")
            }
        }
    }

    @Test func notWithAnalysisBySynthesis() throws {
        for file in try Self.files.get() {
            let model = try CodecModel(bytes: file)
            let isPossible = (try? model.checkRefinement()) != nil
            #expect(try isPossible == (model.configuration.pairRotation != true))
        }
    }

    @Test func oneChannelAGroup() {
        var configuration = NetworkConfiguration()
        configuration.pairRotation = true
        configuration.signal.channels = 2
        #expect(
            throws: NetworkConfigurationError.outOfRange(
                name: "channels with pairRotation", value: 2, allowed: 1...1)
        ) { try configuration.validate() }
    }
}
