/// Finds the rate index with which a signal meets a bitrate, by encoding it, or stretches of it, with several indices.
public struct RatePlanner: Sendable {
    private let model: CodecModel
    private let configuration: Encoder.Configuration
    private let target: Double
    private let curve: RateCurve

    /// - Parameter configuration: `bitrate` is what is aimed at (16 kbit/s where it is nil); `rateIndices` and `plan` are ignored.
    public init(model: CodecModel, configuration: Encoder.Configuration) {
        self.model = model
        self.configuration = configuration
        target = configuration.bitrate ?? Encoder.defaultBitrate
        curve = RateCurve(model: model, channels: configuration.channels)
    }

    /// A plan for a signal that is known as a whole.
    /// - Parameter signal: all samples at 16 kHz, one array per channel.
    /// - Throws: what `Encoder` throws.
    public func plan(whole signal: [[Float]]) throws(CodecError) -> RatePlan {
        try search(isExact: true) { index throws(CodecError) in
            let (bits, seconds) = try cost(signal, index)
            return (bits + Double(8 * overheadBytes(samples: signal.first?.count ?? 0))) / seconds
        }
    }

    /// A plan for a long signal from stretches of it, each long enough to be typical (about two seconds). Header and end record are not counted.
    /// - Parameter stretches: samples at 16 kHz, one array per channel for each stretch.
    /// - Throws: what `Encoder` throws.
    public func plan(stretches: [[[Float]]]) throws(CodecError) -> RatePlan {
        try search(isExact: false) { index throws(CodecError) in
            var sum = (bits: 0.0, seconds: 0.0)
            for stretch in stretches {
                let part = try cost(stretch, index)
                sum.bits += part.bits
                sum.seconds += part.seconds
            }
            return sum.bits / max(sum.seconds, 1e-3)
        }
    }

    /// Bits of all records and seconds of a signal at a fixed index.
    private func cost(_ signal: [[Float]], _ index: UInt8) throws(CodecError) -> (bits: Double, seconds: Double) {
        var fixed = configuration
        fixed.plan = nil
        fixed.rateIndices = Encoder.rateIndices(top: index, layers: configuration.layers ?? 1)
        let encoder = try Encoder(model: model, configuration: fixed)
        try encoder.push(signal)
        try encoder.finish()
        var bytes = 0
        while let packet = encoder.pull() { bytes += packet.recordByteCount(blocksPerPacket: fixed.blocksPerPacket) }
        return (Double(8 * bytes), max(Double(signal.first?.count ?? 0) / Double(CodecModel.sampleRate), 1e-3))
    }

    /// Bytes of header and end record, which say the number of samples twice (at the source's rate, which may need a byte more).
    private func overheadBytes(samples: Int) -> Int { Encoder.overheadByteCount + 2 * Varint.byteCount(of: UInt64(max(samples, 0))) }

    /// Finds neighbouring indices with the target between their rates. The model's rate curve, scaled by what the last trial cost, says where to
    /// try next; the bracket makes sure that it ends, also where the cost is not monotone.
    private func search(isExact: Bool, _ cost: (UInt8) throws(CodecError) -> Double) throws(CodecError) -> RatePlan {
        var below: (index: Int, rate: Double)?, above: (index: Int, rate: Double)?
        var guess = Int(curve.index(for: target)), trials = 0
        while true {
            let rate = try cost(UInt8(guess))
            trials += 1
            if rate <= target { below = (guess, rate) } else { above = (guess, rate) }
            if below?.index == 255 || above?.index == 0 { break }
            if let below, let above, above.index - below.index == 1 { break }
            // An estimate from stretches need not be finer than this.
            if !isExact, abs(rate / target - 1) < 0.01 { break }
            let low = (below?.index ?? -1) + 1, high = (above?.index ?? 256) - 1
            let scaled = Int(curve.index(for: target * curve.rate(at: Double(guess)) / max(rate, 1)))
            // After a few trials the curve is not trusted any more.
            guess = trials <= 5 ? max(low, min(high, scaled)) : (low + high) / 2
        }
        if let below {
            return RatePlan(
                index: UInt8(below.index), bitrate: below.rate, nextBitrate: above.flatMap { $0.index == below.index + 1 ? $0.rate : nil }, isExact: isExact)
        }
        let lowest = above ?? (0, target)
        return RatePlan(index: UInt8(lowest.index), bitrate: lowest.rate, nextBitrate: nil, isExact: isExact)
    }
}
