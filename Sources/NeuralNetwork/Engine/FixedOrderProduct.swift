import CKernels

extension EngineScalar {
    /// Numbers that `pack` writes for a matrix.
    static func packedCount(rows: Int, columns: Int) -> Int {
        nwc_gemm_packed_count(rows, columns)
    }
}

extension Float {
    public static func pack(
        _ values: UnsafePointer<Float>, rows: Int, columns: Int,
        into panels: UnsafeMutablePointer<Float>
    ) {
        nwc_gemm_pack(values, rows, columns, panels)
    }

    public static func product(
        rows: Int, inner: Int, columns: Int, _ x: UnsafePointer<Float>, stride: Int,
        panels: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>
    ) {
        nwc_gemm(rows, inner, columns, x, stride, panels, bias, 0, y, columns)
    }
}

/// The layout and the order of sums of the kernels of single precision, in plain loops: streams in
/// double precision serve tests only.
extension Double {
    private static var width: Int { 16 }

    public static func pack(
        _ values: UnsafePointer<Double>, rows: Int, columns: Int,
        into panels: UnsafeMutablePointer<Double>
    ) {
        for column in 0..<(columns + width - 1) / width * width {
            let at = panels + column / width * rows * width + column % width
            for row in 0..<rows {
                at[row * width] = column < columns ? values[row * columns + column] : 0
            }
        }
    }

    public static func product(
        rows: Int, inner: Int, columns: Int, _ x: UnsafePointer<Double>, stride: Int,
        panels: UnsafePointer<Double>, bias: UnsafePointer<Double>?,
        into y: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<rows {
            for column in 0..<columns {
                let at = panels + column / width * inner * width + column % width
                var sum = bias?[column] ?? 0
                for i in 0..<inner { sum.addProduct(x[row * stride + i], at[i * width]) }
                y[row * columns + column] = sum
            }
        }
    }
}
