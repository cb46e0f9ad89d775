/// A constant matrix with zeros outside of a band, as filter banks have: each group of columns is
/// kept with the rows where it is not zero.
public struct BandedMatrix<S: EngineScalar>: Sendable {
    struct Group: Sendable {
        let rows: Range<Int>
        let columns: Range<Int>
        /// Rows of the group, row-major.
        let values: [S]
    }

    public let rows: Int
    public let columns: Int
    let groups: [Group]
    /// Columns of a group: as many as one step of a matrix product's kernel does at once.
    private static var width: Int { 16 }

    /// - Parameter values: row-major, rows * columns
    public init(rows: Int, columns: Int, values: [S]) {
        precondition(
            values.count == rows * columns, "\(values.count) values for \(rows) x \(columns)")
        (self.rows, self.columns) = (rows, columns)
        groups = stride(from: 0, to: columns, by: Self.width).map { first in
            let own = first..<min(first + Self.width, columns)
            let used = (0..<rows).filter { row in own.contains { values[row * columns + $0] != 0 } }
            let range = (used.first ?? 0)..<(used.last.map { $0 + 1 } ?? 0)
            return Group(
                rows: range, columns: own,
                values: range.flatMap { row in own.map { values[row * columns + $0] } })
        }
    }
}

extension Graph {
    /// Every frame times a constant matrix: [batch, frames, rows] -> [batch, frames, columns].
    public func multiply(_ x: Tensor<S>, _ matrix: BandedMatrix<S>) -> Tensor<S> {
        precondition(
            x.shape.channels == matrix.rows, "\(x.shape.channels) channels for \(matrix.rows) rows")
        let y = tensor(Shape(x.shape.batch, x.shape.frames, matrix.columns), tracked: x.grad != nil)
        let count = x.shape.rows
        for group in matrix.groups {
            group.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress, !group.rows.isEmpty else {
                    for r in 0..<count {
                        kernels.pointee.fill(
                            y.data + r * matrix.columns + group.columns.lowerBound, 0,
                            group.columns.count)
                    }
                    return
                }
                multiply(
                    MatrixProduct(
                        a: x.data + group.rows.lowerBound, lda: matrix.rows, b: base,
                        ldb: group.columns.count, c: y.data + group.columns.lowerBound,
                        ldc: matrix.columns, rows: count, columns: group.columns.count,
                        inner: group.rows.count))
            }
        }
        if let dx = x.grad, let dy = y.grad {
            record { [unowned self] in
                for group in matrix.groups where !group.rows.isEmpty {
                    group.values.withUnsafeBufferPointer { values in
                        guard let base = values.baseAddress else { return }
                        multiply(
                            MatrixProduct(
                                a: dy + group.columns.lowerBound, lda: matrix.columns, b: base,
                                ldb: group.columns.count, transposeB: true,
                                c: dx + group.rows.lowerBound, ldc: matrix.rows, rows: count,
                                columns: group.rows.count, inner: group.columns.count,
                                accumulate: true))
                    }
                }
            }
        }
        return y
    }
}
