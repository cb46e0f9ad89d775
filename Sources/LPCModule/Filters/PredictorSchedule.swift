/// Which predictor filters which sample: frames of `hop` samples in `subframes` equal parts, line
/// spectral frequencies moving in equal steps from those of the frame before to the frame's own,
/// which the last part uses. Before the first frame is the first frame.
///
/// Both filters of a pair go through the same schedule, so they stay exact inverses.
struct PredictorSchedule: Sendable {
    let order: Int
    let part: Int
    let subframes: Int
    private var waiting: [LineSpectralFrequencies] = []
    private var previous: LineSpectralFrequencies?
    private var current: LineSpectralFrequencies?
    private var subframe = 0
    private var left = 0
    private var coefficients: [Double] = []

    /// - Throws: `invalidOrder`, `invalidSetting`.
    init(order: Int, hop: Int, subframes: Int) throws(LPCError) {
        try LPCError.check(order: order)
        guard (1...65536).contains(hop) else {
            throw .invalidSetting(name: "hop", value: Double(hop), allowed: "1 ... 65536")
        }
        guard subframes >= 1, hop % subframes == 0 else {
            throw .invalidSetting(
                name: "subframes", value: Double(subframes), allowed: "divisors of the hop \(hop)")
        }
        self.order = order
        self.subframes = subframes
        part = hop / subframes
        subframe = subframes
    }

    /// - Throws: `wrongCount` when a frame has another order; nothing is taken then.
    mutating func append(_ frames: [LineSpectralFrequencies]) throws(LPCError) {
        for frame in frames where frame.order != order {
            throw .wrongCount(
                name: "line spectral frequencies", expected: order, found: frame.order)
        }
        waiting.append(contentsOf: frames)
    }

    mutating func reset() {
        waiting = []
        (previous, current, subframe, left) = (nil, nil, subframes, 0)
    }

    /// Coefficients for the next samples and for how many of at most `count`; nil while the frame
    /// is not known. With `hold` the last frame goes on.
    mutating func next(_ count: Int, hold: Bool) -> (coefficients: [Double], count: Int)? {
        if left == 0 {
            if subframe == subframes {
                if waiting.isEmpty {
                    guard hold else { return nil }
                    previous = current
                } else {
                    let frame = waiting.removeFirst()
                    previous = current ?? frame
                    current = frame
                }
                subframe = 0
            }
            subframe += 1
            left = part
            if let previous, let current {
                let weight = Double(subframe) / Double(subframes)
                // The end point itself, not a sum that may round beside it.
                coefficients =
                    (subframe == subframes
                    ? current : previous.interpolated(to: current, weight: weight)).predictor
                    .coefficients
            } else {
                coefficients = Array(repeating: 0, count: order)
            }
        }
        let taken = min(left, count)
        left -= taken
        return (coefficients, taken)
    }
}
