import NeuralNetwork

/// A channel on its way from samples to the chunks of a time-domain cascade.
final class TimeDomainEncoder {
    private let coder: TimeDomainCoder
    /// Shared with the other channels of a stream.
    private let graph: Graph<Float>
    private let layers: Int
    /// From the next frame on, behind `used` ones that are done with.
    private var samples: [Float] = []
    private var used = 0
    private var meter = LevelMeter()
    private var level: Int?
    private var states: [TimeDomainSymbolModel.State]

    init(_ coder: TimeDomainCoder, layers: Int, _ graph: Graph<Float>) {
        self.coder = coder
        self.layers = layers
        self.graph = graph
        states = coder.symbolModels.prefix(layers).map { $0.makeState() }
    }

    func push(_ x: [Float]) { samples.append(contentsOf: x) }

    /// Frames that could be coded now.
    var availableBlocks: Int {
        max(samples.count - used - PaperFraming.overlap, 0) / PaperFraming.hop
    }

    /// Fills in zeros behind the end, so that so many frames can be coded.
    func pad(blocks: Int) {
        let needed = blocks * PaperFraming.hop + PaperFraming.overlap
        samples += repeatElement(0, count: max(needed - (samples.count - used), 0))
    }

    /// Codes the next frames; they must be available.
    /// - Returns: a chunk for each layer, and the hashes of their symbols
    func code(blocks: Int, packet: Int, isKey: Bool) throws(EntropyCodingError) -> (
        chunks: [[UInt8]], hashes: [SymbolHash]
    ) {
        let fresh = samples[used..<used + blocks * PaperFraming.hop]
        let measured = meter.level(fresh)
        let last = isKey ? nil : level
        let index =
            if let last, abs(measured - last) <= LevelMeter.slack { last } else { measured }
        level = index
        if isKey { states = coder.symbolModels.prefix(layers).map { $0.makeState() } }
        var encoders = states.map { _ in RangeEncoder(reservingCapacity: 4096) }
        var hashes = states.indices.map { SymbolHash(packet: packet, layer: $0) }
        TimeDomainLevel.encode(index, last: last, into: &encoders[0], hash: &hashes[0])
        let unit = PaperLevel.unit(index: index)
        for block in 0..<blocks {
            let start = used + block * PaperFraming.hop
            let frame = samples[start..<start + PaperFraming.frame].map { $0 / unit }
            for (layer, symbols) in coder.symbols(frame, layers: layers, graph).enumerated() {
                try coder.symbolModels[layer].encode(
                    symbols, state: &states[layer], into: &encoders[layer], hash: &hashes[layer])
            }
        }
        used += blocks * PaperFraming.hop
        // Rarely, so that a long signal pushed at once is not moved for every packet.
        if 2 * used >= samples.count {
            samples.removeFirst(used)
            used = 0
        }
        return (encoders.indices.map { encoders[$0].finish() }, hashes)
    }
}

/// Level that frames are divided by: the standard deviation of the sound so far, as the network
/// was trained with whole utterances, that of the latest half minute about; never so low that the
/// loudest frame of a packet would lie far outside what the network knows.
struct LevelMeter {
    /// Weight that a frame keeps with each later one: a time constant of 20 s.
    private static let memory = 0.9985
    /// Least level in standard deviations of the loudest frame.
    private static let loudestShare = 0.3
    /// Steps that a level may be off before another one is sent between key packets.
    static let slack = 1

    private var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    /// Index of the level of the next frames, without what they overlap with.
    mutating func level(_ samples: ArraySlice<Float>) -> Int {
        var loudest = 0.0
        for start in stride(from: samples.startIndex, to: samples.endIndex, by: PaperFraming.hop) {
            let frame = samples[start..<min(start + PaperFraming.hop, samples.endIndex)]
            count = count * Self.memory + Double(frame.count)
            sum *= Self.memory
            squares *= Self.memory
            var own = 0.0
            for x in frame {
                sum += Double(x)
                own += Double(x) * Double(x)
            }
            squares += own
            loudest = max(loudest, own / Double(max(frame.count, 1)))
        }
        guard count > 0 else { return 0 }
        let mean = sum / count
        let deviation = max(squares / count - mean * mean, 0).squareRoot()
        return PaperLevel.index(
            deviation: max(deviation, Self.loudestShare * loudest.squareRoot()))
    }
}
