import Foundation

/// The price of coded weights, loss per KB: such that they need what they should.
///
/// What they should need falls from what they need at the start to the target in the first half of
/// the training. The price follows the excess over it at once, and its usual height slowly: a price
/// that only adds up would overshoot, since weights take many steps to follow.
struct WeightPrice {
    /// KB in the end.
    let target: Double

    /// What checkpoints keep: usual height of the price, size at the start (0 = not known yet),
    /// price, and what the range coder needs over what the loss counts (a logistic variable of each
    /// column knows nothing of neighbourhoods, and less of zeros than there are).
    static let controls = [
        (name: "usual_price", value: 2e-4), (name: "first_kb", value: 0),
        (name: "price", value: 2e-4), (name: "coded_share", value: 1),
    ]
    /// Steps from one time that the weights are coded to the next.
    static let codedEvery = 20

    static func price(_ controls: [Double]) -> Double {
        controls.count == Self.controls.count ? controls[2] : 0
    }

    /// - Parameters:
    ///   - size: KB that the loss counts
    ///   - coded: KB that the range coder needs, where that was found out
    ///   - progress: share of the steps done
    func steer(_ controls: inout [Double], size: Double, coded: Double?, progress: Double) {
        guard controls.count == Self.controls.count, size.isFinite, size > 0 else { return }
        if let coded { controls[3] = coded / size }
        let real = size * controls[3]
        if controls[1] == 0 { controls[1] = max(real, target) }
        let wanted = controls[1] + (target - controls[1]) * min(2 * progress, 1)
        let excess = max(-0.15, min(0.15, real / wanted - 1))
        controls[0] = max(1e-6, min(0.01, controls[0] * exp(0.02 * excess)))
        controls[2] = controls[0] * exp(20 * excess)
    }
}
