import NeuralNetwork

/// What is trained. The engine (`Trainer`, `TrainingRun`) steps, saves, resumes and reports; a task
/// says what a network is, what it sees, what its loss is, and how well it does.
public protocol TrainingTask {
    associatedtype Configuration: TrainingSchedule
    /// Everything that the shards of one step need.
    associatedtype Batch: Sendable
    associatedtype Shard: TrainingShard where Shard.Batch == Batch

    var configuration: Configuration { get }
    /// The parameters, made with the task.
    var store: ParameterStore<Float> { get }
    var data: TrainingData { get }
    /// The first phase that mixes noise in; nil = none.
    var phaseWithNoise: String? { get }
    /// Prefix of the names of parameters that are trained only where a phase names them.
    var heldBack: String? { get }
    /// Numbers besides the weights that training moves, with their values at the start.
    var controls: [(name: String, value: Double)] { get }
    /// What shards measure, and what `validate` finds: columns of the curves, in this order.
    var columns: [Column] { get }
    var validationColumns: [Column] { get }

    func makeShard() throws -> Shard
    /// Draws what one step sees; everything random in a step comes from here.
    func draw(_ moment: Moment<Configuration.Phase>, _ random: inout RandomSource) throws -> Batch
    /// Moves the controls behind a step.
    /// - Parameter step: steps done
    func steer(
        _ controls: inout [Double], _ measured: Measurements, phase: Configuration.Phase, step: Int)
    /// Which values training by forward passes may move, found once before its first step; nil =
    /// all that are not frozen.
    /// - Parameter gradient: estimates the gradient of a batch's loss in these values
    func forwardMask(
        _ moment: Moment<Configuration.Phase>, _ random: inout RandomSource,
        gradient: (Batch) throws -> [Double]
    ) throws -> [Bool]?
    /// Measures the weights in the store on the validation speech.
    /// - Parameter steps: steps that were trained
    /// - Returns: rows with the `validationColumns`; none without validation speech
    func validate(steps: Int) throws -> [Measurements]
    /// Runs the network over speech as it is, without a file format.
    /// - Parameters:
    ///   - steps: steps that were trained
    ///   - receive: every clip's output, on several threads at once
    /// - Throws: `TrainingError.badChoice` for what this task cannot run; what `receive` throws
    func render(
        _ corpus: Corpus, _ choice: RenderChoice, steps: Int,
        receive: @escaping @Sendable (Corpus.Clip, [Float]) throws -> Void
    ) throws -> Measurements
}

extension TrainingTask {
    public var phaseWithNoise: String? { nil }
    public var heldBack: String? { nil }
    public var controls: [(name: String, value: Double)] { [] }

    public func forwardMask(
        _ moment: Moment<Configuration.Phase>, _ random: inout RandomSource,
        gradient: (Batch) throws -> [Double]
    ) throws -> [Bool]? { nil }

    public func steer(
        _ controls: inout [Double], _ measured: Measurements, phase: Configuration.Phase, step: Int
    ) {}
}

/// Where training is when a step begins.
public struct Moment<Phase: TrainingPhase> {
    /// Steps done, and those of the present phase.
    public let step: Int
    public let offset: Int
    public let index: Int
    public let phase: Phase
    public let controls: [Double]
}

/// A part of a batch.
public struct BatchShare: Sendable {
    /// Number of the shard.
    public let shard: Int
    /// Items of the batch.
    public let items: Range<Int>
    /// Part of the batch that they are.
    public let fraction: Double
}

/// One worker of data-parallel training over a fixed part of each batch, so that results do not
/// depend on the number of threads. It holds what must not be shared by threads.
public protocol TrainingShard {
    associatedtype Batch
    /// Records the loss of some items of a batch.
    /// - Parameter measured: gets the loss terms, weighted by the share
    /// - Returns: a scalar; the sum over all shards is the loss of the batch. nil = nothing to
    ///   learn
    func loss(
        _ batch: Batch, _ share: BatchShare, _ graph: Graph<Float>, _ measured: inout Measurements
    ) throws -> Tensor<Float>?
}

/// A number of a curve.
public struct Column: Sendable {
    /// As in the tables and in `Measurements`.
    public let name: String
    /// As people read it, with a place for the number, as of `printf`; nil = not shown.
    let text: String?
    /// More is better.
    let isRising: Bool
    /// What was chosen for the row, rather than found.
    let isChoice: Bool

    public init(
        _ name: String, _ text: String?, isRising: Bool = false, isChoice: Bool = false
    ) {
        self.name = name
        self.text = text
        self.isRising = isRising
        self.isChoice = isChoice
    }
}

/// What `TrainingTask.render` shall run; what is nil is the task's own choice.
public struct RenderChoice: Sendable {
    /// Rate position of each module that runs, in 0 ... 1.
    public var positions: [Double]?
    /// Modules that run.
    public var layers: Int?

    public init(positions: [Double]? = nil, layers: Int? = nil) {
        (self.positions, self.layers) = (positions, layers)
    }
}

/// A training configuration that says which task it is for.
public protocol TaskConfiguration: TrainingSchedule {
    associatedtype Task: TrainingTask where Task.Configuration == Self
    /// Entry `family` of its files; nil = files without one.
    static var family: String? { get }
    /// What its files may hold.
    static var settings: SettingGroup { get }
    /// Of the speech that it trains on, Hz.
    var sampleRate: Int { get }
    /// Training clips shorter than this are of no use.
    var leastSamples: Int { get }
    func makeTask(_ data: TrainingData) throws -> Task
    /// Takes another choice of what `export` shall make.
    /// - Parameters:
    ///   - codec: model that a post-filter shall stand behind; nil = as it is
    ///   - bits: of a post-filter's weights; nil = as it is
    /// - Throws: `TrainingError.badChoice` for what is no post-filter
    mutating func choose(exportedCodec codec: String?, bits: Int?) throws
    /// Turns a checkpoint into a model file.
    /// - Parameters:
    ///   - path: of the checkpoint, for messages
    ///   - progress: told what is being done
    static func export(
        _ checkpoint: TrainingCheckpoint<Self>, path: String, corpus: Corpus,
        progress: (String) throws -> Void
    ) throws -> ExportedModel
}

/// A model file, and what people may want to know of it, one line each.
public struct ExportedModel: Sendable {
    public let bytes: [UInt8]
    public let about: [String]
}

extension TaskConfiguration {
    public mutating func choose(exportedCodec codec: String?, bits: Int?) throws {
        guard codec == nil, bits == nil else {
            throw TrainingError.badChoice("--codec and --bits are for post-filters")
        }
    }

    /// Training from the start.
    public func makeTrainer(_ data: TrainingData) throws -> Trainer<Task> {
        try Trainer(makeTask(data))
    }
}
