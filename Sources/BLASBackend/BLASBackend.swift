import CBLAS
import NeuralNetwork

/// Matrix products by OpenBLAS. Each product runs on the calling thread: training is parallel over
/// shards of the batch instead, which keeps results independent of the number of threads.
public struct BLASBackend: MatrixBackend {
    public init() { openblas_set_num_threads(1) }

    /// Name and build options of the library in use, for reports.
    /// Asked for once: OpenBLAS puts the text together anew every time, in one place for all.
    public static let version = String(cString: openblas_get_config())

    public func multiply(_ p: MatrixProduct<Float>) {
        cblas_sgemm(
            CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans,
            p.transposeB ? CblasTrans : CblasNoTrans, blasint(p.rows), blasint(p.columns),
            blasint(p.inner), 1, p.a, blasint(p.lda), p.b, blasint(p.ldb), p.accumulate ? 1 : 0,
            p.c, blasint(p.ldc))
    }

    public func multiply(_ p: MatrixProduct<Double>) {
        cblas_dgemm(
            CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans,
            p.transposeB ? CblasTrans : CblasNoTrans, blasint(p.rows), blasint(p.columns),
            blasint(p.inner), 1, p.a, blasint(p.lda), p.b, blasint(p.ldb), p.accumulate ? 1 : 0,
            p.c, blasint(p.ldc))
    }
}
