import Training
import Foundation
import TestSupport
import NeuralNetwork
import Psychoacoustic
import Testing

/// Losses under the masking threshold, in double precision: values against a transform and sums
/// written out, gradients against central differences.
@Suite struct MaskingLossTests {
    private static let samples = 960
    private static let forms: [MaskingLossForm] = [.published, .smooth]

    /// Two items of harmonics at about -20 dBFS, and a decoded version whose error is white noise
    /// `decibels` below full scale.
    private static func signals(error decibels: Double, seed: UInt64 = 1) -> (
        x: [Double], y: [Double]
    ) {
        var random = RandomSource(seed: seed)
        let x = (0..<2 * samples).map { i -> Double in
            let pitch = 110 + 50 * Double(i / samples)
            let n = i % samples
            var sum = 0.002 * random.uniform(-1, 1)
            for h in 1...20 {
                let angle = 2 * Double.pi * pitch * Double(h * n) / 16000 + Double(h * h)
                sum += 0.1 / Double(h) * sin(angle)
            }
            return sum
        }
        let gain = pow(10, decibels / 20)
        return (x, x.map { $0 + gain * random.uniform(-1, 1) })
    }

    private static func loss(
        _ spectra: MaskingSpectra<Double>, _ weights: CodecTrainingConfiguration.Loss,
        _ x: [Double],
        _ y: [Double], gradient: Bool = false
    ) throws -> (value: Double, gradient: [Double]) {
        let graph = Graph<Double>()
        let shape = Shape(2, samples, 1)
        let decoded = graph.input(shape, y, tracked: true)
        let result = try #require(try spectra.loss(weights, graph.input(shape, x), decoded, graph))
        if gradient { graph.backward(result) }
        return (result.data[0], gradient ? decoded.gradientArray ?? [] : [])
    }

    private static func weights(
        priority: Double? = nil, noise: Double? = nil, _ form: MaskingLossForm,
        like other: CodecTrainingConfiguration.Loss = CodecTrainingConfiguration.Loss()
    ) -> CodecTrainingConfiguration.Loss {
        var loss = other
        loss.priorityWeighting = priority
        loss.noiseModulation = noise
        loss.maskingForm = form
        return loss
    }

    /// Power spectra of one item, `[frame][line]`: a transform written out.
    private static func power(_ x: [Double], _ model: MaskingModel) -> [[Double]] {
        let size = model.size
        return stride(from: -size / 2, through: x.count - size / 2, by: size / 2).map { start in
            let frame = (0..<size).map { n -> Double in
                let window = 0.5 - 0.5 * cos(2 * Double.pi * Double(n) / Double(size))
                return x.indices.contains(start + n) ? x[start + n] * window : 0
            }
            return (0..<model.binCount).map { k -> Double in
                var real = 0.0
                var imaginary = 0.0
                for n in 0..<size {
                    let angle = 2 * Double.pi * Double(k * n % size) / Double(size)
                    real += frame[n] * cos(angle)
                    imaginary += frame[n] * sin(angle)
                }
                return (real * real + imaginary * imaginary) * model.powerScale
            }
        }
    }

    /// Both losses as their definition says.
    private static func reference(
        _ model: MaskingModel, _ x: [Double], _ y: [Double], _ form: MaskingLossForm
    ) throws -> (priority: Double, noise: Double) {
        let analyser = MaskingAnalyser(model)
        let smooth = form == .smooth
        var priority = 0.0
        var noise = 0.0
        var frames = 0.0
        for item in 0..<2 {
            let range = item * samples..<(item + 1) * samples
            let difference = range.map { y[$0] - x[$0] }
            var error = 0.0
            var signal = 0.0
            let spectra = zip(
                zip(power(Array(x[range]), model), power(Array(y[range]), model)),
                power(difference, model))
            for ((p, q), n) in spectra {
                let m = try analyser.thresholds(of: p)
                for k in m.indices {
                    let weight = log10(p[k] / m[k] + (smooth ? 2 : 1))
                    let offset = smooth ? m[k] : 1e-6
                    let difference = (p[k] + offset).squareRoot() - (q[k] + offset).squareRoot()
                    error += weight * difference * difference
                    signal += weight * (p[k] + (smooth ? m[k] : 0))
                }
                let ratios = zip(n, m).map { $0 / $1 }
                let mean = ratios.reduce(0) { $0 + $1 * $1 } / Double(ratios.count)
                noise += smooth ? log10(1 + mean.squareRoot()) : max((ratios.max() ?? 0) - 1, 0)
                frames += 1
            }
            priority += error / signal / 2
        }
        return (priority, noise / frames)
    }

    @Test(arguments: forms) func valuesAreTheDefinition(_ form: MaskingLossForm) throws {
        let spectra = try MaskingSpectra<Double>()
        let (x, y) = Self.signals(error: -40)
        let expected = try Self.reference(spectra.model, x, y, form)
        let priority = try Self.loss(spectra, Self.weights(priority: 1, form), x, y).value
        let noise = try Self.loss(spectra, Self.weights(noise: 1, form), x, y).value
        #expect(expected.priority > 1e-6 && expected.noise > 0.1)
        #expect(abs(priority / expected.priority - 1) < 1e-9)
        #expect(abs(noise / expected.noise - 1) < 1e-9)
        let both = try Self.loss(spectra, Self.weights(priority: 3, noise: 0.5, form), x, y).value
        #expect(abs(both - 3 * priority - 0.5 * noise) < 1e-9 * both)
    }

    @Test(arguments: forms) func gradients(_ form: MaskingLossForm) throws {
        let spectra = try MaskingSpectra<Double>()
        let (x, y) = Self.signals(error: -40)
        for weights in [Self.weights(priority: 1, form), Self.weights(noise: 1, form)] {
            let shape = Shape(2, Self.samples, 1)
            let result = try GradientCheck(step: 1e-7, stride: 37)([TestArray(shape, y)]) {
                graph, tensors in
                [try #require(try spectra.loss(weights, graph.input(shape, x), tensors[0], graph))]
            }
            #expect(
                result.worst < 1e-3 && result.count == 52 && result.size > 1e-6,
                "\(form): \(result)")
        }
    }

    /// Noise that is masked everywhere: the published form stops pulling, the smooth one does not.
    @Test func smoothKeepsAGradient() throws {
        let spectra = try MaskingSpectra<Double>()
        let (x, y) = Self.signals(error: -115)
        let published = try Self.loss(
            spectra, Self.weights(noise: 1, .published), x, y, gradient: true)
        #expect(published.value == 0 && published.gradient.allSatisfy { $0 == 0 })
        let smooth = try Self.loss(spectra, Self.weights(noise: 1, .smooth), x, y, gradient: true)
        #expect(smooth.value > 0 && smooth.value < 0.2)
        #expect(smooth.gradient.allSatisfy { $0 != 0 && $0.isFinite })
    }

    /// The scale of signal and threshold is one: weights are neither all 0 nor all large, and noise
    /// is judged as audible or not where it should be.
    @Test func lossesAreNotInert() throws {
        let spectra = try MaskingSpectra<Double>()
        let (x, _) = Self.signals(error: 0)
        let graph = Graph<Double>()
        let reference = try spectra.reference(graph.input(Shape(2, Self.samples, 1), x), graph)
        let above = zip(reference.power.array, reference.threshold.array).count { $0 > $1 }
        let share = Double(above) / Double(reference.power.count)
        #expect(share > 0.02 && share < 0.6, "\(share) of the lines are above the threshold")
        for form in Self.forms {
            var before = -1.0
            for decibels in [-90.0, -60, -40, -20] {
                let (x, y) = Self.signals(error: decibels)
                let noise = try Self.loss(spectra, Self.weights(noise: 1, form), x, y).value
                #expect(noise > before)
                before = noise
            }
            let (x, y) = Self.signals(error: -300)
            let inaudible = try Self.loss(spectra, Self.weights(priority: 1, noise: 1, form), x, y)
                .value
            #expect(inaudible < 1e-6)
        }
    }

    @Test(arguments: forms) func silenceIsFinite(_ form: MaskingLossForm) throws {
        let spectra = try MaskingSpectra<Double>()
        let silence = [Double](repeating: 0, count: 2 * Self.samples)
        let (x, _) = Self.signals(error: 0)
        for (a, b) in [(silence, silence), (silence, x), (x, silence)] {
            let (value, gradient) = try Self.loss(
                spectra, Self.weights(priority: 1, noise: 1, form), a, b, gradient: true)
            #expect(value.isFinite && value >= 0)
            #expect(gradient.allSatisfy { $0.isFinite })
        }
    }

    /// Configurations written before there were these losses, and new ones, both ways.
    @Test func configurations() throws {
        let old =
            #"{"exponent":0.6,"lambda":0.0353,"lambdaSlope":0.47,"mel":0.3,"#
            + #""prefix":0.3,"weightedSNR":1}"#
        let loss = try JSONDecoder().decode(
            CodecTrainingConfiguration.Loss.self, from: Data(old.utf8))
        #expect(loss.mel == 0.3 && loss.priorityWeighting == nil && loss.noiseModulation == nil)
        let graph = Graph<Double>()
        let zeros = graph.zeros(Shape(1, Self.samples, 1))
        let none = try MaskingSpectra<Double>().loss(loss, zeros, zeros, graph)
        #expect(none == nil)
        let new =
            old.dropLast()
            + #","priorityWeighting":0.5,"noiseModulation":0.1,"maskingForm":"published"}"#
        let read = try JSONDecoder().decode(
            CodecTrainingConfiguration.Loss.self, from: Data(new.utf8))
        #expect(read == Self.weights(priority: 0.5, noise: 0.1, .published, like: loss))
        let again = try JSONDecoder().decode(
            CodecTrainingConfiguration.Loss.self, from: try JSONEncoder().encode(read))
        #expect(again == read)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(
                CodecTrainingConfiguration.Loss.self,
                from: Data((old.dropLast() + #","maskingForm":"other"}"#).utf8))
        }
        // The configuration of the built-in model.
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        for name in ["Training/default/config.json", "Configs/default.json"] {
            let configuration = try JSONDecoder().decode(
                CodecTrainingConfiguration.self,
                from: try Data(contentsOf: folder.appendingPathComponent(name)))
            #expect(configuration.name == "default" && configuration.totalSteps > 0)
        }
    }
}
