/// Where the values of a parameter come from if they are not plain numbers of its store: stored
/// with fewer bits, made of other parameters, and so on.
///
/// A layer asks its graph for a parameter and does not know of sources. In training the values are
/// operations of the graph, so that gradients reach what they are made of; streams take them once
/// (`InferenceWeights`).
public protocol WeightSource<S>: Sendable {
    associatedtype S: EngineScalar
    /// All values in the parameter's shape, row-major. What depends on trained numbers asks the
    /// graph for those (`Graph.parameter`, `Graph.ownValues`).
    func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S>
}

/// Weights that do not change.
public protocol FixedWeights<S>: WeightSource {
    /// All values, row-major.
    var values: [S] { get }
}

extension FixedWeights {
    public func values(of parameter: Parameter, _ graph: Graph<S>) -> Tensor<S> {
        graph.input(Shape(1, parameter.rows, parameter.columns), values)
    }
}

/// Single precision.
public struct PlainWeights<S: EngineScalar>: FixedWeights {
    public let values: [S]

    public init(values: [S]) { self.values = values }
}

/// Half precision.
public struct HalfWeights<S: EngineScalar>: FixedWeights {
    public let bits: [UInt16]

    public init(bits: [UInt16]) { self.bits = bits }

    /// Rounded to the nearest half-precision numbers.
    public init(rounding values: [Float]) { bits = values.map { Half.bits(of: $0) } }

    public var values: [S] { bits.map { S(Half.float(fromBits: $0)) } }
}

/// 8-bit integers with a scale for every column of the matrix, that is for every output channel of
/// a layer: weight = integer * scale.
public struct ScaledInt8Weights<S: EngineScalar>: FixedWeights {
    /// Row-major.
    public let integers: [Int8]
    /// One a column.
    public let scales: [Float]

    /// - Parameter integers: a whole number of rows of as many integers as there are scales
    public init(integers: [Int8], scales: [Float]) {
        precondition(
            !scales.isEmpty && integers.count % scales.count == 0,
            "\(integers.count) integers for \(scales.count) scales")
        self.integers = integers
        self.scales = scales
    }

    /// The nearest multiples of each column's largest magnitude / 127.
    public init(rounding values: [Float], columns: Int) {
        var largest = [Float](repeating: 0, count: columns)
        for (i, value) in values.enumerated() {
            largest[i % columns] = max(largest[i % columns], value.magnitude)
        }
        let scales = largest.map { $0 > 0 && $0.isFinite ? $0 / 127 : 1 }
        self.init(
            integers: values.enumerated().map { i, value in
                Int8(max(-127, min(127, (value / scales[i % columns]).rounded(.toNearestOrEven))))
            }, scales: scales)
    }

    public var values: [S] {
        integers.enumerated().map { i, value in S(Float(value) * scales[i % scales.count]) }
    }
}
