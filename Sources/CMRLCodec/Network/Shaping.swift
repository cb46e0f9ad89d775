import NeuralNetwork

/// What the envelope of some blocks tells their frames.
package struct Shaping<S: EngineScalar> {
    /// Side information of the modules, without the rates [batch, frames, bands].
    let side: Tensor<S>
    /// Log amplitude of every coefficient, and the part of it that they are divided by [batch,
    /// frames, width].
    private let wide: Tensor<S>
    private let shape: Tensor<S>
    /// What normalised coefficients are multiplied by, random signs included [batch, frames,
    /// width].
    let restore: Tensor<S>

    init(side: Tensor<S>, wide: Tensor<S>, shape: Tensor<S>, restore: Tensor<S>) {
        self.side = side
        self.wide = wide
        self.shape = shape
        self.restore = restore
    }

    /// Log amplitude that is left in normalised coefficients [batch, frames, width].
    func spread(_ graph: Graph<S>) -> Tensor<S> { graph.subtract(wide, shape) }

    func normalise(_ c: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> { graph.divide(c, restore) }

    /// Coefficients from normalised ones of the first module and of those above it together.
    func restored(first: Tensor<S>, upper: Tensor<S>?, _ graph: Graph<S>) -> Tensor<S> {
        Self.restored(first: first, upper: upper, restore: restore, graph)
    }

    static func restored(
        first: Tensor<S>, upper: Tensor<S>?, restore: Tensor<S>, _ graph: Graph<S>
    ) -> Tensor<S> {
        graph.multiply(upper.map { graph.add(first, $0) } ?? first, restore)
    }
}

extension CodecNetwork {
    /// - Parameters:
    ///   - bands: dequantised envelope [batch, blocks, bands]
    ///   - wide: the same at every coefficient [batch, blocks, width]
    ///   - exponent: of every frame [batch, frames, width]
    ///   - signs: random signs [batch, frames, width]; nil = none
    func shaping(
        bands: Tensor<S>, wide: Tensor<S>, exponent: Tensor<S>, signs: Tensor<S>?,
        _ graph: Graph<S>
    ) -> Shaping<S> {
        let perBlock = configuration.framesPerBlock
        let wide = graph.repeatFrames(wide, perBlock)
        let shape = graph.multiply(wide, exponent)
        let restore = graph.unary(.exp, shape)
        return Shaping(
            side: side(bands, graph), wide: wide, shape: shape,
            restore: signs.map { graph.multiply(restore, $0) } ?? restore)
    }

    /// Side information of every frame without the rates: [batch, blocks, bands] -> [batch, frames,
    /// bands].
    func side(_ bands: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
        graph.affine(
            graph.repeatFrames(bands, configuration.framesPerBlock),
            scale: EntropySpecification.envelopeScale)
    }
}
