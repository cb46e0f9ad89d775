import CKernels

extension TrainingKernels<Float> {
    /// The passes of training with every operation rounded by itself and in order: the same bits
    /// for any processor and any division of a sequence.
    static let strict = TrainingKernels(
        fill: nwc_strict_fill, add: nwc_strict_add, sub: nwc_strict_sub, mul: nwc_strict_mul,
        scaleShift: nwc_strict_scale_shift,
        accScaled: nwc_strict_acc_scaled, accMul: nwc_strict_acc_mul, accRows: nwc_strict_acc_rows,
        setRows: nwc_strict_set_rows,
        accColumns: nwc_strict_acc_columns,
        mulRows: nwc_strict_mul_rows, accMulRows: nwc_strict_acc_mul_rows,
        accMulColumns: nwc_strict_acc_mul_columns,
        unary: nwc_strict_unary, unaryBackward: nwc_strict_unary_backward, prelu: nwc_strict_prelu,
        preluBackward: nwc_strict_prelu_backward,
        gated: nwc_strict_gated, gatedBackward: nwc_strict_gated_backward,
        copyBlock: nwc_strict_copy_block, accBlock: nwc_strict_acc_block,
        transpose: nwc_strict_transpose, accTranspose: nwc_strict_acc_transpose,
        accProduct: nwc_strict_acc_product, perceptron: nwc_strict_perceptron,
        perceptronBackward: nwc_strict_perceptron_backward,
        gruStep: nwc_strict_gru_step, gruStepBackward: nwc_strict_gru_step_backward,
        logisticBits: nwc_strict_logistic_bits,
        logisticBitsBackward: nwc_strict_logistic_bits_backward, neighbour: nwc_strict_neighbour,
        neighbourBackward: nwc_strict_neighbour_backward,
        uniform: nwc_uniform, signs: nwc_signs, power: nwc_strict_power,
        powerBackward: nwc_strict_power_backward,
        sum: nwc_strict_sum, dot: nwc_strict_dot,
        softAssign: nwc_strict_soft_assign, softAssignBackward: nwc_strict_soft_assign_backward,
        depthwise: nwc_strict_depthwise, depthwiseBackward: nwc_strict_depthwise_backward,
        adam: nwc_strict_adam)
}
