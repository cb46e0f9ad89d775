import NeuralNetwork
import PerceptualLoss
import SpectralTransform

/// Networks that learn to tell sound that a network made from recordings, by spectrograms of three
/// resolutions; what they learn is a loss of how the sound is (Goodfellow et al. 2014; least
/// squares after Mao et al. 2017; several resolutions after Kong et al. 2020).
///
/// Its parameters lie in the store of the network that it judges and are updated with it: in one
/// step it learns from sound whose gradient is cut off, and judges with weights that are.
package struct SpectrogramDiscriminator<S: EngineScalar & FFTScalar> {
    /// Prefix of the names of all parameters.
    package static var prefix: String { "judge." }
    private static var sizes: [Int] { [512, 256, 128] }

    private let networks: [[Conv1D<S>]]

    /// - Parameter width: channels of the hidden layers
    package init(_ store: ParameterStore<S>, width: Int) {
        networks = Self.sizes.map { size in
            func layer(_ name: String, _ input: Int, _ output: Int, taps: Int, dilation: Int = 1)
                -> Conv1D<S>
            {
                Conv1D(
                    store, "\(Self.prefix)\(size).\(name)", input, output,
                    .same(taps: taps, dilation: dilation))
            }
            return [
                layer("enter", size / 2, width, taps: 3),
                layer("middle", width, width, taps: 3),
                layer("wide", width, width, taps: 3, dilation: 2),
                layer("leave", width, 16, taps: 1),
            ]
        }
    }

    /// Transforms of one thread.
    package static func transforms() throws -> [ShortTimeTransform<S>] {
        try sizes.map { try ShortTimeTransform(size: $0, hop: $0 / 4) }
    }

    /// What a network made of a sound: its hidden layers, and values near 1 where it takes the
    /// sound for recorded.
    package struct Opinion {
        var hidden: [Tensor<S>]
        var values: Tensor<S>
    }

    /// - Parameters:
    ///   - y: [batch, samples, 1], full scale 1
    ///   - learns: gradients reach the parameters
    package func callAsFunction(
        _ y: Tensor<S>, learns: Bool, _ transforms: [ShortTimeTransform<S>], _ graph: Graph<S>
    ) throws -> [Opinion] {
        try zip(transforms, networks).map { transform, layers in
            let power = graph.affine(
                try transform.power(y, graph), scale: 1 / Double(transform.size), shift: 3e-8)
            let level = graph.affine(
                graph.unary(.log(floor: 1e-30), power), scale: 0.25, shift: 2.5)
            var opinion = Opinion(
                hidden: [], values: graph.channels(level, 1..<transform.binCount))
            for (i, layer) in layers.enumerated() {
                func values(_ parameter: Parameter) -> Tensor<S> {
                    let own = graph.parameter(parameter)
                    return learns ? own : own.detached
                }
                opinion.values = graph.convolution(
                    opinion.values, weight: values(layer.weight), bias: layer.bias.map(values),
                    layer.geometry)
                guard i < layers.count - 1 else { break }
                opinion.values = graph.unary(.leakyReLU(slope: 0.2), opinion.values)
                opinion.hidden.append(opinion.values)
            }
            return opinion
        }
    }

    /// Mean over networks of the mean of (value - wanted)^2.
    package func distance(_ opinions: [Opinion], from wanted: Double, _ graph: Graph<S>) -> Tensor<
        S
    > {
        sum(
            opinions.map { opinion in
                graph.affine(
                    graph.mean(
                        graph.unary(.square, graph.affine(opinion.values, scale: 1, shift: -wanted))
                    ),
                    scale: 1 / Double(opinions.count))
            }, graph)
    }

    /// Mean distance of hidden layers, each as a share of the mean magnitude of the recorded
    /// sound's (feature matching, Larsen et al. 2016).
    package func difference(_ made: [Opinion], _ recorded: [Opinion], _ graph: Graph<S>) -> Tensor<
        S
    > {
        let pairs = zip(made, recorded).flatMap { zip($0.hidden, $1.hidden) }
        return sum(
            pairs.map { own, other in
                var magnitude = 0.0
                for i in 0..<other.count { magnitude += Double(other.data[i].magnitude) }
                let mean = graph.mean(graph.unary(.abs, graph.subtract(own, other.detached)))
                return graph.affine(
                    mean,
                    scale: 1 / (magnitude / Double(max(other.count, 1)) + 1e-3)
                        / Double(pairs.count))
            }, graph)
    }

    private func sum(_ terms: [Tensor<S>], _ graph: Graph<S>) -> Tensor<S> {
        terms.dropFirst().reduce(terms.first ?? graph.zeros(Shape(1, 1, 1))) { graph.add($0, $1) }
    }
}
