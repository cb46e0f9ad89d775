/// A named array of trainable numbers inside a `ParameterStore`.
public struct Parameter: Sendable {
    public let name: String
    public let shape: [Int]
    public let offset: Int
    public let index: Int
    public var count: Int { shape.reduce(1, *) }
}

/// All parameters of a network in one contiguous array, so that the optimiser, checkpoints and
/// averaging are loops over one buffer.
public final class ParameterStore<S: EngineScalar> {
    public private(set) var parameters: [Parameter] = []
    private let buffer = Buffer<S>()
    private var frozen: Set<Int> = []
    private var random: RandomSource?

    /// - Parameter seed: of the initial values; the same seed and construction order give the same
    ///   network.
    public init(seed: UInt64) { random = RandomSource(seed: seed) }

    /// A store whose random values start as zeros, for values that will be replaced: faster.
    public init() { random = nil }

    public var count: Int { buffer.count }

    /// All values in the order of construction.
    public var values: [S] { buffer.array }

    /// Where the values are, until the next `add`.
    public var pointer: UnsafeMutablePointer<S> { buffer.pointer }

    /// Adds a parameter with given initial values (row-major).
    public func add(_ name: String, _ shape: [Int], values initial: [S]) -> Parameter {
        let parameter = Parameter(
            name: name, shape: shape, offset: buffer.count, index: parameters.count)
        precondition(
            initial.count == parameter.count, "\(name): \(initial.count) values for shape \(shape)")
        parameters.append(parameter)
        buffer.append(initial)
        return parameter
    }

    public func add(_ name: String, _ shape: [Int], constant: S) -> Parameter {
        add(name, shape, values: Array(repeating: constant, count: shape.reduce(1, *)))
    }

    /// Uniform in +-sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010), times `gain`.
    public func addGlorot(_ name: String, _ shape: [Int], fanIn: Int, fanOut: Int, gain: Double = 1)
        -> Parameter
    {
        guard var source = random else { return add(name, shape, constant: 0) }
        defer { random = source }
        let bound = gain * (6 / Double(fanIn + fanOut)).squareRoot()
        let count = shape.reduce(1, *)
        return add(name, shape, values: (0..<count).map { _ in S(source.uniform(-bound, bound)) })
    }

    /// Frozen parameters get no gradient and no update.
    public func setFrozen(_ isFrozen: Bool, where matches: (Parameter) -> Bool) {
        for parameter in parameters where matches(parameter) {
            if isFrozen { frozen.insert(parameter.index) } else { frozen.remove(parameter.index) }
        }
    }

    public func isFrozen(_ parameter: Parameter) -> Bool { frozen.contains(parameter.index) }

    public func array(_ parameter: Parameter) -> [S] {
        Array(UnsafeBufferPointer(start: buffer.pointer + parameter.offset, count: parameter.count))
    }

    public func set(_ parameter: Parameter, _ new: [S]) {
        precondition(new.count == parameter.count)
        for i in 0..<new.count { buffer.pointer[parameter.offset + i] = new[i] }
    }

    public func parameter(named name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// Replaces all values.
    public func assign(_ new: [S]) { buffer.assign(new) }
}
