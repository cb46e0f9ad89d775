import NeuralNetwork

/// What can go wrong in encoder, decoder and model loading.
public enum CodecError: Error, Equatable, Sendable, CustomStringConvertible {
    case channels(Int, allowed: ClosedRange<Int>)
    case layers(Int, allowed: ClosedRange<Int>)
    case rateIndices(count: Int, layers: Int)
    case bitrate(Double, allowed: ClosedRange<Double>)
    case blocksPerPacket(Int, allowed: ClosedRange<Int>)
    case keyInterval(Int, allowed: ClosedRange<Int>)
    case refinement(String)
    case channelCountMismatch(got: Int, expected: Int)
    case unequalChannels([Int])
    case finished
    case wrongModel(stream: ModelID, model: ModelID)
    case noKeyPacket
    case packet(String)
    case entropy(EntropyCodingError)
    case modelFile(WeightFileProblem)
    case modelMetadata(String)
    case modelTensor(name: String, reason: String)

    /// Text of a weight file's error.
    public struct WeightFileProblem: Equatable, Sendable { public let text: String }

    public var description: String {
        switch self {
        case .channels(let n, let allowed):
            "\(n) channels; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
        case .layers(let n, let allowed):
            "\(n) layers; the model has \(allowed.lowerBound) to \(allowed.upperBound)"
        case .rateIndices(let count, let layers): "\(count) rate indices for \(layers) layers"
        case .bitrate(let rate, let allowed):
            "bitrate \(rate / 1000) kbit/s is outside \(allowed.lowerBound / 1000) to \(allowed.upperBound / 1000) kbit/s"
        case .blocksPerPacket(let n, let allowed):
            "\(n) blocks per packet; allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
        case .keyInterval(let n, let allowed):
            "key interval \(n); allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
        case .refinement(let reason): "analysis by synthesis: \(reason)"
        case .channelCountMismatch(let got, let expected):
            "\(got) channels of samples, expected \(expected)"
        case .unequalChannels(let counts): "channels of unequal length: \(counts)"
        case .finished: "no samples or packets may follow the end"
        case .wrongModel(let stream, let model):
            "the stream was made with model \(stream), this is model \(model)"
        case .noKeyPacket: "the stream does not begin with a key packet"
        case .packet(let reason): "packet: \(reason)"
        case .entropy(let error): "damaged symbols: \(error)"
        case .modelFile(let problem): "model file: \(problem.text)"
        case .modelMetadata(let reason): "model file: metadata: \(reason)"
        case .modelTensor(let name, let reason): "model file: \(name): \(reason)"
        }
    }
}
