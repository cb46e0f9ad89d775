import CKernels

/// A GRU cell in integers: input Q(inputBits), state Q11.
package struct FixedPointGRU: Sendable {
    package let hidden: Int
    private let input: FixedPointLinear
    private let recurrent: FixedPointLinear

    package init(
        inputWeight: [Float], inputBias: [Float], recurrentWeight: [Float], recurrentBias: [Float],
        inputs: Int, hidden: Int, inputBits: Int
    ) {
        self.hidden = hidden
        input = FixedPointLinear(
            weight: inputWeight, bias: inputBias, columns: inputs, rows: 3 * hidden,
            inputBits: inputBits, outputBits: 10)
        recurrent = FixedPointLinear(
            weight: recurrentWeight, bias: recurrentBias, columns: hidden, rows: 3 * hidden,
            inputBits: 11, outputBits: 10)
    }

    /// State and scratch memory of one sequence.
    package struct State: Sendable {
        package var h: [Int16]
        fileprivate var fromInput: [Int32]
        fileprivate var fromState: [Int32]

        /// The sequence begins again.
        package mutating func reset() { for i in h.indices { h[i] = 0 } }
    }

    /// Length that an input array needs; what is beyond the inputs is zero.
    package var paddedInputs: Int { input.paddedColumns }

    package func makeState() -> State {
        State(
            h: Array(repeating: 0, count: recurrent.paddedColumns),
            fromInput: Array(repeating: 0, count: 3 * hidden),
            fromState: Array(repeating: 0, count: 3 * hidden))
    }

    package func step(_ x: UnsafePointer<Int16>, _ state: inout State) {
        input.apply(x, into: &state.fromInput, limit: 16383)
        recurrent.apply(state.h, into: &state.fromState, limit: 16383)
        nwc_gru_step_q(hidden, state.fromInput, state.fromState, &state.h)
    }
}
