import CKernels
import Synchronization

/// Matrix products on the inference kernels (`nwc_gemm`): no outside library, a fixed order of
/// every sum. For forward passes and gradients of inputs with frozen weights: right-hand sides that
/// lie in memory given to `keep` are packed once.
public final class PanelMatrixBackend: MatrixBackend {
    private struct Key: Hashable {
        let address: Int
        let stride: Int
        let transposed: Bool
        let rows: Int
        let columns: Int
    }

    private struct Constants {
        var addresses = 0..<0
        var packed: [Key: [Float]] = [:]
    }

    private let constants = Mutex(Constants())

    public init() {}

    /// Takes the values there for constants: packs them at their first use and never reads them
    /// again.
    /// - Parameter values: of one graph with frozen parameters (`Graph.parameters`), instead of
    ///   those of an earlier call
    public func keep(_ values: UnsafeBufferPointer<Float>) {
        let address = Int(bitPattern: values.baseAddress)
        constants.withLock {
            $0 = Constants(addresses: address..<address + values.count * MemoryLayout<Float>.stride)
        }
    }

    /// Matrices that were packed and kept.
    package var keptCount: Int { constants.withLock { $0.packed.count } }

    public func multiply(_ p: MatrixProduct<Float>) {
        guard p.rows > 0, p.columns > 0 else { return }
        // Gradients of weights, which are frozen here.
        guard !p.transposeA else { return ReferenceMatrixBackend().multiply(p) }
        let address = Int(bitPattern: p.b)
        let key = Key(
            address: address, stride: p.ldb, transposed: p.transposeB, rows: p.inner,
            columns: p.columns)
        let weights = constants.withLock { constants in
            guard constants.addresses.contains(address) else { return Self.pack(p) }
            if let found = constants.packed[key] { return found }
            let new = Self.pack(p)
            constants.packed[key] = new
            return new
        }
        nwc_gemm(
            p.rows, p.inner, p.columns, p.a, p.lda, weights, nil, p.accumulate ? 1 : 0, p.c, p.ldc)
    }

    public func multiply(_ product: MatrixProduct<Double>) {
        ReferenceMatrixBackend().multiply(product)
    }

    /// op(B) in the kernels' panels.
    private static func pack(_ p: MatrixProduct<Float>) -> [Float] {
        [Float](unsafeUninitializedCapacity: nwc_gemm_packed_count(p.inner, p.columns)) {
            buffer, count in
            count = buffer.count
            guard let base = buffer.baseAddress else { return }
            if !p.transposeB, p.ldb == p.columns {
                return nwc_gemm_pack(p.b, p.inner, p.columns, base)
            }
            let dense = [Float](unsafeUninitializedCapacity: p.inner * p.columns) { dense, filled in
                for i in 0..<p.inner {
                    for c in 0..<p.columns {
                        dense[i * p.columns + c] =
                            p.transposeB ? p.b[c * p.ldb + i] : p.b[i * p.ldb + c]
                    }
                }
                filled = p.inner * p.columns
            }
            nwc_gemm_pack(dense, p.inner, p.columns, base)
        }
    }
}
