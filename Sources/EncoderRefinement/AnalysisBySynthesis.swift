import CMRLCodec
import NeuralNetwork
import PerceptualLoss

/// Analysis by synthesis: the symbols of a packet are moved by the gradient of what the decoder would make of them.
///
/// The values before rounding are the variables. A round decodes the rounded values, measures the training objective (losses of the sound + lambda * bits)
/// against the samples, and moves the values by Adam (Kingma and Ba 2015) with the gradient passed straight through the rounding; the best of
/// all rounds is sent. Learned image coders do the same with their latents (Campos et al. 2019, Yang et al. 2020). The envelope is left alone: random signs
/// hang on it.
public final class AnalysisBySynthesis: SymbolRefiner {
    /// Rounds a packet, 1 ... 1000.
    public static let roundsRange = 1...1000
    /// Bits of a stream as a share of those with plain rounding, about: 0.97 to 0.99 on validation speech.
    public static let expectedShare = 0.98
    /// How far all rounds together may move a value, in quantiser steps: further, and symbols are moved whose gradient was only noise. With few rounds the
    /// gradient is known less well. Found on validation speech (Docs/experiments.md).
    static func travel(rounds: Int) -> Float { min(0.1, 0.046 + 0.0032 * Float(rounds)) }
    /// Frames before the packet that its first frames' decoding sees, at least.
    static let historyFrames = 4

    private let rounds: Int
    private let travel: Float
    private let objective: EncodingObjective
    private let network: CodecNetwork<Float>
    private let graph: Graph<Float>
    private let mel: MelLoss<Float>
    private let weighted: WeightedSNRLoss<Float>
    private let loudness: LoudnessLoss<Float>
    private var history = History()
    /// RMS that losses take as the level of the sound: of the loudest packets, slowly forgotten.
    private var level: Float = 0

    /// What the packets before left behind.
    private struct History {
        var frames = 0
        var symbols: [Float] = []
        var samples: [Float] = []
        var side: [Float] = []
        var restore: [Float] = []
        var spread: [Float] = []
        var filling: [Float] = []
    }

    /// - Parameters:
    ///   - model: with its parameters (`CodecModel.init(bytes:keepsParameters:)`)
    ///   - rounds: how often a packet is decoded and corrected
    /// - Throws: `CodecError.refinement`
    public init(model: CodecModel, rounds: Int, objective: EncodingObjective = EncodingObjective()) throws(CodecError) {
        guard Self.roundsRange.contains(rounds) else { throw .refinement("\(rounds) rounds, possible are 1 ... 1000") }
        guard let (network, store) = model.makeNetwork() else { throw .refinement("the model was loaded without its parameters") }
        self.rounds = rounds
        travel = Self.travel(rounds: rounds)
        self.objective = objective
        self.network = network
        graph = Graph(store: store, backend: PanelMatrixBackend(constants: store))
        do {
            mel = try MelLoss()
            weighted = try WeightedSNRLoss(exponent: objective.exponent)
            loudness = try LoudnessLoss()
        } catch { throw .refinement("\(error)") }
    }

    public func symbols(for packet: UnroundedPacket) -> [Int32] {
        let hop = network.configuration.hop, past = history.frames, frames = past + packet.frames
        var energy: Float = 0
        for x in packet.samples { energy += x * x }
        level = max((energy / Float(max(packet.samples.count, 1))).squareRoot(), 0.97 * level)
        var z = packet.values, first = [Float](repeating: 0, count: z.count), second = first
        var best = z.map { $0.rounded(.toNearestOrEven) }, lowest = Double.infinity
        let samples = history.samples + packet.samples
        // The first and the last hop of samples miss a neighbour's half.
        let heard = frames > 1 ? Array(samples[hop..<frames * hop]) : []
        guard level > 1e-5, !heard.isEmpty, heard.allSatisfy(\.isFinite) else {
            remember(packet, best)
            return best.map { Int32($0) }
        }
        for round in 0...rounds {
            let (loss, gradient) = evaluate(packet, history.symbols + z, heard, frames: frames, backward: round < rounds)
            guard loss.isFinite else { break }
            if loss < lowest {
                lowest = loss
                best = z.map { $0.rounded(.toNearestOrEven) }
            }
            guard round < rounds else { break }
            // The sum of all steps is about `travel`.
            let progress = Float(round) / Float(rounds), rate = travel / 0.55 / Float(rounds) * (1 - 0.9 * progress)
            let t = Double(round + 1), c1 = Float(1 - power(0.8, t)), c2 = Float(1 - power(0.95, t))
            for i in z.indices {
                let g = gradient[i]
                first[i] = 0.8 * first[i] + 0.2 * g
                second[i] = 0.95 * second[i] + 0.05 * g * g
                z[i] -= rate * (first[i] / c1) / ((second[i] / c2).squareRoot() + 1e-10)
            }
        }
        remember(packet, best)
        return best.map { Int32(max(-1_000_000, min(1_000_000, $0))) }
    }

    private func power(_ base: Double, _ exponent: Double) -> Double {
        var result = 1.0
        for _ in 0..<Int(exponent) { result *= base }
        return result
    }

    /// Objective of the packet's sound and bits, and its gradient for the packet's values.
    private func evaluate(
        _ packet: UnroundedPacket, _ values: [Float], _ heard: [Float], frames: Int, backward: Bool
    ) -> (loss: Double, gradient: [Float]) {
        graph.reset()
        graph.isRecording = backward
        let z = graph.input(Shape(1, frames, network.configuration.hop), values, tracked: true), out = forward(packet, z), scale = 0.1 / Double(level)
        let decoded = graph.affine(out.sound, scale: scale)
        let reference = graph.affine(graph.input(Shape(1, heard.count, 1), heard), scale: scale)
        let kbps = 16 / Double(packet.values.count)
        var loss = graph.affine(graph.sum(out.bits), scale: objective.lambda(rateIndex: packet.rateIndex) * kbps)
        do {
            loss = graph.add(loss, graph.affine(try weighted(reference, decoded, graph), scale: objective.weightedSNR))
            loss = graph.add(loss, graph.affine(try mel(reference, decoded, graph), scale: objective.mel))
            loss = graph.add(loss, graph.affine(try loudness(reference, decoded, graph), scale: objective.loudness))
        } catch { return (.infinity, []) }
        let value = Double(loss.data[0])
        guard backward else { return (value, []) }
        graph.backward(loss)
        return (value, z.gradientArray.map { Array($0.suffix(packet.values.count)) } ?? [Float](repeating: 0, count: packet.values.count))
    }

    /// What decoders make of the rounded values of history and packet: samples from a hop behind the first frame's beginning to a hop before the last
    /// one's end; and the bits of the packet.
    private func forward(_ packet: UnroundedPacket, _ z: Tensor<Float>) -> (sound: Tensor<Float>, bits: Tensor<Float>) {
        let hop = network.configuration.hop, module = network.modules[0], past = history.frames, knotCount = network.configuration.rateKnots
        let frames = z.shape.frames, width = packet.side.count / max(packet.frames, 1)
        func rows(_ before: [Float], _ now: [Float], _ width: Int) -> Tensor<Float> { graph.input(Shape(1, frames, width), before + now) }
        let side = rows(history.side, packet.side, width), restore = rows(history.restore, packet.restore, hop)
        let spread = rows(history.spread, packet.spread, hop), filling = rows(history.filling, packet.filling, hop)
        let position = RateScale.position(index: packet.rateIndex)
        let knots = graph.input(Shape(1, 1, knotCount), RateScale.weights(position: position, knots: knotCount).map { Float($0) })
        let symbols = graph.unary(.round, z)
        // A key packet's symbols are coded without the past.
        let coded = packet.isKey ? past..<frames : 0..<frames
        let logGain = graph.broadcastFrames(module.gain(knots, graph), coded.count)
        let bits = module.rate(
            symbols.frames(coded), symbols: symbols.frames(coded), logGain: logGain, side: side.frames(coded), spread: spread.frames(coded), below: nil, graph)
        let out = module.decode(symbols, knots: knots, side: side, filling: filling, graph)
        let coefficients = graph.multiply(out.noise.map { graph.add(out.decoded, $0) } ?? out.decoded, restore)
        return (network.transform.synthesise(coefficients, graph), bits)
    }

    /// The sound that is expected of a packet with given symbols, as `forward`, and its bits; the packet then counts as sent.
    package func expected(of packet: UnroundedPacket, symbols: [Float]) -> (sound: [Float], bits: Double) {
        graph.reset()
        graph.isRecording = false
        let frames = history.frames + packet.frames
        let out = forward(packet, graph.input(Shape(1, frames, network.configuration.hop), history.symbols + symbols))
        defer { remember(packet, symbols) }
        return (out.sound.array, out.bits.array.reduce(0) { $0 + Double($1) })
    }

    /// Keeps the end of a packet for the next one.
    private func remember(_ packet: UnroundedPacket, _ symbols: [Float]) {
        let hop = network.configuration.hop, width = packet.side.count / max(packet.frames, 1), kept = min(Self.historyFrames, history.frames + packet.frames)
        func last(_ before: [Float], _ now: [Float], _ width: Int) -> [Float] { Array((before + now).suffix(kept * width)) }
        history.symbols = last(history.symbols, symbols, hop)
        history.side = last(history.side, packet.side, width)
        history.restore = last(history.restore, packet.restore, hop)
        history.spread = last(history.spread, packet.spread, hop)
        history.filling = last(history.filling, packet.filling, hop)
        // A packet's samples begin a hop before its first frame's middle and end with a hop that the next packet has too.
        history.samples = Array((history.samples + packet.samples.dropLast(hop)).suffix(kept * hop))
        history.frames = kept
    }
}
