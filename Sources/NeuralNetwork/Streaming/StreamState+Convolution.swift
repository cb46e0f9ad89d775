extension StreamState {
    /// See `Graph.convolution`.
    func convolution(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ g: ConvolutionGeometry,
        _ graph: Graph<S>
    ) -> Tensor<S> {
        let input = x.shape.channels
        let inner = g.taps * input
        let output = weight.shape.channels
        let panels = graph.panels(weight, rows: inner)
        let isPointwise = g.taps == 1 && g.stride == 1 && g.padBefore == 0 && g.padAfter == 0
        let window =
            isPointwise
            ? (frames: x.data, count: frames(x))
            : slot(ConvolutionWindow<S>(input, g)).take(x, isEnding: isEnding)
        var (rows, stride) = (window.frames, g.stride * input)
        if g.dilation > 1, g.taps > 1 {
            (rows, stride) = (graph.scratch(window.count * inner), inner)
            for tap in 0..<g.taps {
                graph.kernels.pointee.copyBlock(
                    window.frames + tap * g.dilation * input, g.stride * input,
                    rows + tap * input, inner, window.count, input)
            }
        }
        let y = graph.tensor(Shape(1, window.count, output), tracked: false)
        S.product(
            rows: window.count, inner: inner, columns: output, rows, stride: stride,
            panels: panels, bias: bias.map { UnsafePointer($0.data) }, into: y.data)
        return y
    }

    /// See `Graph.depthwiseConvolution`.
    func depthwiseConvolution(
        _ x: Tensor<S>, weight: Tensor<S>, _ g: ConvolutionGeometry, _ graph: Graph<S>
    ) -> Tensor<S> {
        let width = x.shape.channels
        let window = slot(ConvolutionWindow<S>(width, g)).take(x, isEnding: isEnding)
        let y = graph.tensor(Shape(1, window.count, width), tracked: false)
        graph.kernels.pointee.depthwise(
            window.frames, weight.data, y.data, window.count, width, g.taps, g.stride, g.dilation)
        return y
    }

    /// See `Graph.transposedConvolution`. A frame of the output is the sum of what frames of the
    /// input add to it, in their order, each a whole product.
    func transposedConvolution(
        _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>?, _ g: ConvolutionGeometry,
        _ graph: Graph<S>
    ) -> Tensor<S> {
        let input = x.shape.channels
        let wide = weight.count / max(input, 1)
        let output = wide / g.taps
        let count = frames(x)
        let held = slot(OverlappedFrames<S>(output, g))
        let products = graph.scratch(count * wide)
        S.product(
            rows: count, inner: input, columns: wide, x.data, stride: input,
            panels: graph.panels(weight, rows: input), bias: nil, into: products)
        for t in 0..<count { held.add(products + t * wide, graph.kernels) }
        let known = held.take(isEnding: isEnding)
        let y = Tensor<S>(shape: Shape(1, known.count, output), data: known.frames, grad: nil)
        return bias.map { graph.addChannels(y, $0) } ?? y
    }
}

/// The frames that a convolution's next outputs look at.
private final class ConvolutionWindow<S: EngineScalar> {
    private let geometry: ConvolutionGeometry
    private let queue: FrameQueue<S>
    /// Frames to come that no output looks at, where the stride is longer than the kernel.
    private var skipped = 0

    init(_ width: Int, _ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        queue = FrameQueue(width: width, zeros: geometry.padBefore)
    }

    /// Adds frames.
    /// - Returns: frames from that of the next output on, and how many outputs they are enough for
    func take(_ x: Tensor<S>, isEnding: Bool) -> (frames: UnsafeMutablePointer<S>, count: Int) {
        let width = queue.width
        let jumped = min(skipped, x.shape.frames)
        skipped -= jumped
        queue.append(x.data + jumped * width, x.shape.frames - jumped)
        if isEnding {
            let zeros = max(geometry.padAfter - skipped, 0)
            skipped -= geometry.padAfter - zeros
            queue.appendZeros(zeros)
        }
        let room = queue.count - geometry.span
        let count = room < 0 || skipped > 0 ? 0 : room / geometry.stride + 1
        let frames = queue.frames
        let done = min(count * geometry.stride, queue.count)
        queue.drop(done)
        skipped += count * geometry.stride - done
        return (frames, count)
    }
}

/// Frames of a transposed convolution's output that later frames of the input add to.
private final class OverlappedFrames<S: EngineScalar> {
    private let queue: FrameQueue<S>
    private let geometry: ConvolutionGeometry
    /// Frames that were given out or cropped, and input frames so far.
    private var passed = 0
    private var inputs = 0

    init(_ width: Int, _ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        queue = FrameQueue(width: width)
    }

    /// Adds what an input frame gives to `taps` frames.
    func add(_ frames: UnsafePointer<S>, _ kernels: UnsafePointer<TrainingKernels<S>>) {
        let width = queue.width
        let first = inputs * geometry.stride - passed
        // Gaps between inputs.
        queue.appendZeros(first - queue.count)
        let shared = min(queue.count - first, geometry.taps)
        let at = queue.frames + first * width
        kernels.pointee.add(at, frames, at, shared * width)
        queue.append(frames + shared * width, geometry.taps - shared)
        inputs += 1
    }

    /// Takes the frames that no later input adds to, and that are not cropped even if no more come.
    func take(isEnding: Bool) -> (frames: UnsafeMutablePointer<S>, count: Int) {
        let end = (inputs - 1) * geometry.stride + geometry.taps - geometry.padAfter
        let known = isEnding ? end : min(inputs * geometry.stride, end)
        guard inputs > 0, known > passed else { return (queue.frames, 0) }
        let first = min(max(passed, geometry.padBefore), known)
        let frames = queue.frames + (first - passed) * queue.width
        queue.drop(known - passed)
        passed = known
        return (frames, known - first)
    }
}
