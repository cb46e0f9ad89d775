/// What a denoising network looks like.
public struct DenoiserConfiguration: Codable, Sendable, Equatable {
    /// Of the sound, Hz.
    public var sampleRate = 16000
    /// Coefficients of the lapped transform, and samples from one frame to the next.
    public var hop = 160
    /// Channels inside, units of the recurrent context, gated blocks before it.
    public var hidden = 64
    public var context = 64
    public var blocks = 2

    public init() {}

    /// - Throws: `DenoiserError.configuration`
    public func validate() throws(DenoiserError) {
        for (name, value, range) in [
            ("sampleRate", sampleRate, 8000...96_000), ("hop", hop, 16...1024),
            ("hidden", hidden, 1...1024), ("context", context, 1...1024),
            ("blocks", blocks, 0...16),
        ] where !range.contains(value) {
            throw .configuration("\(name) is \(value), possible are \(range)")
        }
    }
}

/// Why a denoiser cannot be made.
public enum DenoiserError: Error, Equatable, Sendable, CustomStringConvertible {
    case configuration(String)
    /// The file is a model, but not a denoiser's, or its tensors are not those of its network.
    case model(String)

    public var description: String {
        switch self {
        case .configuration(let reason): "denoiser configuration: \(reason)"
        case .model(let reason): "denoiser model: \(reason)"
        }
    }
}
