/// Which rate index meets a bitrate with a certain signal, as a `RatePlanner` found it by encoding.
public struct RatePlan: Sendable, Equatable {
    /// The highest index that costs no more than the bitrate, 0 if none does; of a plan from
    /// stretches it may cost 1 % more.
    public var index: UInt8
    /// Bit/s with `index`, framing included.
    public var bitrate: Double
    /// Bit/s with the next index; nil where there is none.
    public var nextBitrate: Double?
    /// The whole signal was encoded, so that the rates are not an estimate.
    public var isExact: Bool

    public init(index: UInt8, bitrate: Double, nextBitrate: Double?, isExact: Bool) {
        self.index = index
        self.bitrate = bitrate
        self.nextBitrate = nextBitrate
        self.isExact = isExact
    }

    /// What the indices cost where a `SymbolRefiner` takes a share of the bits away that is known
    /// beforehand.
    public func scaled(by factor: Double) -> RatePlan {
        RatePlan(
            index: index, bitrate: bitrate * factor, nextBitrate: nextBitrate.map { $0 * factor },
            isExact: isExact)
    }

    /// Share of the signal, 0 ... 1, to be coded with the next index so that the whole costs
    /// `target` bit/s.
    func share(ofNextFor target: Double) -> Double {
        guard let nextBitrate, nextBitrate > bitrate else { return 0 }
        return max(0, min(1, (target - bitrate) / (nextBitrate - bitrate)))
    }
}
