/// What can be wrong with a transform or with the buffers handed to it.
public enum SpectralTransformError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Transform sizes are even and between 2 and 2^30.
    case unsupportedSize(Int)
    /// The hop must be at least one sample.
    case unsupportedHop(Int)
    /// The window must hold between one sample and the transform size.
    case unsupportedWindow(samples: Int, size: Int)
    /// Reflection needs more samples than half the window.
    case signalTooShort(samples: Int, required: Int)
    /// A buffer does not hold what the operation reads or writes.
    case bufferSize(name: String, count: Int, required: Int)

    public var description: String {
        switch self {
        case .unsupportedSize(let size):
            "transform size \(size) is not an even number from 2 to 2^30"
        case .unsupportedHop(let hop): "hop of \(hop) samples is below 1"
        case .unsupportedWindow(let samples, let size):
            "a window of \(samples) samples does not fit a transform of \(size)"
        case .signalTooShort(let samples, let required):
            "signal has \(samples) samples, \(required) are needed"
        case .bufferSize(let name, let count, let required):
            "buffer '\(name)' holds \(count) values, \(required) are needed"
        }
    }
}
