import NeuralNetwork
import Testing

/// `PanelMatrixBackend` against the obvious loops: shapes, strides, transposes, sums; weights that
/// are kept and operands that change.
@Suite struct PanelMatrixBackendTests {
    @Test func againstTheReference() {
        var random = RandomSource(seed: 12)
        let store = ParameterStore<Float>(seed: 1)
        let kept = store.add(
            "weights", [64, 64], values: (0..<4096).map { _ in Float(random.uniform(-1, 1)) })
        let backend = PanelMatrixBackend()
        backend.keep(UnsafeBufferPointer(start: store.pointer, count: store.count))
        for trial in 0..<60 {
            let rows = 1 + random.below(20)
            let columns = 1 + random.below(40)
            let inner = 1 + random.below(24)
            let transposeA = trial % 10 == 9
            let transposeB = trial % 2 == 1
            let accumulate = trial % 3 == 1
            let isKept = trial % 4 < 2
            // Rows of A may overlap where it is not transposed.
            let lda = transposeA ? rows + 2 : max(1, inner - random.below(3))
            let ldb = (transposeB ? inner : columns) + random.below(3)
            let ldc = columns + random.below(3)
            let a = (0..<(inner + rows + 2) * (lda + inner)).map { _ in Float(random.uniform(-1, 1))
            }
            let own = (0..<(transposeB ? columns : inner) * ldb).map { _ in
                Float(random.uniform(-1, 1))
            }
            let start = (0..<rows * ldc).map { _ in Float(random.uniform(-1, 1)) }
            // Twice, so that kept panels are used, with other values in between where they are not
            // kept.
            for round in 0..<2 {
                let other = own.map { round == 0 ? $0 : -$0 }
                var results: [[Float]] = []
                for backend in [backend, ReferenceMatrixBackend()] as [any MatrixBackend] {
                    var c = start
                    c.withUnsafeMutableBufferPointer { c in
                        a.withUnsafeBufferPointer { a in
                            other.withUnsafeBufferPointer { other in
                                guard let pa = a.baseAddress, let po = other.baseAddress,
                                    let pc = c.baseAddress
                                else { return }
                                backend.multiply(
                                    MatrixProduct(
                                        a: pa, lda: lda, transposeA: transposeA,
                                        b: isKept ? UnsafePointer(store.pointer) + 7 : po, ldb: ldb,
                                        transposeB: transposeB, c: pc, ldc: ldc, rows: rows,
                                        columns: columns, inner: inner, accumulate: accumulate))
                            }
                        }
                    }
                    results.append(c)
                }
                let worst = zip(results[0], results[1]).reduce(Float(0)) {
                    max($0, abs($1.0 - $1.1))
                }
                #expect(
                    worst < 1e-5,
                    """
                    \(rows) x \(inner) x \(columns), transposed \(transposeA) \(transposeB), \
                    kept \(isKept), round \(round)
                    """
                )
            }
        }
        #expect(store.array(kept).count == 4096)
    }

    /// Weights of a graph's layers are found again in the next pass, forward and back; they take no
    /// part in the gradient.
    @Test func weightsOfAGraphAreKept() {
        let store = ParameterStore<Float>(seed: 3)
        let layer = Conv1D<Float>(store, "layer", 6, 5, .init(taps: 3, padBefore: 2))
        store.setFrozen(true) { _ in true }
        let backend = PanelMatrixBackend()
        let graph = Graph(store: store, backend: backend)
        backend.keep(graph.parameters)
        func gradient() -> [Float] {
            graph.reset()
            let x = graph.input(Shape(1, 9, 6), (0..<54).map { Float($0 % 7) - 3 }, tracked: true)
            graph.backward(graph.sum(layer(x, graph)))
            return x.gradientArray ?? []
        }
        let first = gradient()
        let kept = backend.keptCount
        #expect(kept > 0 && first.contains { $0 != 0 })
        #expect(gradient() == first && backend.keptCount == kept)
    }
}
