import NeuralNetwork

/// A cascade of convolutional modules on the samples themselves (`PaperCascade`) in the form that
/// coding uses. Frames are coded each by itself, in the fixed order of streams: symbols and samples
/// are the same on every machine.
package struct TimeDomainCoder: Sendable {
    package let configuration: PaperNetworkConfiguration
    private let cascade: PaperCascade<Float>
    private let weights: InferenceWeights
    /// Of each module, ascending.
    private let centroids: [[Float]]
    /// Of each module.
    let symbolModels: [TimeDomainSymbolModel]
    /// Bit/s of a channel with 1, 2, ... modules on average speech.
    package let rates: [Double]

    /// What a frame of 480 samples begins with is faded with what the one before left.
    static let signal = SignalFormat(
        sampleRate: PaperFraming.sampleRate, hop: PaperFraming.hop, framesPerBlock: 1)
    /// Far beyond every real sound.
    private static let largestSample: Float = 1e9

    /// - Parameters:
    ///   - store: weights as a model file has them; centroids are sorted here
    ///   - symbolModels: of each module
    package init(
        _ cascade: PaperCascade<Float>, _ store: ParameterStore<Float>,
        symbolModels: [TimeDomainSymbolModel], rates: [Double]
    ) {
        self.cascade = cascade
        configuration = cascade.configuration
        weights = InferenceWeights(store)
        centroids = cascade.modules.map { store.resolved($0.quantiser.centroids).sorted() }
        self.symbolModels = symbolModels
        self.rates = rates
    }

    var moduleCount: Int { configuration.modules.count }

    /// Memory and weights for the frames of a thread.
    package func makeGraph() -> Graph<Float> { .inference(weights) }

    /// Symbols of a frame, of each module that runs.
    /// - Parameter frame: 512 samples, divided by the unit of their level
    package func symbols(_ frame: [Float], layers: Int, _ graph: Graph<Float>) -> [[UInt8]] {
        var residual = frame
        var sum: [Float] = []
        var result: [[UInt8]] = []
        for module in 0..<min(layers, moduleCount) {
            graph.releaseTensors()
            let x = graph.input(Shape(1, residual.count, 1), residual)
            let scaled = module == 0 ? x : graph.affine(x, scale: configuration.residualScale)
            let code = graph.run(StreamState(), isEnding: true) {
                cascade.modules[module].encoder(scaled, graph)
            }
            let table = centroids[module]
            result.append(
                (0..<code.count).map { UInt8(Self.nearest(code.data[$0], table)) })
            guard module + 1 < layers else { break }
            add(result[module], module: module, to: &sum, graph)
            residual = zip(frame, sum).map { $0 - $1 }
        }
        return result
    }

    /// Samples of a frame, divided by the unit of their level.
    /// - Parameter symbols: of the modules from the first on, each below the number of centroids
    func frame(_ symbols: [[UInt8]], _ graph: Graph<Float>) -> [Float] {
        var sum: [Float] = []
        for (module, own) in symbols.enumerated() { add(own, module: module, to: &sum, graph) }
        return sum
    }

    /// Adds what a module decodes of its symbols.
    private func add(
        _ symbols: [UInt8], module: Int, to sum: inout [Float], _ graph: Graph<Float>
    ) {
        graph.releaseTensors()
        let table = centroids[module]
        let code = graph.input(Shape(1, symbols.count, 1), symbols.map { table[Int($0)] })
        let decoded = graph.run(StreamState(), isEnding: true) {
            cascade.modules[module].decoder(code, graph)
        }
        let part =
            module == 0
            ? decoded : graph.affine(decoded, scale: 1 / configuration.residualScale)
        // A hostile model can ask for more than numbers hold: the sound stays finite.
        let samples = (0..<part.count).map {
            part.data[$0].magnitude <= Self.largestSample ? part.data[$0] : 0
        }
        sum = sum.isEmpty ? samples : zip(sum, samples).map { $0 + $1 }
    }

    /// Place of the nearest centroid, of two the lower one.
    /// - Parameter centroids: at least one, ascending
    private static func nearest(_ value: Float, _ centroids: [Float]) -> Int {
        var best = 0
        for k in centroids.indices.dropFirst()
        where abs(value - centroids[k]) < abs(value - centroids[best]) {
            best = k
        }
        return best
    }

    /// Modules whose average rate a bitrate pays for, at least one.
    /// - Parameter bitrate: bit/s a channel
    func modules(for bitrate: Double, atMost most: Int) -> Int {
        max(1, rates.prefix(most).prefix { $0 <= bitrate }.count)
    }
}
