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
    /// The block also gives a noise level for every coefficient.
    let fillsNoise: Bool

    init(_ block: GatedBlock<Float>, _ store: ParameterStore<Float>, hop: Int) {
        enter = PackedMatrix(block.enter, store)
        slope = store.array(block.slope)
        filter = PackedMatrix(block.filter, store)
        leave = PackedMatrix(block.leave, store)
        taps = block.filter.geometry.taps
        ahead = block.filter.geometry.padAfter
        hidden = block.enter.outputChannels
        width = hop
        sides = block.enter.inputChannels - hop
        fillsNoise = block.leave.outputChannels == 2 * hop
    }
}

/// Frames on their way through the stages of a module.
struct StageFrames {
    var x: [Float] = []
    var side: [Float] = []
    /// Number of each frame since the last key packet; seeds its noise.
    var numbers: [UInt32] = []
    /// Noise to add to x where this module is the last one decoded; empty without noise filling.
    var noise: [Float] = []
    var rows: Int { numbers.count }

    static func += (a: inout StageFrames, b: StageFrames) {
        a.x += b.x
        a.side += b.side
        a.numbers += b.numbers
        a.noise += b.noise
    }
}

/// One residual stage in a stream: x + block([asinh x | side]), frame by frame, `ahead` frames
/// late. Results do not depend on how the frames are cut into calls.
struct GatedStage {
    private let weights: GatedWeights
    /// Inputs whose output is still to come, with their side information.
    private var waiting: Rows
    private var waitingSide: Rows
    private var waitingNumbers: [UInt32] = []
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
        waitingNumbers = []
        inner = Rows(width: weights.hidden)
        inner.appendZeros(weights.taps - 1 - weights.ahead)
    }

    /// Takes frames in, gives finished frames.
    mutating func step(_ frames: StageFrames) -> StageFrames {
        let w = weights
        let width = w.width
        let total = width + w.sides
        let rows = frames.rows
        var input = [Float](repeating: 0, count: rows * total)
        for t in 0..<rows {
            for c in 0..<width { input[t * total + c] = frames.x[t * width + c] }
            for c in 0..<w.sides { input[t * total + width + c] = frames.side[t * w.sides + c] }
        }
        input.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            for t in 0..<rows { nwc_asinh(base + t * total, base + t * total, width) }
        }
        var entered = w.enter.apply(input, rows: rows)
        entered.withUnsafeMutableBufferPointer {
            nwc_prelu(rows, w.hidden, $0.baseAddress, w.hidden, w.slope, $0.baseAddress, w.hidden)
        }
        inner.append(entered)
        waiting.append(frames.x)
        waitingSide.append(frames.side)
        waitingNumbers += frames.numbers
        return emit()
    }

    /// The frames that were waiting for frames ahead, which count as zero.
    mutating func flush() -> StageFrames {
        inner.appendZeros(weights.ahead)
        return emit()
    }

    private mutating func emit() -> StageFrames {
        let w = weights
        let rows = min(inner.count - (w.taps - 1), waiting.count)
        guard rows > 0 else { return StageFrames() }
        var filtered = inner.withRows(from: 0) { w.filter.apply($0, stride: w.hidden, rows: rows) }
        var gated = [Float](repeating: 0, count: rows * w.hidden)
        filtered.withUnsafeMutableBufferPointer { f in
            guard let base = f.baseAddress else { return }
            for t in 0..<rows {
                let u = base + t * 2 * w.hidden
                let g = u + w.hidden
                nwc_tanh(g, g, w.hidden)
                for i in 0..<w.hidden { gated[t * w.hidden + i] = u[i] * g[i] }
            }
        }
        let out = w.leave.apply(gated, rows: rows)
        let stride = w.leave.outputs
        let width = w.width
        inner.drop(rows)
        var result = StageFrames(
            x: waiting.take(rows), side: waitingSide.take(rows),
            numbers: Array(waitingNumbers.prefix(rows)))
        waitingNumbers.removeFirst(rows)
        for t in 0..<rows { for c in 0..<width { result.x[t * width + c] += out[t * stride + c] } }
        if w.fillsNoise {
            result.noise = NoiseFilling.rows(numbers: result.numbers, width: width)
            for t in 0..<rows {
                for c in 0..<width { result.noise[t * width + c] *= out[t * stride + width + c] }
            }
        }
        return result
    }
}

extension NoiseFilling {
    /// Noise of unit variance for frames with the given numbers.
    static func rows(numbers: [UInt32], width: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: numbers.count * width) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            for (t, number) in numbers.enumerated() {
                let first = number &* UInt32(truncatingIfNeeded: width) &* 0x9e37_79b9
                nwc_uniform(
                    base + t * width, UInt32(truncatingIfNeeded: seed ^ (seed >> 32)) &+ first,
                    width)
            }
            count = numbers.count * width
            let factor = Float(scale)
            for i in 0..<count { base[i] *= factor }
        }
    }
}

/// Several stages in a row.
struct GatedChain {
    private var stages: [GatedStage]

    init(_ weights: [GatedWeights]) { stages = weights.map { GatedStage($0) } }

    mutating func reset() { for i in stages.indices { stages[i].reset() } }

    mutating func step(_ frames: StageFrames) -> StageFrames {
        var current = frames
        for i in stages.indices where current.rows > 0 { current = stages[i].step(current) }
        return current
    }

    /// What is left when no more frames come.
    mutating func flush() -> StageFrames {
        var result = StageFrames()
        for i in stages.indices {
            var part = stages[i].flush()
            for j in (i + 1)..<max(stages.count, i + 1) where part.rows > 0 {
                part = stages[j].step(part)
            }
            result += part
        }
        return result
    }
}
