/// A matrix of a layer that is not trained: x W for rows x, in training and, packed once, in
/// streams.
public struct ConstantMatrix<S: EngineScalar>: Sendable {
    public let rows: Int
    public let columns: Int
    /// Row-major.
    public let values: [S]
    let panels: [S]

    public init(rows: Int, columns: Int, values: [S]) {
        precondition(
            values.count == rows * columns, "\(values.count) values for \(rows) x \(columns)")
        self.rows = rows
        self.columns = columns
        self.values = values
        panels = [S](unsafeUninitializedCapacity: S.packedCount(rows: rows, columns: columns)) {
            buffer, count in
            count = buffer.count
            if let base = buffer.baseAddress {
                S.pack(values, rows: rows, columns: columns, into: base)
            }
        }
    }
}

extension Graph {
    /// Every frame times a constant matrix: [batch, frames, rows] -> [batch, frames, columns].
    @_specialize(where S == Float)
    public func multiply(_ x: Tensor<S>, _ matrix: ConstantMatrix<S>) -> Tensor<S> {
        precondition(
            x.shape.channels == matrix.rows, "\(x.shape.channels) channels for \(matrix.rows) rows")
        guard isForStreams else {
            return convolution(
                x, weight: input(Shape(1, matrix.rows, matrix.columns), matrix.values), bias: nil,
                ConvolutionGeometry(taps: 1))
        }
        let y = tensor(Shape(x.shape.batch, x.shape.frames, matrix.columns), tracked: false)
        S.product(
            rows: x.shape.rows, inner: matrix.rows, columns: matrix.columns, x.data,
            stride: matrix.rows, panels: matrix.panels, bias: nil, into: y.data)
        return y
    }
}
