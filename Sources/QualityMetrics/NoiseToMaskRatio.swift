import Foundation
import Psychoacoustic

/// The noise-to-mask ratio (Brandenburg and Sporer: NMR and Masking Flag, AES 11th International
/// Conference, 1992): how far the difference of two signals is above the masking threshold of the
/// reference.
///
/// Frames of 24 ms, Hann window, half overlapped, only those inside the signal; thresholds by
/// psychoacoustic model 1 of ISO 11172-3 (`MaskingModel`), a sinusoid of full scale at 96 dB SPL.
/// In each critical band of each frame the power of the difference is divided by the smallest
/// threshold in the band (as the signal-to-mask ratio of the standard takes it), since the
/// threshold is the level of all that may be in a critical band. The measure depends on the level.
public struct NoiseToMaskRatio: QualityMetric {
    public enum Statistic: Sendable {
        /// 10 log10 of the mean ratio over all bands and frames, dB: the "total NMR" of ITU-R
        /// BS.1387 under the thresholds of model 1.
        case mean
        /// The share of bands and frames with a ratio above 1 (0 dB), where the difference can be
        /// heard by this model: 0 ... 1.
        case audibleShare
    }

    public let statistic: Statistic

    public init(_ statistic: Statistic = .mean) { self.statistic = statistic }

    public var identifier: String { statistic == .mean ? "nmr_db" : "nmr_audible_share" }
    public var title: String { statistic == .mean ? "NMR" : "NMR>0dB" }
    public var unit: String { statistic == .mean ? "dB" : "" }
    public var higherIsBetter: Bool { false }

    /// - Returns: -infinity dB for equal signals.
    /// - Throws: `tooShort` below one frame, `unusableSetting` outside 8 ... 48 kHz.
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        value(try Self.ratios(pair))
    }

    /// The statistic of ratios, at least one.
    func value(_ ratios: [Double]) -> Double {
        switch statistic {
        case .mean: return 10 * log10(ratios.reduce(0, +) / Double(ratios.count))
        case .audibleShare: return Double(ratios.count { $0 > 1 }) / Double(ratios.count)
        }
    }

    /// Power of the difference over the smallest threshold, `[frame][band]`.
    package static func ratios(_ pair: SignalPair) throws(QualityMetricError) -> [Double] {
        do {
            let model = try MaskingModel(sampleRate: Double(pair.sampleRate))
            let size = model.size
            let bins = model.binCount
            let reference = try PowerSpectrogram(
                pair.reference, size: size, hop: size / 2, padding: .none)
            let noise = try PowerSpectrogram(
                zip(pair.reference, pair.degraded).map { $0 - $1 }, size: size, hop: size / 2,
                padding: .none)
            let threshold = try MaskingAnalyser(model).thresholds(
                of: reference.power.map { $0 * model.powerScale })
            var ratios: [Double] = []
            ratios.reserveCapacity(reference.frameCount * model.bands.count)
            for frame in 0..<reference.frameCount {
                for band in model.bands {
                    var power = 0.0
                    var smallest = Double.infinity
                    for index in frame * bins + band.lowerBound..<frame * bins + band.upperBound {
                        power += noise.power[index]
                        smallest = min(smallest, threshold[index])
                    }
                    ratios.append(power * model.powerScale / smallest)
                }
            }
            return ratios
        } catch let error as MaskingModelError {
            throw .unusableSetting(error.description)
        } catch let error as QualityMetricError {
            throw error
        } catch {
            throw .unusableSetting("\(error)")
        }
    }
}
