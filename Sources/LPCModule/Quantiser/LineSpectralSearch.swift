/// How an encoder chooses the symbols of `LineSpectralSymbolModel`: a search over the positions of
/// all frames of a part, with several survivors, for the smallest spectral distortion + lambda *
/// bits.
public struct LineSpectralSearch: Sendable, Equatable {
    /// dB^2 per bit; 0 = the smallest distortion at any rate.
    public var lambda = 0.0
    /// Survivors for each state of the trellis, at least 1; without a trellis, in all.
    public var survivors = 2
    /// Values tried for each position, nearest first, at least 1.
    public var candidates = 3
    /// Whether whole frames are compared by their true distortion instead of the sum over
    /// positions.
    public var trueDistortion = true
    public init() {}
}

extension LineSpectralSymbolModel {
    public func symbols(
        of frames: some Collection<LineSpectralFrequencies>, costs: LineSpectralCosts
    ) throws(LPCError) -> [[Int]] {
        for frame in frames where frame.order != order {
            throw .wrongCount(
                name: "line spectral frequencies", expected: order, found: frame.order)
        }
        var run = LineSpectralSearchRun(self, costs)
        for frame in frames { run.step(frame) }
        return run.best()
    }
}

/// One search: survivors advance position by position; at the end of a frame each gets its own
/// context for the next.
///
/// The distortion of a position is its squared error times the sensitivity of the unquantised
/// envelope there (Gardner and Rao, IEEE Trans. Speech Audio Proc. 3, 1995: for line spectral
/// frequencies the sensitivity matrix is diagonal).
struct LineSpectralSearchRun {
    /// Symbols of a survivor up to a frame: a list from its end.
    private final class Past {
        let symbols: [Int]
        private(set) var before: Past?
        init(_ symbols: [Int], _ before: Past?) { (self.symbols, self.before) = (symbols, before) }

        /// One after the other: a long list would not fit on the stack.
        deinit {
            var next = before
            before = nil
            while isKnownUniquelyReferenced(&next), let current = next {
                next = current.before
                current.before = nil
            }
        }
    }

    /// A survivor between two frames.
    private struct Survivor {
        var context: FixedPointLineSpectralContext.State
        var trellis: Int
        var cost: Double
        var past: Past?
    }

    /// A survivor within a frame; its lists are rows of `Rows`.
    private struct Path {
        var origin: Int
        var trellis: Int
        var cost: Double
        /// Cost when the frame began and bits since then.
        var before: Double
        var bits: Double
    }

    private struct Step {
        var path: Path
        var parent: Int
        var symbol: Int
        var value: Int
    }

    private let model: LineSpectralSymbolModel
    private let costs: LineSpectralCosts
    private let evaluator: LineSpectralEnvelope
    private let measure = SpectralDistortion(points: 64)
    private var survivors: [Survivor]
    /// Symbols, values and deviations of each path.
    private var rows: [Int] = []
    private var nextRows: [Int] = []

    init(_ model: LineSpectralSymbolModel, _ costs: LineSpectralCosts) {
        self.model = model
        self.costs = costs
        evaluator = LineSpectralEnvelope(order: model.order, points: 64)
        let state = model.makeState()
        survivors = [Survivor(context: state.context, trellis: state.trellis, cost: 0, past: nil)]
    }

    /// Symbols of the best survivor, frame by frame.
    func best() -> [[Int]] {
        var symbols: [[Int]] = []
        var past = survivors.min { $0.cost < $1.cost }?.past
        while let frame = past {
            symbols.append(frame.symbols)
            past = frame.before
        }
        return symbols.reversed()
    }

    mutating func step(_ target: LineSpectralFrequencies) {
        let p = model.order
        let search = model.search
        // Distortion per squared Q16 radian.
        let weights = evaluator.sensitivities(target.values).map { $0 / (65536.0 * 65536.0) }
        let wanted = target.values.map { $0 * 65536 }
        var contexts = survivors.map(\.context)
        var paths: [Path] = []
        var frames: [FixedPointLineSpectralContext.Frame] = []
        for (i, survivor) in survivors.enumerated() {
            frames.append(model.context.begin(&contexts[i]))
            paths.append(
                Path(
                    origin: i, trellis: survivor.trellis, cost: survivor.cost,
                    before: survivor.cost, bits: 0))
        }
        rows = Array(repeating: 0, count: paths.count * 3 * p)
        for i in 0..<p {
            var steps: [Step] = []
            steps.reserveCapacity(paths.count * search.candidates)
            for (number, path) in paths.enumerated() {
                let row = number * 3 * p
                let below = i > 0 ? rows[row + p + i - 1] : 0
                let place = rows.withUnsafeBufferPointer { all in
                    all.baseAddress.map {
                        model.place(i, frames[path.origin], $0 + row + 2 * p, trellis: path.trellis)
                    }
                }
                guard let place else { continue }
                let exact = (wanted[i] - Double(place.offset)) * 16 / Double(place.step)
                var symbol = Int(exact.rounded())
                var side = exact < Double(symbol) ? -1 : 1
                for n in 0..<max(search.candidates, 1) {
                    // Alternating around the wanted value.
                    if n > 0 {
                        symbol += n * side
                        side = -side
                    }
                    let bounded = max(
                        -LineSpectralSymbolModel.symbolLimit,
                        min(LineSpectralSymbolModel.symbolLimit, symbol))
                    let value = model.value(bounded, place, below: below)
                    let error = Double(value) - wanted[i]
                    let bits =
                        search.lambda > 0
                        ? costs.bits(bounded - place.nearest, table: place.table) : 0
                    var next = path
                    next.trellis = model.next(path.trellis, symbol: bounded)
                    next.bits += bits
                    next.cost += weights[i] * error * error + search.lambda * bits
                    steps.append(Step(path: next, parent: number, symbol: bounded, value: value))
                }
            }
            advance(&paths, steps, frames, position: i)
        }
        leave(paths, contexts, target)
    }

    /// Keeps the best steps of each trellis state.
    private mutating func advance(
        _ paths: inout [Path], _ steps: [Step], _ frames: [FixedPointLineSpectralContext.Frame],
        position i: Int
    ) {
        let p = model.order
        let order = steps.indices.sorted { steps[$0].path.cost < steps[$1].path.cost }
        var kept = [Int](repeating: 0, count: LineSpectralTrellis.states)
        paths.removeAll(keepingCapacity: true)
        nextRows.removeAll(keepingCapacity: true)
        for index in order {
            let step = steps[index]
            guard kept[step.path.trellis] < max(model.search.survivors, 1) else { continue }
            kept[step.path.trellis] += 1
            paths.append(step.path)
            let at = nextRows.count
            nextRows.append(contentsOf: rows[step.parent * 3 * p..<(step.parent + 1) * 3 * p])
            nextRows[at + i] = step.symbol
            nextRows[at + p + i] = step.value
            nextRows[at + 2 * p + i] = model.context.deviation(
                step.value, i, frames[step.path.origin])
        }
        swap(&rows, &nextRows)
    }

    /// Ends a frame: every path becomes a survivor.
    private mutating func leave(
        _ paths: [Path], _ contexts: [FixedPointLineSpectralContext.State],
        _ target: LineSpectralFrequencies
    ) {
        let p = model.order
        let envelope = measure.envelope(target, evaluator)
        var next: [Survivor] = []
        for (number, path) in paths.enumerated() {
            let row = number * 3 * p
            var values = Array(rows[row + p..<row + 2 * p])
            var context = contexts[path.origin]
            var cost = path.cost
            let quantised = model.finish(&values, &context)
            if model.search.trueDistortion {
                let distortion = measure(envelope, measure.envelope(quantised, evaluator))
                cost = path.before + distortion * distortion + model.search.lambda * path.bits
            }
            next.append(
                Survivor(
                    context: context, trellis: path.trellis, cost: cost,
                    past: Past(Array(rows[row..<row + p]), survivors[path.origin].past)))
        }
        survivors = next
    }
}
