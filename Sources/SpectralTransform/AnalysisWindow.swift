import SignalProcessing

/// Windows used inside this package by the transforms and the measures that need one.
package enum AnalysisWindow {
    /// The Hann window 0.5 - 0.5 cos(2 pi n / count), n = 0 ... count - 1: the periodic form of
    /// spectral analysis.
    package static func hann(_ count: Int) -> [Double] {
        (0..<max(count, 0)).map { 0.5 - 0.5 * UnitCircle.point($0, of: count).cosine }
    }

    /// The Hann window 0.5 - 0.5 cos(2 pi (n + 1) / (count + 1)), symmetric and without its zero
    /// ends (MATLAB's `hanning`).
    package static func hannWithoutZeros(_ count: Int) -> [Double] {
        (0..<max(count, 0)).map {
            0.5 - 0.5 * UnitCircle.point($0 + 1, of: count + 1).cosine
        }
    }
}
