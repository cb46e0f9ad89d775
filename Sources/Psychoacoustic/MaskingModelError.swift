/// What can be wrong with the settings of a masking model or with the buffers handed to it.
public enum MaskingModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Sample rates are 8,000 ... 48,000 Hz.
    case unsupportedSampleRate(Double)
    /// Transforms have an even number of samples, 5 to 100 ms.
    case unsupportedSize(Int, sampleRate: Double)
    /// Full scale is 0 ... 140 dB SPL.
    case unsupportedLevel(Double)
    /// A buffer does not hold whole spectra, or not as many as the other.
    case bufferSize(name: String, count: Int, required: Int)

    public var description: String {
        switch self {
        case .unsupportedSampleRate(let rate):
            "masking model: sample rate of \(rate) Hz is outside 8,000 ... 48,000 Hz"
        case .unsupportedSize(let size, let rate):
            """
            masking model: transform of \(size) samples at \(rate) Hz is not an even number \
            of 5 to 100 ms
            """
        case .unsupportedLevel(let level):
            "masking model: full scale at \(level) dB SPL is outside 0 ... 140 dB"
        case .bufferSize(let name, let count, let required):
            "masking model: buffer '\(name)' holds \(count) values, \(required) are needed"
        }
    }
}
