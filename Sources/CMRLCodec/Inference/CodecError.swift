import NeuralNetwork

/// What can go wrong in encoder, decoder and model loading.
public enum CodecError: Error, Equatable, Sendable {
    // Settings
    case channels(Int, allowed: ClosedRange<Int>)
    case layers(Int, allowed: ClosedRange<Int>)
    /// `count` rate indices for `layers` layers.
    case rateIndices(count: Int, layers: Int)
    /// Bit/s of the whole stream.
    case bitrate(Double, allowed: ClosedRange<Double>)
    /// Bit/s of a simulation, which codes nothing and so meets no bitrate.
    case simulatedBitrate(Double)
    /// A quality outside 0 ... 1.
    case quality(Double)
    case blocksPerPacket(Int, allowed: ClosedRange<Int>)
    case keyInterval(Int, allowed: ClosedRange<Int>)
    /// So many refiners for `groups` groups of channels.
    case refiners(Int, groups: Int)
    /// Rounds of analysis by synthesis.
    case rounds(Int, allowed: ClosedRange<Int>)
    /// Analysis by synthesis, and patches, need a model with its parameters
    /// (`CodecModel.init(bytes:keepsParameters:)`).
    case parametersNotKept
    /// What was asked for works with models of the lapped transform, this one is of another family.
    case family(ModelFamily)
    /// A quality or rate index other than 0 with a model that was trained for one rate.
    case fixedRate
    /// Analysis by synthesis cannot work with a model of this format; what its losses say.
    case refinement(SignalFormat, reason: String)

    // Samples
    case channelCountMismatch(got: Int, expected: Int)
    case unequalChannels([Int])
    /// `samples` values are no whole number of frames of `channels` channels.
    case incompleteFrame(samples: Int, channels: Int)
    /// A buffer of so many values where `needed` are needed.
    case bufferSize(Int, needed: Int)
    /// Strides below 1, or a negative number of frames.
    case sampleLayout(SampleLayout, frames: Int)
    /// Something was pushed after the end.
    case finished

    // Streams
    case wrongModel(stream: ModelID, model: ModelID)
    case wrongBlock(stream: BlockFormat, model: BlockFormat)
    case noKeyPacket
    case packetBlocks(Int, allowed: ClosedRange<Int>)
    case keyPacketWithoutRates
    /// A rate index other than 0 in a stream of a model that has one rate.
    case rateIndex(UInt8)
    case groupWithoutChunks
    case groupCountMismatch(got: Int, expected: Int)
    /// A stream declares more source samples per channel than its blocks can hold.
    case samplesMissing(declared: UInt64, sampleRate: Int, blocks: Int, block: BlockFormat)
    case entropy(EntropyCodingError)
    case stream(BitstreamError)

    // Models
    case modelFile(WeightFileError)
    case model(ModelProblem)
    case modelTensor(name: String, TensorProblem)
    case postFilter(PostFilterError)
    case patch(PatchProblem)
}

/// What a model file says that cannot be used.
public enum ModelProblem: Error, Equatable, Sendable {
    /// The metadata are not the JSON that was expected.
    case metadata(String)
    /// Entries of the network that this code does not know; what it does not know it cannot
    /// compute.
    case unknownEntries([String])
    /// A family that this code does not know.
    case unknownFamily(String)
    /// A family that cannot be coded with.
    case family(ModelFamily)
    case configuration(NetworkConfigurationError)
    /// The network has more parameters than the tensors hold values.
    case parameterCount(needed: Int, found: Int)
    /// A rate curve of so many values, or with values that are no rates.
    case rateCurve(count: Int, expected: Int)
    /// Symbols of silence of the modules of a network that has other modules or symbols.
    case restSymbols([Int])
    case objective(EncodingObjective)
}

/// What is wrong with a tensor of a model file.
public enum TensorProblem: Error, Equatable, Sendable {
    case file(WeightFileError)
    case tables(EntropyCodingError)
    /// Infinite, or far larger than any weight.
    case notWeights
    case interpolationWeight(Float)
    case tableCount(Int, expected: Int)
    /// A packed tensor is too short for as many values.
    case tooFewBytes(Int, values: Int)
    /// A packed integer that its codebook has nothing for.
    case level(Int, count: Int)
}

extension CodecError: CustomStringConvertible {
    public var description: String {
        func range<T>(_ allowed: ClosedRange<T>) -> String {
            "\(allowed.lowerBound) to \(allowed.upperBound)"
        }
        return switch self {
        case .channels(let n, let allowed): "\(n) channels; allowed are \(range(allowed))"
        case .layers(let n, let allowed): "\(n) layers; the model has \(range(allowed))"
        case .rateIndices(let count, let layers): "\(count) rate indices for \(layers) layers"
        case .bitrate(let rate, let allowed):
            """
            bitrate \(rate / 1000) kbit/s is outside \(allowed.lowerBound / 1000) to \
            \(allowed.upperBound / 1000) kbit/s
            """
        case .simulatedBitrate(let rate):
            """
            a bitrate of \(rate / 1000) kbit/s can only be met by coding: a simulation needs a \
            quality or rate indices
            """
        case .quality(let quality): "quality \(quality); allowed are 0 to 1"
        case .blocksPerPacket(let n, let allowed):
            "\(n) blocks per packet; allowed are \(range(allowed))"
        case .keyInterval(let n, let allowed): "key interval \(n); allowed are \(range(allowed))"
        case .refiners(let count, let groups):
            "analysis by synthesis: \(count) refiners for \(groups) groups of channels"
        case .rounds(let n, let allowed):
            "analysis by synthesis: \(n) rounds; allowed are \(range(allowed))"
        case .parametersNotKept:
            """
            analysis by synthesis, or a patch: the model was loaded without its parameters
            """
        case .family(let family):
            """
            the model is of the family \(family.rawValue); this works with \
            \(ModelFamily.lappedCascade.rawValue) only
            """
        case .fixedRate:
            """
            the model was trained for one rate, which no quality or rate index changes: choose \
            among its layers
            """
        case .refinement(let signal, let reason):
            """
            analysis by synthesis: impossible with this model of \(signal.sampleRate) Hz: \
            \(reason)
            """
        case .channelCountMismatch(let got, let expected):
            "\(got) channels of samples, expected \(expected)"
        case .unequalChannels(let counts): "channels of unequal length: \(counts)"
        case .incompleteFrame(let samples, let channels):
            "\(samples) samples are no whole number of frames of \(channels) channels"
        case .bufferSize(let size, let needed):
            "a buffer of \(size) values; the samples need \(needed)"
        case .sampleLayout(let layout, let frames):
            """
            \(frames) frames with strides of \(layout.frameStride) and \
            \(layout.channelStride): strides are at least 1, frames at least 0
            """
        case .finished: "no samples or packets may follow the end"
        case .wrongModel(let stream, let model):
            "the stream was made with model \(stream), this is model \(model)"
        case .wrongBlock(let stream, let model):
            "the stream has blocks of \(stream), the model codes \(model)"
        case .noKeyPacket: "the stream does not begin with a key packet"
        case .packetBlocks(let n, let allowed):
            "packet: \(n) blocks; allowed are \(range(allowed))"
        case .keyPacketWithoutRates: "packet: a key packet without rate indices"
        case .rateIndex(let index):
            "packet: rate index \(index); the model of the stream has 0 only"
        case .groupWithoutChunks: "packet: a group of channels without chunks"
        case .groupCountMismatch(let got, let expected):
            "packet: chunks of \(got) groups of channels, expected \(expected)"
        case .samplesMissing(let declared, let rate, let blocks, let block):
            """
            \(declared) samples at \(rate) Hz are declared, \(blocks) blocks of \(block) \
            hold fewer
            """
        case .entropy(let error): "damaged symbols: \(error)"
        case .stream(let error): "\(error)"
        case .modelFile(let error): "model file: \(error)"
        case .model(let problem): "model file: metadata: \(problem)"
        case .modelTensor(let name, let problem): "model file: \(name): \(problem)"
        case .postFilter(let problem): "\(problem)"
        case .patch(let problem): "\(problem)"
        }
    }
}

extension ModelProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .metadata(let text): text
        case .unknownEntries(let names):
            "a network with \(names.joined(separator: ", ")), which this version does not know"
        case .unknownFamily(let name):
            "a model of the family \(name), which this version does not know"
        case .family(let family):
            "a model of the family \(family.rawValue), which has no bitstream"
        case .configuration(let error): "\(error)"
        case .parameterCount(let needed, let found):
            "a network of \(needed) parameters, the tensors hold \(found) values"
        case .rateCurve(let count, let expected):
            "rate curve of \(count) values, expected \(expected) positive ones"
        case .restSymbols(let symbols):
            "the symbols of silence \(symbols) are none of the modules'"
        case .objective(let objective):
            "the objective \(objective) is none that can be trained for"
        }
    }
}

extension TensorProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): "\(error)"
        case .tables(let error): "\(error)"
        case .notWeights: "values that are no weights"
        case .interpolationWeight(let value): "\(value) is no interpolation weight"
        case .tableCount(let count, let expected): "\(count) tables instead of \(expected)"
        case .tooFewBytes(let bytes, let values): "\(bytes) bytes for \(values) packed values"
        case .level(let integer, let count): "\(integer) has no level in a codebook of \(count)"
        }
    }
}

extension BlockFormat: CustomStringConvertible {
    public var description: String {
        """
        \(samples) samples of \(channels == 1 ? "1 channel" : "\(channels) channels") at \
        \(sampleRate) Hz
        """
    }
}
