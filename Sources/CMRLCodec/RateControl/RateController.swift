/// Chooses the rate index of each key packet so that the whole stream meets a bitrate.
///
/// With an exact plan the index is the plan's, or the next one in as many key packets as it takes.
/// Otherwise the model's rate curve says what an index costs on average speech, and the ratio of
/// what this signal really cost to that (begun by the plan) corrects it. Constant quality beats
/// constant rate: bits saved or overspent are left alone while they are within `tolerance` of the
/// stream, and only the excess is paid back, over the rest of a stream of known length, otherwise
/// over an eighth of what was coded, so that the error stays a small share of the stream wherever
/// it ends.
package struct RateController {
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

    /// Seconds of experience that a plan counts as where it is spread over the whole stream, where
    /// it comes from the start, and the bare curve.
    package static let spreadPlanTrust = 100.0
    package static let headPlanTrust = 24.0
    package static let curveTrust = 2.0
    /// Seconds of experience that are kept of a stream without end.
    package static let memory = 120.0
    /// Share of the bits by which the stream may miss the bitrate without correction.
    package static let tolerance = 0.01
    /// Shortest time in seconds over which an excess is paid back, and the same as a share of a
    /// stream of known length and of the past of another.
    package static let shortestHorizon = 2.0
    package static let closedShare = 0.02
    package static let openHorizon = 8.0
    package static let openShare = 0.125

    /// - Parameters:
    ///   - curve: what indices cost on average speech, all channels together
    ///   - target: bit/s for the whole stream
    ///   - overheadBits: spent before the first packet
    ///   - totalSeconds: length of the stream if it is known
    package init(
        curve: RateCurve, target: Double, overheadBits: Double, plan: RatePlan? = nil,
        totalSeconds: Double? = nil
    ) {
        self.curve = curve
        self.target = target
        self.plan = plan
        self.totalSeconds = totalSeconds
        spentBits = overheadBits
        let trust =
            plan == nil
            ? Self.curveTrust : totalSeconds == nil ? Self.headPlanTrust : Self.spreadPlanTrust
        expectedBits = trust * (plan.map { curve.rate(at: Double($0.index)) } ?? target)
        actualBits = trust * (plan?.bitrate ?? target)
    }

    /// The index for the packets up to the next key packet.
    package mutating func next() -> UInt8 {
        if let plan, plan.isExact {
            decisions += 1
            let isRaised =
                Double(raised + 1) <= Double(decisions) * plan.share(ofNextFor: target) + 0.5
            guard isRaised, plan.index < 255 else { return plan.index }
            raised += 1
            return plan.index + 1
        }
        let deviation = spentBits - target * seconds
        let allowed = Self.tolerance * target * (totalSeconds ?? max(seconds, Self.openHorizon))
        let excess = deviation - min(max(deviation, -allowed), allowed)
        let horizon =
            totalSeconds.map { max($0 - seconds, Self.closedShare * $0, Self.shortestHorizon) }
            ?? max(Self.openHorizon, Self.openShare * seconds)
        let wanted = min(max(target - excess / horizon, 0.6 * target), 1.6 * target)
        return curve.index(for: wanted * expectedBits / max(actualBits, 1e-9))
    }

    /// Reports a coded packet.
    package mutating func spent(bits: Double, seconds duration: Double, index: UInt8) {
        spentBits += bits
        seconds += duration
        actualBits += bits
        expectedBits += curve.rate(at: Double(index)) * duration
        let limit = Self.memory * target
        if totalSeconds == nil, expectedBits > limit {
            let factor = limit / expectedBits
            actualBits *= factor
            expectedBits *= factor
        }
    }
}
