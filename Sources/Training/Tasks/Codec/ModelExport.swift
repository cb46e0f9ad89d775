import CMRLCodec
import Foundation
import ModelWriting
import NeuralNetwork

/// Turns trained weights into a model file: rounds them as they will be stored, counts the symbols
/// of training speech under the integer context models, makes the tables, measures the rate curve.
public struct ModelExport {
    public var network: NetworkConfiguration
    public var name: String
    public var recipe: String
    public var values: [Float]
    /// What the first module was trained for.
    public var objective: EncodingObjective?
    /// Seconds of speech that statistics are taken from.
    public var statisticsSeconds = 1200.0
    public var curveSeconds = 120.0

    private let checkpoint: CodecCheckpoint
    private let path: String

    /// - Parameter path: of the checkpoint, for messages
    public init(checkpoint: CodecCheckpoint, path: String) {
        (self.checkpoint, self.path) = (checkpoint, path)
        network = checkpoint.state.configuration.network(afterSteps: checkpoint.state.step)
        name = checkpoint.state.configuration.name
        recipe =
            """
            \(checkpoint.state.configuration.name), seed \
            \(checkpoint.state.configuration.seed), \(checkpoint.state.step) steps
            """
        values = checkpoint.average
        objective = checkpoint.state.configuration.objective(afterSteps: checkpoint.state.step)
    }

    /// - Parameter progress: told what is being done.
    /// - Throws: `NetworkConfigurationError`, `TrainingError.badCheckpoint` when the values are not
    ///   those of the network, and what the codec throws
    public func run(corpus: Corpus, threads: Int = 2, progress: (String) throws -> Void) throws
        -> [UInt8]
    {
        try network.validateForBitstream()
        // Before memory is taken for a network that the file's numbers may not fill.
        guard values.count >= network.parameterCount else {
            throw TrainingError.badCheckpoint(
                path: path,
                reason:
                    """
                    \(values.count) numbers, the network of its configuration has \
                    \(network.parameterCount)
                    """
            )
        }
        let packed = try packedWeights()
        let store = ParameterStore<Float>()
        var codec = CodecNetwork(store, network)
        round(store, packed)
        if !packed.isEmpty { codec.roundInterpolation() }
        try progress("counting symbols of \(Int(statisticsSeconds)) s of speech")
        var random = RandomSource(seed: 17)
        var pieces: [(samples: [Float], indices: [UInt8])] = []
        let modules = network.modules.count
        for piece in 0..<Int(statisticsSeconds / 4) {
            let layers = 1 + piece % modules
            let top = random.below(256)
            pieces.append(
                (
                    Self.draw(corpus, &random, seconds: 4),
                    CodecEncoder.rateIndices(top: UInt8(top), layers: layers)
                ))
        }
        let empty = SymbolStatistics(network: codec, store: store)
        let shares = try InTurns.run(pieces.count, threads: threads) {
            empty
        } _: { i, own in
            try own.add(pieces[i].samples, rateIndices: pieces[i].indices)
        }
        var statistics = empty
        for share in shares { statistics.merge(share) }
        let tables = try statistics.tables()
        let flat = Array(repeating: 16_000.0, count: CodecModel.rateCurveIndices.count)
        let draft = try CodecModel(
            bytes: CodecModel.file(
                name: name, recipe: recipe, network: codec, store: store, tables: tables,
                rateCurves: [flat], packed: packed))
        try progress("measuring the rate curves")
        let speech = (0..<Int(curveSeconds / 4)).map { _ in Self.draw(corpus, &random, seconds: 4) }
        let points = (1...modules).flatMap { layers in
            CodecModel.rateCurveIndices.map { (layers, $0) }
        }
        let measured = try InTurns.run(points.count, threads: threads) {
            [Int: Double]()
        } _: { i, rates in
            let (layers, top) = points[i]
            rates[i] = try Self.rate(
                draft, speech, CodecEncoder.rateIndices(top: top, layers: layers))
        }
        let found = measured.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        let rates = points.indices.map { found[$0] ?? 0 }
        let curves = (0..<modules).map {
            Self.rising(Array(rates[$0 * flat.count..<($0 + 1) * flat.count]))
        }
        return try CodecModel.file(
            name: name, recipe: recipe, network: codec, store: store, tables: tables,
            rateCurves: curves, objective: objective, packed: packed)
    }

    /// The weights that compression has made small, by name; checks the numbers of the checkpoint.
    private func packedWeights() throws -> [String: PackedWeights] {
        let configuration = checkpoint.state.configuration
        let store = ParameterStore<Float>()
        _ = CodecNetwork(store, network)
        let compression = configuration.compression.map { WeightCompression($0, store) }
        try checkpoint.check(parameters: store.parameters, path: path)
        guard let compression else { return [:] }
        // What is masked stands in the weights of the last step, not in their average.
        store.assign(checkpoint.values)
        compression.prepare(
            progress: Double(checkpoint.state.step) / Double(max(configuration.totalSteps, 1)),
            store)
        store.assign(values)
        return zip(compression.entries, compression.packed(store)).reduce(into: [:]) {
            $0[$1.0.parameter.name] = $1.1
        }
    }

    /// Puts the weights into a network's store as the file will have them.
    private func round(_ store: ParameterStore<Float>, _ packed: [String: PackedWeights]) {
        for parameter in store.parameters {
            // The network's parameters come first, those of compression behind them.
            let own = Array(values[parameter.offset..<parameter.offset + parameter.count])
            let isHalf = !packed.isEmpty || parameter.count >= 1024
            store.set(
                parameter,
                packed[parameter.name]?.values
                    ?? (isHalf ? own.map(Half.rounded) : own))
        }
    }

    /// Rates rise with the index; measurement noise must not say otherwise.
    static func rising(_ curve: [Double]) -> [Double] {
        var rates = curve
        for i in rates.indices.dropFirst() { rates[i] = max(rates[i], rates[i - 1] * 1.001) }
        return rates
    }

    /// Bit/s with framing.
    static func rate(_ model: CodecModel, _ speech: [[Float]], _ indices: [UInt8]) throws -> Double
    {
        var bytes = 0
        var seconds = 0.0
        for clip in speech {
            let encoder = try CodecEncoder(
                model: model,
                configuration: CodecEncoder.Configuration(
                    layers: indices.count, rate: .indices(indices)))
            try encoder.push([clip])
            try encoder.finish()
            while let packet = encoder.pull() { bytes += packet.payloadByteCount + 8 }
            seconds += Double(clip.count) / Double(model.signal.sampleRate)
        }
        return Double(bytes * 8) / seconds
    }

    /// Speech of some length at a random level, clips one after the other.
    static func draw(_ corpus: Corpus, _ random: inout RandomSource, seconds: Double) -> [Float] {
        let clip = corpus.draw(&random)
        let count = min(Int(seconds * Double(corpus.sampleRate)), clip.samples.count)
        let start = random.below(clip.samples.count - count + 1)
        let samples = clip.samples[start..<start + count].map { Float($0) / 32768 }
        let rms = (samples.reduce(0) { $0 + $1 * $1 } / Float(max(count, 1))).squareRoot() + 1e-5
        let peak = samples.reduce(Float(1e-6)) { max($0, abs($1)) }
        let gain = min(Float(pow(10, random.uniform(-40, -16) / 20)) / rms, 0.99 / peak)
        return samples.map { $0 * gain }
    }
}
