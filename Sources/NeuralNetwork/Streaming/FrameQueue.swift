/// Frames of a sequence that later steps need, one behind the other in memory. What `frames` gives
/// stays valid until the next `append`.
final class FrameQueue<S: BinaryFloatingPoint> {
    /// Values of a frame.
    let width: Int
    private var memory: UnsafeMutablePointer<S>
    private var capacity = 16
    /// Values at the front that are done with, and the end of those that are held.
    private var start = 0
    private var end = 0

    /// - Parameter zeros: frames of zeros that are held at first
    init(width: Int, zeros: Int = 0) {
        self.width = width
        memory = .allocate(capacity: capacity)
        appendZeros(zeros)
    }

    deinit { memory.deallocate() }

    /// Frames that are held.
    var count: Int { (end - start) / max(width, 1) }

    var frames: UnsafeMutablePointer<S> { memory + start }

    func append(_ values: UnsafePointer<S>, _ frames: Int) {
        guard frames > 0 else { return }
        makeRoom(frames * width).update(from: values, count: frames * width)
    }

    func appendZeros(_ frames: Int) {
        guard frames > 0 else { return }
        makeRoom(frames * width).update(repeating: 0, count: frames * width)
    }

    func drop(_ frames: Int) { start += frames * width }

    /// Adds `values` values at the end, to be set by the caller.
    private func makeRoom(_ values: Int) -> UnsafeMutablePointer<S> {
        let held = end - start
        if end + values > capacity {
            let old = memory
            if held + values > capacity {
                capacity = held + values
                memory = .allocate(capacity: capacity)
            }
            memory.update(from: old + start, count: held)
            if old != memory { old.deallocate() }
            (start, end) = (0, held)
        }
        defer { end += values }
        return memory + end
    }
}
