import GainFilter

/// Decodes packets into samples at the model's rate. Push packets (nil for a lost one), pull
/// samples.
///
/// One object decodes one stream on one thread at a time; any number may run side by side.
public final class CodecDecoder {
    public let model: CodecModel
    /// Of the stream that is decoded.
    public let header: StreamHeader
    /// Layers that are decoded at most.
    public let layers: Int
    private let groups: [GroupDecoder]
    /// In place of the groups where the model's network runs on the samples themselves.
    private let timeDomain: [TimeDomainDecoder]
    private let places: [GroupPlace]
    private let channelGroups: ChannelGroups
    /// Band of each coefficient of a frame; none without a transform.
    private let coefficientBands: [Int]
    /// Rotations of frames whose coefficients are to come, of each group that leads a pair.
    private var rotations: [[(rotation: PairRotation, frames: Int)]]
    /// Of every group; none = samples are given out as they were decoded.
    private let filters: [GainFilterStream]
    private var rates: PacketRates?
    /// Those of the second channels of pairs.
    private var loweredRates: LoweredRates
    /// Layers that were in every packet since the key packet: where one was dropped on the way, its
    /// later symbols cannot be read.
    private var layersInStep = 0
    /// A key packet came.
    private var hasBegun = false
    /// False from a lost packet to the next key packet: symbols depend on what was lost.
    private var isInStep = false
    /// Samples that are ready, one array per channel; the first `taken` were given out.
    private var output: [[Float]]
    private var taken = 0
    /// Samples that `pull` leaves until more come or the stream ends: as many as a stream may hold
    /// beyond its length.
    private let heldBack: Int
    private var isFinished = false
    /// Samples per channel given out so far.
    public private(set) var samplesOut = 0
    /// Blocks that were lost, or could not be read because of a loss.
    public private(set) var concealedBlocks = 0
    /// A number made of all symbols that were decoded, the same as
    /// `CodecEncoder.symbolChecksum` where nothing was lost or left out. A packet adds the same
    /// whatever was lost before it, where each lost packet was concealed by one call.
    public var symbolChecksum: UInt64 {
        let own = groups.map(\.symbolChecksum) + timeDomain.map(\.symbolChecksum)
        return own.indices.reduce(0) { $0 &+ own[$1] &* UInt64(2 * $1 + 1) }
    }

    /// A decoder at the beginning of a stream, or at a key packet inside it.
    /// - Parameters:
    ///   - layers: decode at most so many layers; nil = all that come
    ///   - isLowDelay: `pull` gives every sample at once. Otherwise it keeps a block back,
    ///     so that `finish` can cut the output to the exact length: a stream holds whole blocks.
    ///   - enhances: the model's post-filter runs, if it has one; nil = where the stream names it
    /// - Throws: `CodecError.wrongModel`, `.wrongBlock`, `.layers`; where the stream carries a
    ///   patch, `.patch`, and `.parametersNotKept` where the model has none to change
    public init(
        model: CodecModel, header: StreamHeader, layers: Int? = nil, isLowDelay: Bool = false,
        enhances: Bool? = nil
    ) throws(CodecError) {
        let model = try model.adapted(to: header)
        let layerRange = model.layerRange(header.layering)
        if let layers, !layerRange.contains(layers) {
            throw .layers(layers, allowed: layerRange)
        }
        self.model = model
        self.header = header
        self.layers = layers ?? layerRange.upperBound
        loweredRates = LoweredRates(header.layering)
        heldBack = isLowDelay ? 0 : model.signal.blockSamples
        channelGroups = ChannelGroups(
            channels: header.channelCount, width: header.block.channels)
        switch model.coder {
        case .lapped(let coder):
            let graph = coder.core.makeGraph()
            groups = (0..<header.groupCount).map { _ in GroupDecoder(coder.core, graph) }
            timeDomain = []
            coefficientBands = coder.core.coefficientBands
        case .timeDomain(let coder):
            guard header.layering == .residual || header.layerCount == 1 else {
                throw .family(model.family)
            }
            let graph = coder.makeGraph()
            groups = []
            timeDomain = (0..<header.groupCount).map { _ in TimeDomainDecoder(coder, graph) }
            coefficientBands = []
        }
        places = model.places(groups: header.groupCount)
        rotations = Array(repeating: [], count: header.groupCount)
        let filter = enhances ?? (header.modelID == model.id) ? model.postFilter : nil
        let workshop = filter.map { GainFilterStream.Workshop($0.gains) }
        filters =
            workshop.map { workshop in
                (0..<header.groupCount).map { _ in GainFilterStream(workshop) }
            } ?? []
        output = Array(repeating: [], count: header.channelCount)
    }

    /// Decodes a packet; nil stands for a lost packet of the stream's usual size, which is
    /// concealed.
    ///
    /// Packets after a lost one are concealed as well until a key packet arrives, since their
    /// symbols cannot be read without it.
    /// - Throws: `CodecError`; the decoder is as it was then, and a key packet is needed to go on
    public func push(_ packet: Packet?) throws(CodecError) { try push(packet, read: nil) }

    /// The same of a packet that is known without reading it.
    /// - Parameter known: what would be read of each group; nil = it is read
    func push(_ packet: Packet?, read known: [GroupDecoder.ReadPacket]?) throws(CodecError) {
        guard !isFinished else { throw .finished }
        guard let packet else { return conceal(blocks: header.blocksPerPacket) }
        guard packet.chunks.count == header.groupCount else {
            throw .groupCountMismatch(got: packet.chunks.count, expected: header.groupCount)
        }
        guard packetBlocks.contains(packet.blockCount) else {
            throw .packetBlocks(packet.blockCount, allowed: packetBlocks)
        }
        if packet.isKey {
            let indices = Array(packet.rateIndices.prefix(layers))
            guard !indices.isEmpty else { throw .keyPacketWithoutRates }
            if timeDomain.isEmpty, indices != rates?.indices {
                rates = PacketRates(try model.core, indices, header.layering)
            }
            if !timeDomain.isEmpty, let index = indices.first(where: { $0 != 0 }) {
                throw .rateIndex(index)
            }
            isInStep = true
            hasBegun = true
            layersInStep = indices.count
        }
        guard isInStep else {
            guard hasBegun || concealedBlocks > 0 else { throw .noKeyPacket }
            return conceal(blocks: packet.blockCount)
        }
        layersInStep = packet.chunks.reduce(layersInStep) { min($0, $1.count) }
        guard layersInStep > 0 else {
            isInStep = false
            throw .groupWithoutChunks
        }
        guard timeDomain.isEmpty else { return try playTimeDomain(packet) }
        guard let rates else { throw .noKeyPacket }
        let lapped = try model.lapped
        // A packet that turns out damaged must leave the decoder as it was.
        var read: [GroupDecoder.ReadPacket] = []
        var ownRates: [PacketRates] = []
        do {
            for (i, chunks) in packet.chunks.enumerated() {
                let lead = places[i] == .secondOfPair ? read[i - 1].rotation : nil
                let own = loweredRates.rates(lapped.core, rates, by: lead?.offset ?? 0)
                ownRates.append(own)
                if let known {
                    read.append(known[i])
                    continue
                }
                read.append(
                    try groups[i].read(
                        chunks: Array(chunks.prefix(layersInStep)), blocks: packet.blockCount,
                        rates: own, isKey: packet.isKey, place: places[i],
                        tables: lapped.tables))
            }
        } catch {
            isInStep = false
            throw .entropy(error)
        }
        for i in groups.indices {
            guard let rotation = read[i].rotation else { continue }
            rotations[i].append((rotation, packet.blockCount * model.signal.framesPerBlock))
        }
        play(
            groups.indices.map { i in
                let sender = places[i] == .secondOfPair ? i - 1 : i
                return groups[i].coefficients(
                    read[i], rates: ownRates[i], attacks: read[sender].attacks)
            })
    }

    /// A packet of a cascade on the samples themselves.
    private func playTimeDomain(_ packet: Packet) throws(CodecError) {
        // A packet that turns out damaged must leave the decoder as it was.
        var read: [TimeDomainDecoder.ReadPacket] = []
        do throws(EntropyCodingError) {
            for (i, chunks) in packet.chunks.enumerated() {
                read.append(
                    try timeDomain[i].read(
                        chunks: Array(chunks.prefix(layersInStep)), blocks: packet.blockCount,
                        isKey: packet.isKey))
            }
        } catch {
            isInStep = false
            throw .entropy(error)
        }
        for i in timeDomain.indices { give(timeDomain[i].sound(read[i]), group: i) }
    }

    /// Coefficients of all groups become samples; those of pairs are rotated back.
    private func play(_ coefficients: [[Float]]) {
        var coefficients = coefficients
        for i in groups.indices where places[i] == .firstOfPair {
            // Taken out, so that neither is copied.
            var first = coefficients[i]
            var second = coefficients[i + 1]
            (coefficients[i], coefficients[i + 1]) = ([], [])
            restorePair(i, &first, &second)
            (coefficients[i], coefficients[i + 1]) = (first, second)
        }
        for i in groups.indices { give(groups[i].sound(coefficients[i]), group: i) }
    }

    /// Rotates the next frames of a pair back, packet by packet.
    private func restorePair(_ group: Int, _ first: inout [Float], _ second: inout [Float]) {
        let frames = first.count / max(coefficientBands.count, 1)
        var done = 0
        while done < frames, let next = rotations[group].first {
            let count = min(next.frames, frames - done)
            next.rotation.restore(
                &first, &second, frames: done..<done + count, bands: coefficientBands)
            done += count
            rotations[group][0].frames -= count
            if rotations[group][0].frames == 0 { rotations[group].removeFirst() }
        }
    }

    /// Samples of a group, interleaved, are ready.
    private func give(_ samples: [Float], group: Int) {
        var samples = samples
        if !filters.isEmpty {
            // Nested layers sound like one layer at the index of the topmost.
            let indices = rates?.indices.prefix(max(layersInStep, 1)) ?? []
            let told = header.layering == .nested ? indices.suffix(1) : indices
            samples = filters[group].step(
                samples, told: PostFilter.rateFeatures(Array(told)))
        }
        channelGroups.append(samples, group: group, to: &output)
    }

    /// Possible numbers of blocks in a packet.
    private var packetBlocks: ClosedRange<Int> {
        StreamHeader.blocksPerPacketRange(channels: header.channelCount, block: header.block)
    }

    /// Conceals a lost packet of a known length; like `push(nil)` otherwise. Ignored after
    /// `finish`.
    /// - Parameter blocks: 1 ... as many as a packet of so many channels may hold; a larger number
    ///   counts as that
    public func conceal(blocks: Int) {
        guard !isFinished, blocks > 0 else { return }
        let blocks = min(blocks, packetBlocks.upperBound)
        isInStep = false
        concealedBlocks += blocks
        play(groups.map { $0.flush() })
        for i in groups.indices { give(groups[i].conceal(blocks: blocks), group: i) }
        for i in timeDomain.indices { give(timeDomain[i].conceal(blocks: blocks), group: i) }
    }

    /// Samples per channel that `finish` fills in at most, a minute: a stream may declare any
    /// length.
    public var longestFill: Int { 60 * model.signal.sampleRate }

    /// Ends the stream: the last frames are given out.
    /// - Parameter sampleCount: cut or fill with zeros to so many samples per channel in all, at
    ///   the model's rate (streams say their length at the source's rate); at most `longestFill`
    ///   zeros are filled in. nil = everything that the packets hold, which is up to a block more
    ///   than was encoded. Samples that were pulled before stay pulled: with `isLowDelay`, or where
    ///   a lost packet was longer than the real one, there may be more of them.
    public func finish(sampleCount: Int? = nil) {
        guard !isFinished else { return }
        isFinished = true
        play(groups.map { $0.flush() })
        for i in groups.indices {
            if !filters.isEmpty {
                channelGroups.append(filters[i].finish(), group: i, to: &output)
            }
        }
        guard let sampleCount else { return }
        // As a difference, which no number overflows.
        let wanted = max(sampleCount, samplesOut) - samplesOut
        for i in output.indices {
            let surplus = output[i].count - taken - wanted
            if surplus > 0 { output[i].removeLast(surplus) }
            if surplus < 0 {
                output[i] += repeatElement(0, count: min(-surplus, longestFill))
            }
        }
    }

    /// The samples that are ready, one array per channel; nil if there are none.
    public func pull() -> [[Float]]? { pull(atMost: .max) }

    /// Samples per channel that `pull` would give.
    public var availableSamples: Int {
        max(0, (output.first?.count ?? 0) - taken - (isFinished ? 0 : heldBack))
    }

    /// The first of the samples that are ready; nil if there are none.
    func pull(atMost limit: Int) -> [[Float]]? {
        let count = min(availableSamples, limit)
        guard count > 0 else { return nil }
        let end = taken + count
        samplesOut += count
        let left = output[0].count - end
        guard left <= heldBack else {
            // More will be pulled: what is left stays where it is.
            let result = output.map { Array($0[taken..<end]) }
            taken = end
            if taken >= 1 << 16 {
                for i in output.indices { output[i].removeFirst(taken) }
                taken = 0
            }
            return result
        }
        let tails = output.map { Array($0.suffix(left)) }
        var result = output
        output = tails
        for i in result.indices {
            result[i].removeLast(left)
            if taken > 0 { result[i].removeFirst(taken) }
        }
        taken = 0
        return result
    }
}
