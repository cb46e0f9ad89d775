import CKernels

/// Tape of reverse-mode differentiation: operations run at once and leave a closure that propagates
/// gradients.
///
/// One graph belongs to one thread. `reset` keeps all memory, so a training step allocates nothing
/// after the first.
public final class Graph<S: EngineScalar> {
    let backend: any MatrixBackend
    /// Behind a pointer: operations and their backward passes pass it on, and the table is long.
    let kernels: UnsafePointer<TrainingKernels<S>>
    private let values: Arena<S>
    private let gradients = Arena<S>()
    private var tape: [() -> Void] = []
    private let store: ParameterStore<S>?
    /// Parameters of a graph for streams; nil = those of the store.
    private let fixedParameter: ((Parameter) -> Tensor<S>)?
    /// Values that came from weight sources in this step, by the parameter's index.
    private var sourced: [Int: Tensor<S>] = [:]
    /// Gradients of all parameters, laid out as in the store; accumulated until
    /// `clearParameterGradients`.
    public let parameterGradients: UnsafeMutableBufferPointer<S>
    private let parameterValues: UnsafeMutableBufferPointer<S>
    /// It computes in the fixed order of streams, with packed weights (`Graph.inference`).
    var isForStreams: Bool { fixedParameter != nil }
    /// False: nothing is recorded, for evaluation.
    public var isRecording = true
    /// Set while the frames of a stream run through (`run`); then operations that look at several
    /// frames keep what later frames need.
    private(set) var stream: StreamState<S>?

    public convenience init(
        store: ParameterStore<S>? = nil, backend: any MatrixBackend = ReferenceMatrixBackend()
    ) {
        self.init(store: store, backend: backend, kernels: S.kernels)
    }

    /// - Parameters:
    ///   - fixedParameter: what `parameter` gives, instead of the store's
    ///   - chunkCount: values that memory is taken for at a time
    init(
        store: ParameterStore<S>?, backend: any MatrixBackend, kernels: TrainingKernels<S>,
        fixedParameter: ((Parameter) -> Tensor<S>)? = nil, chunkCount: Int = 1 << 22
    ) {
        self.store = store
        let table = UnsafeMutablePointer<TrainingKernels<S>>.allocate(capacity: 1)
        table.initialize(to: kernels)
        self.kernels = UnsafePointer(table)
        self.backend = backend
        self.fixedParameter = fixedParameter
        values = Arena(chunkCount: chunkCount)
        parameterGradients = .allocate(capacity: store?.count ?? 0)
        parameterValues = .allocate(capacity: store?.count ?? 0)
        parameterGradients.initialize(repeating: 0)
        parameterValues.initialize(repeating: 0)
        reset()
    }

    /// Values of all parameters as operations read them, laid out as in the store: in one place as
    /// long as the graph lives, taken from the store by `reset`.
    public var parameters: UnsafeBufferPointer<S> { UnsafeBufferPointer(parameterValues) }

    deinit {
        parameterGradients.deallocate()
        parameterValues.deallocate()
        let table = UnsafeMutablePointer(mutating: kernels)
        table.deinitialize(count: 1)
        table.deallocate()
    }

    /// Forgets the tape and all tensors, and takes the store's present values for the next step.
    public func reset() {
        releaseTensors()
        if let store, let to = parameterValues.baseAddress {
            to.update(from: store.pointer, count: store.count)
        }
    }

    /// Forgets the tape and all tensors; the values of parameters stay those of the last `reset`.
    @_specialize(where S == Float)
    public func releaseTensors() {
        tape.removeAll(keepingCapacity: true)
        if !sourced.isEmpty { sourced.removeAll() }
        values.reset()
        gradients.reset()
    }

    /// Forgets all tensors but some, which lie elsewhere then: where nothing is recorded, what was
    /// computed on the way to them needs no memory any more.
    public func keepOnly(_ tensors: [Tensor<S>]) -> [Tensor<S>] {
        precondition(!isRecording, "tensors that gradients go back through")
        let kept = tensors.map { ($0.shape, $0.array) }
        releaseTensors()
        return kept.map { input($0, $1) }
    }

    public func clearParameterGradients() {
        kernels.pointee.fill(parameterGradients.baseAddress, 0, parameterGradients.count)
    }

    /// Runs the tape backwards from a scalar.
    public func backward(_ loss: Tensor<S>) {
        precondition(loss.count == 1, "backward starts at a scalar, not \(loss.shape)")
        guard let grad = loss.grad else { return }
        grad[0] = 1
        for step in tape.reversed() { step() }
    }

    // MARK: Building blocks of operations

    /// New tensor; with gradient memory (zeroed) if `tracked`.
    @_specialize(where S == Float)
    public func tensor(_ shape: Shape, tracked: Bool) -> Tensor<S> {
        let data = values.allocate(shape.count)
        guard tracked, isRecording else { return Tensor(shape: shape, data: data, grad: nil) }
        let grad = gradients.allocate(shape.count)
        kernels.pointee.fill(grad, 0, shape.count)
        return Tensor(shape: shape, data: data, grad: grad)
    }

    public func scratch(_ count: Int) -> UnsafeMutablePointer<S> { values.allocate(count) }

    public func record(_ step: @escaping () -> Void) { if isRecording { tape.append(step) } }

    /// Constant or input; `tracked` inputs receive gradients (for checks).
    public func input(_ shape: Shape, _ source: some Collection<S>, tracked: Bool = false)
        -> Tensor<S>
    {
        precondition(source.count == shape.count, "\(source.count) values for \(shape)")
        let result = tensor(shape, tracked: tracked)
        let copied: Void? = source.withContiguousStorageIfAvailable {
            if let base = $0.baseAddress { result.data.update(from: base, count: $0.count) }
        }
        if copied == nil { for (i, value) in source.enumerated() { result.data[i] = value } }
        return result
    }

    /// Constant from an array, copied at once.
    @_specialize(where S == Float)
    public func input(_ shape: Shape, _ source: [S]) -> Tensor<S> {
        precondition(source.count == shape.count, "\(source.count) values for \(shape)")
        let result = tensor(shape, tracked: false)
        source.withUnsafeBufferPointer {
            if let base = $0.baseAddress { result.data.update(from: base, count: source.count) }
        }
        return result
    }

    @_specialize(where S == Float)
    public func zeros(_ shape: Shape, tracked: Bool = false) -> Tensor<S> {
        let result = tensor(shape, tracked: tracked)
        kernels.pointee.fill(result.data, 0, shape.count)
        return result
    }

    /// Runs operations as the next step of a sequence that comes in pieces.
    /// - Parameters:
    ///   - state: of the sequence; with it every step must run the same operations in the same
    ///     order
    ///   - isEnding: no more frames follow: what waits for them comes out now
    ///   - body: the operations on the frames of this step
    public func run<R>(
        _ state: StreamState<S>, isEnding: Bool = false, _ body: () -> R
    ) -> R {
        state.begin(isEnding: isEnding)
        let outer = stream
        stream = state
        defer { stream = outer }
        return body()
    }

    /// A parameter seen as a tensor [1, rows, last extent].
    @_specialize(where S == Float)
    public func parameter(_ parameter: Parameter) -> Tensor<S> {
        if let fixedParameter { return fixedParameter(parameter) }
        guard let source = store?.source(of: parameter) else { return ownValues(parameter) }
        if let found = sourced[parameter.index] { return found }
        let values = source.values(of: parameter, self)
        precondition(
            values.count == parameter.count, "\(values.shape) for \(parameter.name)")
        sourced[parameter.index] = values
        return values
    }

    /// A parameter's own numbers in the store, also where a `WeightSource` gives its values.
    public func ownValues(_ parameter: Parameter) -> Tensor<S> {
        guard let store, let base = parameterValues.baseAddress,
            let gradBase = parameterGradients.baseAddress
        else {
            preconditionFailure("graph without parameters")
        }
        let shape = Shape(1, parameter.rows, parameter.columns)
        let tracked = isRecording && !store.isFrozen(parameter)
        return Tensor(
            shape: shape, data: base + parameter.offset,
            grad: tracked ? gradBase + parameter.offset : nil)
    }

    /// A matrix in the form of `EngineScalar.product`.
    func panels(_ weight: Tensor<S>, rows: Int) -> UnsafePointer<S> {
        if let panels = weight.panels { return panels }
        let columns = weight.count / max(rows, 1)
        let panels = scratch(S.packedCount(rows: rows, columns: columns))
        S.pack(weight.data, rows: rows, columns: columns, into: panels)
        return UnsafePointer(panels)
    }

    func multiply(_ product: MatrixProduct<S>) {
        if product.rows > 0 && product.columns > 0 { S.multiply(backend, product) }
    }
}
