import CKernels
import NeuralNetwork

/// Weights of a fixed-order matrix product, packed for the kernels: y = x W + bias, one row per
/// frame.
struct PackedMatrix: Sendable {
    let inputs: Int
    let outputs: Int
    private let packed: [Float]
    private let bias: [Float]?

    /// - Parameter weight: row-major [inputs][outputs]
    init(weight: [Float], bias: [Float]?, inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
        self.bias = bias
        var packed = [Float](repeating: 0, count: nwc_gemm_packed_count(inputs, outputs))
        nwc_gemm_pack(weight, inputs, outputs, &packed)
        self.packed = packed
    }

    /// A layer's weights; the rows of a convolution are the taps' channels one after the other.
    init(_ layer: Conv1D<Float>, _ store: ParameterStore<Float>) {
        self.init(
            weight: store.array(layer.weight), bias: layer.bias.map(store.array),
            inputs: layer.geometry.taps * layer.inputChannels,
            outputs: layer.outputChannels)
    }

    /// - Parameters:
    ///   - x: rows `stride` values apart, each of `inputs` values (they may overlap)
    func apply(_ x: UnsafePointer<Float>?, stride: Int, rows: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: rows * outputs) { buffer, count in
            nwc_gemm(rows, inputs, outputs, x, stride, packed, bias, 0, buffer.baseAddress, outputs)
            count = rows * outputs
        }
    }

    func apply(_ x: [Float], rows: Int) -> [Float] {
        x.withUnsafeBufferPointer { apply($0.baseAddress, stride: inputs, rows: rows) }
    }
}
