import CKernels

/// Element type of the differentiation engine: `Float` for training, `Double` for gradient checks.
public protocol EngineScalar: BinaryFloatingPoint, Sendable {
    /// Element-wise passes and reductions of this precision.
    static var kernels: TrainingKernels<Self> { get }
    /// C = alpha op(A) op(B) + beta C on row-major matrices, through the given backend.
    static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Self>)
}

/// The C kernels of one precision (`nwc_train.h`), with the array arguments in the order of the C declarations.
public struct TrainingKernels<S>: Sendable {
    typealias In = UnsafePointer<S>?
    typealias Out = UnsafeMutablePointer<S>?

    let fill: @Sendable (Out, S, Int) -> Void
    let add: @Sendable (In, In, Out, Int) -> Void
    let sub: @Sendable (In, In, Out, Int) -> Void
    let mul: @Sendable (In, In, Out, Int) -> Void
    let scaleShift: @Sendable (In, S, S, Out, Int) -> Void
    let accScaled: @Sendable (In, S, Out, Int) -> Void
    let accMul: @Sendable (In, In, Out, Int) -> Void
    let accRows: @Sendable (In, Out, Int, Int) -> Void
    let accColumns: @Sendable (In, Out, Int, Int) -> Void
    let mulRows: @Sendable (In, In, Out, Int, Int) -> Void
    let accMulRows: @Sendable (In, In, Out, Int, Int) -> Void
    let accMulColumns: @Sendable (In, In, Out, Int, Int) -> Void
    let unary: @Sendable (Int32, In, S, Out, Int) -> Void
    let unaryBackward: @Sendable (Int32, In, In, S, In, Out, Int) -> Void
    let prelu: @Sendable (In, In, Out, Int, Int) -> Void
    let preluBackward: @Sendable (In, In, In, Out, Out, Int, Int) -> Void
    let gated: @Sendable (In, Out, Out, Int, Int) -> Void
    let gatedBackward: @Sendable (In, In, In, Out, Int, Int) -> Void
    let copyBlock: @Sendable (In, Int, Out, Int, Int, Int) -> Void
    let accBlock: @Sendable (In, Int, Out, Int, Int, Int) -> Void
    let gruStep: @Sendable (In, Int, In, In, Int, Out, Int, Out, Int, Int, Int) -> Void
    let gruStepBackward: @Sendable (In, Int, In, Int, In, Out, Int, Out, Int, Out, Int, Int) -> Void
    let logisticBits: @Sendable (In, In, In, Out, Int) -> Void
    let logisticBitsBackward: @Sendable (In, In, In, In, Out, Out, Out, Int) -> Void
    let neighbour: @Sendable (In, Int, Int, Int32, Int32, Out, Int) -> Void
    let neighbourBackward: @Sendable (In, Int, Int, Int32, Int32, Out, Int) -> Void
    let sum: @Sendable (In, Int) -> S
    let dot: @Sendable (In, In, Int) -> S
    let softAssign: @Sendable (In, In, S, Out, Out, Int, Int) -> Void
    let softAssignBackward: @Sendable (In, In, S, In, In, In, In, Out, Out, Out, Int, Int) -> Void
    let depthwise: @Sendable (In, In, Out, Int, Int, Int, Int, Int) -> Void
    let depthwiseBackward: @Sendable (In, In, In, Out, Out, Int, Int, Int, Int, Int) -> Void
    let adam: @Sendable (Out, In, Out, Out, Out, Int, S, S, S, S, S) -> Void
}

extension Float: EngineScalar {
    public static let kernels = TrainingKernels<Float>(
        fill: nwc_f32_fill, add: nwc_f32_add, sub: nwc_f32_sub, mul: nwc_f32_mul, scaleShift: nwc_f32_scale_shift,
        accScaled: nwc_f32_acc_scaled, accMul: nwc_f32_acc_mul, accRows: nwc_f32_acc_rows, accColumns: nwc_f32_acc_columns,
        mulRows: nwc_f32_mul_rows, accMulRows: nwc_f32_acc_mul_rows, accMulColumns: nwc_f32_acc_mul_columns,
        unary: nwc_f32_unary, unaryBackward: nwc_f32_unary_backward, prelu: nwc_f32_prelu, preluBackward: nwc_f32_prelu_backward,
        gated: nwc_f32_gated, gatedBackward: nwc_f32_gated_backward, copyBlock: nwc_f32_copy_block, accBlock: nwc_f32_acc_block,
        gruStep: nwc_f32_gru_step, gruStepBackward: nwc_f32_gru_step_backward, logisticBits: nwc_f32_logistic_bits,
        logisticBitsBackward: nwc_f32_logistic_bits_backward, neighbour: nwc_f32_neighbour, neighbourBackward: nwc_f32_neighbour_backward,
        sum: nwc_f32_sum, dot: nwc_f32_dot, softAssign: nwc_f32_soft_assign, softAssignBackward: nwc_f32_soft_assign_backward,
        depthwise: nwc_f32_depthwise, depthwiseBackward: nwc_f32_depthwise_backward, adam: nwc_f32_adam)

    public static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Float>) { backend.multiply(product) }
}

extension Double: EngineScalar {
    public static let kernels = TrainingKernels<Double>(
        fill: nwc_f64_fill, add: nwc_f64_add, sub: nwc_f64_sub, mul: nwc_f64_mul, scaleShift: nwc_f64_scale_shift,
        accScaled: nwc_f64_acc_scaled, accMul: nwc_f64_acc_mul, accRows: nwc_f64_acc_rows, accColumns: nwc_f64_acc_columns,
        mulRows: nwc_f64_mul_rows, accMulRows: nwc_f64_acc_mul_rows, accMulColumns: nwc_f64_acc_mul_columns,
        unary: nwc_f64_unary, unaryBackward: nwc_f64_unary_backward, prelu: nwc_f64_prelu, preluBackward: nwc_f64_prelu_backward,
        gated: nwc_f64_gated, gatedBackward: nwc_f64_gated_backward, copyBlock: nwc_f64_copy_block, accBlock: nwc_f64_acc_block,
        gruStep: nwc_f64_gru_step, gruStepBackward: nwc_f64_gru_step_backward, logisticBits: nwc_f64_logistic_bits,
        logisticBitsBackward: nwc_f64_logistic_bits_backward, neighbour: nwc_f64_neighbour, neighbourBackward: nwc_f64_neighbour_backward,
        sum: nwc_f64_sum, dot: nwc_f64_dot, softAssign: nwc_f64_soft_assign, softAssignBackward: nwc_f64_soft_assign_backward,
        depthwise: nwc_f64_depthwise, depthwiseBackward: nwc_f64_depthwise_backward, adam: nwc_f64_adam)

    public static func multiply(_ backend: any MatrixBackend, _ product: MatrixProduct<Double>) { backend.multiply(product) }
}
