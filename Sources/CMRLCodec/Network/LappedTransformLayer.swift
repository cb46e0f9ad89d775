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

    /// Names of its parameters in a codec.
    package static var tensors: [String] { ["transform.analysis", "transform.synthesis"] }

    package init(_ store: ParameterStore<S>, _ name: String, hop: Int, channels: Int = 1) {
        self.hop = hop
        self.channels = channels
        lazy var basis = LappedTransform.basis(hop: hop)
        analysis = store.add(
            name + ".analysis", [2 * hop, 1, hop], values: Self.analysis(basis, hop),
            isMatrix: true)
        synthesis = store.add(
            name + ".synthesis", [hop, 2 * hop], values: basis.map { S($0) }, isMatrix: true)
        let half = S(0.5).squareRoot()
        rotation =
            channels == 2
            ? ConstantMatrix(rows: 2, columns: 2, values: [half, half, half, -half]) : nil
    }

    /// Tap by coefficient from the basis.
    private static func analysis(_ basis: [Double], _ hop: Int) -> [S] {
        (0..<2 * hop).flatMap { n in (0..<hop).map { S(basis[$0 * 2 * hop + n]) } }
    }

    /// Its parameters before training, by name.
    package static func computed(hop: Int) -> [String: [S]] {
        let basis = LappedTransform.basis(hop: hop)
        return [tensors[0]: analysis(basis, hop), tensors[1]: basis.map { S($0) }]
    }

    /// Sets its parameters to what they are before training.
    func compute(_ store: ParameterStore<S>) {
        let computed = Self.computed(hop: hop)
        for parameter in [analysis, synthesis] {
            if let values = computed[parameter.name] { store.set(parameter, values) }
        }
    }

    /// Whether its parameters are what they are before training, apart from rounding to half
    /// precision: then a model file need not hold them.
    package func isComputed(_ store: ParameterStore<S>) -> Bool {
        let computed = Self.computed(hop: hop)
        return [analysis, synthesis].allSatisfy { parameter in
            zip(store.resolved(parameter), computed[parameter.name] ?? []).allSatisfy {
                abs($0 - $1) <= abs($1) / 2048 + 6e-8
            }
        }
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
