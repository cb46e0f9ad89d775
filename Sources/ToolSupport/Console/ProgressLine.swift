#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One line on the terminal that is rewritten at most five times a second: percent where the length
/// is known, time of the audio, multiple of real time, rate so far, about how long the rest will
/// take.
public final class ProgressLine {
    /// Shortest time between two updates, in seconds.
    static let interval = 0.2

    private let totalSeconds: Double?
    private let isEnabled: Bool
    private let now: () -> Double
    private let show: (String) -> Void
    private let began: Double
    private var last = -Double.infinity
    private var width = 0

    /// - Parameters:
    ///   - totalSeconds: expected length of the audio; nil if unknown.
    ///   - isEnabled: usually `Console.isInteractive` without `--quiet`.
    ///   - now: a clock in seconds.
    ///   - show: where the text goes.
    public init(
        totalSeconds: Double?, isEnabled: Bool, now: @escaping () -> Double = Stopwatch.now,
        show: @escaping (String) -> Void = { Console.write($0, to: STDERR_FILENO) }
    ) {
        self.totalSeconds = totalSeconds
        self.isEnabled = isEnabled
        self.now = now
        self.show = show
        began = now()
    }

    deinit {
        clear()
    }

    /// Reports how far the work is.
    /// - Parameters:
    ///   - seconds: audio done.
    ///   - bytes: coded bytes so far; nil leaves the rate out.
    public func update(seconds: Double, bytes: Int? = nil) {
        update { elapsed in
            Self.text(
                seconds: seconds, totalSeconds: totalSeconds, elapsed: elapsed, bytes: bytes)
        }
    }

    /// Reports how many of several files are done.
    public func update(done: Int, of total: Int) {
        update { Self.text(done: done, of: total, elapsed: $0) }
    }

    private func update(_ text: (_ elapsed: Double) -> String) {
        guard isEnabled else { return }
        let time = now()
        guard time - last >= Self.interval || width == 0 else { return }
        last = time
        let text = text(time - began)
        show("\r" + text + String(repeating: " ", count: max(0, width - text.count)))
        width = text.count
    }

    /// Removes the line, so that other text can follow.
    public func clear() {
        guard width > 0 else { return }
        show("\r" + String(repeating: " ", count: width) + "\r")
        width = 0
    }

    /// The text for several files: how many, and about how long the rest will take.
    static func text(done: Int, of total: Int, elapsed: Double) -> String {
        let count = "\(NumberText.grouped(done)) of \(NumberText.grouped(total))"
        guard done > 0, elapsed > 0 else { return count }
        let left = elapsed / Double(done) * Double(max(total - done, 0))
        return "\(count)  \(NumberText.time(left)) left"
    }

    /// The text of the line.
    static func text(seconds: Double, totalSeconds: Double?, elapsed: Double, bytes: Int?) -> String
    {
        var parts: [String] = []
        if let totalSeconds, totalSeconds > 0 {
            parts.append("\(NumberText.fixed(min(100, 100 * seconds / totalSeconds), 0))%")
            parts.append("\(NumberText.time(seconds)) of \(NumberText.time(totalSeconds))")
        } else {
            parts.append(NumberText.time(seconds))
        }
        if elapsed > 0 {
            parts.append(
                "\(NumberText.fixed(seconds / elapsed, seconds < 10 * elapsed ? 1 : 0)) x real time"
            )
        }
        if let bytes, seconds > 0 { parts.append(NumberText.kilobits(Double(bytes) * 8 / seconds)) }
        // Not from the first moments, which say nothing.
        if let totalSeconds, seconds > 0, elapsed >= 2, totalSeconds > seconds {
            parts.append(
                "\(NumberText.time(elapsed * (totalSeconds - seconds) / seconds)) left")
        }
        return parts.joined(separator: "  ")
    }
}

/// Seconds since it was made, by the clock that nobody can set.
public struct Stopwatch {
    private let began = Self.now()

    public init() {}

    public var seconds: Double { Self.now() - began }

    /// A monotonic clock in seconds.
    public static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
