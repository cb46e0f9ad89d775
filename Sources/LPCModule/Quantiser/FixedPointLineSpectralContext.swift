import NeuralNetwork

/// The integer twin of `LineSpectralContext`: the same predictions on every machine.
///
/// Formats: u, deviations and activations Q12, the recurrent network as in `FixedPointGRU` with
/// inputs Q9, other weights Q12, log scales and log steps Q8. Weights and activations are limited
/// so that no sum can leave 64 bits.
package struct FixedPointLineSpectralContext: Sendable {
    let order: Int
    private let units: Int
    /// Q16 radians.
    let centres: [Int]
    private let recurrent: FixedPointGRU
    private let output: FixedPointLinear
    /// Rows of an output one after the other.
    private let linear: [Int]
    private let lower: [Int]
    private let localInput: [Int]
    private let localOutput: [Int]

    /// What one channel remembers.
    package struct State: Sendable {
        /// u of the last two frames, Q12.
        fileprivate var past: [Int]
        fileprivate var recurrent: FixedPointGRU.State
        fileprivate var isFirst = true
    }

    /// What is known of a frame before its first value, Q12.
    package struct Frame: Sendable {
        fileprivate let base: [Int]
        fileprivate let logScale: [Int]
        fileprivate let units: [Int]
    }

    /// Prediction of one value: mean as u in Q12, logarithms of scale (of u) and step factor in Q8.
    package struct Expectation {
        package let mean: Int
        package let logScale: Int
        package let logStep: Int
    }

    /// - Throws: `notFinite` for a parameter that is no number, `invalidSetting` for more recurrent
    ///   units than integer sums may have.
    package init(_ context: LineSpectralContext<Float>, _ store: ParameterStore<Float>)
        throws(LPCError)
    {
        let order = context.order
        let inputs = 2 * order + 1
        let units = context.localUnits
        func read(_ parameter: Parameter) throws(LPCError) -> [Float] {
            let values = store.array(parameter)
            try LPCError.check(finite: values.map(Double.init), parameter.name)
            return values
        }
        guard (1...512).contains(context.recurrent.hidden) else {
            throw .invalidSetting(
                name: "recurrent units", value: Double(context.recurrent.hidden),
                allowed: "1 ... 512")
        }
        self.order = order
        self.units = units
        centres = LineSpectralContext<Float>.centres(order).map { Self.fixed($0, 16) }
        let cell = context.recurrent
        recurrent = FixedPointGRU(
            inputWeight: try read(cell.input.weight),
            inputBias: try cell.input.bias.map(read) ?? [],
            recurrentWeight: try read(cell.recurrent),
            recurrentBias: try read(cell.bias), inputs: order + 1, hidden: cell.hidden, inputBits: 9
        )
        output = FixedPointLinear(
            weight: try read(context.output.weight), bias: try context.output.bias.map(read),
            columns: cell.hidden, rows: (2 + units) * order,
            inputBits: 11, outputBits: 12)
        let linear = try read(context.linear)
        let lower = try read(context.lower)
        let localInput = try read(context.localInput)
        let localOutput = try read(context.localOutput)
        self.linear = (0..<order).flatMap { o in
            (0..<inputs).map { Self.fixed(Double(linear[$0 * order + o]), 12) }
        }
        self.lower = (0..<2 * order).flatMap { o in
            (0..<order).map { Self.fixed(Double(lower[$0 * 2 * order + o]), 12) }
        }
        self.localInput = (0..<order * units).flatMap { o in
            (0..<order).map { Self.fixed(Double(localInput[$0 * order * units + o]), 12) }
        }
        self.localOutput = localOutput.map { Self.fixed(Double($0), 12) }
    }

    /// Magnitudes up to 128.
    static func fixed(_ x: Double, _ bits: Int) -> Int {
        Int((max(-128, min(128, x)) * Double(1 << bits)).rounded())
    }

    /// Activations stay below 2^17.
    @inline(__always)
    private static func limit(_ x: Int) -> Int { max(-131_071, min(131_071, x)) }

    package func makeState() -> State {
        State(past: Array(repeating: 0, count: 2 * order), recurrent: recurrent.makeState())
    }

    /// Enters a new frame.
    package func begin(_ state: inout State) -> Frame {
        var input = [Int16](repeating: 0, count: recurrent.paddedInputs)
        for i in 0..<order { input[i] = Int16(max(-2047, min(2047, (state.past[i] + 4) >> 3))) }
        input[order] = state.isFirst ? 512 : 0
        recurrent.step(input, &state.recurrent)
        var out = [Int32](repeating: 0, count: output.rows)
        output.apply(state.recurrent.h, into: &out, limit: 131_071)
        let past = state.past + [state.isFirst ? 4096 : 0]
        let offset = Int(LineSpectralContext<Float>.logScaleOffset * 4096)
        let base = (0..<order).map { o in
            var sum = 2048
            for k in 0..<past.count { sum += linear[o * past.count + k] * past[k] }
            return Self.limit(Int(out[o]) + (sum >> 12))
        }
        return Frame(
            base: base, logScale: (0..<order).map { Int(out[order + $0]) + offset },
            units: out[(2 * order)...].map { Int($0) })
    }

    /// - Parameter deviation: of the positions below `i`
    @inline(__always)
    package func expectation(_ i: Int, _ frame: Frame, _ deviation: UnsafePointer<Int>)
        -> Expectation
    {
        var mean = 2048
        var widen = 2048
        var step = 32768
        lower.withUnsafeBufferPointer { lower in
            for j in 0..<i {
                mean &+= lower[i &* order &+ j] &* deviation[j]
                widen &+= lower[(order &+ i) &* order &+ j] &* abs(deviation[j])
            }
        }
        localInput.withUnsafeBufferPointer { weights in
            localOutput.withUnsafeBufferPointer { out in
                for k in i &* units..<(i &+ 1) &* units {
                    var sum = 512
                    for j in 0..<i { sum &+= weights[k &* order &+ j] &* deviation[j] }
                    // Deviations count four times.
                    let active = max(0, Self.limit(frame.units[k] &+ (sum >> 10)))
                    mean &+= out[k] &* active
                    widen &+= out[order &* units &+ k] &* active
                    step &+= out[2 &* order &* units &+ k] &* active
                }
            }
        }
        let bound = Int(LineSpectralContext<Float>.logScaleBound * 256)
        let stepBound = Int(LineSpectralContext<Float>.logStepBound * 256)
        return Expectation(
            mean: Self.limit(frame.base[i] &+ (mean >> 12)),
            logScale: max(-bound, min(bound, (frame.logScale[i] &+ (widen >> 12)) >> 4)),
            logStep: max(-stepBound, min(stepBound, step >> 16)))
    }

    /// Deviation of a decided value, Q16 radians, from the frame's base.
    @inline(__always)
    package func deviation(_ value: Int, _ i: Int, _ frame: Frame) -> Int {
        Self.limit((value &- centres[i]) >> 2) &- frame.base[i]
    }

    /// Leaves a frame with its final values, Q16 radians.
    package func finish(_ values: [Int], _ state: inout State) {
        for i in 0..<order {
            state.past[order + i] = state.past[i]
            state.past[i] = Self.limit((values[i] - centres[i]) >> 2)
        }
        state.isFirst = false
    }
}
