/// What operations that look at several frames keep between the steps of a stream: a slot for each
/// of them, in the order in which they run. One sequence; `Graph.run` goes on with it.
public final class StreamState<S: EngineScalar> {
    /// The sequence ends with this step.
    private(set) var isEnding = false
    private var slots: [AnyObject] = []
    private var next = 0

    /// A sequence that begins.
    public init() {}

    /// Forgets the sequence: the next step begins a new one.
    public func reset() { slots.removeAll() }

    /// A new step begins.
    func begin(isEnding: Bool) {
        self.isEnding = isEnding
        next = 0
    }

    /// What the operation that runs now keeps.
    func slot<T: AnyObject>(_ new: @autoclosure () -> T) -> T {
        defer { next += 1 }
        if next == slots.count { slots.append(new()) }
        guard let found = slots[next] as? T else {
            preconditionFailure("a streamed layer must run the same operations in every step")
        }
        return found
    }

    /// Frames of a stream come one after the other.
    func frames(_ x: Tensor<S>) -> Int {
        precondition(x.shape.batch == 1, "a stream is one sequence, not \(x.shape.batch)")
        return x.shape.frames
    }

    /// Held frames as a tensor, valid in this step.
    func view(_ queue: FrameQueue<S>, _ count: Int) -> Tensor<S> {
        Tensor(shape: Shape(1, count, queue.width), data: queue.frames, grad: nil)
    }

    /// y[t] = x[t - frames], as many frames as x.
    func delay(_ x: Tensor<S>, by frames: Int) -> Tensor<S> {
        let count = self.frames(x)
        let held = slot(Delay<S>(x.shape.channels, by: frames))
        let skipped = min(held.skipped, count)
        held.skipped -= skipped
        held.queue.append(x.data + skipped * x.shape.channels, count - skipped)
        held.due += count
        // Zeros stand for what lies behind the end.
        if isEnding { held.queue.appendZeros(held.due - held.queue.count) }
        let given = min(held.due, held.queue.count)
        held.due -= given
        defer { held.queue.drop(given) }
        return view(held.queue, given)
    }

    /// Branches that are joined: the frames that all of them have.
    func align(_ parts: [Tensor<S>]) -> [Tensor<S>] {
        let held = slot(Alignment<S>(parts.map(\.shape.channels)))
        let first = parts.first?.shape.frames ?? 0
        if held.isEmpty, parts.allSatisfy({ $0.shape.frames == first }) { return parts }
        var count = Int.max
        for (queue, part) in zip(held.queues, parts) {
            queue.append(part.data, frames(part))
            count = min(count, queue.count)
        }
        held.isEmpty = held.queues.allSatisfy { $0.count == count }
        precondition(
            !isEnding || held.isEmpty,
            "branches of \(held.queues.map(\.count)) frames are left at the end")
        return held.queues.map { queue in
            defer { queue.drop(count) }
            return view(queue, count)
        }
    }
}

/// Frames that `delay` holds.
private final class Delay<S: EngineScalar> {
    let queue: FrameQueue<S>
    /// First frames that no frame of the output is.
    var skipped: Int
    /// Frames that went in and did not come out.
    var due = 0

    init(_ width: Int, by frames: Int) {
        queue = FrameQueue(width: width, zeros: max(frames, 0))
        skipped = max(-frames, 0)
    }
}

/// Frames that wait for those of the other branches.
private final class Alignment<S: EngineScalar> {
    let queues: [FrameQueue<S>]
    var isEmpty = true

    init(_ widths: [Int]) { queues = widths.map { FrameQueue(width: $0) } }
}

extension Graph {
    /// In a stream, the frames that both branches have.
    func aligned(_ a: Tensor<S>, _ b: Tensor<S>) -> (Tensor<S>, Tensor<S>) {
        guard let stream else { return (a, b) }
        let parts = stream.align([a, b])
        return (parts[0], parts[1])
    }
}
