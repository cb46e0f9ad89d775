import CKernels

extension TrainingKernels<Float> {
    /// Passes of inference: every operation is rounded by itself and in order, so that results are
    /// the same for any processor and any division of a sequence. Nothing is recorded with them:
    /// the backward passes are never called.
    static let inference = TrainingKernels(
        fill: nwc_strict_fill, add: nwc_strict_add, sub: nwc_strict_sub, mul: nwc_strict_mul,
        scaleShift: nwc_strict_scale_shift,
        accScaled: nwc_strict_acc_scaled, accMul: nwc_strict_acc_mul, accRows: nwc_strict_acc_rows,
        setRows: nwc_strict_set_rows,
        accColumns: nwc_strict_acc_columns,
        mulRows: nwc_strict_mul_rows, accMulRows: nwc_strict_acc_mul_rows,
        accMulColumns: nwc_strict_acc_mul_columns,
        unary: { unary($0, $1, $2, $3, $4) }, unaryBackward: nwc_f32_unary_backward,
        prelu: { x, slope, y, rows, columns in
            nwc_prelu(rows, columns, x, columns, slope, y, columns)
        },
        preluBackward: nwc_f32_prelu_backward,
        gated: { gated($0, $1, $2, $3, $4) }, gatedBackward: nwc_f32_gated_backward,
        copyBlock: nwc_strict_copy_block, accBlock: nwc_strict_acc_block,
        transpose: nwc_strict_transpose, accTranspose: nwc_strict_acc_transpose,
        accProduct: nwc_strict_acc_product, perceptron: nwc_strict_perceptron,
        perceptronBackward: nwc_f32_perceptron_backward,
        gruStep: nwc_strict_gru_step, gruStepBackward: nwc_f32_gru_step_backward,
        logisticBits: nwc_strict_logistic_bits,
        logisticBitsBackward: nwc_f32_logistic_bits_backward, neighbour: nwc_strict_neighbour,
        neighbourBackward: nwc_f32_neighbour_backward,
        uniform: nwc_uniform, signs: nwc_signs, power: nwc_strict_power,
        powerBackward: nwc_f32_power_backward,
        sum: nwc_strict_sum, dot: nwc_strict_dot,
        softAssign: nwc_strict_soft_assign, softAssignBackward: nwc_f32_soft_assign_backward,
        depthwise: nwc_strict_depthwise, depthwiseBackward: nwc_f32_depthwise_backward,
        adam: nwc_f32_adam)

    /// Functions that the inference kernels have come from there.
    private static func unary(
        _ kind: Int32, _ x: UnsafePointer<Float>?, _ parameter: Float,
        _ y: UnsafeMutablePointer<Float>?, _ count: Int
    ) {
        switch UInt32(bitPattern: kind) {
        case NWC_TANH.rawValue: nwc_tanh(x, y, count)
        case NWC_SIGMOID.rawValue: nwc_sigmoid(x, y, count)
        case NWC_EXP.rawValue: nwc_exp(x, y, count)
        case NWC_ASINH.rawValue: nwc_asinh(x, y, count)
        case NWC_LEAKY.rawValue: nwc_leaky_relu(x, parameter, y, count)
        case NWC_LOG.rawValue:
            guard let x, let y else { return }
            for i in 0..<count { y[i] = max(x[i], parameter) }
            nwc_log(y, y, count)
        default: nwc_strict_unary(kind, x, parameter, y, count)
        }
    }

    /// y = u tanh(g), rows [u | g].
    private static func gated(
        _ x: UnsafePointer<Float>?, _ gate: UnsafeMutablePointer<Float>?,
        _ y: UnsafeMutablePointer<Float>?, _ rows: Int, _ columns: Int
    ) {
        guard let x, let gate, let y else { return }
        for r in 0..<rows {
            nwc_tanh(x + (2 * r + 1) * columns, gate, columns)
            nwc_strict_mul(x + 2 * r * columns, gate, y + r * columns, columns)
        }
    }
}
