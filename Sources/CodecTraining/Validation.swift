import BLASBackend
import CMRLCodec
import Dispatch
import Foundation
import NeuralNetwork
import PerceptualLoss
import Synchronization

/// Means over the validation clips at one rate position, hard symbols.
public struct ValidationRow: Sendable, Codable {
    public var position: Double
    public var layers: Int
    /// Entropy in kbit/s (1 k = 1000), all clips together.
    public var kbps: Double
    public var envelopeKbps: Double
    /// log10 of the weighted noise-to-signal ratio, and the mel distance; means over clips.
    /// Weighted with the exponent of the configuration's `loss` in every phase, so that a run's
    /// values can be compared.
    public var weightedSNR: Double
    public var mel: Double
    public var loudness: Double
    /// Plain SNR in dB, mean over clips.
    public var snr: Double
}

/// Runs a network over whole clips without training.
public final class Validator {
    private let network: CodecNetwork<Float>
    private let store: ParameterStore<Float>
    private let corpus: Corpus
    private let configuration: TrainingConfiguration
    private let threads: Int

    public init(
        network: CodecNetwork<Float>, store: ParameterStore<Float>, corpus: Corpus,
        configuration: TrainingConfiguration, threads: Int = 2
    ) {
        self.network = network
        self.store = store
        self.corpus = corpus
        self.configuration = configuration
        self.threads = threads
    }

    /// - Parameters:
    ///   - positions: rate positions of the modules that run
    ///   - steps: steps that were trained, which decide what the network is; nil = all
    ///   - decoded: receives every clip's decoded samples, on several threads at once
    /// - Throws: `CodecError.layers` for no positions or more than modules; what `decoded` throws
    public func run(
        positions: [Double], steps: Int? = nil,
        decoded: (@Sendable (Corpus.Clip, [Float]) throws -> Void)? = nil
    ) throws -> ValidationRow {
        let modules = 1...configuration.network.modules.count
        guard modules.contains(positions.count) else {
            throw CodecError.layers(positions.count, allowed: modules)
        }
        let signs =
            configuration.network(afterSteps: steps ?? configuration.totalSteps).randomSigns == true
        let results = Mutex<[Result<[Double], any Error>]>(
            Array(repeating: .success([]), count: threads))
        nonisolated(unsafe) let validator = self
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let result = Result { try validator.share(thread, positions, signs, decoded) }
            results.withLock { $0[thread] = result }
        }
        var sums = [Double](repeating: 0, count: 7)
        for result in results.withLock({ $0 }) {
            for (i, value) in try result.get().enumerated() { sums[i] += value }
        }
        let seconds = sums[6]
        let clips = Double(corpus.clips.count)
        return ValidationRow(
            position: positions.last ?? 0, layers: positions.count,
            kbps: (sums[0] + sums[1]) / seconds / 1000, envelopeKbps: sums[0] / seconds / 1000,
            weightedSNR: sums[2] / clips, mel: sums[3] / clips, loudness: sums[5] / clips,
            snr: sums[4] / clips)
    }

    /// Sums over every `threads`-th clip: envelope bits, module bits, weighted, mel, SNR, loudness,
    /// seconds.
    private func share(
        _ thread: Int, _ positions: [Double], _ randomSigns: Bool,
        _ receive: (@Sendable (Corpus.Clip, [Float]) throws -> Void)?
    ) throws -> [Double] {
        let graph = Graph(store: store, backend: BLASBackend())
        graph.isRecording = false
        let mel = try MelLoss<Float>()
        let loudness = try LoudnessLoss<Float>()
        let weighted = try WeightedSNRLoss<Float>(exponent: configuration.loss.exponent)
        var sums = [Double](repeating: 0, count: 7)
        for index in stride(from: thread, to: corpus.clips.count, by: threads) {
            graph.reset()
            let clip = corpus.clips[index].samples
            let block = configuration.network.hop * configuration.network.framesPerBlock
            let hop = configuration.network.hop
            let padded = (clip.count + hop + block - 1) / block * block - hop
            var samples = clip.map { Float($0) / 32768 }
            samples += Array(repeating: 0, count: padded - clip.count)
            let x = graph.input(Shape(1, padded, 1), samples)
            var random = RandomSource(seed: 0)
            let out = network(
                x, positions: [positions], layers: positions.count, random: &random, hard: true,
                randomSigns: randomSigns, graph)
            guard let y = out.decoded.last else { continue }
            try receive?(
                corpus.clips[index], Array(UnsafeBufferPointer(start: y.data, count: clip.count)))
            var signal = 1e-9
            var noise = 1e-9
            for i in 0..<clip.count {
                let difference = Double(x.data[i] - y.data[i])
                signal += Double(x.data[i] * x.data[i])
                noise += difference * difference
            }
            let level = 0.1 / (signal / Double(clip.count)).squareRoot()
            let reference = graph.affine(x, scale: level)
            let decoded = graph.affine(y, scale: level)
            sums[0] += Double(out.envelopeBits.data[0])
            sums[1] += out.moduleBits.reduce(0) { $0 + Double($1.data[0]) }
            sums[2] += Double(try weighted(reference, decoded, graph).data[0])
            sums[3] += Double(try mel(reference, decoded, graph).data[0])
            sums[5] += Double(try loudness(reference, decoded, graph).data[0])
            sums[4] += 10 * log10(signal / noise)
            sums[6] += Double(clip.count) / 16000
        }
        return sums
    }
}
