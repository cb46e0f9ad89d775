import BLASBackend
import NeuralNetwork
import Synchronization

/// The reference of everything that multiplies matrices: OpenBLAS single-precision products of 1024
/// x 1024, one thread of the library in each of our threads.
final class MatrixReference: @unchecked Sendable {
    static let size = 1024
    static let multiplyAdds = Double(size * size * size)
    private let backend = BLASBackend()
    private let a: UnsafeMutablePointer<Float>
    private let b: UnsafeMutablePointer<Float>
    /// One result for each thread.
    private let c: [UnsafeMutablePointer<Float>]

    var threads: Int { c.count }

    init(threads: Int) {
        let count = Self.size * Self.size
        func random(_ seed: UInt64) -> UnsafeMutablePointer<Float> {
            var source = RandomSource(seed: seed)
            let result = UnsafeMutablePointer<Float>.allocate(capacity: count)
            for i in 0..<count { result[i] = Float(source.uniform(-1, 1)) }
            return result
        }
        a = random(1)
        b = random(2)
        c = (0..<threads).map { _ in random(3) }
    }

    deinit {
        for pointer in [a, b] + c { pointer.deallocate() }
    }

    /// One product on each thread at the same time.
    func run() -> Cost {
        let n = Self.size
        return Clock.cost(threads: c.count) { thread in
            self.backend.multiply(
                MatrixProduct(
                    a: self.a, lda: n, b: self.b, ldb: n, c: self.c[thread], ldc: n, rows: n,
                    columns: n, inner: n))
        }
    }
}

/// OpenBLAS, and how many multiply-adds were asked of it.
struct CountingBackend: MatrixBackend {
    final class Counter: Sendable {
        let count = Atomic<Int>(0)
    }

    let counter = Counter()
    private let backend = BLASBackend()

    func multiply(_ p: MatrixProduct<Float>) {
        counter.count.add(p.rows * p.columns * p.inner, ordering: .relaxed)
        backend.multiply(p)
    }

    func multiply(_ p: MatrixProduct<Double>) {
        counter.count.add(p.rows * p.columns * p.inner, ordering: .relaxed)
        backend.multiply(p)
    }
}
