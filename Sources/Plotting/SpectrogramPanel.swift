import Foundation
import SpectralTransform

/// The levels of one spectrogram, a value for each pixel.
struct SpectrogramPanel {
    /// Columns that the signal fills; the rest of the panel stays empty.
    let columns: Int
    let rows: Int
    /// The highest level, dBFS; nil when nothing but zeros is seen.
    let loudest: Double?

    /// dBFS, `[column][row]`, row 0 on top; NaN above half the sample rate.
    private let levels: [Float]

    /// Levels of digital silence.
    private static let silence = -200.0
    private static let windowsPerColumn = 8

    init(
        _ signal: SpectrogramFigure.Signal, columns: Int, rows: Int, duration: Double,
        maximumFrequency: Double, window: Double
    ) throws(PlottingError) {
        let rate = Double(signal.sampleRate)
        let length = max(16, Int((window * rate).rounded()))
        var size = 32
        while size < 2 * length { size *= 2 }
        let fft: RealFFT<Float>
        do {
            fft = try RealFFT<Float>(size: size)
        } catch {
            throw .unusableSignal("\(error)")
        }
        let taper = AnalysisWindow.hann(length)
        // A sine of full scale has |X| = sum of the window / 2.
        let scale = pow(2 / taper.reduce(0, +), 2)
        let weights = taper.map { Float($0) }
        let count = signal.samples.count
        let secondsPerColumn = duration / Double(columns)
        let filled = min(
            columns, max(1, Int((Double(count) / rate / secondsPerColumn).rounded(.up))))
        let windows = min(
            Self.windowsPerColumn,
            max(1, Int((secondsPerColumn * rate / Double(length) * 2).rounded(.up))))

        var frame = [Float](repeating: 0, count: size)
        var real = [Float](repeating: 0, count: fft.binCount)
        var imaginary = real
        var power = [Double](repeating: 0, count: fft.binCount)
        let bands = Self.bands(
            rows: rows, maximumFrequency: maximumFrequency, binWidth: rate / Double(size),
            bins: fft.binCount)
        var levels = [Float](repeating: .nan, count: filled * rows)
        var loudest = -Double.infinity
        for column in 0..<filled {
            for bin in power.indices { power[bin] = 0 }
            for index in 0..<windows {
                let centre =
                    (Double(column) + (Double(index) + 0.5) / Double(windows)) * secondsPerColumn
                    * rate
                let start = Int(centre.rounded()) - length / 2
                for n in 0..<length {
                    let source = start + n
                    frame[n] =
                        source >= 0 && source < count ? signal.samples[source] * weights[n] : 0
                }
                do {
                    try frame.withUnsafeBufferPointer { (x) throws(SpectralTransformError) in
                        try real.withUnsafeMutableBufferPointer {
                            (re) throws(SpectralTransformError) in
                            try imaginary.withUnsafeMutableBufferPointer {
                                (im) throws(SpectralTransformError) in
                                try fft.forward(x, real: re, imaginary: im)
                            }
                        }
                    }
                } catch {
                    throw .unusableSignal("\(error)")
                }
                for bin in power.indices {
                    power[bin] +=
                        Double(real[bin]) * Double(real[bin]) + Double(imaginary[bin])
                        * Double(imaginary[bin])
                }
            }
            for row in 0..<rows {
                guard let band = bands[row] else { continue }
                let mean = band.power(power) * scale / Double(windows)
                let level = mean > 1e-20 ? 10 * log10(mean) : Self.silence
                levels[column * rows + row] = Float(level)
                loudest = max(loudest, level)
            }
        }
        self.columns = filled
        self.rows = rows
        self.levels = levels
        self.loudest = loudest > Self.silence ? loudest : nil
    }

    /// dBFS; nil where the signal has no such frequencies.
    func level(column: Int, row: Int) -> Double? {
        let level = levels[column * rows + row]
        return level.isNaN ? nil : Double(level)
    }

    /// What a row of pixels sees of a spectrum.
    private enum Band {
        /// The mean of several bins.
        case mean(Range<Int>)
        /// Between a bin and the next, on a scale of levels.
        case between(Int, Double)

        func power(_ spectrum: [Double]) -> Double {
            switch self {
            case .mean(let bins): return bins.reduce(0) { $0 + spectrum[$1] } / Double(bins.count)
            case .between(let bin, let share):
                let low = max(spectrum[bin], 1e-30)
                let high = max(spectrum[min(bin + 1, spectrum.count - 1)], 1e-30)
                return exp(log(low) * (1 - share) + log(high) * share)
            }
        }
    }

    private static func bands(rows: Int, maximumFrequency: Double, binWidth: Double, bins: Int)
        -> [Band?]
    {
        (0..<rows).map { row in
            let high = maximumFrequency * Double(rows - row) / Double(rows) / binWidth
            let low = maximumFrequency * Double(rows - row - 1) / Double(rows) / binWidth
            let middle = (low + high) / 2
            guard middle <= Double(bins - 1) else { return nil }
            let first = Int(low.rounded(.up))
            let end = min(Int(high.rounded(.up)), bins)
            if end - first >= 2 { return .mean(first..<end) }
            return .between(Int(middle), middle - middle.rounded(.down))
        }
    }
}
