import BLASBackend
import NeuralNetwork
import Testing

@Suite struct BandedProductTests {
    /// Bands of different widths, a column and a row of zeros, a zero inside a band; also a matrix
    /// of zeros and a full one.
    static func matrix(_ rows: Int, _ columns: Int, reach: Int) -> [Double] {
        var random = RandomSource(seed: 4)
        return (0..<rows * columns).map { i in
            let row = i / columns
            let column = i % columns
            let inside =
                abs(row * columns - column * rows) < reach * columns && column != 3 && row != 5
            return inside ? random.uniform(-1, 1) : 0
        }
    }

    @Test(arguments: [(40, 37, 3), (9, 16, 2), (16, 50, 4), (6, 1, 20), (20, 18, 0), (7, 40, 100)])
    func isTheDenseProduct(_ size: (rows: Int, columns: Int, reach: Int)) {
        let values = Self.matrix(size.rows, size.columns, reach: size.reach)
        let x = TestArray.random(2, 3, size.rows, seed: 1)
        let expected = TestArray.make(Shape(2, 3, size.columns)) { b, t, c in
            (0..<size.rows).reduce(0.0) { $0 + x[b, t, $1] * values[$1 * size.columns + c] }
        }
        func run<S>(_ g: Graph<S>, _ x: Tensor<S>) -> Tensor<S> {
            g.multiply(
                x,
                BandedMatrix(rows: size.rows, columns: size.columns, values: values.map { S($0) }))
        }
        let doubles = Graph<Double>()
        let blas = Graph<Float>(backend: BLASBackend())
        #expect(deviation(run(doubles, x.tensor(doubles)), expected) < 1e-14)
        #expect(deviation(run(blas, x.tensor(blas)), expected) < 2e-6)
        let result = GradientCheck()([x]) { g, t in [run(g, t[0])] }
        #expect(result.worst < 1e-6 && result.count == x.values.count, "\(result)")
    }
}
