import CKernels
import NeuralNetwork

/// Everything of a model that depends on the rate index of a module.
///
/// Real values come from the trained knots by linear interpolation (multiplications and additions
/// in the order written) and `nwc_exp`, so that they, and the integers rounded from them, are the
/// same on every machine.
struct RatePoint: Sendable {
    /// Interpolation weights.
    let knots: [Float]
    /// Quantiser steps per unit of each coefficient, and its inverse.
    let gain: [Float]
    let inverse: [Float]
    /// log(gain), Q8.
    let logGain: [Int]

    init(knotRows: [Float], width: Int, index: UInt8, knotCount: Int) {
        knots = Self.weights(index, knotCount)
        let logs = Self.interpolate(knotRows, width, knots)
        gain = Self.exponential(logs)
        inverse = Self.exponential(logs.map { -$0 })
        logGain = logs.map { Int(($0 * 256).rounded(.toNearestOrEven)) }
    }

    static func weights(_ index: UInt8, _ count: Int) -> [Float] {
        let x = Double(index) / 255 * Double(count - 1)
        return (0..<count).map { Float(max(0, 1 - abs(x - Double($0)))) }
    }

    /// sum_j weight_j row_j, in the order of j.
    static func interpolate(_ rows: [Float], _ width: Int, _ weights: [Float]) -> [Float] {
        (0..<width).map { c in
            var sum: Float = 0
            for (j, w) in weights.enumerated() where w > 0 { sum += w * rows[j * width + c] }
            return max(-20, min(20, sum.isFinite ? sum : 0))
        }
    }

    static func exponential(_ x: [Float]) -> [Float] {
        var y = x
        y.withUnsafeMutableBufferPointer { nwc_exp($0.baseAddress, $0.baseAddress, x.count) }
        return y
    }
}
