import BLASBackend
import CMRLCodec
import Dispatch
import Foundation
import NeuralNetwork
import PerceptualLoss
import Synchronization

/// A paper network on validation clips, hard symbols.
public struct PaperValidationRow: Sendable, Equatable {
    public var layers: Int
    /// kbit/s (1 k = 1000): entropy of the clips' own symbol counts, one table a module, and the
    /// level of every clip.
    public var kbps: Double
    /// The same with a table for every position in the frame.
    public var positionKbps: Double
    /// Weighted noise-to-signal ratio (log10) and mel distance as for the default codec, plain SNR
    /// in dB: means over clips.
    public var weightedSNR: Double
    public var mel: Double
    public var snr: Double
}

/// Runs a paper network over whole clips without training.
public struct PaperValidator {
    private let network: PaperCascade<Float>
    private let store: ParameterStore<Float>
    private let corpus: Corpus
    private let threads: Int
    /// Frames that go through the network at once.
    private static var group: Int { 64 }

    private struct Sums: Sendable {
        var histograms: [SymbolHistogram]
        var weighted = 0.0, mel = 0.0, snr = 0.0, seconds = 0.0
    }

    public init(
        network: PaperCascade<Float>, store: ParameterStore<Float>, corpus: Corpus, threads: Int = 2
    ) {
        self.network = network
        self.store = store
        self.corpus = corpus
        self.threads = threads
    }

    /// - Parameters:
    ///   - layers: modules that run
    ///   - decoded: receives every clip's decoded samples, on several threads at once
    /// - Throws: `CodecError.layers` for more than the network has, or less than one; what
    ///   `decoded` throws
    public func run(layers: Int, decoded: (@Sendable (Corpus.Clip, [Float]) throws -> Void)? = nil)
        throws -> PaperValidationRow
    {
        let modules = 1...network.configuration.modules.count
        guard modules.contains(layers) else { throw CodecError.layers(layers, allowed: modules) }
        let histograms = network.configuration.modules.prefix(layers).map {
            SymbolHistogram(positions: $0.codeLength, centroids: $0.centroids)
        }
        let results = Mutex<[Result<Sums, any Error>]>(
            Array(repeating: .success(Sums(histograms: histograms)), count: threads))
        nonisolated(unsafe) let validator = self
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            let result = Result {
                try validator.share(thread, layers, Sums(histograms: histograms), decoded)
            }
            results.withLock { $0[thread] = result }
        }
        var total = Sums(histograms: histograms)
        for result in results.withLock({ $0 }) {
            let part = try result.get()
            for i in histograms.indices { total.histograms[i].merge(part.histograms[i]) }
            total.weighted += part.weighted
            total.mel += part.mel
            total.snr += part.snr
            total.seconds += part.seconds
        }
        let clips = Double(corpus.clips.count)
        let level = clips * Double(PaperLevel.bits) / total.seconds / 1000
        func rate(_ bits: (SymbolHistogram) -> Double) -> Double {
            total.histograms.reduce(level) {
                $0
                    + PaperNetworkConfiguration.kbps(
                        bitsPerValue: bits($1), codeLength: $1.positions)
            }
        }
        return PaperValidationRow(
            layers: layers, kbps: rate { $0.bits }, positionKbps: rate { $0.bitsByPosition },
            weightedSNR: total.weighted / clips, mel: total.mel / clips,
            snr: total.snr / clips)
    }

    /// Every `threads`-th clip.
    private func share(
        _ thread: Int, _ layers: Int, _ empty: Sums,
        _ receive: (@Sendable (Corpus.Clip, [Float]) throws -> Void)?
    ) throws -> Sums {
        let graph = Graph(store: store, backend: BLASBackend())
        graph.isRecording = false
        let mel = try MelLoss<Float>()
        let weighted = try WeightedSNRLoss<Float>()
        var sums = empty
        for index in stride(from: thread, to: corpus.clips.count, by: threads) {
            let clip = corpus.clips[index]
            let samples = clip.samples.map { Float($0) / 32768 }
            let output = code(samples, layers, graph, &sums.histograms)
            try receive?(clip, output)
            var signal = 1e-9
            var noise = 1e-9
            for (x, y) in zip(samples, output) {
                signal += Double(x * x)
                noise += Double((x - y) * (x - y))
            }
            graph.reset()
            let level = 0.1 / (signal / Double(max(samples.count, 1))).squareRoot()
            let shape = Shape(1, samples.count, 1)
            let reference = graph.affine(graph.input(shape, samples), scale: level)
            let decoded = graph.affine(graph.input(shape, output), scale: level)
            sums.weighted += Double(try weighted(reference, decoded, graph).data[0])
            sums.mel += Double(try mel(reference, decoded, graph).data[0])
            sums.snr += 10 * log10(signal / noise)
            sums.seconds += Double(samples.count) / Double(Corpus.sampleRate)
        }
        return sums
    }

    /// A clip through the codec: level, frames, hard symbols, overlap-add.
    private func code(
        _ samples: [Float], _ layers: Int, _ graph: Graph<Float>,
        _ histograms: inout [SymbolHistogram]
    ) -> [Float] {
        let scale = Float(
            PaperLevel.scale(index: PaperLevel.index(deviation: PaperLevel.deviation(samples))))
        let frames = PaperFraming.cut(samples.map { $0 * scale })
        let length = PaperFraming.frame
        var decoded: [Float] = []
        for first in stride(from: 0, to: frames.count, by: Self.group * length) {
            graph.reset()
            let part = Array(frames[first..<min(first + Self.group * length, frames.count)])
            let out = network(
                graph.input(Shape(part.count / length, length, 1), part), layers: layers, .hard,
                graph)
            for i in histograms.indices { histograms[i].add(out.modules[i].symbols ?? []) }
            decoded += (out.decoded.last?.array ?? part).map { $0 / scale }
        }
        return PaperFraming.join(decoded, samples: samples.count)
    }
}
