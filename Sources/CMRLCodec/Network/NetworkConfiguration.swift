import NeuralNetwork

/// Sizes of a codec network; stored in every model file and training configuration.
public struct NetworkConfiguration: Codable, Sendable, Equatable {
    /// One NWC module of the cascade.
    public struct Module: Codable, Sendable, Equatable {
        /// Gated blocks before and after the quantiser.
        public var encoderBlocks: Int
        public var decoderBlocks: Int
        /// Channels inside a gated block.
        public var hidden: Int
        /// State of the entropy model.
        public var context: Int
        /// Hidden units of the per-coefficient part of the entropy model.
        public var local: Int

        /// The last decoder block also sets the level of noise in every coefficient (noise
        /// filling); needs a decoder block.
        public var noiseFilling: Bool

        enum CodingKeys: String, CodingKey, CaseIterable {
            case encoderBlocks, decoderBlocks, hidden, context, local, noiseFilling
        }

        public init(
            encoderBlocks: Int = 1, decoderBlocks: Int = 2, hidden: Int = 112, context: Int = 112,
            local: Int = 16, noiseFilling: Bool = true
        ) {
            self.encoderBlocks = encoderBlocks
            self.decoderBlocks = decoderBlocks
            self.hidden = hidden
            self.context = context
            self.local = local
            self.noiseFilling = noiseFilling
        }
    }

    /// An envelope by linear prediction.
    public struct LineSpectrum: Codable, Sendable, Equatable {
        /// Line spectral frequencies of a block.
        public var order: Int
        /// First quantiser steps in radians, one a frequency; nil = 0.04.
        public var steps: [Double]?

        public init(order: Int = 16, steps: [Double]? = nil) {
            (self.order, self.steps) = (order, steps)
        }

        func step(_ position: Int) -> Double {
            steps.flatMap { position < $0.count ? $0[position] : nil } ?? 0.04
        }
    }

    /// The sound that is coded. In files its parts stand beside the sizes below; `sampleRate` and
    /// `channels` may be absent where they are those of `SignalFormat.init()`.
    public var signal = SignalFormat()
    /// Bands of a channel's envelope.
    public var bands = 20
    /// State of the envelope's entropy model.
    public var envelopeContext = 48
    /// Points of the rate scale at which quantiser gains are trained; between them they are
    /// interpolated.
    public var rateKnots = 6
    public var modules: [Module]
    /// Coefficients change sign at random before the modules and back behind them (`RandomSigns`);
    /// nil = no.
    public var randomSigns: Bool?
    /// Neighbouring channels of a source are rotated in pairs before they are coded one by one
    /// (`PairRotation`); nil = no. Only where a group is one channel; training does not mind.
    public var pairRotation: Bool?
    /// What comes before an attack is amplified in front of the transform and attenuated behind it
    /// (`AttackGain`); nil = no.
    public var attackGain: Bool?
    /// The envelope is told by linear prediction (`LineSpectralShape`), for training and
    /// experiments: one channel, no bitstream; nil = by bands.
    public var lineSpectrum: LineSpectrum?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case sampleRate, channels, hop, framesPerBlock, bands, envelopeContext, rateKnots, modules,
            randomSigns, pairRotation, attackGain, lineSpectrum
    }

    public init(
        modules: [Module] = [
            Module(), Module(encoderBlocks: 1, decoderBlocks: 1, hidden: 64, context: 64),
        ]
    ) { self.modules = modules }

    /// Range checks before anything is allocated.
    public func validate() throws(NetworkConfigurationError) {
        try NetworkConfigurationError.check(
            "sampleRate", signal.sampleRate, SignalFormat.sampleRateRange)
        try NetworkConfigurationError.check(
            "channels", signal.channels, SignalFormat.channelsRange)
        try NetworkConfigurationError.check("hop", hop, SignalFormat.hopRange)
        try NetworkConfigurationError.check(
            "framesPerBlock", framesPerBlock, SignalFormat.framesPerBlockRange)
        try NetworkConfigurationError.check(
            "hop * framesPerBlock", signal.blockSamples, SignalFormat.blockSamplesRange)
        try NetworkConfigurationError.check("bands", bands, 2...64)
        try NetworkConfigurationError.check("envelopeContext", envelopeContext, 1...256)
        try NetworkConfigurationError.check("rateKnots", rateKnots, 2...16)
        try NetworkConfigurationError.check("modules", modules.count, 1...8)
        if pairRotation == true {
            try NetworkConfigurationError.check(
                "channels with pairRotation", signal.channels, 1...1)
        }
        if let lineSpectrum {
            try NetworkConfigurationError.check(
                "channels with lineSpectrum", signal.channels, 1...1)
            try NetworkConfigurationError.check(
                "lineSpectrum.order / 2", lineSpectrum.order / 2, 1...16)
            try NetworkConfigurationError.check(
                "lineSpectrum.order % 2", lineSpectrum.order % 2, 0...0)
            if let steps = lineSpectrum.steps {
                try NetworkConfigurationError.check(
                    "number of lineSpectrum.steps", steps.count,
                    lineSpectrum.order...lineSpectrum.order)
                for step in steps {
                    guard step > 1e-4, step < 1 else {
                        throw .outOfRangeReal(
                            name: "lineSpectrum.steps", value: step, allowed: "0.0001 ... 1")
                    }
                }
            }
        }
        for module in modules {
            try NetworkConfigurationError.check("encoderBlocks", module.encoderBlocks, 0...8)
            try NetworkConfigurationError.check("decoderBlocks", module.decoderBlocks, 0...8)
            try NetworkConfigurationError.check("hidden", module.hidden, 1...512)
            try NetworkConfigurationError.check("context", module.context, 1...256)
            try NetworkConfigurationError.check("local", module.local, 1...16)
            if module.noiseFilling {
                try NetworkConfigurationError.check(
                    "decoderBlocks with noiseFilling", module.decoderBlocks, 1...8)
            }
        }
    }
}

extension NetworkConfiguration {
    /// Samples between frames: of `signal`.
    public var hop: Int {
        get { signal.hop }
        set { signal.hop = newValue }
    }
    /// Frames of a block: of `signal`.
    public var framesPerBlock: Int {
        get { signal.framesPerBlock }
        set { signal.framesPerBlock = newValue }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let usual = SignalFormat()
        signal = SignalFormat(
            sampleRate: try values.decodeIfPresent(Int.self, forKey: .sampleRate)
                ?? usual.sampleRate,
            hop: try values.decode(Int.self, forKey: .hop),
            framesPerBlock: try values.decode(Int.self, forKey: .framesPerBlock),
            channels: try values.decodeIfPresent(Int.self, forKey: .channels) ?? usual.channels)
        bands = try values.decode(Int.self, forKey: .bands)
        envelopeContext = try values.decode(Int.self, forKey: .envelopeContext)
        rateKnots = try values.decode(Int.self, forKey: .rateKnots)
        modules = try values.decode([Module].self, forKey: .modules)
        randomSigns = try values.decodeIfPresent(Bool.self, forKey: .randomSigns)
        pairRotation = try values.decodeIfPresent(Bool.self, forKey: .pairRotation)
        attackGain = try values.decodeIfPresent(Bool.self, forKey: .attackGain)
        lineSpectrum = try values.decodeIfPresent(LineSpectrum.self, forKey: .lineSpectrum)
    }

    /// In an encoder's `userInfo`, `true`: all entries are written, also those that files leave out
    /// where they are as always.
    public static let writesAllEntries = CodingUserInfoKey(rawValue: "nwc.writesAllEntries")

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let usual = SignalFormat()
        let all = Self.writesAllEntries.flatMap { encoder.userInfo[$0] as? Bool } ?? false
        if all || signal.sampleRate != usual.sampleRate {
            try values.encode(signal.sampleRate, forKey: .sampleRate)
        }
        if all || signal.channels != usual.channels {
            try values.encode(signal.channels, forKey: .channels)
        }
        try values.encode(hop, forKey: .hop)
        try values.encode(framesPerBlock, forKey: .framesPerBlock)
        try values.encode(bands, forKey: .bands)
        try values.encode(envelopeContext, forKey: .envelopeContext)
        try values.encode(rateKnots, forKey: .rateKnots)
        try values.encode(modules, forKey: .modules)
        try values.encodeIfPresent(randomSigns, forKey: .randomSigns)
        try values.encodeIfPresent(pairRotation, forKey: .pairRotation)
        try values.encodeIfPresent(attackGain, forKey: .attackGain)
        try values.encodeIfPresent(lineSpectrum, forKey: .lineSpectrum)
    }

    /// As `validate`, for what is to be coded.
    public func validateForBitstream() throws(NetworkConfigurationError) {
        try validate()
        if lineSpectrum != nil { throw .noBitstream }
    }

    /// Trained numbers of the network; nothing of its size is allocated. Of a valid configuration.
    public var parameterCount: Int {
        let store = ParameterStore<Float>.counting()
        _ = CodecNetwork(store, self)
        return store.count
    }
}

public enum NetworkConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    case outOfRange(name: String, value: Int, allowed: ClosedRange<Int>)
    case outOfRangeReal(name: String, value: Double, allowed: String)
    case notPositive(name: String, value: Double)
    case noBitstream

    /// - Throws: `outOfRange`
    static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>)
        throws(NetworkConfigurationError)
    {
        guard range.contains(value) else {
            throw .outOfRange(name: name, value: value, allowed: range)
        }
    }

    public var description: String {
        switch self {
        case .outOfRange(let name, let value, let allowed):
            "model configuration: \(name) is \(value), allowed are \(allowed)"
        case .outOfRangeReal(let name, let value, let allowed):
            "model configuration: \(name) is \(value), allowed are \(allowed)"
        case .noBitstream:
            """
            model configuration: an envelope by linear prediction (lineSpectrum) can be \
            trained and evaluated, but has no bitstream
            """
        case .notPositive(let name, let value):
            "model configuration: \(name) is \(value), must be a positive number"
        }
    }
}
