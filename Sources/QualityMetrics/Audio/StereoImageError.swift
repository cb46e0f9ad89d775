import Foundation
import Psychoacoustic

/// How far the stereo image of a sound of two channels has moved: the error of the inter-channel
/// level difference (ICLD) and of the inter-channel coherence (ICC) by critical band, the cues of
/// binaural cue coding (Baumgarte and Faller, IEEE Trans. Speech and Audio Processing 11, 2003).
///
/// Spectra L and R under periodic Hann windows of 24 ms, half overlapped; sums run over the bins of
/// a critical band (`MaskingModel.bands`) and the 8 frames of a block (108 ms); blocks follow each
/// other without overlap, what is left at the end is not looked at.
///
///     ICLD = 10 log10(sum |L|^2 / sum |R|^2), held within -30 ... 30 dB
///     ICC  = sum Re(L R*) / sqrt(sum |L|^2 sum |R|^2), -1 ... 1; 0 where a channel is silent
///
/// The coherence keeps its sign: sound in antiphase has -1, and a codec that makes one channel of
/// both turns that to 1. Only bands in which the original's louder channel is above the threshold
/// in quiet count. Values are the means of the absolute differences over all bands and blocks of
/// all files.
public struct StereoImageError: PooledSoundMetric {
    /// dB.
    public static let largestLevelDifference = 30.0
    private static let framesPerBlock = 8

    public init() {}

    public var columns: [PooledColumn] {
        [
            PooledColumn(
                identifier: "icld_error_db", title: "ICLD error", unit: "dB",
                higherIsBetter: false, comparesRates: true, pool: "icld_error_db",
                statistic: .mean),
            PooledColumn(
                identifier: "icc_error", title: "ICC error", unit: "", higherIsBetter: false,
                comparesRates: true, pool: "icc_error", statistic: .mean),
        ]
    }

    /// - Throws: `notStereo`; `tooShort` below one block; `silent(.reference)` where no band
    ///   counts; `unusableSetting` outside 8 ... 48 kHz.
    public func pools(_ sound: SoundPair) throws(QualityMetricError) -> [String: MetricPool] {
        guard sound.channels.count == 2 else { throw .notStereo(channels: sound.channels.count) }
        let model: MaskingModel
        do throws(MaskingModelError) {
            model = try MaskingModel(sampleRate: Double(sound.sampleRate))
        } catch {
            throw .unusableSetting(error.description)
        }
        let original = try Self.cues(sound.channels.map(\.reference), model)
        let decoded = try Self.cues(sound.channels.map(\.degraded), model)
        var (levels, coherences, count) = (0.0, 0.0, 0)
        for (a, b) in zip(original, decoded) where a.isAudible {
            levels += abs(a.levelDifference - b.levelDifference)
            coherences += abs(a.coherence - b.coherence)
            count += 1
        }
        guard count > 0 else { throw .silent(.reference) }
        return [
            "icld_error_db": MetricPool(sum: levels, count: count),
            "icc_error": MetricPool(sum: coherences, count: count),
        ]
    }

    /// What a band of a block says about the image.
    private struct Cue {
        var left = 0.0
        var right = 0.0
        var product = 0.0
        /// Power of the threshold in quiet over the frames of the block.
        var quiet = 0.0

        var isAudible: Bool { max(left, right) > quiet }

        /// dB.
        var levelDifference: Double {
            guard left > 0 || right > 0 else { return 0 }
            let most = StereoImageError.largestLevelDifference
            return min(max(10 * log10(left / right), -most), most)
        }

        var coherence: Double {
            let power = left * right
            return power > 0 ? product / power.squareRoot() : 0
        }
    }

    /// `[block][band]` of the channels left and right.
    private static func cues(_ channels: [[Double]], _ model: MaskingModel)
        throws(QualityMetricError) -> [Cue]
    {
        let hop = model.size / 2
        var spectra: [Spectrogram] = []
        for channel in channels {
            spectra.append(try Spectrogram(channel, size: model.size, hop: hop))
        }
        let (left, right) = (spectra[0], spectra[1])
        let blocks = left.frameCount / framesPerBlock
        guard blocks > 0 else {
            throw .tooShort(
                samples: channels[0].count, required: (framesPerBlock + 1) * hop)
        }
        var cues: [Cue] = []
        cues.reserveCapacity(blocks * model.bands.count)
        for block in 0..<blocks {
            for band in model.bands {
                var cue = Cue()
                for frame in block * framesPerBlock..<(block + 1) * framesPerBlock {
                    for bin in band {
                        let index = frame * model.binCount + bin
                        let (a, b) = (left.real[index], left.imaginary[index])
                        let (c, d) = (right.real[index], right.imaginary[index])
                        cue.left += a * a + b * b
                        cue.right += c * c + d * d
                        cue.product += a * c + b * d
                    }
                }
                // The threshold is the level of all that may be in a band.
                let least = band.reduce(Double.infinity) { min($0, model.quiet[$1]) }
                cue.quiet = least / model.powerScale * Double(framesPerBlock)
                cues.append(cue)
            }
        }
        return cues
    }
}
