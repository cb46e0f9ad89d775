import NeuralNetwork

/// What a gain filter looks like: two short-time transforms of a sound one after the other, a long
/// one for its spectrum and a short one for its course in time, and a small recurrent network that
/// gives the gains of both.
public struct GainFilterConfiguration: Codable, Sendable, Equatable {
    /// Of the sound, Hz.
    public var sampleRate = 16000
    /// Samples of a long frame, even, and from one frame to the next; `size` is a whole number of
    /// `hop`, at least 2. The network runs once a hop and gives a gain for every bin.
    public var size = 256
    public var hop = 64
    /// The same of the short frames; `hop` is a whole number of `shortHop`.
    public var shortSize = 64
    public var shortHop = 16
    /// Bins of the short frames whose gains the network gives, rising; those between are
    /// interpolated.
    public var shortKnots = [0, 2, 4, 7, 11, 16, 22, 30]
    /// Samples of the longer frames that pitch is seen in, and their lowest bins that are used; 0 =
    /// none.
    public var pitchSize = 512
    public var pitchBins = 64
    /// Channels inside, which are also the units of the recurrent contexts.
    public var hidden = 104
    /// Recurrent contexts one behind the other; nil = 1.
    public var contexts: Int?
    /// Largest magnitude of the logarithm of a gain; nil = 2.5 (21.7 dB).
    public var bound: Double?
    /// Frames ahead that a gain depends on.
    public var ahead = 2
    /// Numbers that the network is told beside the sound: a post-filter's, the rate index of every
    /// module of the cascade.
    public var layers = 2

    public init() {}

    /// Bins of a long frame.
    public var bins: Int { size / 2 + 1 }
    /// Short frames to a long one.
    var shortFrames: Int { hop / shortHop }
    /// Values of all short frames of a long one.
    var shortValues: Int { shortFrames * shortKnots.count }
    /// Values of a long frame that the network sees.
    public var features: Int { bins + pitchBins + shortValues + layers }
    /// Samples by which the filter lags behind its input.
    public var delay: Int { size - hop + shortSize - shortHop + ahead * hop }

    /// - Throws: `GainFilterError.configuration`
    public func validate() throws(GainFilterError) {
        for (name, value, range) in [
            ("sampleRate", sampleRate, 8000...96_000), ("size", size, 16...8192),
            ("hop", hop, 4...4096), ("shortSize", shortSize, 4...size),
            ("shortHop", shortHop, 2...hop), ("pitchSize", pitchSize, 16...16_384),
            ("pitchBins", pitchBins, 0...pitchSize / 2), ("hidden", hidden, 1...1024),
            ("ahead", ahead, 0...64), ("layers", layers, 0...8),
            ("contexts", contexts ?? 1, 1...8),
        ] where !range.contains(value) {
            throw .configuration("\(name) is \(value), possible are \(range)")
        }
        for (size, hop) in [(size, hop), (shortSize, shortHop)] {
            guard size % 2 == 0, size % hop == 0, size >= 2 * hop else {
                throw .configuration(
                    "size \(size) is not even and 2, 3, ... times hop \(hop)")
            }
        }
        guard hop % shortHop == 0 else {
            throw .configuration(
                "hop \(hop) is no whole number of short hops of \(shortHop)")
        }
        let rises = zip(shortKnots, shortKnots.dropFirst()).allSatisfy { $0 < $1 }
        guard rises, let first = shortKnots.first, let last = shortKnots.last, first >= 0,
            last <= shortSize / 2
        else {
            throw .configuration(
                "shortKnots do not rise within 0 ... \(shortSize / 2)")
        }
        guard pitchSize >= size, pitchSize % 2 == 0 else {
            throw .configuration(
                "pitchSize is \(pitchSize), possible are even ones from \(size) on")
        }
        let bound = bound ?? 1
        guard bound > 0, bound <= 10 else {
            throw .configuration("bound is \(bound), possible are numbers up to 10, not 0")
        }
    }
}

/// Why a gain filter cannot be made.
public enum GainFilterError: Error, Equatable, Sendable, CustomStringConvertible {
    case configuration(String)
    /// The tensors of a file are not those of the network.
    case size(numbers: Int, network: Int)
    case tensor(WeightFileError)
    /// What is wrong with a tensor that is stored in fewer bits.
    case packed(String)

    public var description: String {
        switch self {
        case .configuration(let reason): "configuration: \(reason)"
        case .size(let numbers, let network): "\(numbers) numbers, its network has \(network)"
        case .tensor(let error): "\(error)"
        case .packed(let reason): reason
        }
    }
}
