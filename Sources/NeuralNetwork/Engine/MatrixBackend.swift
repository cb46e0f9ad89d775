/// One dense product C = op(A) op(B) + (accumulate ? C : 0), row-major; op transposes when the flag
/// is set. op(A) is rows x inner, op(B) inner x columns. Rows of an untransposed A, and of a
/// transposed A, may overlap (leading dimension below the row length): that is how a convolution
/// runs without unfolding its input.
public struct MatrixProduct<S> {
    public var a: UnsafePointer<S>
    public var lda: Int
    public var transposeA = false
    public var b: UnsafePointer<S>
    public var ldb: Int
    public var transposeB = false
    public var c: UnsafeMutablePointer<S>
    public var ldc: Int
    public var rows: Int
    public var columns: Int
    public var inner: Int
    public var accumulate = false

    public init(
        a: UnsafePointer<S>, lda: Int, transposeA: Bool = false, b: UnsafePointer<S>, ldb: Int,
        transposeB: Bool = false,
        c: UnsafeMutablePointer<S>, ldc: Int, rows: Int, columns: Int, inner: Int,
        accumulate: Bool = false
    ) {
        self.a = a
        self.lda = lda
        self.transposeA = transposeA
        self.b = b
        self.ldb = ldb
        self.transposeB = transposeB
        self.c = c
        self.ldc = ldc
        self.rows = rows
        self.columns = columns
        self.inner = inner
        self.accumulate = accumulate
    }
}

/// Where matrix products run: OpenBLAS for training. (Streams compute with packed weights and need
/// none.)
public protocol MatrixBackend: Sendable {
    func multiply(_ product: MatrixProduct<Float>)
    func multiply(_ product: MatrixProduct<Double>)
}

/// The slow, obvious backend: reference of the tests, needs no library.
public struct ReferenceMatrixBackend: MatrixBackend {
    public init() {}
    public func multiply(_ product: MatrixProduct<Float>) { Self.run(product) }
    public func multiply(_ product: MatrixProduct<Double>) { Self.run(product) }

    private static func run<S: BinaryFloatingPoint>(_ p: MatrixProduct<S>) {
        for r in 0..<p.rows {
            for c in 0..<p.columns {
                var sum = p.accumulate ? p.c[r * p.ldc + c] : 0
                for i in 0..<p.inner {
                    let a = p.transposeA ? p.a[i * p.lda + r] : p.a[r * p.lda + i]
                    let b = p.transposeB ? p.b[c * p.ldb + i] : p.b[i * p.ldb + c]
                    sum += a * b
                }
                p.c[r * p.ldc + c] = sum
            }
        }
    }
}
