import NeuralNetwork

/// The integer twin of `LineSpectralQuantiser` and its context: steps, predictions and values in
/// fixed point, so that every machine decodes the same frequencies from the same bytes.
///
/// Formats: frequencies Q16 radians, steps Q20 radians, log scales Q8; see
/// `FixedPointLineSpectralContext`.
public struct LineSpectralSymbolModel: LineSpectralCodingModel {
    /// Q16 radians.
    static let minimumGap = 655
    /// pi, Q16.
    static let top = 205_887
    /// Symbols are -limit ... limit.
    static let symbolLimit = 8192

    public let order: Int
    /// Whether values lie on the lattice of `LineSpectralTrellis` instead of a grid.
    public let isTrellis: Bool
    /// How the encoder chooses symbols; decoding does not depend on it.
    public var search = LineSpectralSearch()
    let context: FixedPointLineSpectralContext
    private let isAdaptive: Bool
    /// Q20 radians per symbol, log(4 step) Q8.
    private let step: [Int]
    private let logStep: [Int]
    /// exp(k / 256), k = -256 ... 256, Q16.
    private let factors: [Int]

    /// What one channel remembers.
    public struct State: Sendable {
        var context: FixedPointLineSpectralContext.State
        var trellis = 0
    }

    /// How one symbol is coded and what it means.
    struct Place {
        /// Q20 radians.
        let step: Int
        /// Q16 radians, value of symbol 0.
        let offset: Int
        /// The symbol nearest to the prediction: differences from it are coded.
        let nearest: Int
        let table: Int
    }

    /// - Throws: `notFinite` for a parameter that is no number, `invalidSetting` for a step outside
    ///   2^-9 ... 1/2 radians.
    public init(
        _ quantiser: LineSpectralQuantiser<Float>, _ store: ParameterStore<Float>,
        trellis: Bool = true
    ) throws(LPCError) {
        order = quantiser.order
        isTrellis = trellis
        isAdaptive = quantiser.adaptive
        let logSteps = store.array(quantiser.logStep).map(Double.init)
        try LPCError.check(finite: logSteps, quantiser.logStep.name)
        for value in logSteps {
            let step = Elementary.exponential(value)
            guard (1.0 / 512...0.5).contains(step) else {
                throw .invalidSetting(name: "step", value: step, allowed: "\(1.0 / 512) ... 0.5")
            }
        }
        step = logSteps.map { FixedPointLineSpectralContext.fixed(Elementary.exponential($0), 20) }
        logStep = step.map {
            FixedPointLineSpectralContext.fixed(
                Elementary.naturalLogarithm(4 * Double($0) / Double(1 << 20)), 8)
        }
        let bound = Int(LineSpectralContext<Float>.logStepBound * 256)
        factors = (-bound...bound).map {
            FixedPointLineSpectralContext.fixed(Elementary.exponential(Double($0) / 256), 16)
        }
        context = try FixedPointLineSpectralContext(quantiser.context, store)
    }

    public func makeState() -> State { State(context: context.makeState()) }

    /// - Parameter deviation: of the positions below `i`
    @inline(__always)
    func place(
        _ i: Int, _ frame: FixedPointLineSpectralContext.Frame, _ deviation: UnsafePointer<Int>,
        trellis: Int
    ) -> Place {
        let expected = context.expectation(i, frame, deviation)
        let change = isAdaptive ? expected.logStep : 0
        let size = (step[i] &* factors[change &+ factors.count / 2] &+ 32768) >> 16
        let offset = isTrellis ? (LineSpectralTrellis.offset(trellis) &* size) >> 5 : 0
        // Prediction in symbols, Q8: c + u / 4 in Q16, over the step.
        let distance = context.centres[i] &+ (expected.mean << 2) &- offset
        let position = Self.floorDivision(((distance << 12) &+ size / 2), size)
        let nearest = (position &+ 128) >> 8
        let phase = (position &- (nearest << 8) &+ 128) >> 5
        return Place(
            step: size, offset: offset, nearest: nearest,
            table: LineSpectralTableLayout.table(
                logScale: expected.logScale &- logStep[i] &- change, phase: phase))
    }

    @inline(__always)
    private static func floorDivision(_ a: Int, _ b: Int) -> Int {
        a >= 0 ? a / b : -((b &- 1 &- a) / b)
    }

    /// Value of a symbol, Q16 radians, separated from the one below. Separation from above waits
    /// for the whole frame.
    @inline(__always)
    func value(_ symbol: Int, _ place: Place, below: Int) -> Int {
        max(place.offset &+ (symbol &* place.step &+ 8) >> 4, below &+ Self.minimumGap)
    }

    @inline(__always)
    func next(_ trellis: Int, symbol: Int) -> Int {
        isTrellis ? LineSpectralTrellis.next(trellis, symbol: symbol) : 0
    }

    public func pass<C: LineSpectralChannel>(
        _ symbols: inout [Int], state: inout State, channel: inout C
    ) throws(C.Failure) -> LineSpectralFrequencies {
        let frame = context.begin(&state.context)
        let limit = Self.symbolLimit
        var values = [Int](repeating: 0, count: order)
        var decided = values
        var deviation = values
        for i in 0..<order {
            let place = place(i, frame, deviation, trellis: state.trellis)
            let given = i < symbols.count ? max(-limit, min(limit, symbols[i])) : 0
            let symbol = max(
                -limit,
                min(
                    limit,
                    place.nearest + (try channel.pass(given - place.nearest, table: place.table))))
            decided[i] = symbol
            values[i] = value(symbol, place, below: i > 0 ? values[i - 1] : 0)
            deviation[i] = context.deviation(values[i], i, frame)
            state.trellis = next(state.trellis, symbol: symbol)
        }
        symbols = decided
        return finish(&values, &state.context)
    }

    /// Leaves a frame: separates its values (Q16 radians) from above and remembers them.
    func finish(_ values: inout [Int], _ state: inout FixedPointLineSpectralContext.State)
        -> LineSpectralFrequencies
    {
        LineSpectralSeparation.separate(&values, gap: Self.minimumGap, top: Self.top)
        context.finish(values, &state)
        return LineSpectralFrequencies(unchecked: values.map { Double($0) / 65536 })
    }
}
