/// Notices that tuning makes things worse: the mean loss of a window of steps lies above that of
/// the best window by more than noise explains. Then it goes back to what was best, with half the
/// step.
///
/// Losses of steps are of different data, so single ones say nothing.
public struct DivergenceGuard<Values: Codable & Sendable & Equatable>: Codable, Sendable,
    Equatable
{
    /// Mean loss of a window and the variance of that mean.
    struct Window: Codable, Sendable, Equatable {
        var mean: Double
        var variance: Double
    }

    /// Steps of a window; 0 = only losses that are no numbers count.
    public let steps: Int
    /// What the step is multiplied by: 1, 1/2, 1/4, ...
    public private(set) var factor = 1.0
    /// How often it went back.
    public private(set) var retreats = 0
    private var sum = 0.0
    private var squares = 0.0
    private var count = 0
    private var best: Window?
    /// What was tuned at the start of the best window, and of the present one.
    private(set) var kept: Values
    private(set) var start: Values

    init(steps: Int, _ values: Values) {
        self.steps = steps
        kept = values
        start = values
    }

    /// Behind every step.
    /// - Parameters:
    ///   - loss: of the step, before it
    ///   - values: what is tuned, after the step; replaced where it goes back
    /// - Returns: whether it went back
    mutating func check(loss: Double, _ values: inout Values) -> Bool {
        guard loss.isFinite else {
            retreat(&values)
            return true
        }
        guard steps > 0 else { return false }
        sum += loss
        squares += loss * loss
        count += 1
        guard count >= steps else { return false }
        let mean = sum / Double(count)
        let spread = max(squares / Double(count) - mean * mean, 0)
        let now = Window(mean: mean, variance: spread / Double(max(count - 1, 1)))
        (sum, squares, count) = (0, 0, 0)
        let begun = start
        start = values
        guard let best else {
            (self.best, kept) = (now, begun)
            return false
        }
        if now.mean - best.mean > 2 * (now.variance + best.variance).squareRoot() {
            retreat(&values)
            return true
        }
        if now.mean <= best.mean { (self.best, kept) = (now, begun) }
        return false
    }

    private mutating func retreat(_ values: inout Values) {
        values = kept
        start = kept
        factor /= 2
        retreats += 1
        (sum, squares, count) = (0, 0, 0)
    }
}
