import NeuralNetwork

/// The integer twin of `LineSpectralQuantiser` and its context: steps, predictions and values in fixed point, so that every machine decodes the same
/// frequencies from the same bytes.
///
/// Formats: frequencies Q16 radians, u and network activations Q12, weights Q12, log scales Q8. Weights and activations are limited so that no
/// sum can leave 64 bits.
public struct LineSpectralSymbolModel: LineSpectralCodingModel {
    /// Q16 radians.
    static let minimumGap = 655
    /// pi, Q16.
    static let top = 205_887

    public let order: Int
    private let units: Int
    /// Q20 radians per symbol, Q12 symbols per radian, log(4 step) Q8.
    private let step: [Int]
    private let inverse: [Int]
    private let logStep: [Int]
    private let centres: [Int]
    /// Rows of a unit or output one after the other, each [inputs..., bias].
    private let hidden: [Int]
    private let output: [Int]
    private let linear: [Int]
    private let lower: [Int]

    /// What one channel remembers.
    public struct State: Sendable, Equatable {
        /// u of the last two frames, Q12.
        fileprivate var past: [Int]
        fileprivate var isFirst = true
    }

    /// - Throws: `notFinite` for a parameter that is no number, `invalidSetting` for a step outside 2^-9 ... 1/2 radians.
    public init(_ quantiser: LineSpectralQuantiser<Float>, _ store: ParameterStore<Float>) throws(LPCError) {
        let order = quantiser.order, context = quantiser.context, inputs = 2 * order + 1
        func read(_ parameter: Parameter) throws(LPCError) -> [Double] {
            let values = store.array(parameter).map(Double.init)
            try LPCError.check(finite: values, parameter.name)
            return values
        }
        func fixed(_ x: Double, _ bits: Int) -> Int { Int((max(-128, min(128, x)) * Double(1 << bits)).rounded()) }
        /// Transposed from [inputs, outputs] with the bias behind each row.
        func rows(_ layer: Conv1D<Float>) throws(LPCError) -> [Int] {
            let weight = try read(layer.weight), bias = try layer.bias.map(read) ?? Array(repeating: 0, count: layer.outputChannels)
            return (0..<layer.outputChannels).flatMap { o in
                (0..<layer.inputChannels).map { fixed(weight[$0 * layer.outputChannels + o], 12) } + [fixed(bias[o], 12)]
            }
        }
        self.order = order
        units = context.hidden.outputChannels
        let logSteps = try read(quantiser.logStep)
        for value in logSteps {
            let step = Elementary.exponential(value)
            guard (1.0 / 512...0.5).contains(step) else { throw .invalidSetting(name: "step", value: step, allowed: "\(1.0 / 512) ... 0.5") }
        }
        step = logSteps.map { fixed(Elementary.exponential($0), 20) }
        inverse = step.map { ((1 << 32) + $0 / 2) / $0 }
        logStep = step.map { fixed(Elementary.naturalLogarithm(4 * Double($0) / Double(1 << 20)), 8) }
        centres = LineSpectralContext<Float>.centres(order).map { fixed($0, 16) }
        hidden = try rows(context.hidden)
        output = try rows(context.output)
        let linearValues = try read(context.linear), lowerValues = try read(context.lower)
        linear = (0..<order).flatMap { o in (0..<inputs).map { fixed(linearValues[$0 * order + o], 12) } }
        lower = (0..<2 * order).flatMap { o in (0..<order).map { $0 < o % order ? fixed(lowerValues[$0 * 2 * order + o], 12) : 0 } }
    }

    public func makeState() -> State { State(past: Array(repeating: 0, count: 2 * order)) }

    /// Symbols of a frame: nearest multiples of the steps.
    /// - Throws: `wrongCount`.
    public func symbols(of frame: LineSpectralFrequencies) throws(LPCError) -> [Int] {
        guard frame.order == order else { throw .wrongCount(name: "line spectral frequencies", expected: order, found: frame.order) }
        return (0..<order).map { Int((frame.values[$0] * Double(1 << 20) / Double(step[$0])).rounded()) }
    }

    /// Passes one frame through the channel.
    /// - Parameter symbols: the encoder's symbols, p of them; replaced by what the channel returns
    /// - Returns: the quantised frame, rising and at least the minimum gap apart whatever the symbols are.
    public func pass<C: LineSpectralChannel>(
        _ symbols: inout [Int], state: inout State, channel: inout C
    ) throws(C.Failure) -> LineSpectralFrequencies {
        let (base, logScale) = predict(state)
        var values = [Int](repeating: 0, count: order), decided = [Int](repeating: 0, count: order), deviation = decided
        for i in 0..<order {
            var mean = 0, widen = 0
            for j in 0..<i {
                mean += lower[i * order + j] * deviation[j]
                widen += lower[(order + i) * order + j] * abs(deviation[j])
            }
            // Q16 radians: c + u / 4.
            let expected = centres[i] + ((limit(base[i] + ((mean + 2048) >> 12))) << 2)
            let bound = Int(LineSpectralContext<Float>.logScaleBound * 256)
            let scale = max(-bound, min(bound, (logScale[i] + ((widen + 2048) >> 12)) >> 4)) - logStep[i]
            let position = (expected * inverse[i] + (1 << 19)) >> 20, nearest = (position + 128) >> 8
            let table = LineSpectralTableLayout.table(logScale: scale, phase: (position - (nearest << 8) + 128) >> 5)
            let symbol = max(-4096, min(4096, nearest + (try channel.pass((i < symbols.count ? symbols[i] : 0) - nearest, table: table))))
            decided[i] = symbol
            values[i] = (symbol * step[i] + 8) >> 4
            // What the positions above see is separated from below; separation from above waits for the whole frame.
            values[i] = max(values[i], (i > 0 ? values[i - 1] : 0) + Self.minimumGap)
            deviation[i] = limit((values[i] - centres[i]) >> 2) - base[i]
        }
        LineSpectralSeparation.separate(&values, gap: Self.minimumGap, top: Self.top)
        for i in 0..<order {
            state.past[order + i] = state.past[i]
            state.past[i] = limit((values[i] - centres[i]) >> 2)
        }
        state.isFirst = false
        symbols = decided
        return LineSpectralFrequencies(unchecked: values.map { Double($0) / 65536 })
    }

    /// Q12 activations stay below 2^17.
    @inline(__always)
    private func limit(_ x: Int) -> Int { max(-131_071, min(131_071, x)) }

    /// Base of u and log scale, both Q12.
    private func predict(_ state: State) -> (base: [Int], logScale: [Int]) {
        let inputs = 2 * order + 1, input = state.past + [state.isFirst ? 4096 : 0]
        func dot(_ weights: [Int], _ at: Int, _ x: [Int]) -> Int {
            var sum = 0
            for k in 0..<x.count { sum += weights[at + k] * x[k] }
            return sum
        }
        let active = (0..<units).map { j in
            limit(max(0, (dot(hidden, j * (inputs + 1), input) + (hidden[j * (inputs + 1) + inputs] << 12) + 2048) >> 12))
        }
        func out(_ o: Int) -> Int { (dot(output, o * (units + 1), active) + (output[o * (units + 1) + units] << 12) + 2048) >> 12 }
        let offset = Int(LineSpectralContext<Float>.logScaleOffset * 4096)
        return (
            (0..<order).map { limit(out($0) + ((dot(linear, $0 * inputs, input) + 2048) >> 12)) },
            (0..<order).map { limit(out(order + $0) + offset) }
        )
    }
}
