/// Finds the rate index with which a signal meets a bitrate, by encoding it, or stretches of it,
/// with several indices.
public struct RatePlanner: Sendable {
    private let model: CodecModel
    private let configuration: CodecEncoder.Configuration
    private let target: Double
    private let curve: RateCurve

    /// - Parameter configuration: of the encoder; its bitrate is what is aimed at
    ///   (`CodecEncoder.defaultBitrate` a channel where its rate is none), a plan is ignored.
    public init(model: CodecModel, configuration: CodecEncoder.Configuration) {
        self.model = model
        self.configuration = configuration
        target =
            configuration.bitrate
            ?? CodecEncoder.defaultBitrate * Double(max(configuration.channels, 1))
        curve = RateCurve(model: model, configuration)
    }

    /// A plan for a signal that is known as a whole.
    /// - Parameter signal: all samples at the model's rate, one array per channel.
    /// - Throws: what `CodecEncoder` throws.
    public func plan(whole signal: [[Float]]) throws(CodecError) -> RatePlan {
        try planKeepingPackets(whole: signal).plan
    }

    /// The same with what was coded on the way: for an encoder of just these samples.
    package func planKeepingPackets(
        whole signal: [[Float]]
    ) throws(CodecError) -> (plan: RatePlan, packets: PlannedPackets) {
        var packets = PlannedPackets()
        let plan = try search(isExact: true) { index throws(CodecError) in
            let trial = try cost(signal, index, fullPacketsOnly: false)
            packets.add(trial.packets, index: index)
            let seconds = max(
                Double(signal.first?.count ?? 0) / Double(model.signal.sampleRate), 1e-3)
            let overhead = overheadBytes(samples: signal.first?.count ?? 0)
            return (trial.bits + Double(8 * overhead)) / seconds
        }
        packets.keep(plan)
        return (plan, packets)
    }

    /// A plan for a long signal from stretches of it, each long enough to be typical (about two
    /// seconds). Header and end record are not counted.
    /// - Parameter stretches: samples at the model's rate, one array per channel for each stretch;
    ///   without any sound the model's average speech decides.
    /// - Throws: what `CodecEncoder` throws.
    public func plan(stretches: [[[Float]]]) throws(CodecError) -> RatePlan {
        guard stretches.contains(where: { $0.first?.isEmpty == false }) else {
            return RatePlan(
                index: curve.index(for: target), bitrate: target, nextBitrate: nil, isExact: false)
        }
        return try search(isExact: false) { index throws(CodecError) in
            var sum = (bits: 0.0, seconds: 0.0)
            for stretch in stretches {
                // The short packet at the end of a stretch has no place in the long signal.
                let part = try cost(stretch, index, fullPacketsOnly: true)
                sum.bits += part.bits
                sum.seconds += part.seconds
            }
            return sum.bits / max(sum.seconds, 1e-3)
        }
    }

    /// Bits of records at a fixed index and the seconds that they code.
    /// - Parameter fullPacketsOnly: leave out packets of fewer blocks than usual, unless there are
    ///   no others.
    private func cost(_ signal: [[Float]], _ index: UInt8, fullPacketsOnly: Bool) throws(CodecError)
        -> (bits: Double, seconds: Double, packets: [PlannedPackets.Known])
    {
        var fixed = configuration
        fixed.rate = .indices(configuration.rateIndices(model, index))
        let encoder = try CodecEncoder(model: model, configuration: fixed)
        try encoder.push(signal)
        try encoder.finish()
        var bytes = 0
        var blocks = 0
        var packets: [PlannedPackets.Known] = []
        while let known = encoder.pullWithChecksum() { packets.append(known) }
        let full = packets.filter { $0.packet.blockCount == fixed.blocksPerPacket }
        for known in fullPacketsOnly && !full.isEmpty ? full : packets {
            bytes += known.packet.recordByteCount(blocksPerPacket: fixed.blocksPerPacket)
            blocks += known.packet.blockCount
        }
        return (Double(8 * bytes), model.signal.block.seconds(blocks: blocks), packets)
    }

    /// Bytes of header, extras and end record; header and end say the number of samples (at the
    /// source's rate, which may need a byte more).
    private func overheadBytes(samples: Int) -> Int {
        CodecEncoder.overheadByteCount + max(configuration.extraBytes, 0)
            + (model.patch?.bytes.count ?? 0) + 2
            * Varint.byteCount(of: UInt64(max(samples, 0)))
    }

    /// Finds neighbouring indices with the target between their rates. The model's rate curve,
    /// scaled by what the last trial cost, says where to try next; the bracket makes sure that it
    /// ends, also where the cost is not monotone.
    private func search(isExact: Bool, _ cost: (UInt8) throws(CodecError) -> Double)
        throws(CodecError) -> RatePlan
    {
        var below: (index: Int, rate: Double)?
        var above: (index: Int, rate: Double)?
        var guess = Int(curve.index(for: target))
        var trials = 0
        while true {
            let rate = try cost(UInt8(guess))
            trials += 1
            if rate <= target { below = (guess, rate) } else { above = (guess, rate) }
            if below?.index == 255 || above?.index == 0 { break }
            if let below, let above, above.index - below.index == 1 { break }
            // An estimate from stretches need not be finer than this.
            if !isExact, abs(rate / target - 1) < 0.01 { break }
            let low = (below?.index ?? -1) + 1
            let high = (above?.index ?? 256) - 1
            let scaled = Int(
                curve.index(for: target * curve.rate(at: Double(guess)) / max(rate, 1)))
            // After a few trials the curve is not trusted any more.
            guess = trials <= 5 ? max(low, min(high, scaled)) : (low + high) / 2
        }
        // An estimate ends at the first trial that is near enough, whichever side of the target it
        // is on; one below it that is not far serves as well.
        if !isExact, let above, above.rate / target - 1 < 0.01, (below?.rate ?? 0) < 0.97 * target {
            return RatePlan(
                index: UInt8(above.index), bitrate: above.rate, nextBitrate: nil, isExact: false)
        }
        if let below {
            return RatePlan(
                index: UInt8(below.index), bitrate: below.rate,
                nextBitrate: above.flatMap { $0.index == below.index + 1 ? $0.rate : nil },
                isExact: isExact)
        }
        let lowest = above ?? (0, target)
        return RatePlan(
            index: UInt8(lowest.index), bitrate: lowest.rate, nextBitrate: nil, isExact: isExact)
    }
}
