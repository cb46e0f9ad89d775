import CMRLCodec
import Foundation
import NeuralNetwork

/// The papers' module written as its table (Docs/papers.md, B.1 to B.3) with plain loops over
/// [time][channel].
struct PaperReference {
    let store: ParameterStore<Double>
    let module: PaperNetworkConfiguration.Module

    func values(_ name: String) -> [Double] {
        store.parameter(named: name).map { store.array($0) } ?? []
    }

    /// Zero padding by the framework's rule: ceil(n / stride) outputs, the odd zero behind.
    func convolution(_ x: [[Double]], _ name: String, taps: Int, stride: Int = 1, dilation: Int = 1)
        -> [[Double]]
    {
        let w = values(name + ".weight")
        let b = values(name + ".bias")
        let n = x.count
        let input = x[0].count
        let output = b.count
        let count = (n + stride - 1) / stride
        let padding = max((count - 1) * stride + (taps - 1) * dilation + 1 - n, 0)
        return (0..<count).map { t in
            (0..<output).map { o in
                var sum = b[o]
                for j in 0..<taps {
                    let at = t * stride + j * dilation - padding / 2
                    if at >= 0 && at < n {
                        for i in 0..<input { sum += w[(j * input + i) * output + o] * x[at][i] }
                    }
                }
                return sum
            }
        }
    }

    func leaky(_ x: [[Double]]) -> [[Double]] { x.map { $0.map { $0 < 0 ? 0.2 * $0 : $0 } } }

    func block(_ x: [[Double]], _ name: String, dilation: Int, isLast: Bool) -> [[Double]] {
        let gated = module.layout == .gated
        let narrow = module.narrow
        let u = leaky(convolution(x, name + ".enter", taps: gated ? 1 : 9))
        let inner = convolution(u, name + ".filter", taps: gated ? 15 : 9, dilation: dilation)
        let shaped =
            gated
            ? inner.map { row in (0..<narrow).map { row[$0] * tanh(row[narrow + $0]) } }
            : leaky(inner)
        let y = zip(convolution(shaped, name + ".leave", taps: 9), x).map { v, row in
            v.indices.map { v[$0] + row[row.count == 1 ? 0 : $0] }
        }
        return isLast ? y : leaky(y)
    }

    func stack(_ x: [[Double]], _ name: String) -> [[Double]] {
        block(
            block(x, name + ".0", dilation: 1, isLast: false), name + ".1", dilation: 2,
            isLast: true)
    }

    func encode(_ x: [Double], _ name: String) -> [Double] {
        var h = leaky(convolution(x.map { [$0] }, name + ".input", taps: module.inputTaps))
        for stage in 0..<module.stages {
            h = leaky(
                convolution(
                    stack(h, "\(name).stack\(stage)"), "\(name).down\(stage)", taps: 9, stride: 2))
        }
        return convolution(
            stack(h, "\(name).stack\(module.stages)"), name + ".code", taps: module.codeTaps
        ).map { tanh($0[0]) }
    }

    func decode(_ code: [Double], _ name: String) -> [Double] {
        var h = code.map { [$0] }
        for stage in 0..<module.stages {
            h = stack(h, "\(name).stack\(stage)")
            let up = "\(name).up\(stage)"
            if module.layout == .gated {
                let w = values(up + ".depthwise")
                let channels = h[0].count
                let n = h.count
                let x = h
                h = (0..<n).map { t in
                    (0..<channels).map { c in
                        (0..<9).reduce(0) {
                            $0
                                + (x.indices.contains(t + $1 - 4)
                                    ? w[$1 * channels + c] * x[t + $1 - 4][c] : 0)
                        }
                    }
                }
                h = convolution(h, up + ".pointwise", taps: 1)
            } else {
                h = convolution(h, up, taps: 9)
            }
            h = leaky(h)
            // out[2 t + j, c] = in[t, 2 c + j]
            h = h.flatMap { row in (0..<2).map { j in (0..<row.count / 2).map { row[2 * $0 + j] } }
            }
        }
        return convolution(
            stack(h, "\(name).stack\(module.stages)"), name + ".output", taps: module.outputTaps
        ).map { $0[0] }
    }
}
