import NeuralNetwork
import SignalProcessing

/// The attack gains of some sounds of one channel in the form that training applies them in: the
/// same map as the encoder's and decoder's, with gradients.
package struct AttackTensors<S: EngineScalar> {
    /// Factors of the samples in front of the transform, and their inverses: [batch, n hop, 1].
    let curve: Tensor<S>
    let inverse: Tensor<S>
    /// What the first half of a frame counts more in front of the transform, G - 1, and behind it,
    /// 1 / G - 1: [batch, n + 1, hop].
    let rise: Tensor<S>
    let fall: Tensor<S>

    /// - Parameters:
    ///   - samples: of the items one behind the other, each n hop
    ///   - count: samples of an item
    /// - Returns: nil where no frame has a gain
    package init?(
        _ samples: some RandomAccessCollection<Float>, count: Int, hop: Int, _ graph: Graph<S>
    ) {
        let all = Array(samples)
        let items = all.count / max(count, 1)
        let hops = count / hop
        var curves = [S](repeating: 1, count: items * count)
        var gains = [S](repeating: 1, count: items * (hops + 1))
        var isNeeded = false
        for item in 0..<items {
            let start = item * count
            // What came before the first hop is not known: it has no gain.
            let attacks = AttackGain.chosen(
                all[start..<start + hops * hop], hop: hop, channels: 1)
            for (frame, attack) in zip(1..., attacks) where attack.level > 0 {
                isNeeded = true
                gains[item * (hops + 1) + frame] = S(attack.gain)
                for (n, factor) in attack.curve(hop: hop).enumerated() {
                    curves[start + frame * hop + n] = S(factor)
                }
            }
        }
        guard isNeeded else { return nil }
        let shape = Shape(items, count, 1)
        curve = graph.input(shape, curves)
        inverse = graph.input(shape, curves.map { 1 / $0 })
        let frames = Shape(items, hops + 1, hop)
        rise = graph.input(frames, gains.flatMap { Array(repeating: $0 - 1, count: hop) })
        fall = graph.input(frames, gains.flatMap { Array(repeating: 1 / $0 - 1, count: hop) })
    }
}

extension LappedTransformLayer {
    /// As `analyse(_:_:)` under attack gains; one channel.
    package func analyse(_ x: Tensor<S>, _ attacks: AttackTensors<S>?, _ graph: Graph<S>) -> Tensor<
        S
    > {
        guard let attacks else { return analyse(x, graph) }
        let curved = graph.multiply(x, attacks.curve)
        let first = graph.convolution(
            graph.affine(curved, scale: Self.scale), weight: firstHalf(isAnalysis: true, graph),
            bias: nil, firstGeometry)
        return graph.add(analyse(curved, graph), graph.multiply(first, attacks.rise))
    }

    /// As `synthesise(_:_:)` under attack gains; one channel.
    package func synthesise(_ c: Tensor<S>, _ attacks: AttackTensors<S>?, _ graph: Graph<S>)
        -> Tensor<S>
    {
        guard let attacks else { return synthesise(c, graph) }
        let first = graph.transposedConvolution(
            graph.affine(graph.multiply(c, attacks.fall), scale: 1 / Self.scale),
            weight: firstHalf(isAnalysis: false, graph), bias: nil, firstGeometry)
        return graph.multiply(graph.add(synthesise(c, graph), first), attacks.inverse)
    }

    private var firstGeometry: ConvolutionGeometry {
        ConvolutionGeometry(taps: hop, stride: hop, padBefore: hop, padAfter: 0)
    }

    /// The basis functions over the first hop of a frame: [hop, 1, hop] tap by coefficient for the
    /// analysis, [hop, hop] coefficient by sample for the synthesis.
    private func firstHalf(isAnalysis: Bool, _ graph: Graph<S>) -> Tensor<S> {
        let values: [S]
        if isAnalysis {
            values = Array(graph.parameter(analysis).array.prefix(hop * hop))
        } else {
            let rows = graph.parameter(synthesis).array
            values = (0..<hop).flatMap { rows[$0 * 2 * hop..<$0 * 2 * hop + hop] }
        }
        return graph.input(isAnalysis ? Shape(hop, 1, hop) : Shape(1, hop, hop), values)
    }
}
