import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

/// Signs of coefficients around the modules.
@Suite struct RandomSignsTests {
    /// The definition (format description, 3.7): a bit of the murmur3 finaliser of a counter.
    private static func changes(_ i: Int, seed: UInt32) -> Bool {
        var x = UInt32(truncatingIfNeeded: i) &* 0x9e37_79b9 &+ seed
        x = (x ^ (x >> 16)) &* 0x85eb_ca6b
        x = (x ^ (x >> 13)) &* 0xc2b2_ae35
        return (x ^ (x >> 16)) >> 31 == 1
    }

    @Test func halfOfThemChangeWithoutPattern() {
        let envelope = (0..<20).map { 300 - 13 * $0 }
        let signs = RandomSigns.signs(20_000, seed: RandomSigns.seed(envelope: envelope)).map {
            Int($0)
        }
        #expect(abs(signs.reduce(0, +)) < 600)
        for lag in [1, 2, 3, 80, 160, 320] {
            let product = zip(signs, signs.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(product) < 600, "lag \(lag)")
        }
    }

    /// Training draws them with a kernel: the same signs for the same seed.
    @Test func trainingHasTheSame() {
        // The graph owns the tensors' memory.
        let graph = Graph<Float>()
        let signs = withExtendedLifetime(graph) {
            graph.randomSigns(Shape(2, 3, 500), seed: 0x1234_5678).array
        }
        let definition = (0..<3000).map { Self.changes($0, seed: 0x1234_5678) ? Float(-1) : 1 }
        #expect(signs == definition && RandomSigns.signs(3000, seed: 0x1234_5678) == definition)
    }

    @Test func everyStepOfTheEnvelopeGivesOthers() {
        let envelope = (0..<20).map { 300 - 13 * $0 }
        let seed = RandomSigns.seed(envelope: envelope)
        for band in envelope.indices {
            for change in [-40, -1, 1, 256] {
                var other = envelope
                other[band] += change
                let signs = zip(
                    RandomSigns.signs(320, seed: seed),
                    RandomSigns.signs(320, seed: RandomSigns.seed(envelope: other)))
                let differing = signs.count { $0.0 != $0.1 }
                #expect(differing > 100 && differing < 220, "band \(band) by \(change)")
            }
        }
    }

    /// Without trained modules (plain quantisation) signs change nothing but the noise that is
    /// filled in.
    @Test func theyAreTakenBack() throws {
        let signal = [SpeechLikeSignal.samples(seconds: 1.5, seed: 5)]
        let plain = try CodecModel(bytes: TinyModel.fileBytes())
        let signed = try CodecModel(bytes: TinyModel.fileBytes(randomSigns: true))
        for rates: [UInt8] in [[140], [90, 240]] {
            let ratios = try [plain, signed].map { model in
                signalToNoise(signal[0], try CodedSignal(model, signal, rates: rates).decoded()[0])
            }
            #expect(ratios[1] > 8 && abs(ratios[0] - ratios[1]) < 1.5, "\(ratios)")
        }
    }

    /// What the signs are for: a decoder that gives the same coefficients in every frame is not
    /// periodic behind them.
    @Test func constantCoefficientsBecomeNoise() {
        let frames = 64
        let width = 160
        var products = 0
        var rows: [[Float]] = []
        for block in 0..<frames / 2 {
            // One band of the envelope moves by a step now and then, as it does in any noise.
            let values = RandomSigns.signs(
                2 * width,
                seed: RandomSigns.seed(envelope: [10, 20, 30 + block * 3 % 7, block / 5]))
            rows += [Array(values[..<width]), Array(values[width...])]
        }
        for (a, b) in zip(rows, rows.dropFirst()) {
            products += Int(zip(a, b).reduce(0) { $0 + $1.0 * $1.1 })
        }
        #expect(abs(products) < 600)
    }
}
