import SpectralTransform

/// The short-time spectra of one signal, `[frame][bin]`, only frames that lie inside the signal
/// unless padded.
struct Spectrogram {
    let frameCount: Int
    let binCount: Int
    let real: [Double]
    let imaginary: [Double]

    /// - Throws: `tooShort` when no frame fits, `unusableSetting` when the transform refuses its
    ///   settings.
    init(
        _ signal: [Double], size: Int, hop: Int, window: [Double]? = nil,
        padding: ShortTimeTransform<Double>.Padding = .none
    ) throws(QualityMetricError) {
        do {
            let transform = try ShortTimeTransform<Double>(
                size: size, hop: hop, window: window, padding: padding)
            (real, imaginary) = try transform.forward(signal)
            frameCount = transform.frameCount(samples: signal.count)
            binCount = transform.binCount
        } catch .signalTooShort(let samples, let required) {
            throw .tooShort(samples: samples, required: required)
        } catch {
            throw .unusableSetting("\(error)")
        }
        guard frameCount > 0 else {
            throw .tooShort(samples: signal.count, required: window?.count ?? size)
        }
    }
}

/// Squared magnitudes of the short-time spectra of one signal, `[frame][bin]`.
struct PowerSpectrogram {
    let frameCount: Int
    let binCount: Int
    let power: [Double]

    /// - Throws: as `Spectrogram`.
    init(
        _ signal: [Double], size: Int, hop: Int, window: [Double]? = nil,
        padding: ShortTimeTransform<Double>.Padding
    ) throws(QualityMetricError) {
        let spectra = try Spectrogram(
            signal, size: size, hop: hop, window: window, padding: padding)
        frameCount = spectra.frameCount
        binCount = spectra.binCount
        power = zip(spectra.real, spectra.imaginary).map { $0 * $0 + $1 * $1 }
    }
}
