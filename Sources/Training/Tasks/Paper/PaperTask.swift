import CMRLCodec
import NeuralNetwork

/// Training of a paper network: greedy, then joint (Docs/papers.md, D.2), with the entropy
/// controller of Docs/papers.md, C.
public struct PaperTask: TrainingTask {
    public let configuration: PaperTrainingConfiguration
    public let store: ParameterStore<Float>
    package let network: PaperCascade<Float>
    public let data: TrainingData
    private let sampler: FrameSampler

    public init(_ configuration: PaperTrainingConfiguration, _ data: TrainingData) throws {
        try configuration.validate()
        store = ParameterStore<Float>(seed: configuration.seed)
        network = PaperCascade(store, configuration.network)
        self.configuration = configuration
        self.data = data
        sampler = FrameSampler(data.train)
    }

    public struct Batch: Sendable {
        /// One frame after the other.
        let frames: [Float]
        /// Modules that run.
        let layers: Int
        /// Those (from 0) that learn.
        let trained: [Int]
        let quantisation: PaperQuantisation
        /// Weight of every module's entropy.
        let weights: [Double]
    }

    /// Weight of every module's entropy.
    public var controls: [(name: String, value: Double)] {
        configuration.entropy.targets.indices.map {
            ("tau\($0 + 1)", max(configuration.entropy.initial, 0))
        }
    }

    /// Entropies in bits a value are means over the steps that ran a module with its quantiser on.
    public var columns: [Column] {
        [
            Column("time", "time %.5f"), Column("mel", "mel %.3f"),
            Column("quantisation", "quantisation %.3f"), Column("kbps", "%.2f kbit/s"),
        ]
            + configuration.network.modules.indices.flatMap {
                [
                    Column("bits\($0 + 1)", "H\($0 + 1) %.2f"),
                    Column("tau\($0 + 1)", "tau \($0 + 1) %.3f"),
                ]
            }
    }

    public func makeShard() throws -> PaperShard { try PaperShard(self) }

    public func draw(
        _ moment: Moment<PaperTrainingConfiguration.Phase>, _ random: inout RandomSource
    ) -> Batch {
        Batch(
            frames: sampler.draw(configuration.batch, &random), layers: moment.phase.layers,
            trained: configuration.trainedModules(moment.phase),
            quantisation: moment.step < configuration.unquantisedSteps
                ? .off : moment.phase.hardSymbols == true ? .straightThrough : .soft,
            weights: moment.controls)
    }

    public func steer(
        _ controls: inout [Double], _ measured: Measurements,
        phase: PaperTrainingConfiguration.Phase, step: Int
    ) {
        guard step % configuration.entropy.every == 0 else { return }
        for module in configuration.trainedModules(phase) {
            guard let entropy = measured["bits\(module + 1)"] else { continue }
            controls[module] = configuration.entropy.next(
                controls[module], entropy: entropy, module: module)
        }
    }
}
