import CKernels
import NeuralNetwork

/// Everything of a model that depends on the rate index of a module.
///
/// Real values come from the trained knots by linear interpolation (multiplications and additions
/// in the order written) and `nwc_exp`, so that they, and the integers rounded from them, are the
/// same on every machine.
struct RatePoint: Sendable {
    /// Interpolation weights, and the same in Q10.
    let knots: [Float]
    let fixedKnots: [Int16]
    /// Quantiser steps per unit of each coefficient, and its inverse.
    let gain: [Float]
    let inverse: [Float]
    /// log(gain), Q8.
    let logGain: [Int32]

    init(knotRows: [Float], width: Int, index: UInt8, knotCount: Int) {
        knots = Self.weights(index, knots: knotCount)
        fixedKnots = knots.map { Int16(($0 * 1024).rounded(.toNearestOrEven)) }
        let logs = Self.interpolate(knotRows, width, knots)
        gain = Self.exponential(logs)
        inverse = Self.exponential(logs.map { -$0 })
        logGain = logs.map(Self.q8)
    }

    /// Interpolation weights of an index.
    static func weights(_ index: UInt8, knots: Int) -> [Float] {
        RateScale.weights(position: RateScale.position(index: index), knots: knots).map {
            Float($0)
        }
    }

    static func q8(_ x: Float) -> Int32 { Int32((x * 256).rounded(.toNearestOrEven)) }

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

/// Rate-dependent values of a packet, kept until the rate indices change.
final class PacketRates: Sendable {
    /// Of each layer.
    let indices: [UInt8]
    let shape: ModelCore.ShapeRate
    /// Of each module that is sent.
    let points: [RatePoint]
    /// With nested layers what a stream of one layer has at the index of each; else none.
    let levels: [PacketRates]

    var layerCount: Int { indices.count }
    /// `.residual` for one layer.
    var layering: Layering { levels.isEmpty ? .residual : .nested }

    init(_ core: ModelCore, _ indices: [UInt8], _ layering: Layering) {
        let isNested = layering.among(indices.count) == .nested
        self.indices = indices
        shape = core.shapeRate(indices.first ?? 0)
        points = indices.prefix(isNested ? 1 : indices.count).enumerated().map {
            core.ratePoint(module: $0.offset, index: $0.element)
        }
        levels = isNested ? indices.map { PacketRates(core, [$0], layering) } : []
    }
}

/// Rates of the second channels of pairs, each made once.
struct LoweredRates {
    private var made: [[UInt8]: PacketRates] = [:]
    private let layering: Layering

    init(_ layering: Layering) { self.layering = layering }

    /// - Parameter offset: as of `PairRotation`
    mutating func rates(_ core: ModelCore, _ rates: PacketRates, by offset: UInt8) -> PacketRates {
        guard offset > 0 else { return rates }
        let indices = PairRotation.lowered(rates.indices, by: offset)
        if let known = made[indices] { return known }
        // As many as a stream of one rate needs; where it changes much, they are made again.
        if made.count > Int(PairRotation.largestOffset) { made = [:] }
        let new = PacketRates(core, indices, layering)
        made[indices] = new
        return new
    }
}
