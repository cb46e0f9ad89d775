extension CodecModel {
    /// What a sound is behind encoder and decoder, sample for sample, without coding it: neither
    /// entropy model nor range coder runs, which take more than half of the time, and short packets
    /// go through the network together. For training on coded sound, say. What the stream would
    /// have taken is not known.
    /// - Parameters:
    ///   - channels: samples at the model's rate (`signal.sampleRate`) in [-1, 1], one array per
    ///     channel, all of the same length
    ///   - configuration: with a quality or rate indices; its `expectedSamples` is not looked at
    ///   - isLost: whether a packet of the stream is lost, by its number from 0 on; asked once
    ///     each, in order
    /// - Returns: as many samples, those of a decoder that gets the other packets, with all their
    ///   layers, and is told the length of the sound
    /// - Throws: `CodecError` for settings or samples that are outside their limits,
    ///   `.simulatedBitrate` for a bitrate, which only coding can meet, and `.family`
    public func simulate(
        _ channels: [[Float]], configuration: CodecEncoder.Configuration,
        isLost: (Int) -> Bool = { _ in false }
    ) throws(CodecError) -> [[Float]] {
        let network = try self.configuration
        let encoder = try CodecEncoder(simulating: configuration, model: self)
        let header: StreamHeader
        do throws(BitstreamError) { header = try encoder.header() } catch { throw .stream(error) }
        let decoder = try CodecDecoder(model: self, header: header)
        try encoder.push(channels)
        try encoder.finish()
        var sent = SimulatedPackets(configuration)
        while let (run, symbols) = encoder.pullSimulated() {
            for part in sent.parts(of: run, isLost: isLost) {
                switch part {
                case .lost: try decoder.push(nil)
                case .unreadable(let blocks): decoder.conceal(blocks: blocks)
                case .arrived(let packet, let blocks, let keys):
                    try decoder.push(
                        packet,
                        read: symbols.map { $0.part(blocks, keys: keys, network) })
                }
            }
        }
        decoder.finish(sampleCount: encoder.samplesIn)
        return decoder.pull() ?? Array(repeating: [], count: configuration.channels)
    }
}

/// Which packets of a simulation arrive.
private struct SimulatedPackets {
    enum Part {
        /// A packet.
        case lost
        /// A packet of so many blocks, behind a lost one and in front of a key packet.
        case unreadable(Int)
        /// Packets that are decoded together, as one; their blocks in the run, and those at which
        /// key packets begin.
        case arrived(Packet, Range<Int>, keys: [Int])
    }

    private let length: Int
    private let keyInterval: Int
    private var number = 0
    private var isInStep = false
    private var rateIndices: [UInt8] = []

    /// - Parameter configuration: its limits were checked
    init(_ configuration: CodecEncoder.Configuration) {
        length = configuration.blocksPerPacket
        keyInterval = configuration.keyInterval
    }

    /// - Parameter run: of one or more packets
    mutating func parts(of run: Packet, isLost: (Int) -> Bool) -> [Part] {
        if number == 0 { rateIndices = run.rateIndices }
        var result: [Part] = []
        var arrived = 0..<0
        var keys: [Int] = []
        func flush() {
            guard !arrived.isEmpty else { return }
            let isKey = keys.contains(arrived.lowerBound)
            let packet = Packet(
                isKey: isKey, blockCount: arrived.count, rateIndices: isKey ? rateIndices : [],
                chunks: run.chunks)
            result.append(.arrived(packet, arrived, keys: keys))
        }
        for first in stride(from: 0, to: run.blockCount, by: length) {
            let end = min(first + length, run.blockCount)
            let isKey = number % keyInterval == 0
            let isLost = isLost(number)
            number += 1
            isInStep = !isLost && (isKey || isInStep)
            guard isInStep else {
                flush()
                arrived = end..<end
                result.append(isLost ? .lost : .unreadable(end - first))
                continue
            }
            if isKey { keys.append(first) }
            arrived = arrived.lowerBound..<end
        }
        flush()
        return result
    }
}
