/// Chooses the rate index of each key packet so that the whole stream meets a bitrate.
///
/// With an exact plan the index is the plan's, or the next one in as many key packets as it takes. Otherwise the model's rate curve says what an
/// index costs on average speech; the ratio of what this signal really cost to that (begun by the plan), and the bits saved or overspent so far,
/// correct it. The correction is slow, because constant quality beats constant rate: overspent bits are paid back over the rest of a stream of
/// known length, otherwise over an eighth of what was coded, so that the error stays a small share of the stream wherever it ends.
struct RateController {
    private let curve: RateCurve
    /// Bit/s for the whole stream.
    let target: Double
    private let plan: RatePlan?
    /// Length of the stream if it is known.
    private let totalSeconds: Double?
    private var spentBits: Double
    private var seconds = 0.0
    /// What coded packets should have cost by the curve and did cost; old experience fades.
    private var expectedBits = 0.0
    private var actualBits = 0.0
    /// Coded packets and, of them, those with the next index of an exact plan.
    private var decisions = 0
    private var raised = 0

    /// Seconds of the target's bits that the plan (or, without one, the bare curve) counts as experience.
    static let planTrust = 24.0, curveTrust = 2.0
    /// Shortest and usual time in seconds over which a difference is made good, and the share of the past where the end is unknown.
    static let shortestHorizon = 2.0, openHorizon = 8.0, openShare = 0.125
    /// Seconds of experience that are kept.
    static let memory = 60.0

    /// - Parameters:
    ///   - rates: bit/s of the whole stream at each of `CodecModel.rateCurveIndices`, on average speech
    ///   - overheadBits: spent before the first packet
    init(curve: RateCurve, target: Double, overheadBits: Double, plan: RatePlan? = nil, totalSeconds: Double? = nil) {
        self.curve = curve
        self.target = target
        self.plan = plan
        self.totalSeconds = totalSeconds
        spentBits = overheadBits
        guard let plan else {
            expectedBits = Self.curveTrust * target
            actualBits = expectedBits
            return
        }
        expectedBits = Self.planTrust * curve.rate(at: Double(plan.index))
        actualBits = Self.planTrust * plan.bitrate
    }

    /// The index for the packets up to the next key packet.
    mutating func next() -> UInt8 {
        if let plan, plan.isExact {
            decisions += 1
            let isRaised = Double(raised + 1) <= Double(decisions) * plan.share(ofNextFor: target) + 0.5
            guard isRaised, plan.index < 255 else { return plan.index }
            raised += 1
            return plan.index + 1
        }
        let ratio = actualBits / max(expectedBits, 1e-9)
        let horizon = totalSeconds.map { max($0 - seconds, Self.shortestHorizon) } ?? max(Self.openHorizon, Self.openShare * seconds)
        let wanted = min(max(target - (spentBits - target * seconds) / horizon, 0.6 * target), 1.6 * target)
        return curve.index(for: wanted / max(ratio, 1e-3))
    }

    /// Reports a coded packet.
    mutating func spent(bits: Double, seconds duration: Double, index: UInt8) {
        spentBits += bits
        seconds += duration
        actualBits += bits
        expectedBits += curve.rate(at: Double(index)) * duration
        let limit = Self.memory * target
        if expectedBits > limit {
            let factor = limit / expectedBits
            actualBits *= factor
            expectedBits *= factor
        }
    }
}
