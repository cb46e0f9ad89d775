import CKernels
import NeuralNetwork

/// Weights of a `GatedBlock` for inference.
struct GatedWeights: Sendable {
    let enter: PackedMatrix
    let slope: [Float]
    let filter: PackedMatrix
    let leave: PackedMatrix
    let taps: Int
    let ahead: Int
    let hidden: Int
    let width: Int
    let sides: Int

    init(_ block: GatedBlock<Float>, _ store: ParameterStore<Float>) {
        enter = PackedMatrix(block.enter, store)
        slope = store.array(block.slope)
        filter = PackedMatrix(block.filter, store)
        leave = PackedMatrix(block.leave, store)
        taps = block.filter.geometry.taps
        ahead = block.filter.geometry.padAfter
        hidden = block.enter.outputChannels
        width = block.leave.outputChannels
        sides = block.enter.inputChannels - block.leave.outputChannels
    }
}

/// One residual stage in a stream: x + block([asinh x | side]), frame by frame, `ahead` frames late.
/// Results do not depend on how the frames are cut into calls.
struct GatedStage {
    private let weights: GatedWeights
    /// Inputs whose output is still to come, with their side information.
    private var waiting: Rows
    private var waitingSide: Rows
    /// Inner activations: the last taps - 1 frames and those ahead.
    private var inner: Rows

    init(_ weights: GatedWeights) {
        self.weights = weights
        waiting = Rows(width: weights.width)
        waitingSide = Rows(width: weights.sides)
        inner = Rows(width: weights.hidden)
        reset()
    }

    mutating func reset() {
        waiting = Rows(width: weights.width)
        waitingSide = Rows(width: weights.sides)
        inner = Rows(width: weights.hidden)
        inner.appendZeros(weights.taps - 1 - weights.ahead)
    }

    /// - Parameters: `rows` frames of `width` values and of `sides` values.
    /// - Returns: finished frames and their side information.
    mutating func step(_ x: [Float], side: [Float], rows: Int) -> (x: [Float], side: [Float], rows: Int) {
        let w = weights, width = w.width, total = width + w.sides
        var input = [Float](repeating: 0, count: rows * total)
        for t in 0..<rows {
            for c in 0..<width { input[t * total + c] = x[t * width + c] }
            for c in 0..<w.sides { input[t * total + width + c] = side[t * w.sides + c] }
        }
        input.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for t in 0..<rows { nwc_asinh(base + t * total, base + t * total, width) }
        }
        var entered = w.enter.apply(input, rows: rows)
        entered.withUnsafeMutableBufferPointer { nwc_prelu(rows, w.hidden, $0.baseAddress, w.hidden, w.slope, $0.baseAddress, w.hidden) }
        inner.append(entered)
        waiting.append(x)
        waitingSide.append(side)
        return emit()
    }

    /// The frames that were waiting for frames ahead, which count as zero.
    mutating func flush() -> (x: [Float], side: [Float], rows: Int) {
        inner.appendZeros(weights.ahead)
        return emit()
    }

    private mutating func emit() -> (x: [Float], side: [Float], rows: Int) {
        let w = weights, rows = min(inner.count - (w.taps - 1), waiting.count)
        guard rows > 0 else { return ([], [], 0) }
        var filtered = inner.withRows(from: 0) { w.filter.apply($0, stride: w.hidden, rows: rows) }
        var gated = [Float](repeating: 0, count: rows * w.hidden)
        filtered.withUnsafeMutableBufferPointer { f in
            guard let base = f.baseAddress else { return }
            for t in 0..<rows {
                let u = base + t * 2 * w.hidden, g = u + w.hidden
                nwc_tanh(g, g, w.hidden)
                for i in 0..<w.hidden { gated[t * w.hidden + i] = u[i] * g[i] }
            }
        }
        let correction = w.leave.apply(gated, rows: rows)
        inner.drop(rows)
        var result = waiting.take(rows)
        for i in result.indices { result[i] += correction[i] }
        return (result, waitingSide.take(rows), rows)
    }
}

/// Several stages in a row.
struct GatedChain {
    private var stages: [GatedStage]

    init(_ weights: [GatedWeights]) { stages = weights.map { GatedStage($0) } }

    mutating func reset() { for i in stages.indices { stages[i].reset() } }

    mutating func step(_ x: [Float], side: [Float], rows: Int) -> (x: [Float], side: [Float], rows: Int) {
        var current = (x: x, side: side, rows: rows)
        for i in stages.indices where current.rows > 0 { current = stages[i].step(current.x, side: current.side, rows: current.rows) }
        return current
    }

    /// What is left when no more frames come.
    mutating func flush() -> (x: [Float], side: [Float], rows: Int) {
        var result = (x: [Float](), side: [Float](), rows: 0)
        for i in stages.indices {
            var part = stages[i].flush()
            for j in (i + 1)..<max(stages.count, i + 1) where part.rows > 0 { part = stages[j].step(part.x, side: part.side, rows: part.rows) }
            result.x += part.x
            result.side += part.side
            result.rows += part.rows
        }
        return result
    }
}
