/// What operations that look at several frames keep between the steps of a stream: a slot for each
/// of them, in the order in which they run.
final class StreamState<S: EngineScalar> {
    /// The sequence ends with this step.
    var isEnding = false
    private var slots: [AnyObject] = []
    private var next = 0

    /// A new step begins.
    func begin() { next = 0 }

    private func slot<T: AnyObject>(_ new: @autoclosure () -> T) -> T {
        defer { next += 1 }
        if next == slots.count { slots.append(new()) }
        guard let found = slots[next] as? T else {
            preconditionFailure("a streamed layer must run the same operations in every step")
        }
        return found
    }

    /// Runs an operation on the frames at hand as if they were a whole sequence.
    private func whole(_ graph: Graph<S>, _ body: () -> Tensor<S>) -> Tensor<S> {
        graph.stream = nil
        defer { graph.stream = self }
        return body()
    }

    // MARK: Operations

    /// A convolution that `run` computes on a stretch of frames with the padding it is given.
    func convolve(
        _ x: Tensor<S>, _ g: ConvolutionGeometry, channels: Int, _ graph: Graph<S>,
        _ run: (Tensor<S>, ConvolutionGeometry) -> Tensor<S>
    ) -> Tensor<S> {
        let held = slot(Convolution(padding: g.padBefore))
        let window = held.frames.append(x, dropping: &held.ahead, graph)
        var now = g
        now.padBefore = held.padding
        // Where the stride jumps over the end, part of the padding behind it is jumped over too.
        now.padAfter = isEnding ? g.padAfter - held.ahead : 0
        let count = now.padAfter < 0 ? 0 : now.outputFrames(window.shape.frames)
        guard count > 0 else { return graph.zeros(Shape(1, 0, channels)) }
        let y = whole(graph) { run(window, now) }
        held.advance(count * g.stride, width: x.shape.channels)
        return y
    }

    /// A transposed convolution that `run` computes on a stretch of frames without cropping.
    func convolveTransposed(
        _ x: Tensor<S>, _ g: ConvolutionGeometry, channels: Int, _ graph: Graph<S>,
        _ run: (Tensor<S>, ConvolutionGeometry) -> Tensor<S>
    ) -> Tensor<S> {
        let held = slot(Transposed(emitted: g.padBefore))
        let window = held.frames.append(x, graph)
        let frames = held.first + window.shape.frames
        // What no later frame adds to, and what is not cropped even if this frame was the last.
        let end = (frames - 1) * g.stride + g.taps - g.padAfter
        let known = isEnding ? end : min(frames * g.stride, end)
        guard frames > 0, known > held.emitted else { return graph.zeros(Shape(1, 0, channels)) }
        var now = g
        (now.padBefore, now.padAfter) = (0, 0)
        let y = whole(graph) {
            let origin = held.first * g.stride
            return graph.frames(run(window, now), held.emitted - origin..<known - origin)
        }
        held.emitted = known
        // Frames that neither reach past `known` nor are where the next stretch must begin.
        let done =
            known < g.taps ? 0 : min((known - g.taps) / g.stride + 1, known / g.stride, frames)
        held.frames.drop(done - held.first, width: x.shape.channels)
        held.first = done
        return y
    }

    /// y[t] = x[t - frames], as many frames as x.
    func delay(_ x: Tensor<S>, by frames: Int, _ graph: Graph<S>) -> Tensor<S> {
        let width = x.shape.channels
        let held = slot(Delay(zeros: max(frames, 0) * width, skipped: max(-frames, 0)))
        held.taken += x.shape.frames
        let window = held.frames.append(x, dropping: &held.skipped, graph)
        if frames < 0 {
            // Zeros stand for what lies behind the end.
            let y =
                isEnding
                ? whole(graph) {
                    graph.pad(
                        window, before: 0, after: held.taken - held.given - window.shape.frames)
                } : window
            held.given += y.shape.frames
            held.frames.removeAll()
            return y
        }
        let y = whole(graph) { graph.frames(window, 0..<x.shape.frames) }
        held.frames.drop(x.shape.frames, width: width)
        return y
    }

    /// Branches that are joined: the frames that all of them have.
    func align(_ parts: [Tensor<S>], _ graph: Graph<S>) -> [Tensor<S>] {
        let held = slot(Alignment(parts.count))
        if let first = parts.first?.shape.frames, parts.allSatisfy({ $0.shape.frames == first }),
            held.frames.allSatisfy({ $0.count == 0 })
        {
            return parts
        }
        let windows = zip(held.frames, parts).map { $0.append($1, graph) }
        let count = windows.map(\.shape.frames).min() ?? 0
        precondition(
            !isEnding || windows.allSatisfy { $0.shape.frames == count },
            "branches of \(windows.map(\.shape.frames)) frames are left at the end")
        for (queue, part) in zip(held.frames, parts) {
            queue.drop(count, width: part.shape.channels)
        }
        return windows.map { window in whole(graph) { graph.frames(window, 0..<count) } }
    }

    func recurrentState() -> Recurrent { slot(Recurrent()) }
}

extension StreamState {
    /// Frames that later ones need.
    final class Frames {
        private var values: [S] = []

        init(zeros: Int = 0) { values = Array(repeating: 0, count: zeros) }

        /// What is held and the new frames behind it, as one tensor.
        func append(_ x: Tensor<S>, _ graph: Graph<S>) -> Tensor<S> {
            var none = 0
            return append(x, dropping: &none, graph)
        }

        /// The same without the first `ahead` new frames; `ahead` is then what is left to drop.
        func append(_ x: Tensor<S>, dropping ahead: inout Int, _ graph: Graph<S>) -> Tensor<S> {
            precondition(x.shape.batch == 1, "a stream is one sequence, not \(x.shape.batch)")
            let width = x.shape.channels
            let dropped = min(ahead, x.shape.frames)
            ahead -= dropped
            if values.isEmpty && dropped == 0 {
                values = x.array
                return x
            }
            values += UnsafeBufferPointer(
                start: x.data + dropped * width, count: (x.shape.frames - dropped) * width)
            return graph.input(Shape(1, values.count / max(width, 1), width), values)
        }

        func drop(_ frames: Int, width: Int) { values.removeFirst(frames * width) }

        func removeAll() { values.removeAll(keepingCapacity: true) }

        var count: Int { values.count }
    }

    final class Convolution {
        let frames = Frames()
        /// Zeros before the held frames that the next output looks at.
        var padding: Int
        /// Frames to come that no output looks at, where the stride is longer than the kernel.
        var ahead = 0

        init(padding: Int) { self.padding = padding }

        func advance(_ count: Int, width: Int) {
            let zeros = min(count, padding)
            let held = min(count - zeros, frames.count / max(width, 1))
            padding -= zeros
            frames.drop(held, width: width)
            ahead += count - zeros - held
        }
    }

    final class Transposed {
        let frames = Frames()
        /// Number of the first held frame.
        var first = 0
        /// Place in the uncropped output up to which it was given out.
        var emitted: Int

        init(emitted: Int) { self.emitted = emitted }
    }

    final class Delay {
        let frames: Frames
        var skipped: Int
        var taken = 0
        var given = 0

        init(zeros: Int, skipped: Int) { (frames, self.skipped) = (Frames(zeros: zeros), skipped) }
    }

    final class Alignment {
        let frames: [Frames]

        init(_ count: Int) { frames = (0..<count).map { _ in Frames() } }
    }

    final class Recurrent {
        private let buffer = Buffer<S>()

        /// The last state, nil before the first frame.
        var previous: UnsafeMutablePointer<S>? { buffer.count > 0 ? buffer.pointer : nil }

        func keep(_ y: Tensor<S>) {
            precondition(y.shape.batch == 1, "a stream is one sequence, not \(y.shape.batch)")
            guard y.shape.frames > 0 else { return }
            let last = Array(y.array.suffix(y.shape.channels))
            if buffer.count == 0 { buffer.append(last) } else { buffer.assign(last) }
        }
    }
}

extension Graph {
    /// In a stream, the frames that both branches have.
    func aligned(_ a: Tensor<S>, _ b: Tensor<S>) -> (Tensor<S>, Tensor<S>) {
        guard let stream else { return (a, b) }
        let parts = stream.align([a, b], self)
        return (parts[0], parts[1])
    }
}
