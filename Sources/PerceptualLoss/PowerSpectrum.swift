import NeuralNetwork
import SpectralTransform

extension ShortTimeTransform where Scalar: EngineScalar {
    /// Power |X|^2 of every bin and frame as a differentiable tensor: [batch, samples, 1] ->
    /// [batch, frames, bins].
    public func power(_ x: Tensor<Scalar>, _ graph: Graph<Scalar>) throws -> Tensor<Scalar> {
        let samples = x.shape.frames * x.shape.channels
        let frames = frameCount(samples: samples)
        let item = frames * binCount
        let y = graph.tensor(Shape(x.shape.batch, frames, binCount), tracked: x.grad != nil)
        let kernels = Scalar.kernels
        let real = graph.scratch(item * x.shape.batch)
        let imaginary = graph.scratch(item * x.shape.batch)
        for b in 0..<x.shape.batch {
            try forward(
                UnsafeBufferPointer(start: x.data + b * samples, count: samples),
                real: UnsafeMutableBufferPointer(start: real + b * item, count: item),
                imaginary: UnsafeMutableBufferPointer(start: imaginary + b * item, count: item))
        }
        kernels.power(real, imaginary, y.data, y.count)
        if let dx = x.grad, let dy = y.grad {
            graph.record { [self] in
                kernels.powerBackward(real, imaginary, dy, y.count)
                for b in 0..<x.shape.batch {
                    // Sizes are those of the forward pass, which succeeded.
                    try? addAdjoint(
                        real: UnsafeBufferPointer(start: real + b * item, count: item),
                        imaginary: UnsafeBufferPointer(start: imaginary + b * item, count: item),
                        to: UnsafeMutableBufferPointer(start: dx + b * samples, count: samples))
                }
            }
        }
        return y
    }
}
