import BLASBackend
import CMRLCodec
import NeuralNetwork

/// Loss terms of a step of a paper network, means over the batch.
public struct PaperStepReport: TrainingReport {
    public var loss = 0.0
    /// RMS error of the samples as the network sees them, and distance of log mel powers.
    public var time = 0.0
    public var mel = 0.0
    /// Quantisation penalty of the trained modules.
    public var quantisation = 0.0
    /// Entropy estimate of every module, bits per value; shorter where fewer modules ran.
    public var bits: [Double] = []
    /// In how many steps each of them was measured: fewer than all where quantisers were off or a
    /// phase with more modules began.
    private var measured: [Double] = []
    /// Rate of all modules; 0 where quantisers are off.
    public var kbps = 0.0
    public var gradientNorm = 0.0

    public init() {}

    public static var terms: [WritableKeyPath<PaperStepReport, Double>] {
        [\.loss, \.time, \.mel, \.quantisation, \.kbps, \.gradientNorm]
    }

    public func divided(by count: Double) -> Self {
        var mean = dividingTerms(by: count)
        mean.bits = zip(bits, measured).map { $0 / $1 }
        mean.measured = measured.map { _ in 1 }
        return mean
    }

    public static func + (a: Self, b: Self) -> Self {
        var sum = a.adding(b)
        sum.bits = added(a.bits, b.bits)
        sum.measured = added(a.measured, b.measured)
        return sum
    }

    /// Element by element, as if the shorter one went on with zeros.
    private static func added(_ a: [Double], _ b: [Double]) -> [Double] {
        (0..<max(a.count, b.count)).map { ($0 < a.count ? a[$0] : 0) + ($0 < b.count ? b[$0] : 0) }
    }

    /// Adds the next module's entropy, measured on a share of the batch.
    mutating func addBits(_ value: Double, share: Double) {
        bits.append(share * value)
        measured.append(share)
    }
}

/// One worker of data-parallel training of a paper network.
final class PaperShard {
    let graph: Graph<Float>
    private let network: PaperCascade<Float>
    private let configuration: PaperTrainingConfiguration
    private let loss: FrameLoss<Float>

    init(
        _ network: PaperCascade<Float>, _ store: ParameterStore<Float>,
        _ configuration: PaperTrainingConfiguration
    ) throws {
        self.network = network
        self.configuration = configuration
        graph = Graph(store: store, backend: BLASBackend())
        loss = try FrameLoss(frame: PaperFraming.frame)
    }

    /// Forward and backward over some frames of the batch; gradients are left in
    /// `graph.parameterGradients`.
    ///
    /// The entropy is that of this shard's frames: with two shards the mean of two histograms'
    /// entropies.
    /// - Parameters:
    ///   - share: part of the batch that these frames are
    ///   - weights: entropy weight of every module
    func run(
        _ frames: [Float], phase: TrainingConfiguration.Phase, quantisation: PaperQuantisation,
        weights: [Double], share: Double
    ) throws -> PaperStepReport {
        graph.reset()
        graph.clearParameterGradients()
        graph.isRecording = true
        let x = graph.input(Shape(frames.count / PaperFraming.frame, PaperFraming.frame, 1), frames)
        let out = network(x, layers: phase.layers, quantisation, graph)
        let trained = configuration.trainedModules(phase)
        guard let decoded = out.decoded.last else { return PaperStepReport() }
        var report = PaperStepReport()
        var terms: [Tensor<Float>] = []
        let time = loss.time(x, decoded, graph)
        let mel = try loss.mel(x, decoded, graph)
        terms.append(graph.affine(time, scale: share * configuration.loss.time))
        terms.append(graph.affine(mel, scale: share * configuration.loss.mel))
        report.time = share * Double(time.data[0])
        report.mel = share * Double(mel.data[0])
        for (i, module) in out.modules.enumerated() {
            guard let soft = module.weights else { continue }
            let entropy = SoftToHardQuantiser.entropy(soft, graph)
            let bits = Double(entropy.data[0])
            report.addBits(bits, share: share)
            report.kbps +=
                share
                * PaperNetworkConfiguration.kbps(
                    bitsPerValue: bits, codeLength: configuration.network.modules[i].codeLength)
            guard trained.contains(i) else { continue }
            let penalty = SoftToHardQuantiser.penalty(soft, graph)
            report.quantisation += share * Double(penalty.data[0])
            terms.append(graph.affine(penalty, scale: share * configuration.loss.quantisation))
            if weights[i] > 0 { terms.append(graph.affine(entropy, scale: share * weights[i])) }
        }
        let total = terms.dropFirst().reduce(terms[0]) { graph.add($0, $1) }
        report.loss = Double(total.data[0])
        graph.backward(total)
        return report
    }
}
