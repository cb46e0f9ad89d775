import CMRLCodec
import NeuralNetwork
import PerceptualLoss

/// Analysis by synthesis: the symbols of a packet are moved by the gradient of what the decoder
/// would make of them.
///
/// The values before rounding are the variables. A round decodes the rounded values, measures the
/// training objective (losses of the sound + lambda * bits) against the samples, and moves the
/// values by Adam (Kingma and Ba 2015) with the gradient passed straight through the rounding;
/// second moments are means over neighbouring coefficients, so that values go far where their
/// gradient is large among its neighbours and not all equally far. The best of all rounds is sent.
/// Learned image coders do the same with their latents (Campos et al. 2019, Yang et al. 2020). The
/// envelope is left alone: random signs hang on it.
public final class AnalysisBySynthesis: SymbolRefiner {
    /// Rounds a packet, 1 ... 1000.
    public static let roundsRange = 1...1000
    /// Bits of a stream as a share of those with plain rounding, about: as measured on validation
    /// speech at 4 to 28 kbit/s.
    /// - Parameter bitrate: bit/s a channel
    public static func expectedShare(bitrate: Double) -> Double {
        1 - 0.035 * min(max((bitrate - 5_000) / 8_000, 0), 1)
    }
    /// How far all rounds together may move a value, in quantiser steps: further, and symbols are
    /// moved whose gradient was only noise. With few rounds the gradient is known less well. Found
    /// on validation speech (Docs/experiments.md).
    static func travel(rounds: Int) -> Float { min(0.1, 0.046 + 0.0032 * Float(rounds)) }
    /// Coefficients on both sides whose squared gradients are averaged, and the most that a value
    /// moves, in units of the mean step (Docs/experiments.md).
    static let neighbours = 8
    static let largestMove: Float = 3
    /// Frames before the packet that its first frames' decoding sees, at least.
    static let historyFrames = 4

    private let rounds: Int
    private let travel: Float
    private let objective: EncodingObjective
    private let network: CodecNetwork<Float>
    private let graph: Graph<Float>
    private let distances: CodingDistances<Float>
    /// Frames that were sent, the last ones, and what is known of them.
    private var sent = Window()
    /// RMS that losses take as the level of the sound: of the loudest packets, slowly forgotten.
    private var level: Float = 0

    /// Frames in a row; every array has one row a frame.
    private struct Window {
        var frames = 0
        /// Symbols; of frames that are still to be sent, values before rounding.
        var values: [Float] = []
        /// A hop for every frame, and one more behind the last of those that are still to be sent.
        var samples: [Float] = []
        var side: [Float] = []
        var restore: [Float] = []
        var spread: [Float] = []
        var filling: [Float] = []

        mutating func append(_ packet: UnroundedPacket) {
            frames += packet.frames
            values += packet.values
            samples += packet.samples
            side += packet.side
            restore += packet.restore
            spread += packet.spread
            filling += packet.filling
        }

        /// The last `count` frames, now sent, with their symbols; the next packet brings the hop
        /// behind them.
        func last(_ count: Int, symbols: [Float], hop: Int) -> Window {
            let kept = min(count, frames)
            func rows(_ x: [Float]) -> [Float] {
                frames > 0 ? Array(x.suffix(x.count / frames * kept)) : []
            }
            return Window(
                frames: kept,
                values: Array((values.dropLast(symbols.count) + symbols).suffix(kept * hop)),
                samples: rows(samples.dropLast(hop)),
                side: rows(side), restore: rows(restore), spread: rows(spread),
                filling: rows(filling))
        }
    }

    /// - Parameters:
    ///   - model: with its parameters (`CodecModel.init(bytes:keepsParameters:)`)
    ///   - rounds: how often a packet is decoded and corrected
    ///   - objective: nil = that of the model
    /// - Throws: `CodecError.rounds`, `.parametersNotKept`, `.refinement`
    public init(model: CodecModel, rounds: Int, objective chosen: EncodingObjective? = nil)
        throws(CodecError)
    {
        guard Self.roundsRange.contains(rounds) else {
            throw .rounds(rounds, allowed: Self.roundsRange)
        }
        let (network, store) = try model.makeNetwork()
        try model.checkRefinement()
        self.rounds = rounds
        travel = Self.travel(rounds: rounds)
        objective = chosen ?? model.objective
        self.network = network
        let backend = PanelMatrixBackend()
        graph = Graph(store: store, backend: backend)
        backend.keep(graph.parameters)
        distances = try objective.distances(for: model.signal)
    }

    package func symbols(for packet: UnroundedPacket) -> [Int32] {
        let hop = network.configuration.hop
        var window = sent
        window.append(packet)
        var energy: Float = 0
        for x in packet.samples { energy += x * x }
        level = max((energy / Float(max(packet.samples.count, 1))).squareRoot(), 0.97 * level)
        let own = window.values.count - packet.values.count..<window.values.count
        var first = [Float](repeating: 0, count: own.count)
        var second = first
        var scale = first
        var best = packet.values.map { $0.rounded(.toNearestOrEven) }
        var lowest = Double.infinity
        // The first and the last hop of samples miss a neighbour's half.
        let heard = window.frames > 1 ? Array(window.samples[hop..<window.frames * hop]) : []
        let isSound = level > 1e-5 && !heard.isEmpty && heard.allSatisfy(\.isFinite)
        let reference = isSound ? prepared(heard) : nil
        for round in 0...rounds {
            guard let reference else { break }
            let (loss, gradient) = evaluate(window, packet, reference, backward: round < rounds)
            guard loss.isFinite else { break }
            if loss < lowest {
                lowest = loss
                best = window.values[own].map { $0.rounded(.toNearestOrEven) }
            }
            guard round < rounds else { break }
            // The sum of all steps is about `travel`.
            let progress = Float(round) / Float(rounds)
            let rate = travel / 0.55 / Float(rounds) * (1 - 0.9 * progress)
            let c1 = Float(1 - power(0.8, round + 1))
            let c2 = Float(1 - power(0.95, round + 1))
            for i in 0..<own.count {
                let g = gradient[own.lowerBound + i]
                first[i] = 0.8 * first[i] + 0.2 * g
                second[i] = 0.95 * second[i] + 0.05 * g * g
            }
            Self.average(second, over: Self.neighbours, width: hop, into: &scale)
            for i in 0..<own.count {
                let move = (first[i] / c1) / ((scale[i] / c2).squareRoot() + 1e-10)
                window.values[own.lowerBound + i] -=
                    rate * max(-Self.largestMove, min(Self.largestMove, move))
            }
        }
        sent = window.last(Self.historyFrames, symbols: best, hop: hop)
        return best.map { Int32(max(-1_000_000, min(1_000_000, $0))) }
    }

    /// Means over up to `reach` neighbours on both sides within rows of `width` values.
    package static func average(
        _ x: [Float], over reach: Int, width: Int, into result: inout [Float]
    ) {
        for start in stride(from: 0, to: x.count, by: width) {
            let end = min(start + width, x.count)
            for i in start..<end {
                let from = max(start, i - reach)
                let to = min(end, i + reach + 1)
                var sum: Float = 0
                for j in from..<to { sum += x[j] }
                result[i] = sum / Float(to - from)
            }
        }
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1.0) { product, _ in product * base }
    }

    private typealias Reference = CodingDistances<Float>.Reference.Copy

    /// What the distances make of samples that are heard, at the level that they take; nil when
    /// they have none.
    private func prepared(_ heard: [Float]) -> Reference? {
        graph.reset()
        graph.isRecording = false
        let x = graph.affine(
            graph.input(Shape(1, heard.count, 1), heard), scale: 0.1 / Double(level))
        return try? distances.reference(x, graph).copy()
    }

    /// Objective of the packet at the end of a window, and its gradient for the window's values
    /// (none without `backward`).
    private func evaluate(
        _ window: Window, _ packet: UnroundedPacket, _ reference: Reference, backward: Bool
    ) -> (loss: Double, gradient: [Float]) {
        graph.reset()
        graph.isRecording = backward
        let z = graph.input(
            Shape(1, window.frames, network.configuration.hop), window.values, tracked: true)
        let out = forward(window, packet, z)
        let decoded = graph.affine(out.sound, scale: 0.1 / Double(level))
        let kbps = 16 / Double(packet.values.count)
        var loss = graph.affine(
            graph.sum(out.bits), scale: objective.lambda(rateIndex: packet.rateIndex) * kbps)
        do {
            let found = try distances.distances(
                to: reference.reference(graph), decoded, graph)
            for (weight, distance) in objective.terms(found) {
                loss = graph.add(loss, graph.affine(distance, scale: weight))
            }
        } catch { return (.infinity, []) }
        let value = Double(loss.data[0])
        guard backward else { return (value, []) }
        graph.backward(loss)
        return (value, z.gradientArray ?? [Float](repeating: 0, count: z.count))
    }

    /// What decoders make of the rounded values of a window: samples from a hop behind the first
    /// frame's beginning to a hop before the last one's end; and the bits of the packet at its end.
    private func forward(_ window: Window, _ packet: UnroundedPacket, _ z: Tensor<Float>) -> (
        sound: Tensor<Float>, bits: Tensor<Float>
    ) {
        let hop = network.configuration.hop
        let module = network.modules[0]
        let knotCount = network.configuration.rateKnots
        let frames = window.frames
        func rows(_ x: [Float], _ width: Int) -> Tensor<Float> {
            graph.input(Shape(1, frames, width), x)
        }
        let side = rows(window.side, window.side.count / max(frames, 1))
        let restore = rows(window.restore, hop)
        let spread = rows(window.spread, hop)
        let filling = rows(window.filling, hop)
        let position = RateScale.position(index: packet.rateIndex)
        let knots = graph.input(
            Shape(1, 1, knotCount),
            RateScale.weights(position: position, knots: knotCount).map { Float($0) })
        let symbols = graph.unary(.round, z)
        // A key packet's symbols are coded without the past.
        let coded = packet.isKey ? frames - packet.frames..<frames : 0..<frames
        let logGain = module.gain(knots, graph)
        let bits = module.rate(
            symbols.frames(coded), symbols: symbols.frames(coded), logGain: logGain,
            side: side.frames(coded), spread: spread.frames(coded), below: nil, graph)
        let unit = graph.broadcastFrames(
            graph.unary(.exp, graph.affine(logGain, scale: -1)), frames)
        let coefficients = network.coefficients(
            symbols: symbols, unit: unit, side: side, filling: filling, restore: restore, graph)
        return (network.transform.synthesise(coefficients, graph), bits)
    }

    /// The sound that is expected of a packet with given symbols, as `forward`, and its bits; the
    /// packet then counts as sent.
    package func expected(of packet: UnroundedPacket, symbols: [Float]) -> (
        sound: [Float], bits: Double
    ) {
        graph.reset()
        graph.isRecording = false
        var window = sent
        window.append(packet)
        window.values.replaceSubrange(
            window.values.count - symbols.count..<window.values.count, with: symbols)
        let out = forward(
            window, packet,
            graph.input(Shape(1, window.frames, network.configuration.hop), window.values))
        sent = window.last(Self.historyFrames, symbols: symbols, hop: network.configuration.hop)
        return (out.sound.array, out.bits.array.reduce(0) { $0 + Double($1) })
    }
}
