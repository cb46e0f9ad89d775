// Weights however a file stores them. Further element types are added here, with a `WeightSource`
// of their own.

extension WeightFile {
    /// Name of the tensor of scales of 8-bit weights.
    static func scalesName(_ name: String) -> String { name + ".scales" }

    /// Weights of a tensor: `float32`, `float16`, or `int8` with a `float32` tensor `NAME.scales`
    /// of one scale for each place in the last dimension.
    /// - Parameter shape: expected shape
    /// - Throws: `missingTensor`, `shapeMismatch`, `typeMismatch`, `notFinite`.
    public func weightSource(_ name: String, shape: [Int]) throws(WeightFileError)
        -> any FixedWeights<Float>
    {
        switch index.descriptor(name)?.type {
        case .int8:
            let scales = try floats(Self.scalesName(name), shape: [shape.last ?? 1])
            return ScaledInt8Weights<Float>(
                integers: try int8s(name, shape: shape), scales: scales)
        case .float16, .float32, .int16, .uint16, .int32, nil:
            return PlainWeights(values: try floats(name, shape: shape))
        }
    }

    /// The values of `weightSource`.
    public func weights(_ name: String, shape: [Int]) throws(WeightFileError) -> [Float] {
        try weightSource(name, shape: shape).values
    }
}

extension WeightFileWriter {
    /// Adds weights as an `int8` tensor and one of their scales. Errors as of
    /// `add(_:shape:floats:)`.
    public mutating func add(_ name: String, shape: [Int], weights: ScaledInt8Weights<Float>)
        throws(WeightFileError)
    {
        try add(name, shape: shape, int8s: weights.integers)
        try add(
            WeightFile.scalesName(name), shape: [weights.scales.count], floats: weights.scales)
    }
}
