import NeuralNetwork
import SignalProcessing

/// The lapped transform as trainable layers: analysis is a strided convolution of 2 hop taps,
/// synthesis its transpose. Both start as the same orthonormal MDCT, so the network is a
/// perfect-reconstruction filter bank before the first step.
///
/// The channels of a group are transformed by the same layers: two as mid and side, more as they
/// are.
package struct LappedTransformLayer<S: EngineScalar>: Sendable {
    /// [2 hop, 1, hop]: tap n, coefficient k.
    package let analysis: Parameter
    /// [hop, 2 hop]: coefficient k, sample n.
    package let synthesis: Parameter
    package let hop: Int
    package let channels: Int
    /// Samples in [-1, 1] times this: coefficients of speech are then near 1.
    static var scale: Double { 100 }
    /// (left + right, left - right) / sqrt(2), its own inverse; nil where channels stay as they
    /// are.
    private let rotation: ConstantMatrix<S>?

    package init(_ store: ParameterStore<S>, _ name: String, hop: Int, channels: Int = 1) {
        self.hop = hop
        self.channels = channels
        lazy var basis = LappedTransform.basis(hop: hop)
        analysis = store.add(
            name + ".analysis", [2 * hop, 1, hop],
            values: (0..<2 * hop).flatMap { n in (0..<hop).map { S(basis[$0 * 2 * hop + n]) } },
            isMatrix: true)
        synthesis = store.add(
            name + ".synthesis", [hop, 2 * hop], values: basis.map { S($0) }, isMatrix: true)
        let half = S(0.5).squareRoot()
        rotation =
            channels == 2
            ? ConstantMatrix(rows: 2, columns: 2, values: [half, half, half, -half]) : nil
    }

    private var geometry: ConvolutionGeometry {
        ConvolutionGeometry(taps: 2 * hop, stride: hop, padBefore: hop, padAfter: hop)
    }

    /// [batch, n hop, channels] samples -> [batch, n + 1, channels * hop] coefficients; frame f
    /// sees samples (f - 1) hop ..< (f + 1) hop.
    package func analyse(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        guard channels > 1 else { return analyseChannel(x, graph) }
        let rotated = rotate(x, graph)
        return graph.concatenate(
            (0..<channels).map { analyseChannel(graph.channels(rotated, $0..<$0 + 1), graph) })
    }

    /// [batch, n + 1, channels * hop] -> [batch, n hop, channels].
    package func synthesise(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        guard channels > 1 else { return synthesiseChannel(c, graph) }
        let parts = (0..<channels).map {
            synthesiseChannel(graph.channels(c, $0 * hop..<($0 + 1) * hop), graph)
        }
        return rotate(graph.concatenate(parts), graph)
    }

    /// Between channels and what is transformed, both ways: [batch, n, channels].
    func rotate(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        rotation.map { graph.multiply(x, $0) } ?? x
    }

    /// One rotated channel: [batch, n hop, 1] -> [batch, n + 1, hop].
    func analyseChannel(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let scaled = graph.affine(x, scale: Self.scale)
        return graph.convolution(scaled, weight: graph.parameter(analysis), bias: nil, geometry)
    }

    private func synthesiseChannel(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let scaled = graph.affine(c, scale: 1 / Self.scale)
        return graph.transposedConvolution(
            scaled, weight: graph.parameter(synthesis), bias: nil, geometry)
    }
}
