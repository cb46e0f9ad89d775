import SpectralTransform

/// Squared magnitudes of the short-time spectra of one signal, `[frame][bin]`.
struct PowerSpectrogram {
    let frameCount: Int
    let binCount: Int
    let power: [Double]

    /// - Throws: `tooShort` when no frame fits, `unusableSetting` when the transform refuses its
    ///   settings.
    init(
        _ signal: [Double], size: Int, hop: Int, window: [Double]? = nil,
        padding: ShortTimeTransform<Double>.Padding
    ) throws(QualityMetricError) {
        do {
            let transform = try ShortTimeTransform<Double>(
                size: size, hop: hop, window: window, padding: padding)
            let spectra = try transform.forward(signal)
            frameCount = transform.frameCount(samples: signal.count)
            binCount = transform.binCount
            power = zip(spectra.real, spectra.imaginary).map { $0 * $0 + $1 * $1 }
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
