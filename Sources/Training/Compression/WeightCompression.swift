import CMRLCodec
import Foundation
import NeuralNetwork

/// Matrices of a network that are trained to need few bits: what their values are in training
/// (weight sources), what is added to the loss, what happens between steps, and the packed weights
/// in the end.
///
/// Schedules follow the share of the steps done, so a run that is resumed is the run that was
/// stopped.
package final class WeightCompression: Sendable {
    /// Prefix of the names of what compression adds to a network's parameters.
    static let prefix = "compression."
    /// Smaller parameters keep half precision.
    static let leastCount = 1024

    /// A matrix and what belongs to it.
    struct Entry: Sendable {
        let parameter: Parameter
        let bits: Int
        /// Of each column: the step (straight-through), as `SteppedWeights` has it, or the natural
        /// logarithm of the scale (other methods).
        let logScale: Parameter
        /// Natural logarithm of the spread of the integers of each column, where bits have a price.
        let logSpread: Parameter?
        let centroids: Parameter?
        /// The last sparse iterate.
        let target: Parameter?
        let mask: WeightMask<Float>
        /// Largest multiple of a step (straight-through).
        var limit: Int { PackedWeights.largest(bits: bits) }
    }

    let settings: CompressionSettings
    let entries: [Entry]
    private let assignment: CompandedWeights<Float>.Assignment

    /// Adds its parameters to a store and makes itself the source of the network's matrices.
    init(_ settings: CompressionSettings, _ store: ParameterStore<Float>) {
        self.settings = settings
        assignment = CompandedWeights<Float>.Assignment(sharpness: settings.sharpness[0])
        let matrices = store.parameters.filter {
            $0.count >= Self.leastCount && !$0.name.hasPrefix("transform")
        }
        entries = matrices.map { parameter in
            func add(_ name: String, _ shape: [Int]) -> Parameter {
                store.add("\(Self.prefix)\(parameter.name).\(name)", shape, constant: 0)
            }
            let bits = settings.bits(of: parameter.name)
            return Entry(
                parameter: parameter, bits: bits,
                logScale: add("scale", [parameter.columns]),
                logSpread: settings.targetKilobytes == nil
                    ? nil : add("spread", [parameter.columns]),
                centroids: settings.method == .straightThrough
                    ? nil : add("centroids", [1 << bits]),
                target: settings.sparsity == nil ? nil : add("target", parameter.shape),
                mask: WeightMask())
        }
        attach(store)
    }

    private func stepped(_ entry: Entry) -> SteppedWeights<Float> {
        SteppedWeights(
            logStep: entry.logScale, limit: entry.limit, mask: entry.mask)
    }

    /// Makes itself the source of the matrices.
    private func attach(_ store: ParameterStore<Float>) {
        for entry in entries {
            switch settings.method {
            case .straightThrough: store.setSource(stepped(entry), of: entry.parameter)
            case .gq:
                guard let centroids = entry.centroids else { continue }
                store.setSource(
                    CompandedWeights(
                        logScale: entry.logScale, centroids: centroids, mu: settings.mu,
                        assignment: assignment, mask: entry.mask), of: entry.parameter)
            case .s8bqat:
                store.setSource(MaskedWeights(mask: entry.mask), of: entry.parameter)
            }
        }
    }

    /// Steps, scales and centroids for the weights that are in the store.
    func begin(_ store: ParameterStore<Float>) {
        for entry in entries {
            let values = store.array(entry.parameter)
            if let centroids = entry.centroids {
                beginCentroids(centroids, entry, values, store)
            } else {
                beginSteps(entry, values, store)
            }
            if let target = entry.target { store.set(target, values) }
        }
    }

    private func beginSteps(_ entry: Entry, _ values: [Float], _ store: ParameterStore<Float>) {
        let columns = entry.parameter.columns
        let steps = SteppedWeights<Float>.steps(values, columns: columns, limit: entry.limit)
        store.set(entry.logScale, steps.map { log($0) / Float(SteppedWeights<Float>.pace) })
        guard let logSpread = entry.logSpread else { return }
        let sums = Self.perColumn(values, columns) { $0 + $1 / steps[$2] }
        let rows = Float(max(values.count / columns, 1))
        // The mean magnitude of a logistic variable is its scale times ln 4.
        store.set(logSpread, sums.map { log(max($0 / rows, 0.1) / 1.386) })
    }

    private func beginCentroids(
        _ centroids: Parameter, _ entry: Entry, _ values: [Float], _ store: ParameterStore<Float>
    ) {
        let columns = entry.parameter.columns
        let largest = Self.perColumn(values, columns) { magnitude, next, _ in
            max(magnitude, next)
        }.map { $0 > 0 ? $0 : 1 }
        store.set(entry.logScale, largest.map { log($0) })
        guard settings.method == .s8bqat else {
            let last = Double(centroids.count - 1)
            store.set(centroids, (0..<centroids.count).map { Float(2 * Double($0) / last - 1) })
            return
        }
        let scaled = values.enumerated().map { $1 / largest[$0 % columns] }
        store.set(
            centroids,
            LloydMax.onGrid(LloydMax.centroids(scaled, count: centroids.count)).map { Float($0) })
    }

    /// Gathers the magnitudes of each column, from 0 on.
    /// - Parameter next: of what was gathered, a magnitude, and its column
    private static func perColumn(
        _ values: [Float], _ columns: Int, _ next: (Float, Float, Int) -> Float
    ) -> [Float] {
        values.enumerated().reduce(into: [Float](repeating: 0, count: columns)) {
            let column = $1.offset % columns
            $0[column] = next($0[column], $1.element.magnitude, column)
        }
    }

    // MARK: Schedules

    /// Before a step (and before anything else that runs the network).
    /// - Parameter progress: share of the steps done
    func prepare(progress: Double, _ store: ParameterStore<Float>) {
        let (start, end) = (settings.sharpness[0], settings.sharpness[1])
        let softShare = settings.hardFrom > 0 ? min(progress / settings.hardFrom, 1) : 1
        assignment.sharpness = start * pow(end / start, softShare)
        assignment.isHard = progress >= settings.hardFrom
        guard isMaskFixed(progress) else { return }
        for entry in entries where entry.mask.values == nil {
            guard let target = entry.target else { continue }
            entry.mask.values = store.array(target).map { $0 == 0 ? 0 : 1 }
        }
    }

    /// The last fifth of the steps keeps what is zero.
    private func isMaskFixed(_ progress: Double) -> Bool {
        settings.sparsity != nil && progress >= 0.8
    }

    /// Behind a step.
    /// - Parameter step: steps done
    func settle(step: Int, of total: Int, _ store: ParameterStore<Float>) {
        let progress = Double(step) / Double(max(total, 1))
        if let sparsity = settings.sparsity, step % settings.sparsityEvery == 0,
            progress <= 0.8
        {
            let rest = 1 - progress / 0.8
            makeSparse(share: sparsity * (1 - rest * rest * rest), store)
        }
        if settings.method == .s8bqat, step % settings.snapEvery == 0 {
            for (entry, weights) in zip(entries, packed(store)) {
                store.set(entry.parameter, weights.values)
            }
        }
    }

    /// The sparsity step of CSP: the smallest weights of each matrix become zero, and what is left
    /// is where the following steps are pulled to.
    private func makeSparse(share: Double, _ store: ParameterStore<Float>) {
        for entry in entries {
            guard let target = entry.target else { continue }
            let values = store.array(entry.parameter)
            let magnitudes = values.map(\.magnitude).sorted()
            let dropped = min(Int(share * Double(values.count)), values.count - 1)
            let threshold = dropped > 0 ? magnitudes[dropped - 1] : -1
            let sparse = values.map { $0.magnitude <= threshold ? 0 : $0 }
            store.set(target, sparse)
            store.set(entry.parameter, sparse)
        }
    }

    // MARK: Loss

    /// What compression adds to the loss of a batch.
    /// - Parameters:
    ///   - price: loss per KB of coded integers
    ///   - measured: gets `weight_kb` and `pull`
    /// - Returns: nil = nothing
    func terms(
        progress: Double, price: Double, weight: Double, _ graph: Graph<Float>,
        _ store: ParameterStore<Float>, _ measured: inout Measurements
    ) -> Tensor<Float>? {
        var total: Tensor<Float>?
        func add(_ term: Tensor<Float>, _ scale: Double) {
            let scaled = graph.affine(term, scale: scale)
            total = total.map { graph.add($0, scaled) } ?? scaled
        }
        var kilobytes = 0.0
        var pulled = 0.0
        for entry in entries {
            if let logSpread = entry.logSpread {
                let bits = stepped(entry).bits(of: entry.parameter, logSpread: logSpread, graph)
                add(bits, price / 8192)
                kilobytes += Double(bits.data[0]) / 8192
            }
            if settings.method == .s8bqat, settings.regulariser > 0, let centroids = entry.centroids
            {
                let scale = graph.input(
                    Shape(1, 1, entry.parameter.columns),
                    store.array(entry.logScale).map { exp(-$0) })
                let distance = graph.regionalCosine(
                    graph.multiplyChannels(graph.ownValues(entry.parameter), scale),
                    centroids: store.array(centroids).map { Double($0) })
                // Each matrix by its share of the weights.
                let share = Double(entry.parameter.count) / Double(max(weightCount, 1))
                add(distance, settings.regulariser * progress * share)
                pulled += share * Double(distance.data[0])
            }
            if let target = entry.target, settings.pull > 0, !isMaskFixed(progress) {
                let own = graph.ownValues(entry.parameter)
                let rest = graph.subtract(own, graph.input(own.shape, store.array(target)))
                add(graph.sum(graph.unary(.square, rest)), settings.pull / 2)
            }
        }
        if settings.targetKilobytes != nil { measured.add("weight_kb", kilobytes, weight: weight) }
        if settings.method == .s8bqat { measured.add("pull", pulled, weight: weight) }
        return total
    }

    /// Weights of all matrices.
    var weightCount: Int { entries.reduce(0) { $0 + $1.parameter.count } }

    // MARK: The outcome

    /// The weights as files keep them, in the order of the entries.
    package func packed(_ store: ParameterStore<Float>) -> [PackedWeights] {
        entries.map { entry in
            let mask = entry.mask.values
            let pace = entry.centroids == nil ? Float(SteppedWeights<Float>.pace) : 1
            let scales = store.array(entry.logScale).map { exp(pace * $0) }
            let values = store.array(entry.parameter).enumerated().map { i, value in
                (mask?[i] ?? 1) * value
            }
            guard let centroids = entry.centroids else {
                return PackedWeights(rounding: values, steps: scales, limit: entry.limit)
            }
            return coded(
                values, scales, store.array(centroids).map { Double($0) }, hasZero: mask != nil)
        }
    }

    /// What the range coder needs for the integers; nil where it cannot code them.
    func codedKilobytes(_ store: ParameterStore<Float>) -> Double? {
        var bytes = 0
        for weights in packed(store) {
            let coded = try? AdaptiveIntegers.encode(
                weights.integers, rowLength: weights.scales.count)
            guard let coded else { return nil }
            bytes += coded.count
        }
        return Double(bytes) / 1024
    }

    private func coded(
        _ values: [Float], _ scales: [Float], _ centroids: [Double], hasZero: Bool
    ) -> PackedWeights {
        let isCompanded = settings.method == .gq
        func space(_ u: Double) -> Double {
            isCompanded ? CompandedWeights<Float>.companded(u, mu: settings.mu) : u
        }
        // A masked weight is zero whatever the centroids are.
        let table = (hasZero ? centroids + [0] : centroids).sorted()
        let levels = table.map {
            isCompanded ? CompandedWeights<Float>.expanded($0, mu: settings.mu) : 127 * $0
        }
        let first = levels.count / 2
        let integers = values.enumerated().map { i, value in
            let place = space(Double(value) / Double(scales[i % scales.count]))
            return Int32(CompandedWeights<Double>.nearest(place, table) - first)
        }
        return PackedWeights(
            integers: integers, scales: isCompanded ? scales : scales.map { $0 / 127 },
            levels: levels.map { Float($0) })
    }

    /// Runs `body` with the weights as files will have them.
    func withPacked<R>(_ store: ParameterStore<Float>, _ body: () throws -> R) rethrows -> R {
        for (entry, weights) in zip(entries, packed(store)) {
            store.setSource(PlainWeights(values: weights.values), of: entry.parameter)
        }
        defer { attach(store) }
        return try body()
    }
}

/// Weights as they are, but for those that are masked.
struct MaskedWeights<S: EngineScalar>: WeightSource {
    let mask: WeightMask<S>

    func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        mask.apply(to: graph.ownValues(parameter), graph)
    }
}
