import CMRLCodec
import ForwardTuning
import NeuralNetwork
import PerceptualLoss
import SignalProcessing

/// Adapts a model to one recording before it is coded: an adapter's numbers are tuned by forward
/// passes alone (AdaZeta, Yang et al. 2024) on what the model was trained to make small, at the
/// rate index at which the recording will be coded.
public final class RecordingAdapter {
    public static let passesRange = 1...1_000_000

    /// What came of it.
    public struct Result: Sendable {
        /// nil = the stream would be worse with it.
        public let patch: ModelPatch?
        /// Objective over the recording: without a patch, and with the best one and its bits.
        public let before: Double
        public let after: Double
    }

    /// Seconds of sound of a pass.
    private static let secondsPerPass = 4

    private let model: CodecModel
    private let trial: AdaptableNetwork
    private let shape: AdapterShape
    private let distances: CodingDistances<Float>
    private let rateIndex: UInt8
    /// The first, in units of the adapter's numbers.
    private let stepSize: Double
    private let segments: [[Float]]
    /// Samples of all segments.
    private let seconds: Double

    /// - Parameters:
    ///   - model: with its parameters (`CodecModel.init(bytes:keepsParameters:)`), for one channel
    ///   - samples: of the channels, at the model's rate
    ///   - rateIndex: of layer 1
    /// - Throws: `CodecError.parametersNotKept`, `.refinement`
    public convenience init(model: CodecModel, samples: [[Float]], rateIndex: UInt8)
        throws(CodecError)
    {
        try self.init(
            model: model, samples: samples, rateIndex: rateIndex, shape: AdapterShape(.bands))
    }

    package init(
        model: CodecModel, samples: [[Float]], rateIndex: UInt8, shape: AdapterShape,
        stepSize: Double = 4
    ) throws(CodecError) {
        try model.checkRefinement()
        self.model = model
        self.rateIndex = rateIndex
        self.shape = shape
        self.stepSize = stepSize
        trial = try AdaptableNetwork(model, shape)
        distances = try model.objective.distances(for: model.signal)
        let block = model.signal.blockSamples
        let length =
            max(model.signal.sampleRate / block, 2) * block - model.signal.hop
        segments = samples.flatMap { channel in
            stride(from: 0, to: channel.count, by: length).map { start in
                let piece = channel[start..<min(start + length, channel.count)]
                return piece + Array(repeating: 0, count: length - piece.count)
            }
        }.filter { Self.level($0) > 1e-4 }
        seconds =
            Double(samples.reduce(0) { $0 + $1.count })
            / Double(model.signal.sampleRate)
    }

    /// - Parameters:
    ///   - passes: forward passes through a few seconds of the recording, about
    ///   - progress: told the share that is done
    /// - Throws: `CodecError`
    public func run(passes: Int, progress: (Double) -> Void = { _ in }) throws -> Result {
        let none = [Float](repeating: 0, count: trial.numberCount)
        guard !segments.isEmpty else { return Result(patch: nil, before: 0, after: 0) }
        var tuner = ForwardTuner(
            none,
            .init(
                radius: 1.5,
                queries: QuerySchedule(factor: 0.85, exponent: 0.4, least: 2, most: 15),
                guardSteps: 20), seed: 1)
        var random = SplitMix64(seed: 2)
        while tuner.evaluations < passes {
            let done = Double(tuner.evaluations) / Double(passes)
            let chosen = (0..<min(Self.secondsPerPass, segments.count)).map { _ in
                Int(random.next() % UInt64(segments.count))
            }
            _ = try tuner.advance(rate: stepSize * (1 - 0.9 * done)) {
                try objective($0, chosen)
            }
            progress(done)
        }
        let patch = try ModelPatch(shape, numbers: tuner.values, step: 0.125, of: model)
        let all = Array(segments.indices)
        let before = try objective(none, all)
        let kbps = Double(8 * (patch.bytes.count + Self.headerBytes)) / seconds / 1000
        let after =
            try objective(patch.numbers(of: model), all)
            + kbps * model.objective.lambda(rateIndex: rateIndex)
        return Result(patch: after < before ? patch : nil, before: before, after: after)
    }

    /// What a header has more with a patch.
    private static let headerBytes = 8

    /// What the model was trained to make small, mean over some segments.
    private func objective(_ numbers: [Float], _ chosen: [Int]) throws(CodecError) -> Double {
        trial.set(numbers)
        var sum = 0.0
        for index in chosen { sum += try objective(of: segments[index]) }
        return sum / Double(max(chosen.count, 1))
    }

    private func objective(of segment: [Float]) throws(CodecError) -> Double {
        let graph = trial.graph
        let aim = model.objective
        let position = RateScale.position(index: rateIndex)
        var random = RandomSource(seed: 1)
        graph.releaseTensors()
        let x = graph.input(Shape(1, segment.count, 1), segment)
        let out = trial.network(
            x, positions: [[position]], layers: 1, random: &random, hard: true, graph)
        let kbps =
            Double(out.envelopeBits.data[0] + out.moduleBits[0].data[0])
            * Double(model.signal.sampleRate) / Double(segment.count) / 1000
        // At the level that losses hear, as in training.
        let gain = 0.1 / Double(max(Self.level(segment), 1e-5))
        let heard = graph.keepOnly([
            graph.affine(x, scale: gain), graph.affine(out.decoded[0], scale: gain),
        ])
        do {
            let found = try distances.distances(
                to: distances.reference(heard[0], graph), heard[1], graph)
            return aim.terms(found).reduce(aim.lambda(rateIndex: rateIndex) * kbps) {
                $0 + $1.weight * Double($1.distance.data[0])
            }
        } catch { throw .refinement(model.signal, reason: "\(error)") }
    }

    /// RMS.
    private static func level(_ samples: [Float]) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(max(samples.count, 1))).squareRoot()
    }
}
