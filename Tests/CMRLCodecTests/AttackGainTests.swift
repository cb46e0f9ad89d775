import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

/// Gain control against noise in front of attacks.
@Suite struct AttackGainTests {
    private static let hop = 96

    /// A quiet hop, then one that becomes louder at a cell.
    private func hops(quiet: Float, loud: Float, cell: Int) -> (before: [Float], own: [Float]) {
        let start = cell * Self.hop / AttackGain.cells
        func noise(_ n: Int) -> Float { n % 2 == 0 ? 1 : -1 }
        return (
            (0..<Self.hop).map { quiet * noise($0) },
            (0..<Self.hop).map { ($0 < start ? quiet : loud) * noise($0) }
        )
    }

    private func chosen(_ sound: (before: [Float], own: [Float])) -> AttackGain {
        AttackGain.chosen(
            before: AttackGain.powers(sound.before, hop: Self.hop),
            own: AttackGain.powers(sound.own, hop: Self.hop))
    }

    /// A rise of less than 4.8 dB is left alone, and 36 dB are the most.
    @Test(arguments: [(Float(1.7), 0), (1.75, 1), (3.4, 1), (3.5, 2), (33, 5), (1000, 6)])
    func levels(rise: Float, level: Int) {
        for cell in [1, 5, 15] {
            let gain = chosen(hops(quiet: 0.01, loud: 0.01 * rise, cell: cell))
            #expect(gain == (level == 0 ? .none : AttackGain(level: level, cell: cell)))
        }
    }

    @Test func whatIsNoAttack() {
        #expect(chosen(hops(quiet: 0, loud: 0, cell: 4)) == .none)
        #expect(chosen(hops(quiet: 0.3, loud: 0.001, cell: 4)) == .none)
        // The hop before was loud.
        let sound = hops(quiet: 0.001, loud: 0.5, cell: 8)
        #expect(chosen((sound.own, sound.own)) == .none)
        // Silence counts as -90 dB: the gain stays bounded.
        #expect(chosen(hops(quiet: 0, loud: 0.5, cell: 3)) == AttackGain(level: 6, cell: 3))
    }

    @Test func curves() {
        for cell in 0..<AttackGain.cells {
            let curve = AttackGain(level: 3, cell: cell).curve(hop: Self.hop)
            let start = cell * Self.hop / AttackGain.cells
            #expect(curve.count == Self.hop && curve[start...].allSatisfy { $0 == 1 })
            #expect(zip(curve, curve.dropFirst()).allSatisfy { $0 >= $1 })
            #expect(cell < 2 || curve[0] == 8)
        }
        #expect(AttackGain.none.curve(hop: 5) == [1, 1, 1, 1, 1])
    }

    /// A sound with attacks out of near silence at all kinds of places.
    static func strokes(_ count: Int, every period: Int) -> [Float] {
        (0..<count).map { n in
            let since = n % period
            let carrier: Float = (n / 3) % 2 == 0 ? 1 : -1
            let decay = max(0, 1 - Float(since) / Float(period / 2))
            return 0.4 * decay * decay * carrier + (n % 7 < 3 ? 0.001 : -0.001)
        }
    }

    /// Transform and inverse under gains give the sound back exactly, in double precision: the
    /// aliasing of neighbouring frames cancels.
    @Test func reconstruction() throws {
        let hop = 64
        let count = 40 * hop
        let sound = Self.strokes(count, every: 811)
        let store = ParameterStore<Double>(seed: 1)
        let transform = LappedTransformLayer(store, "transform", hop: hop)
        let graph = Graph(store: store)
        let x = graph.input(Shape(1, count, 1), sound.map { Double($0) })
        let attacks = try #require(AttackTensors(sound, count: count, hop: hop, graph))
        let c = transform.analyse(x, attacks, graph)
        let y = transform.synthesise(c, attacks, graph)
        let error = zip(y.array, x.array).map { abs($0 - $1) }.max() ?? 1
        #expect(error < 1e-12, "\(error)")
        // The gains do something.
        let plain = transform.analyse(x, graph)
        #expect(zip(plain.array, c.array).contains { abs($0 - $1) > 1 })
        #expect(
            AttackTensors([Float](repeating: 0.1, count: 256), count: 256, hop: 64, graph) == nil)
    }

    /// Gradients reach what stands between transform and inverse: a check in double precision.
    @Test func gradients() throws {
        let hop = 16
        let count = 6 * hop
        let sound = Self.strokes(count, every: 53)
        let store = ParameterStore<Double>(seed: 1)
        let transform = LappedTransformLayer(store, "transform", hop: hop)
        store.setFrozen(true) { _ in true }
        let result = GradientCheck()([TestArray.random(1, 7, hop, seed: 4)], store: store) {
            graph, inputs in
            let x = graph.input(Shape(1, count, 1), sound.map { Double($0) })
            let attacks = AttackTensors(sound, count: count, hop: hop, graph)
            let moved = graph.add(transform.analyse(x, attacks, graph), inputs[0])
            return [transform.synthesise(moved, attacks, graph)]
        }
        #expect(result.worst < 1e-7 && result.count == 7 * hop && result.size > 1e-3, "\(result)")
    }

    private static let files = Result {
        try [true, nil].map { gain in
            try TinyModel.fileBytes(
                signal: SignalFormat(sampleRate: 44_100, hop: 128, framesPerBlock: 2),
                change: { $0.attackGain = gain })
        }
    }

    /// What is heard before attacks is weaker with the gains, and lengths, pieces and checksums are
    /// as without.
    @Test func codedSound() throws {
        let signal = Self.strokes(30_000, every: 2_900)
        var before: [Double] = []
        for file in try Self.files.get() {
            let model = try CodecModel(bytes: file)
            let coded = try CodedSignal(model, [signal], rates: [200], blocksPerPacket: 9)
            let pieces = try CodedSignal(
                model, [signal], rates: [200], blocksPerPacket: 9, pieces: [1, 255, 13, 4000])
            #expect(coded.packets == pieces.packets)
            let decoded = try CodedSignal.decode(
                model, coded.header, coded.packets, sampleCount: signal.count)
            #expect(decoded.checksum == coded.symbolChecksum)
            let sound = decoded.samples[0]
            #expect(sound.count == signal.count && signalToNoise(signal, sound) > 8)
            var noise = 0.0
            for start in stride(from: 2_900, to: signal.count, by: 2_900) {
                for n in start - 160..<start - 20 {
                    noise += Double((sound[n] - signal[n]) * (sound[n] - signal[n]))
                }
            }
            before.append(noise)
        }
        #expect(before[0] < before[1] / 10, "\(before)")
    }

    /// Streams under gains decode from any key packet on, and losses leave finite sound.
    @Test func losses() throws {
        let model = try CodecModel(bytes: Self.files.get()[0])
        let signal = Self.strokes(30_000, every: 1_700)
        let coded = try CodedSignal(model, [signal], rates: [210], blocksPerPacket: 8)
        let whole = try coded.decoded()[0]
        var packets = coded.packets.map(Optional.some)
        packets[4] = nil
        let lossy = try CodedSignal.decode(
            model, coded.header, packets, sampleCount: coded.samples
        ).samples[0]
        #expect(lossy.count == whole.count && lossy.allSatisfy(\.isFinite))
        let packet = 8 * model.signal.blockSamples
        let again = 5 * packet + 6 * model.signal.hop
        let isSame = lossy[again...] == whole[again...]
        #expect(isSame)
        let early = lossy[..<(4 * packet - 4 * model.signal.hop)]
        let isSameBefore = early == whole[..<early.endIndex]
        #expect(isSameBefore)
    }
}
