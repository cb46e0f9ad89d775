import CKernels

/// Tape of reverse-mode differentiation: operations run at once and leave a closure that propagates
/// gradients.
///
/// One graph belongs to one thread. `reset` keeps all memory, so a training step allocates nothing
/// after the first.
public final class Graph<S: EngineScalar> {
    let backend: any MatrixBackend
    let kernels: TrainingKernels<S>
    private let values = Arena<S>()
    private let gradients = Arena<S>()
    private var tape: [() -> Void] = []
    private let store: ParameterStore<S>?
    /// Gradients of all parameters, laid out as in the store; accumulated until
    /// `clearParameterGradients`.
    public let parameterGradients: UnsafeMutableBufferPointer<S>
    private let parameterValues: UnsafeMutableBufferPointer<S>
    /// False: nothing is recorded, for evaluation.
    public var isRecording = true
    /// Set while the frames of a stream run through; then operations that look at several frames
    /// keep what later frames need.
    var stream: StreamState<S>?

    public convenience init(
        store: ParameterStore<S>? = nil, backend: any MatrixBackend = ReferenceMatrixBackend()
    ) {
        self.init(store: store, backend: backend, kernels: S.kernels)
    }

    init(store: ParameterStore<S>?, backend: any MatrixBackend, kernels: TrainingKernels<S>) {
        self.store = store
        self.kernels = kernels
        self.backend = backend
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
    }

    /// Forgets the tape and all tensors, and takes the store's present values for the next step.
    public func reset() {
        releaseTensors()
        if let store, let to = parameterValues.baseAddress {
            to.update(from: store.pointer, count: store.count)
        }
    }

    /// Forgets the tape and all tensors; the values of parameters stay those of the last `reset`.
    func releaseTensors() {
        tape.removeAll(keepingCapacity: true)
        values.reset()
        gradients.reset()
    }

    public func clearParameterGradients() {
        kernels.fill(parameterGradients.baseAddress, 0, parameterGradients.count)
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
    public func tensor(_ shape: Shape, tracked: Bool) -> Tensor<S> {
        let data = values.allocate(shape.count)
        guard tracked, isRecording else { return Tensor(shape: shape, data: data, grad: nil) }
        let grad = gradients.allocate(shape.count)
        kernels.fill(grad, 0, shape.count)
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
    public func input(_ shape: Shape, _ source: [S]) -> Tensor<S> {
        precondition(source.count == shape.count, "\(source.count) values for \(shape)")
        let result = tensor(shape, tracked: false)
        source.withUnsafeBufferPointer {
            if let base = $0.baseAddress { result.data.update(from: base, count: source.count) }
        }
        return result
    }

    public func zeros(_ shape: Shape) -> Tensor<S> {
        let result = tensor(shape, tracked: false)
        kernels.fill(result.data, 0, shape.count)
        return result
    }

    /// A parameter seen as a tensor [1, rows, last extent].
    public func parameter(_ parameter: Parameter) -> Tensor<S> {
        guard let store, let base = parameterValues.baseAddress,
            let gradBase = parameterGradients.baseAddress
        else {
            preconditionFailure("graph without parameters")
        }
        let columns = parameter.shape.last ?? 1
        let shape = Shape(1, parameter.count / max(columns, 1), columns)
        let tracked = isRecording && !store.isFrozen(parameter)
        return Tensor(
            shape: shape, data: base + parameter.offset,
            grad: tracked ? gradBase + parameter.offset : nil)
    }

    func multiply(_ product: MatrixProduct<S>) {
        if product.rows > 0 && product.columns > 0 { S.multiply(backend, product) }
    }
}
