/// Extents of a tensor: `batch` items of `frames` time steps of `channels` values, channels
/// contiguous.
public struct Shape: Equatable, Sendable, CustomStringConvertible {
    public var batch: Int
    public var frames: Int
    public var channels: Int

    public init(_ batch: Int, _ frames: Int, _ channels: Int) {
        self.batch = batch
        self.frames = frames
        self.channels = channels
    }
    public var count: Int { batch * frames * channels }
    public var rows: Int { batch * frames }
    public var description: String { "[\(batch), \(frames), \(channels)]" }
}

/// A view of values (and gradients) in a graph's memory; valid until the graph is reset.
public struct Tensor<S> {
    public let shape: Shape
    public let data: UnsafeMutablePointer<S>
    /// Same layout as `data`; nil when nothing upstream is trained.
    public let grad: UnsafeMutablePointer<S>?
    /// Of weights in a stream: the matrix as `EngineScalar.pack` reorders it, which only products
    /// read; `data` are then not its values.
    let panels: UnsafePointer<S>?

    init(
        shape: Shape, data: UnsafeMutablePointer<S>, grad: UnsafeMutablePointer<S>?,
        panels: UnsafePointer<S>? = nil
    ) {
        self.shape = shape
        self.data = data
        self.grad = grad
        self.panels = panels
    }

    public var count: Int { shape.count }
    /// The values as an array, for reports and tests.
    public var array: [S] { Array(UnsafeBufferPointer(start: data, count: count)) }
    /// The gradient as an array, for reports and tests.
    public var gradientArray: [S]? {
        grad.map { Array(UnsafeBufferPointer(start: $0, count: count)) }
    }

    /// Same values seen with other extents.
    public func reshaped(_ batch: Int, _ frames: Int, _ channels: Int) -> Tensor {
        let other = Shape(batch, frames, channels)
        precondition(other.count == count, "cannot view \(shape) as \(other)")
        precondition(
            panels == nil || channels == shape.channels, "packed \(shape) cannot be \(other)")
        return Tensor(shape: other, data: data, grad: grad, panels: panels)
    }

    /// Some frames of a single item, the same memory.
    public func frames(_ range: Range<Int>) -> Tensor {
        precondition(
            shape.batch == 1 && range.lowerBound >= 0 && range.upperBound <= shape.frames,
            "frames \(range) of \(shape)")
        let first = range.lowerBound * shape.channels
        return Tensor(
            shape: Shape(1, range.count, shape.channels), data: data + first,
            grad: grad.map { $0 + first })
    }

    /// Same values without a way back for gradients.
    public var detached: Tensor { Tensor(shape: shape, data: data, grad: nil) }
}
