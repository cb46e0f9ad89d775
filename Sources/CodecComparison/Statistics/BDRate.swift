import Foundation

/// The mean difference in rate of two codecs at equal quality (Bjontegaard, VCEG-M33), with log
/// rate as a PCHIP of quality over the qualities that both reach, as Herglotz et al. advise ("The
/// Bjontegaard Bible", IEEE Trans. Image Process. 33, 2024).
///
/// A curve is its points that no lower or equal rate equals or beats: what a user would choose
/// from, and the only part that has one rate for each quality. The common test conditions of AOM
/// leave such points out of saturated curves, and Netflix's `vmaf` takes the convex hull; which
/// points were left out is kept.
public struct BDRate: Sendable, Equatable {
    /// Negative: the tested codec needs less. -0.2 = a fifth less.
    public var change: Double
    /// Share of the qualities that either codec reaches and both do, 0 ... 1. Below 0.75 the number
    /// says little.
    public var overlap: Double
    /// The qualities that both reach, over which the rates are compared.
    public var qualities: ClosedRange<Double>
    /// Points of the codec with fewer. Below 4 the number says little.
    public var points: Int
    /// Rates of the points that were left out, ascending.
    public var droppedReference: [Double]
    public var droppedTested: [Double]

    /// Why there is no number.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// Points at which quality rises with the rate.
        case tooFewPoints(Int)
        case noOverlap

        public var description: String {
            switch self {
            case .tooFewPoints(let count):
                """
                at least 2 points at which quality rises with the rate are needed, there \
                \(count == 1 ? "is" : "are") \(count)
                """
            case .noOverlap: "no quality is reached by both"
            }
        }
    }

    /// A measured rate, in kbit/s, and the quality there, more being better.
    public typealias Point = (rate: Double, quality: Double)

    public init(reference: [Point], tested: [Point]) throws(Failure) {
        let (a, droppedA) = try Self.curve(reference)
        let (b, droppedB) = try Self.curve(tested)
        guard let a0 = a.x.first, let a1 = a.x.last, let b0 = b.x.first, let b1 = b.x.last,
            max(a0, b0) < min(a1, b1)
        else { throw .noOverlap }
        let low = max(a0, b0)
        let high = min(a1, b1)
        change =
            exp((b.integral(from: low, to: high) - a.integral(from: low, to: high)) / (high - low))
            - 1
        overlap = (high - low) / (max(a1, b1) - min(a0, b0))
        qualities = low...high
        points = min(a.x.count, b.x.count)
        droppedReference = droppedA
        droppedTested = droppedB
    }

    /// Splits the points of a codec into those that are better than all with a lower or equal rate,
    /// and the others; both by ascending rate. What is no number, or no rate, is in neither.
    static func rising(_ points: [Point]) -> (kept: [Point], dropped: [Point]) {
        let usable = points.filter { $0.rate > 0 && $0.rate.isFinite && $0.quality.isFinite }
        var kept: [Point] = []
        var dropped: [Point] = []
        for point in usable.sorted(by: { ($0.rate, -$0.quality) < ($1.rate, -$1.quality) }) {
            if let best = kept.last, point.quality <= best.quality {
                dropped.append(point)
            } else {
                kept.append(point)
            }
        }
        return (kept, dropped)
    }

    private static func curve(_ points: [Point]) throws(Failure) -> (
        curve: MonotoneCubic, dropped: [Double]
    ) {
        let (kept, dropped) = rising(points)
        guard let curve = MonotoneCubic(kept.map { (x: $0.quality, y: log($0.rate)) }) else {
            throw .tooFewPoints(kept.count)
        }
        return (curve, dropped.map(\.rate))
    }
}
