import Foundation
import NeuralNetwork

/// Operations written as their definition, one output value at a time.
enum Reference {
    /// `weight[j][i][o]`, row-major.
    static func convolution(
        _ x: TestArray, _ weight: [Double], _ bias: [Double]?, _ g: ConvolutionGeometry, out: Int
    ) -> TestArray {
        let channels = x.shape.channels
        return .make(Shape(x.shape.batch, outputFrames(x, g), out)) { b, t, o in
            var sum = bias?[o] ?? 0
            for j in 0..<g.taps {
                for i in 0..<channels {
                    sum +=
                        weight[(j * channels + i) * out + o]
                        * x.padded(b, t * g.stride + j * g.dilation - g.padBefore, i)
                }
            }
            return sum
        }
    }

    /// Counted, not computed: how many positions of the kernel lie inside the padded frames.
    static func outputFrames(_ x: TestArray, _ g: ConvolutionGeometry) -> Int {
        var count = 0
        while count * g.stride + (g.taps - 1) * g.dilation < x.shape.frames + g.padBefore
            + g.padAfter
        { count += 1 }
        return count
    }

    /// `weight[i][j][o]`, row-major.
    static func transposed(
        _ x: TestArray, _ weight: [Double], _ bias: [Double]?, _ g: ConvolutionGeometry, out: Int
    ) -> TestArray {
        let whole = (x.shape.frames - 1) * g.stride + g.taps
        return .make(Shape(x.shape.batch, whole - g.padBefore - g.padAfter, out)) { b, n, o in
            var sum = bias?[o] ?? 0
            for t in 0..<x.shape.frames {
                let j = n + g.padBefore - t * g.stride
                guard j >= 0 && j < g.taps else { continue }
                for i in 0..<x.shape.channels {
                    sum += x[b, t, i] * weight[(i * g.taps + j) * out + o]
                }
            }
            return sum
        }
    }

    /// `weight[j][c]`.
    static func depthwise(_ x: TestArray, _ weight: [Double], _ g: ConvolutionGeometry) -> TestArray
    {
        let channels = x.shape.channels
        return .make(Shape(x.shape.batch, outputFrames(x, g), channels)) { b, t, c in
            (0..<g.taps).reduce(0) {
                $0 + weight[$1 * channels + c]
                    * x.padded(b, t * g.stride + $1 * g.dilation - g.padBefore, c)
            }
        }
    }

    static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// `recurrent[h][3 hidden]`, gates in the order reset, update, candidate.
    static func gru(_ gates: TestArray, _ recurrent: [Double], _ bias: [Double]) -> TestArray {
        let hidden = gates.shape.channels / 3
        var y = TestArray(
            Shape(gates.shape.batch, gates.shape.frames, hidden),
            Array(repeating: 0, count: gates.shape.rows * hidden))
        for b in 0..<gates.shape.batch {
            var state = [Double](repeating: 0, count: hidden)
            for t in 0..<gates.shape.frames {
                func part(_ k: Int) -> Double {
                    (0..<hidden).reduce(bias[k]) { $0 + state[$1] * recurrent[$1 * 3 * hidden + k] }
                }
                let next = (0..<hidden).map { h in
                    let r = sigmoid(gates[b, t, h] + part(h))
                    let z = sigmoid(gates[b, t, hidden + h] + part(hidden + h))
                    let n = tanh(gates[b, t, 2 * hidden + h] + r * part(2 * hidden + h))
                    return (1 - z) * n + z * state[h]
                }
                state = next
                for h in 0..<hidden { y[b, t, h] = state[h] }
            }
        }
        return y
    }

    /// -log2 of the mass of a logistic density (mean 0, scale s) between q - 1/2 and q + 1/2.
    static func logisticBits(_ q: Double, scale: Double) -> Double {
        let a = abs(q)
        // F(-a + 1/2) - F(-a - 1/2): the lower tail keeps its digits.
        let upper = sigmoid((0.5 - a) / scale)
        let lower = sigmoid((-0.5 - a) / scale)
        return -log2(upper - lower)
    }
}
