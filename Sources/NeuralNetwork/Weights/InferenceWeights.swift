/// Weights in the form that streams of layers compute with: matrices of products packed for the
/// kernels, everything else as it is. Never changes, so any number of streams and threads share it.
public final class InferenceWeights: Sendable {
    /// Where a parameter's values begin in `memory`.
    private let offsets: [Int?]
    private let parameters: [Parameter]
    nonisolated(unsafe) private let memory: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - store: read once; parameters with a `WeightSource` take their values from it
    ///   - used: parameters of the layers that will run; nil = all
    public init(_ store: ParameterStore<Float>, used: [Parameter]? = nil) {
        parameters = store.parameters
        var offsets = [Int?](repeating: nil, count: parameters.count)
        var count = 0
        for parameter in used ?? parameters {
            offsets[parameter.index] = count
            count += Self.aligned(Self.valueCount(parameter))
        }
        self.offsets = offsets
        memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count, 16) * MemoryLayout<Float>.stride, alignment: 64
        ).bindMemory(to: Float.self)
        memory.initialize(repeating: 0)
        guard let base = memory.baseAddress else { return }
        for parameter in used ?? parameters {
            guard let offset = offsets[parameter.index] else { continue }
            let values = store.resolved(parameter)
            let to = base + offset
            if parameter.isMatrix {
                Float.pack(values, rows: parameter.rows, columns: parameter.columns, into: to)
            } else {
                values.withUnsafeBufferPointer {
                    if let from = $0.baseAddress { to.update(from: from, count: $0.count) }
                }
            }
        }
    }

    deinit { memory.deallocate() }

    /// A parameter as operations of a stream read it.
    func tensor(_ parameter: Parameter) -> Tensor<Float> {
        guard offsets.indices.contains(parameter.index), let offset = offsets[parameter.index],
            let base = memory.baseAddress
        else { preconditionFailure("parameter \(parameter.name) is not among those of the stream") }
        let at = base + offset
        return Tensor(
            shape: Shape(1, parameter.rows, parameter.columns), data: at, grad: nil,
            panels: parameter.isMatrix ? UnsafePointer(at) : nil)
    }

    private static func valueCount(_ parameter: Parameter) -> Int {
        parameter.isMatrix
            ? Float.packedCount(rows: parameter.rows, columns: parameter.columns) : parameter.count
    }

    /// Every parameter begins on a boundary of 64 bytes.
    private static func aligned(_ count: Int) -> Int { (count + 15) & ~15 }
}
