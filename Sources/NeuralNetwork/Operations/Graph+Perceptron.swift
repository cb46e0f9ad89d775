import CKernels

extension Graph {
    /// A perceptron of one hidden layer at every point of a map, with biases that differ between
    /// the columns of the map: y[i] = sum_h output[h] max(0, bias[i mod positions, h] + sum_f x[i,
    /// f] weight[f, h]).
    ///
    /// One pass forward and one back: hidden units, many times the data of the map, are never
    /// stored.
    /// - Parameters:
    ///   - x: [batch, points, inputs], points a multiple of positions, at most 32 inputs
    ///   - weight: `inputs` rows of at most 16 hidden units
    ///   - bias: `positions` rows of hidden units
    ///   - output: one value for each hidden unit
    /// - Returns: [batch, points, 1]
    public func perceptron(_ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>, output: Tensor<S>)
        -> Tensor<S>
    {
        let inputs = x.shape.channels
        let hidden = output.count
        let positions = bias.count / max(hidden, 1)
        let n = x.shape.rows
        let kernels = kernels
        precondition(
            (1...16).contains(hidden) && (1...32).contains(inputs),
            "\(inputs) inputs and \(hidden) hidden units")
        precondition(
            weight.count == inputs * hidden && bias.count == positions * hidden,
            "weights \(weight.shape), biases \(bias.shape)")
        precondition(
            positions > 0 && x.shape.frames % positions == 0,
            "\(x.shape.frames) points for \(positions) positions")
        let tracked = [x, weight, bias, output].contains { $0.grad != nil }
        let y = tensor(Shape(x.shape.batch, x.shape.frames, 1), tracked: tracked)
        kernels.pointee.perceptron(
            x.data, weight.data, bias.data, output.data, y.data, n, inputs, hidden, positions)
        if let dy = y.grad {
            record {
                kernels.pointee.perceptronBackward(
                    x.data, weight.data, bias.data, output.data, dy, x.grad, weight.grad, bias.grad,
                    output.grad, n, inputs, hidden, positions)
            }
        }
        return y
    }
}
