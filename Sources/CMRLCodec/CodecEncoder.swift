import NeuralNetwork

/// Encodes samples at the model's rate into packets. Push any number of samples, pull packets; the
/// packets do not depend on how the samples were cut.
///
/// One object codes one stream on one thread at a time; any number may run side by side.
public final class CodecEncoder {
    /// Samples are limited to this magnitude (1 is full scale).
    public static let largestSample: Float = 16

    public let model: CodecModel
    public let configuration: Configuration
    private let groups: [GroupEncoder]
    /// In place of the groups where the model's network runs on the samples themselves.
    private let timeDomain: [TimeDomainEncoder]
    private let places: [GroupPlace]
    private let channelGroups: ChannelGroups
    private var controller: RateController?
    private var rates: PacketRates?
    /// Those of the second channels of pairs, and the offset of each group that leads a pair since
    /// the last key packet.
    private var loweredRates: LoweredRates
    private var pairOffsets: [UInt8]
    /// Packets whose first layer was coded, and those that are complete.
    private var packetCount = 0
    private var completeCount = 0
    /// Samples per channel that were pushed.
    public private(set) var samplesIn = 0
    /// Samples that were outside `largestSample`, or no numbers, over all channels.
    public private(set) var limitedSamples = 0
    /// A number made of all symbols that were coded, the same as `CodecDecoder.symbolChecksum`
    /// where all of them were decoded.
    public private(set) var symbolChecksum: UInt64 = 0
    private var blocksCoded = 0
    private var isFinished = false
    private var finished: [PlannedPackets.Known] = []
    private var headIndex = 0
    /// Packets whose upper layers are still missing.
    private var waiting: [Waiting] = []
    private struct Waiting {
        let isKey: Bool
        let blocks: Int
        let rates: PacketRates
        let first: [[UInt8]]
        /// Of the symbols of the first layer.
        let checksum: UInt64
        /// Of each group; none where they were coded.
        let symbols: [GroupDecoder.ReadPacket]
    }
    /// Nothing is coded: packets have empty chunks, and what a decoder would read of them is here.
    private let isSimulating: Bool
    private var simulated: [[GroupDecoder.ReadPacket]] = []
    /// Blocks that go through the network together: those of a packet, or of several where nothing
    /// but the entropy model knows packets.
    private let blocksPerRun: Int
    /// Packets of the same signal that were coded before, while all packets so far were taken from
    /// them; then nil.
    private var planned: PlannedPackets?
    /// Packets that were taken and that the groups have not gone past yet: only where one is to be
    /// coded behind them.
    private var passed: [(blocks: Int, rates: PacketRates)] = []
    /// Packets that were not coded anew.
    package private(set) var takenPackets = 0
    private var passedBlocks = 0

    /// An encoder at the beginning of a stream.
    /// - Throws: `CodecError` with the first value that is outside its limits
    public convenience init(
        model: CodecModel, configuration: Configuration = Configuration()
    ) throws(CodecError) { try self.init(model: model, configuration: configuration, refiners: []) }

    /// - Parameters:
    ///   - refiners: what chooses the symbols of each group of channels, for streams of one layer;
    ///     none = rounding
    ///   - planned: packets of just the signal that will come, coded with this configuration apart
    ///     from its rate
    package convenience init(
        model: CodecModel, configuration: Configuration, refiners: [any SymbolRefiner],
        planned: PlannedPackets? = nil
    ) throws(CodecError) {
        try self.init(model, configuration, refiners, planned, isSimulating: false)
    }

    /// An encoder for `pullSimulated`.
    /// - Throws: `CodecError.simulatedBitrate` for a rate that only coding can meet
    convenience init(
        simulating configuration: Configuration, model: CodecModel
    ) throws(CodecError) {
        if let bitrate = configuration.bitrate { throw .simulatedBitrate(bitrate) }
        _ = try model.lapped
        try self.init(model, configuration, [], nil, isSimulating: true)
    }

    private init(
        _ model: CodecModel, _ configuration: Configuration, _ refiners: [any SymbolRefiner],
        _ planned: PlannedPackets?, isSimulating: Bool
    ) throws(CodecError) {
        self.isSimulating = isSimulating
        let configuration = try configuration.resolved(for: model)
        let layers = configuration.layers
        guard StreamHeader.channelCountRange.contains(configuration.channels) else {
            throw .channels(configuration.channels, allowed: StreamHeader.channelCountRange)
        }
        let layerRange = model.layerRange(configuration.layering)
        guard layerRange.contains(layers) else { throw .layers(layers, allowed: layerRange) }
        let block = model.signal.block
        let blocksRange = StreamHeader.blocksPerPacketRange(
            channels: configuration.channels, block: block)
        guard blocksRange.contains(configuration.blocksPerPacket) else {
            throw .blocksPerPacket(configuration.blocksPerPacket, allowed: blocksRange)
        }
        guard StreamHeader.keyIntervalRange.contains(configuration.keyInterval) else {
            throw .keyInterval(configuration.keyInterval, allowed: StreamHeader.keyIntervalRange)
        }
        let fixed = try configuration.fixedIndices(model)
        let many = Double(configuration.channels)
        if let target = configuration.bitrate {
            guard Self.bitrates.contains(target / many) else {
                let range = Self.bitrates
                throw .bitrate(
                    target, allowed: range.lowerBound * many...range.upperBound * many)
            }
            controller = RateController(
                curve: RateCurve(model: model, configuration),
                target: target,
                overheadBits: Double(
                    8
                        * (Self.overheadByteCount + 6 + max(configuration.extraBytes, 0)
                            + (model.patch?.bytes.count ?? 0))),
                plan: configuration.plan,
                totalSeconds: configuration.expectedSamples.map {
                    Double($0) / Double(model.signal.sampleRate)
                })
        }
        let count = block.groupCount(channels: configuration.channels)
        if !refiners.isEmpty { try model.checkRefinement() }
        guard refiners.isEmpty || refiners.count == count else {
            throw .refiners(refiners.count, groups: count)
        }
        self.model = model
        self.configuration = configuration
        channelGroups = ChannelGroups(channels: configuration.channels, width: block.channels)
        places = model.places(groups: count)
        var together = 1
        if isSimulating, places.allSatisfy({ $0 == .alone }) {
            let most = min(Self.blocksOfRun, blocksRange.upperBound)
            together = max(most / configuration.blocksPerPacket, 1)
        }
        blocksPerRun = configuration.blocksPerPacket * together
        pairOffsets = Array(repeating: 0, count: count)
        switch model.coder {
        case .lapped(let coder):
            let graph = coder.core.makeGraph()
            groups = (0..<count).map { group in
                GroupEncoder(
                    coder.core, layers: layers, layering: configuration.layering, graph: graph,
                    refiner: refiners.isEmpty ? nil : refiners[group], codes: !isSimulating)
            }
            timeDomain = []
            rates = PacketRates(
                coder.core, fixed ?? Array(repeating: 0, count: layers), configuration.layering)
        case .timeDomain(let coder):
            let graph = coder.makeGraph()
            groups = []
            timeDomain = (0..<count).map { _ in
                TimeDomainEncoder(coder, layers: layers, graph)
            }
        }
        loweredRates = LoweredRates(configuration.layering)
        // Nothing but the network's own streams goes from one packet to the next.
        if layers == 1, configuration.keyInterval == 1, refiners.isEmpty { self.planned = planned }
    }

    /// What a stream of this encoder's packets begins with.
    /// - Parameters:
    ///   - sampleRate: of the source, Hz; nil = the model's
    ///   - sampleCount: source samples per channel, where they are known beforehand
    ///   - formatVersion: the lowest that the stream may have
    /// - Throws: `BitstreamError.headerField`
    public func header(
        sampleRate: Int? = nil, sampleCount: UInt64? = nil, formatVersion: UInt8 = 1
    ) throws(BitstreamError) -> StreamHeader {
        try StreamHeader(
            modelID: configuration.enhances ? model.id : model.codecID,
            sampleRate: sampleRate ?? model.signal.sampleRate,
            channelCount: configuration.channels, blocksPerPacket: configuration.blocksPerPacket,
            keyInterval: configuration.keyInterval, layerCount: configuration.layers,
            layering: configuration.layering, sampleCount: sampleCount, block: model.signal.block,
            formatVersion: formatVersion, patch: model.patch)
    }

    /// Adds samples, one array per channel, all of the same length, in [-1, 1]: values beyond are
    /// coded as they are up to `largestSample`, NaN and infinity as 0.
    /// - Throws: `CodecError.channelCountMismatch`, `.unequalChannels`, `.finished`, `.entropy`
    public func push(_ samples: [[Float]]) throws(CodecError) {
        guard !isFinished else { throw .finished }
        guard samples.count == configuration.channels else {
            throw .channelCountMismatch(got: samples.count, expected: configuration.channels)
        }
        guard let count = samples.first?.count, samples.allSatisfy({ $0.count == count }) else {
            throw .unequalChannels(samples.map(\.count))
        }
        samplesIn += count
        let sound = samples.map(limited)
        for i in groups.indices { groups[i].push(channelGroups.interleaved(sound, group: i)) }
        for i in timeDomain.indices {
            timeDomain[i].push(channelGroups.interleaved(sound, group: i))
        }
        while availableBlocks - passedBlocks >= blocksPerRun {
            try code(blocks: blocksPerRun)
        }
    }

    private var availableBlocks: Int {
        groups.first?.availableBlocks ?? timeDomain.first?.availableBlocks ?? 0
    }

    private func limited(_ samples: [Float]) -> [Float] {
        let odd = samples.count { !($0.magnitude <= Self.largestSample) }
        guard odd > 0 else { return samples }
        limitedSamples += odd
        return samples.map {
            $0.isFinite ? max(-Self.largestSample, min(Self.largestSample, $0)) : 0
        }
    }

    /// Says that no more samples come; the last packets can be pulled then.
    /// - Throws: `CodecError.entropy`
    public func finish() throws(CodecError) {
        guard !isFinished else { return }
        isFinished = true
        let hop = model.signal.hop
        let perBlock = model.signal.framesPerBlock
        // Frames 0...ceil(n / hop) are needed to give n samples back; whole blocks of them.
        // Frames of samples themselves give all of their own.
        let extra = timeDomain.isEmpty ? 1 : 0
        let frames = samplesIn == 0 ? 0 : (samplesIn + hop - 1) / hop + extra
        let blocks = (frames + perBlock - 1) / perBlock
        var left = blocks - blocksCoded
        let needed = (blocks * perBlock) * hop
        for i in groups.indices {
            groups[i].push(
                Array(repeating: 0, count: max(needed - samplesIn, 0) * channelGroups.width))
        }
        for encoder in timeDomain { encoder.pad(blocks: left) }
        while left > 0 {
            let count = min(left, blocksPerRun)
            try code(blocks: count)
            left -= count
        }
        for i in groups.indices { groups[i].finish() }
        try codeUpper()
    }

    /// The next finished packet, if any.
    public func pull() -> Packet? { pullWithChecksum()?.packet }

    /// The same with what it adds to `symbolChecksum`; of several layers, the first one's part.
    func pullWithChecksum() -> PlannedPackets.Known? {
        guard headIndex < finished.count else {
            finished.removeAll(keepingCapacity: true)
            headIndex = 0
            return nil
        }
        defer { headIndex += 1 }
        return finished[headIndex]
    }

    /// Blocks of a run of short packets, about.
    private static let blocksOfRun = 48

    /// The next finished run of a simulation's packets, and what a decoder would read of each
    /// group; nil if there is none.
    func pullSimulated() -> (run: Packet, symbols: [GroupDecoder.ReadPacket])? {
        guard let run = pull() else {
            simulated.removeAll()
            return nil
        }
        return (run, simulated[headIndex - 1])
    }

    /// Bytes of stream header and end record without their numbers of samples, about.
    static let overheadByteCount = 33

    private func code(blocks: Int) throws(CodecError) {
        let isKey = packetCount % configuration.keyInterval == 0
        guard timeDomain.isEmpty else { return try codeTimeDomain(blocks, isKey) }
        let lapped = try model.lapped
        guard var rates else { throw .family(model.family) }
        if isKey, let index = controller?.next() {
            let indices = configuration.rateIndices(model, index)
            if indices != rates.indices {
                rates = PacketRates(lapped.core, indices, configuration.layering)
                self.rates = rates
            }
        }
        let number = packetCount
        packetCount += 1
        blocksCoded += blocks
        if let known = planned?.packet(number, index: rates.indices[0], blocks: blocks),
            passed.allSatisfy({ $0.rates.indices == rates.indices })
        {
            passed.append((blocks, rates))
            passedBlocks += blocks
            takenPackets += 1
            try complete(blocks, isKey, rates, known.packet.chunks.map { $0[0] }, known.checksum)
            return
        }
        planned = nil
        for packet in passed {
            let analysed = analyse(
                blocks: packet.blocks, rates: packet.rates, isKey: true, lapped.core)
            for i in groups.indices {
                do throws(EntropyCodingError) {
                    try groups[i].pass(
                        analysed[i], rates: self.rates(of: i, packet.rates, lapped.core))
                } catch { throw .entropy(error) }
            }
        }
        (passed, passedBlocks) = ([], 0)
        var first: [[UInt8]] = []
        var symbols: [GroupDecoder.ReadPacket] = []
        var checksum: UInt64 = 0
        let analysed = analyse(blocks: blocks, rates: rates, isKey: isKey, lapped.core)
        for i in groups.indices {
            var channel = EncodingChannel(
                lapped.tables, configuration.layering, packet: number, layer: 0)
            do throws(EntropyCodingError) {
                let coded = try groups[i].codeFirst(
                    analysed[i], rates: self.rates(of: i, rates, lapped.core), isKey: isKey,
                    channel: &channel)
                if isSimulating {
                    symbols.append(
                        GroupDecoder.ReadPacket(
                            envelope: coded.envelope, symbols: [coded.symbols],
                            rotation: analysed[i].rotation, attacks: analysed[i].attacks,
                            keyBlocks: []))
                }
            } catch { throw .entropy(error) }
            checksum &+= channel.hash.weighted(group: i)
            first.append(channel.encoder.finish())
        }
        try complete(blocks, isKey, rates, first, checksum, symbols)
    }

    /// All layers of a packet of a cascade on the samples themselves.
    private func codeTimeDomain(_ blocks: Int, _ isKey: Bool) throws(CodecError) {
        var chunks: [[[UInt8]]] = []
        var checksum: UInt64 = 0
        for (group, encoder) in timeDomain.enumerated() {
            do throws(EntropyCodingError) {
                let coded = try encoder.code(blocks: blocks, packet: packetCount, isKey: isKey)
                chunks.append(coded.chunks)
                for hash in coded.hashes { checksum &+= hash.weighted(group: group) }
            } catch { throw .entropy(error) }
        }
        packetCount += 1
        blocksCoded += blocks
        symbolChecksum &+= checksum
        finished.append(
            PlannedPackets.Known(
                packet: Packet(
                    isKey: isKey, blockCount: blocks,
                    rateIndices: isKey ? Array(repeating: 0, count: configuration.layers) : [],
                    chunks: chunks),
                checksum: checksum))
    }

    /// Those of a packet, lowered for the second channel of a pair.
    private func rates(of group: Int, _ rates: PacketRates, _ core: ModelCore) -> PacketRates {
        guard places[group] == .secondOfPair else { return rates }
        return loweredRates.rates(core, rates, by: pairOffsets[group - 1])
    }

    /// Analyses the next blocks of all groups.
    private func analyse(
        blocks: Int, rates: PacketRates, isKey: Bool, _ core: ModelCore
    ) -> [GroupEncoder.Frames] {
        var attacks = groups.map { $0.attacks(blocks: blocks) }
        for i in groups.indices where places[i] == .firstOfPair {
            attacks[i] = zip(attacks[i], attacks[i + 1]).map { .common($0, $1) }
            attacks[i + 1] = attacks[i]
        }
        var result = groups.indices.map {
            groups[$0].analyse(blocks: blocks, attacks: attacks[$0])
        }
        let bands = core.coefficientBands
        for i in groups.indices where places[i] == .firstOfPair {
            // Taken out, so that neither is copied.
            var first = result[i].coefficients
            var second = result[i + 1].coefficients
            (result[i].coefficients, result[i + 1].coefficients) = ([], [])
            var rotation = PairRotation.chosen(first, second, bands: bands)
            rotation.rotate(&first, &second, bands: bands)
            if isKey {
                pairOffsets[i] = core.pairOffset(first, second, indices: rates.indices)
            }
            rotation.offset = pairOffsets[i]
            (result[i].coefficients, result[i + 1].coefficients) = (first, second)
            result[i].rotation = rotation
            result[i + 1].attacks = []
        }
        return result
    }

    /// Hands on a packet whose first layer is known.
    private func complete(
        _ blocks: Int, _ isKey: Bool, _ rates: PacketRates, _ first: [[UInt8]],
        _ checksum: UInt64,
        _ symbols: [GroupDecoder.ReadPacket] = []
    ) throws(CodecError) {
        symbolChecksum &+= checksum
        waiting.append(
            Waiting(
                isKey: isKey, blocks: blocks, rates: rates, first: first, checksum: checksum,
                symbols: symbols))
        try codeUpper()
    }

    private func codeUpper() throws(CodecError) {
        let layers = configuration.layers
        guard timeDomain.isEmpty else { return }
        let tables = try model.tables
        while let packet = waiting.first, layers == 1 || groups.allSatisfy({ $0.upperIsReady }) {
            var chunks: [[[UInt8]]] = []
            var symbols = packet.symbols
            for i in groups.indices {
                var layerChunks = [packet.first[i]]
                if layers > 1 {
                    var upper = (1..<layers).map {
                        EncodingChannel(
                            tables, configuration.layering, packet: completeCount, layer: $0)
                    }
                    do throws(EntropyCodingError) {
                        let coded = try groups[i].codeUpper(channels: &upper)
                        if isSimulating { symbols[i].symbols += coded }
                    } catch { throw .entropy(error) }
                    for j in upper.indices {
                        layerChunks.append(upper[j].encoder.finish())
                        symbolChecksum &+= upper[j].hash.weighted(group: i)
                    }
                }
                chunks.append(layerChunks)
            }
            waiting.removeFirst()
            completeCount += 1
            let result = Packet(
                isKey: packet.isKey, blockCount: packet.blocks,
                rateIndices: packet.isKey ? packet.rates.indices : [], chunks: chunks)
            finished.append(PlannedPackets.Known(packet: result, checksum: packet.checksum))
            if isSimulating { simulated.append(symbols) }
            let seconds = model.signal.block.seconds(blocks: packet.blocks)
            let bytes = result.recordByteCount(blocksPerPacket: configuration.blocksPerPacket)
            controller?.spent(
                bits: Double(8 * bytes), seconds: seconds,
                index: (packet.rates.layering == .nested
                    ? packet.rates.indices.first : packet.rates.indices.last) ?? 0)
        }
    }
}
