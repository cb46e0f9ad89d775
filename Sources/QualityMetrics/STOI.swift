import Foundation
import SpectralTransform

/// The short-time objective intelligibility measure (Taal, Hendriks, Heusdens, Jensen: An algorithm
/// for intelligibility prediction of time-frequency weighted noisy speech, IEEE TASLP 2011) and its
/// extended form (Jensen, Taal: An algorithm for predicting the intelligibility of speech masked by
/// modulated noise maskers, IEEE TASLP 2016). 1 is perfect, 0 is unintelligible; slightly negative
/// values occur.
///
/// Step for step the method of the Python package pystoi 0.4: conversion to 10 kHz by
/// `PolyphaseResampler`; frames of 256 samples every 128 under a Hann window without zero ends;
/// frames whose reference energy is 40 dB or more below the loudest are dropped and the rest
/// overlap-added; 512-point spectra in 15 third-octave bands; correlation over segments of 30
/// frames (384 ms). pystoi returns 1e-5 when fewer than 30 frames are left; here this is an error.
public struct STOI: QualityMetric {
    public let identifier: String
    public let title: String
    public let unit = ""
    public let higherIsBetter = true
    /// Whether this is ESTOI.
    public let extended: Bool

    static let sampleRate = 10_000
    static let frame = 256
    static let hop = 128
    static let size = 512
    static let dynamicRange = 40.0
    static let segment = 30
    /// Lower bound of the signal-to-distortion ratio, dB.
    static let clipping = -15.0
    static let epsilon = Double.ulpOfOne

    public init(extended: Bool = false) {
        self.extended = extended
        identifier = extended ? "estoi" : "stoi"
        title = extended ? "ESTOI" : "STOI"
    }

    /// - Throws: `tooShort` below one frame, `silent(.reference)`, `tooFewActiveFrames` below 30
    ///   frames (about 0.4 s of speech).
    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        let resampler = try PolyphaseResampler(from: pair.sampleRate, to: Self.sampleRate)
        let active = try Self.withoutSilence(
            resampler.convert(pair.reference), resampler.convert(pair.degraded))
        let reference = try Self.bandMagnitudes(active.reference)
        let degraded = try Self.bandMagnitudes(active.degraded)
        let segments = reference.count - Self.segment + 1
        guard segments > 0 else {
            throw .tooFewActiveFrames(found: reference.count, required: Self.segment)
        }
        var noise = TinyNoise()
        var sum = 0.0
        for start in 0..<segments {
            let x = BandSegment(reference, start: start, length: Self.segment)
            let y = BandSegment(degraded, start: start, length: Self.segment)
            sum += extended ? x.extendedCorrelation(y, &noise) : x.correlation(y)
        }
        return sum / Double(segments)
    }

    /// Both signals without the frames in which the reference is silent.
    private static func withoutSilence(_ x: [Double], _ y: [Double]) throws(QualityMetricError) -> (
        reference: [Double], degraded: [Double]
    ) {
        guard x.count > frame else { throw .tooShort(samples: x.count, required: frame + 1) }
        let window = AnalysisWindow.hannWithoutZeros(frame)
        let starts = Array(stride(from: 0, to: x.count - frame, by: hop))
        let energies = starts.map { start in
            20
                * log10(
                    (0..<frame).reduce(0) {
                        $0 + (window[$1] * x[start + $1]) * (window[$1] * x[start + $1])
                    }.squareRoot() + epsilon)
        }
        guard let loudest = energies.max(), x.contains(where: { $0 != 0 }) else {
            throw .silent(.reference)
        }
        let kept = zip(starts, energies).filter { loudest - dynamicRange - $0.1 < 0 }.map(\.0)
        func overlapAdd(_ signal: [Double]) -> [Double] {
            var sum = [Double](repeating: 0, count: (kept.count - 1) * hop + frame)
            for (index, start) in kept.enumerated() {
                for n in 0..<frame { sum[index * hop + n] += window[n] * signal[start + n] }
            }
            return sum
        }
        return (overlapAdd(x), overlapAdd(y))
    }

    /// The magnitude in each third-octave band of each frame, `[frame][band]`. The last frame that
    /// would fit is left out, as the original does.
    private static func bandMagnitudes(_ signal: [Double]) throws(QualityMetricError) -> [[Double]]
    {
        let frames = (signal.count - frame + hop - 1) / hop
        guard frames > 0 else { throw .tooFewActiveFrames(found: 0, required: segment) }
        let spectra = try PowerSpectrogram(
            Array(signal[..<((frames - 1) * hop + frame)]), size: size, hop: hop,
            window: AnalysisWindow.hannWithoutZeros(frame), padding: .none)
        let bands = ThirdOctaveBands.bins(sampleRate: Double(sampleRate), size: size)
        return (0..<spectra.frameCount).map { frame in
            let base = frame * spectra.binCount
            return bands.map { band in band.reduce(0) { $0 + spectra.power[base + $1] }.squareRoot()
            }
        }
    }
}
