import Foundation

/// The mean difference in rate of two codecs at equal quality (Bjontegaard, VCEG-M33), with log rate as a PCHIP of quality over the qualities that both
/// reach, as Herglotz et al. advise ("The Bjontegaard Bible", IEEE Trans. Image Process. 33, 2024).
public struct BDRate: Sendable, Equatable {
    /// Negative: the tested codec needs less. -0.2 = a fifth less.
    public var change: Double
    /// Share of the qualities that either codec reaches and both do, 0 ... 1. Below 0.75 the number says little.
    public var overlap: Double
    /// Points of the codec with fewer. Below 4 the number says little.
    public var points: Int

    /// Why there is no number.
    public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
        case tooFewPoints(Int)
        /// Quality does not always rise with the rate.
        case notMonotone(rate: Double)
        case noOverlap

        public var description: String {
            switch self {
            case .tooFewPoints(let count): "\(count) points, at least 2 are needed"
            case .notMonotone(let rate): "quality does not rise at \((rate * 100).rounded() / 100) kbit/s"
            case .noOverlap: "no quality is reached by both"
            }
        }
    }

    /// A measured rate, in kbit/s, and the quality there, more being better.
    public typealias Point = (rate: Double, quality: Double)

    public init(reference: [Point], tested: [Point]) throws(Failure) {
        let a = try Self.curve(reference), b = try Self.curve(tested)
        guard let a0 = a.x.first, let a1 = a.x.last, let b0 = b.x.first, let b1 = b.x.last, max(a0, b0) < min(a1, b1) else { throw .noOverlap }
        let low = max(a0, b0), high = min(a1, b1)
        change = exp((b.integral(from: low, to: high) - a.integral(from: low, to: high)) / (high - low)) - 1
        overlap = (high - low) / (max(a1, b1) - min(a0, b0))
        points = min(a.x.count, b.x.count)
    }

    private static func curve(_ points: [Point]) throws(Failure) -> MonotoneCubic {
        let sorted = points.filter { $0.rate > 0 && $0.rate.isFinite && $0.quality.isFinite }.sorted { $0.rate < $1.rate }
        guard sorted.count >= 2 else { throw .tooFewPoints(sorted.count) }
        for (before, after) in zip(sorted, sorted.dropFirst()) where after.quality <= before.quality || after.rate <= before.rate {
            throw .notMonotone(rate: after.rate)
        }
        guard let curve = MonotoneCubic(sorted.map { (x: $0.quality, y: log($0.rate)) }) else { throw .notMonotone(rate: sorted[0].rate) }
        return curve
    }
}
