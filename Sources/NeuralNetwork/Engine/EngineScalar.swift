import CKernels

/// Element type of the differentiation engine: `Float` for training, `Double` for gradient checks.
public protocol EngineScalar: BinaryFloatingPoint, Sendable {
    /// Element-wise passes and reductions of this precision.
    static var kernels: TrainingKernels<Self> { get }
    /// C = alpha op(A) op(B) + beta C on row-major matrices, through the given backend.
    static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Self>)

    /// Reorders a row-major matrix for `product`: `packedCount(rows:columns:)` numbers.
    static func pack(
        _ values: UnsafePointer<Self>, rows: Int, columns: Int,
        into panels: UnsafeMutablePointer<Self>)
    /// y[r] = bias + x[r] W in the fixed order of `nwc_gemm`, for streams.
    /// - Parameters:
    ///   - x: rows of `inner` values, `stride` apart; they may overlap
    ///   - panels: W [inner, columns] as `pack` gives it
    ///   - bias: `columns` values; nil = 0
    ///   - y: rows of `columns` values, one behind the other
    static func product(
        rows: Int, inner: Int, columns: Int, _ x: UnsafePointer<Self>, stride: Int,
        panels: UnsafePointer<Self>, bias: UnsafePointer<Self>?,
        into y: UnsafeMutablePointer<Self>)

    /// y = a / b.
    static func divide(
        _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>,
        _ count: Int)
    /// Gradients of y = a / b: da += dy / b, db -= dy y / b.
    static func divideBackward(
        _ b: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ dy: UnsafePointer<Self>,
        _ da: UnsafeMutablePointer<Self>?, _ db: UnsafeMutablePointer<Self>?, _ count: Int)
}

/// The C kernels of one precision (`nwc_training.h`), with the array arguments in the order of the
/// C declarations.
public struct TrainingKernels<S>: Sendable {
    package typealias In = UnsafePointer<S>?
    package typealias Out = UnsafeMutablePointer<S>?

    package let fill: @Sendable (Out, S, Int) -> Void
    package let add: @Sendable (In, In, Out, Int) -> Void
    package let sub: @Sendable (In, In, Out, Int) -> Void
    package let mul: @Sendable (In, In, Out, Int) -> Void
    package let scaleShift: @Sendable (In, S, S, Out, Int) -> Void
    package let accScaled: @Sendable (In, S, Out, Int) -> Void
    package let accMul: @Sendable (In, In, Out, Int) -> Void
    package let accRows: @Sendable (In, Out, Int, Int) -> Void
    package let setRows: @Sendable (In, Out, Int, Int) -> Void
    package let accColumns: @Sendable (In, Out, Int, Int) -> Void
    package let mulRows: @Sendable (In, In, Out, Int, Int) -> Void
    package let accMulRows: @Sendable (In, In, Out, Int, Int) -> Void
    package let accMulColumns: @Sendable (In, In, Out, Int, Int) -> Void
    package let unary: @Sendable (Int32, In, S, Out, Int) -> Void
    package let unaryBackward: @Sendable (Int32, In, In, S, In, Out, Int) -> Void
    package let prelu: @Sendable (In, In, Out, Int, Int) -> Void
    package let preluBackward: @Sendable (In, In, In, Out, Out, Int, Int) -> Void
    package let gated: @Sendable (In, Out, Out, Int, Int) -> Void
    package let gatedBackward: @Sendable (In, In, In, Out, Int, Int) -> Void
    package let copyBlock: @Sendable (In, Int, Out, Int, Int, Int) -> Void
    package let accBlock: @Sendable (In, Int, Out, Int, Int, Int) -> Void
    package let transpose: @Sendable (In, Out, Int, Int, Int) -> Void
    package let accTranspose: @Sendable (In, Out, Int, Int, Int) -> Void
    package let accProduct: @Sendable (In, Int, In, Int, Out, Int, Int, Int, Int) -> Void
    package let perceptron: @Sendable (In, In, In, In, Out, Int, Int, Int, Int) -> Void
    package let perceptronBackward:
        @Sendable (In, In, In, In, In, Out, Out, Out, Out, Int, Int, Int, Int) -> Void
    package let gruStep: @Sendable (In, Int, In, In, Int, Out, Int, Out, Int, Int, Int) -> Void
    package let gruStepBackward:
        @Sendable (In, Int, In, Int, In, Out, Int, Out, Int, Out, Int, Int) -> Void
    package let logisticBits: @Sendable (In, In, In, Out, Int) -> Void
    package let logisticBitsBackward: @Sendable (In, In, In, In, Out, Out, Out, Int) -> Void
    package let neighbour: @Sendable (In, Int, Int, Int32, Int32, Out, Int) -> Void
    package let neighbourBackward: @Sendable (In, Int, Int, Int32, Int32, Out, Int) -> Void
    package let uniform: @Sendable (Out, UInt32, Int) -> Void
    package let signs: @Sendable (Out, UInt32, Int) -> Void
    package let power:
        @Sendable (UnsafePointer<S>?, UnsafePointer<S>?, UnsafeMutablePointer<S>?, Int) -> Void
    package let powerBackward:
        @Sendable (UnsafeMutablePointer<S>?, UnsafeMutablePointer<S>?, UnsafePointer<S>?, Int) ->
            Void
    package let sum: @Sendable (In, Int) -> S
    package let dot: @Sendable (In, In, Int) -> S
    package let softAssign: @Sendable (In, In, S, Out, Out, Int, Int) -> Void
    package let softAssignBackward:
        @Sendable (In, In, S, In, In, In, In, Out, Out, Out, Int, Int) -> Void
    package let depthwise: @Sendable (In, In, Out, Int, Int, Int, Int, Int) -> Void
    package let depthwiseBackward: @Sendable (In, In, In, Out, Out, Int, Int, Int, Int, Int) -> Void
    package let adam: @Sendable (Out, In, Out, Out, Out, Int, S, S, S, S, S) -> Void
}

extension Float: EngineScalar {
    public static let kernels = TrainingKernels<Float>(
        fill: nwc_f32_fill, add: nwc_f32_add, sub: nwc_f32_sub, mul: nwc_f32_mul,
        scaleShift: nwc_f32_scale_shift,
        accScaled: nwc_f32_acc_scaled, accMul: nwc_f32_acc_mul, accRows: nwc_f32_acc_rows,
        setRows: nwc_f32_set_rows, accColumns: nwc_f32_acc_columns,
        mulRows: nwc_f32_mul_rows, accMulRows: nwc_f32_acc_mul_rows,
        accMulColumns: nwc_f32_acc_mul_columns,
        unary: nwc_f32_unary, unaryBackward: nwc_f32_unary_backward, prelu: nwc_f32_prelu,
        preluBackward: nwc_f32_prelu_backward,
        gated: nwc_f32_gated, gatedBackward: nwc_f32_gated_backward, copyBlock: nwc_f32_copy_block,
        accBlock: nwc_f32_acc_block,
        transpose: nwc_f32_transpose, accTranspose: nwc_f32_acc_transpose,
        accProduct: nwc_f32_acc_product, perceptron: nwc_f32_perceptron,
        perceptronBackward: nwc_f32_perceptron_backward,
        gruStep: nwc_f32_gru_step, gruStepBackward: nwc_f32_gru_step_backward,
        logisticBits: nwc_f32_logistic_bits,
        logisticBitsBackward: nwc_f32_logistic_bits_backward, neighbour: nwc_f32_neighbour,
        neighbourBackward: nwc_f32_neighbour_backward,
        uniform: nwc_uniform, signs: nwc_signs, power: nwc_f32_power,
        powerBackward: nwc_f32_power_backward,
        sum: nwc_f32_sum, dot: nwc_f32_dot,
        softAssign: nwc_f32_soft_assign, softAssignBackward: nwc_f32_soft_assign_backward,
        depthwise: nwc_f32_depthwise, depthwiseBackward: nwc_f32_depthwise_backward,
        adam: nwc_f32_adam)

    public static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Float>) {
        backend.multiply(product)
    }
}

extension Double: EngineScalar {
    public static let kernels = TrainingKernels<Double>(
        fill: nwc_f64_fill, add: nwc_f64_add, sub: nwc_f64_sub, mul: nwc_f64_mul,
        scaleShift: nwc_f64_scale_shift,
        accScaled: nwc_f64_acc_scaled, accMul: nwc_f64_acc_mul, accRows: nwc_f64_acc_rows,
        setRows: nwc_f64_set_rows, accColumns: nwc_f64_acc_columns,
        mulRows: nwc_f64_mul_rows, accMulRows: nwc_f64_acc_mul_rows,
        accMulColumns: nwc_f64_acc_mul_columns,
        unary: nwc_f64_unary, unaryBackward: nwc_f64_unary_backward, prelu: nwc_f64_prelu,
        preluBackward: nwc_f64_prelu_backward,
        gated: nwc_f64_gated, gatedBackward: nwc_f64_gated_backward, copyBlock: nwc_f64_copy_block,
        accBlock: nwc_f64_acc_block,
        transpose: nwc_f64_transpose, accTranspose: nwc_f64_acc_transpose,
        accProduct: nwc_f64_acc_product, perceptron: nwc_f64_perceptron,
        perceptronBackward: nwc_f64_perceptron_backward,
        gruStep: nwc_f64_gru_step, gruStepBackward: nwc_f64_gru_step_backward,
        logisticBits: nwc_f64_logistic_bits,
        logisticBitsBackward: nwc_f64_logistic_bits_backward, neighbour: nwc_f64_neighbour,
        neighbourBackward: nwc_f64_neighbour_backward,
        uniform: nwc_f64_uniform, signs: nwc_f64_signs, power: nwc_f64_power,
        powerBackward: nwc_f64_power_backward,
        sum: nwc_f64_sum, dot: nwc_f64_dot,
        softAssign: nwc_f64_soft_assign, softAssignBackward: nwc_f64_soft_assign_backward,
        depthwise: nwc_f64_depthwise, depthwiseBackward: nwc_f64_depthwise_backward,
        adam: nwc_f64_adam)

    public static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Double>) {
        backend.multiply(product)
    }
}
