import NeuralNetwork
import SignalProcessing

/// The lapped transform as trainable layers: analysis is a strided convolution of 2 hop taps,
/// synthesis its transpose. Both start as the same orthonormal MDCT, so the network is a
/// perfect-reconstruction filter bank before the first step.
public struct LappedTransformLayer<S: EngineScalar>: Sendable {
    /// [2 hop, 1, hop]: tap n, coefficient k.
    public let analysis: Parameter
    /// [hop, 2 hop]: coefficient k, sample n.
    public let synthesis: Parameter
    public let hop: Int
    /// Samples in [-1, 1] times this: coefficients of speech are then near 1.
    static var scale: Double { 100 }

    public init(_ store: ParameterStore<S>, _ name: String, hop: Int) {
        self.hop = hop
        lazy var basis = LappedTransform.basis(hop: hop)
        analysis = store.add(
            name + ".analysis", [2 * hop, 1, hop],
            values: (0..<2 * hop).flatMap { n in (0..<hop).map { S(basis[$0 * 2 * hop + n]) } },
            isMatrix: true)
        synthesis = store.add(
            name + ".synthesis", [hop, 2 * hop], values: basis.map { S($0) }, isMatrix: true)
    }

    private var geometry: ConvolutionGeometry {
        ConvolutionGeometry(taps: 2 * hop, stride: hop, padBefore: hop, padAfter: hop)
    }

    /// [batch, n hop, 1] samples -> [batch, n + 1, hop] coefficients; frame f sees samples (f - 1)
    /// hop ..< (f + 1) hop.
    public func analyse(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let scaled = graph.affine(x, scale: Self.scale)
        return graph.convolution(scaled, weight: graph.parameter(analysis), bias: nil, geometry)
    }

    /// [batch, n + 1, hop] -> [batch, n hop, 1].
    public func synthesise(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        let scaled = graph.affine(c, scale: 1 / Self.scale)
        return graph.transposedConvolution(
            scaled, weight: graph.parameter(synthesis), bias: nil, geometry)
    }
}
