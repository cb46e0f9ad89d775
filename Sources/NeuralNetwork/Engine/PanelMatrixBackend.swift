import CKernels
import Synchronization

/// Matrix products on the inference kernels (`nwc_gemm`): no outside library, a fixed order of every sum. For forward passes and gradients of inputs with frozen
/// weights: right-hand sides inside `constants` are packed once and kept.
public final class PanelMatrixBackend: MatrixBackend {
    private struct Key: Hashable {
        let address: Int
        let stride: Int
        let transposed: Bool
        let rows: Int
        let columns: Int
    }

    private let constants: Range<Int>
    private let packed = Mutex<[Key: [Float]]>([:])

    /// - Parameter constants: a store whose values do not change as long as this object is used, and that outlives it
    public init(constants store: ParameterStore<Float>) {
        let address = Int(bitPattern: store.pointer)
        constants = address..<address + store.count * MemoryLayout<Float>.stride
    }

    public func multiply(_ p: MatrixProduct<Float>) {
        guard p.rows > 0, p.columns > 0 else { return }
        // Gradients of weights, which are frozen here.
        guard !p.transposeA else { return ReferenceMatrixBackend().multiply(p) }
        let address = Int(bitPattern: p.b)
        let weights: [Float]
        if constants.contains(address) {
            let key = Key(address: address, stride: p.ldb, transposed: p.transposeB, rows: p.inner, columns: p.columns)
            weights = packed.withLock { known in
                if let found = known[key] { return found }
                let new = Self.pack(p)
                known[key] = new
                return new
            }
        } else {
            weights = Self.pack(p)
        }
        nwc_gemm(p.rows, p.inner, p.columns, p.a, p.lda, weights, nil, p.accumulate ? 1 : 0, p.c, p.ldc)
    }

    public func multiply(_ product: MatrixProduct<Double>) { ReferenceMatrixBackend().multiply(product) }

    /// op(B) in the kernels' panels.
    private static func pack(_ p: MatrixProduct<Float>) -> [Float] {
        [Float](unsafeUninitializedCapacity: nwc_gemm_packed_count(p.inner, p.columns)) { buffer, count in
            count = buffer.count
            guard let base = buffer.baseAddress else { return }
            if !p.transposeB, p.ldb == p.columns { return nwc_gemm_pack(p.b, p.inner, p.columns, base) }
            let dense = [Float](unsafeUninitializedCapacity: p.inner * p.columns) { dense, filled in
                for i in 0..<p.inner {
                    for c in 0..<p.columns { dense[i * p.columns + c] = p.transposeB ? p.b[c * p.ldb + i] : p.b[i * p.ldb + c] }
                }
                filled = p.inner * p.columns
            }
            nwc_gemm_pack(dense, p.inner, p.columns, base)
        }
    }
}
