/// A named array of trainable numbers inside a `ParameterStore`.
public struct Parameter: Sendable {
    public let name: String
    public let shape: [Int]
    public let offset: Int
    public let index: Int
    /// It is the right-hand side of products, `rows` x `columns`: streams keep it packed.
    public let isMatrix: Bool
    public var count: Int { shape.reduce(1, *) }
    /// Extent of the last dimension, and of all others together.
    public var columns: Int { shape.last ?? 1 }
    public var rows: Int { count / max(columns, 1) }
}

/// All parameters of a network in one contiguous array, so that the optimiser, checkpoints and
/// averaging are loops over one buffer.
public final class ParameterStore<S: EngineScalar> {
    public private(set) var parameters: [Parameter] = []
    private let buffer: Buffer<S>
    private var frozen: Set<Int> = []
    private var sources: [Int: any WeightSource<S>] = [:]
    private var random: RandomSource?
    private let start: Start
    private var size = 0

    /// What becomes of initial values: they are computed, are zeros whatever they were to be, or
    /// take no place.
    private enum Start { case computed, zeros, absent }

    /// - Parameter seed: of the initial values; the same seed and construction order give the same
    ///   network.
    public init(seed: UInt64) {
        random = RandomSource(seed: seed)
        start = .computed
        buffer = Buffer()
    }

    /// A store whose random values start as zeros.
    public convenience init() { self.init(.computed, Buffer()) }

    private init(_ start: Start, _ buffer: Buffer<S>) {
        random = nil
        self.start = start
        self.buffer = buffer
    }

    /// A store of zeros, for values that will be replaced: nothing is computed, and memory is taken
    /// at once.
    /// - Parameter count: values of all parameters that will be added
    public static func zeros(count: Int) -> ParameterStore {
        ParameterStore(.zeros, Buffer(repeating: 0, count: count))
    }

    /// A store without values, which only learns what a network consists of: nothing is allocated,
    /// however large the network is.
    public static func counting() -> ParameterStore { ParameterStore(.absent, Buffer()) }

    public var count: Int { size }

    /// All values in the order of construction.
    public var values: [S] { buffer.array }

    /// Where the values are, until the next `add`.
    public var pointer: UnsafeMutablePointer<S> { buffer.pointer }

    /// Adds a parameter with given initial values (row-major).
    /// - Parameter isMatrix: it is the right-hand side of products (`Parameter.isMatrix`)
    public func add(
        _ name: String, _ shape: [Int], values initial: @autoclosure () -> [S],
        isMatrix: Bool = false
    ) -> Parameter {
        let parameter = Parameter(
            name: name, shape: shape, offset: size, index: parameters.count, isMatrix: isMatrix)
        parameters.append(parameter)
        size += parameter.count
        switch start {
        case .absent: break
        case .zeros: precondition(size <= buffer.count, "\(name): beyond \(buffer.count) values")
        case .computed:
            let values = initial()
            precondition(
                values.count == parameter.count,
                "\(name): \(values.count) values for shape \(shape)")
            buffer.append(values)
        }
        return parameter
    }

    public func add(_ name: String, _ shape: [Int], constant: S, isMatrix: Bool = false)
        -> Parameter
    {
        add(
            name, shape, values: Array(repeating: constant, count: shape.reduce(1, *)),
            isMatrix: isMatrix)
    }

    /// Uniform in +-sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010), times `gain`.
    public func addGlorot(
        _ name: String, _ shape: [Int], fanIn: Int, fanOut: Int, gain: Double = 1,
        isMatrix: Bool = false
    ) -> Parameter {
        guard var source = random else {
            return add(name, shape, constant: 0, isMatrix: isMatrix)
        }
        defer { random = source }
        let bound = gain * (6 / Double(fanIn + fanOut)).squareRoot()
        let count = shape.reduce(1, *)
        return add(
            name, shape, values: (0..<count).map { _ in S(source.uniform(-bound, bound)) },
            isMatrix: isMatrix)
    }

    /// Frozen parameters get no gradient and no update.
    public func setFrozen(_ isFrozen: Bool, where matches: (Parameter) -> Bool) {
        for parameter in parameters where matches(parameter) {
            if isFrozen { frozen.insert(parameter.index) } else { frozen.remove(parameter.index) }
        }
    }

    public func isFrozen(_ parameter: Parameter) -> Bool { frozen.contains(parameter.index) }

    /// Takes a parameter's values from a source instead of from the numbers kept here; nil = from
    /// the numbers again.
    public func setSource(_ source: (any WeightSource<S>)?, of parameter: Parameter) {
        sources[parameter.index] = source
    }

    func source(of parameter: Parameter) -> (any WeightSource<S>)? { sources[parameter.index] }

    /// A parameter's values, from its source if it has one.
    public func resolved(_ parameter: Parameter) -> [S] {
        guard let source = sources[parameter.index] else { return array(parameter) }
        let graph = Graph(store: self)
        graph.isRecording = false
        return source.values(of: parameter, graph).array
    }

    public func array(_ parameter: Parameter) -> [S] {
        Array(UnsafeBufferPointer(start: buffer.pointer + parameter.offset, count: parameter.count))
    }

    public func set(_ parameter: Parameter, _ new: [S]) {
        precondition(new.count == parameter.count)
        buffer.replace(from: parameter.offset, new)
    }

    public func parameter(named name: String) -> Parameter? { parameters.first { $0.name == name } }

    /// Replaces all values.
    public func assign(_ new: [S]) { buffer.assign(new) }
}
