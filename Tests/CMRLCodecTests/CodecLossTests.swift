import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Lost and damaged packets, and starting in the middle: from the key packet on all symbols are
/// right, and all samples once the frames have passed that the network looks back to.
@Suite struct CodecLossTests {
    /// Frames after a key packet whose samples still depend on what came before it: each decoder
    /// block looks two frames back, the first one of the first module one (Docs/format.md, 3.7).
    static func lookBack(_ model: CodecModel, layers: Int) -> Int {
        let modules = ((try? model.configuration)?.modules ?? []).prefix(layers)
        return modules.enumerated().map { 2 * $1.decoderBlocks - ($0 == 0 ? 1 : 0) }.max() ?? 0
    }

    /// The same in samples.
    static func memory(_ model: CodecModel, layers: Int) -> Int {
        lookBack(model, layers: layers) * model.signal.hop
    }

    /// What Docs/security.md says.
    @Test func memoryOfTheBuiltInModelIs30Milliseconds() throws {
        let model = try CodecModels.load(.builtIn)
        #expect([1, 2].map { Self.memory(model, layers: $0) } == [480, 480])
    }

    /// What each packet adds to the checksum of the symbols (nil = lost).
    static func symbols(_ model: CodecModel, _ header: StreamHeader, _ packets: [Packet?]) throws
        -> [UInt64]
    {
        let decoder = try CodecDecoder(model: model, header: header)
        return try packets.map { packet in
            let before = decoder.symbolChecksum
            try decoder.push(packet)
            return decoder.symbolChecksum &- before
        }
    }

    @Test(arguments: CodecModels.Kind.allCases, [[UInt8(120)], [80, 180]])
    func lostPackets(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 3.1, seed: 40)]
        let coded = try CodedSignal(
            model, signal, rates: rates, blocksPerPacket: 10, keyInterval: 4)
        let whole = try coded.decoded()[0]
        let memory = Self.memory(model, layers: rates.count)
        let hop = model.signal.hop
        let symbols = try Self.symbols(model, coded.header, coded.packets)
        #expect(
            symbols.reduce(0, &+) == coded.symbolChecksum && Set(symbols).count == symbols.count)
        for lost in [[0], [1], [5], [4, 5], [7, 8, 9], [15], [2, 6, 10], Array(0..<16)] {
            var packets: [Packet?] = coded.packets
            for i in lost { packets[i] = nil }
            // The last packet is shorter than the usual one that a lost packet is taken for.
            let all = try CodedSignal.decode(
                model, coded.header, packets, sampleCount: coded.samples
            ).samples[0]
            #expect(lost.contains(packets.count - 1) || all.count == whole.count)
            let result = Array(all.prefix(whole.count))
            #expect(
                result.count == whole.count && result.allSatisfy { $0.isFinite && abs($0) < 2 },
                "lost \(lost)")
            // A packet is good if no packet since its key packet is lost.
            let good = packets.indices.map { i in (i / 4 * 4...i).allSatisfy { packets[$0] != nil }
            }
            #expect(
                try Self.symbols(model, coded.header, packets)
                    == packets.indices.map { good[$0] ? symbols[$0] : 0 },
                "symbols with \(lost) lost")
            for i in packets.indices {
                let begin = i * 3200 + (i == 0 || good[i - 1] ? 0 : memory)
                // The last frame of a packet overlaps with that of the next, and the decoder looks
                // a frame ahead.
                let end = min(
                    (i + 1) * 3200 - (i + 1 < good.count && !good[i + 1] ? 2 * hop : 0), whole.count
                )
                guard good[i], begin < end else { continue }
                #expect(result[begin..<end] == whole[begin..<end], "packet \(i) with \(lost) lost")
            }
        }
    }

    /// The key intervals of Docs/robustness.md, packets of one block as in real time.
    @Test(arguments: [1, 5, 10, 50], [[UInt8(110)], [80, 180]])
    func decodingIsRightFromTheNextKeyPacket(interval: Int, rates: [UInt8]) throws {
        let model = try CodecModels.load(.builtIn)
        let signal = [SpeechLikeSignal.samples(seconds: 3.2, seed: 45)]
        let coded = try CodedSignal(
            model, signal, rates: rates, blocksPerPacket: 1, keyInterval: interval)
        let whole = try coded.decoded()[0]
        #expect(
            coded.packets.indices.allSatisfy { coded.packets[$0].isKey == ($0 % interval == 0) })
        let memory = Self.memory(model, layers: rates.count)
        let symbols = try Self.symbols(model, coded.header, coded.packets)
        var latest = 0
        for lost in [1, interval, 2 * interval + interval / 2, 52] {
            var packets: [Packet?] = coded.packets
            packets[lost] = nil
            let result = try CodedSignal.decode(
                model, coded.header, packets, sampleCount: coded.samples
            ).samples[0]
            let key = (lost / interval + 1) * interval
            let start = key * 320 + memory
            let text = "interval \(interval), packet \(lost) lost"
            #expect(
                start < whole.count && result.suffix(from: start) == whole.suffix(from: start),
                "\(text)")
            #expect(
                result[(lost * 320)..<(lost * 320 + 320)]
                    != whole[(lost * 320)..<(lost * 320 + 320)])
            let found = try Self.symbols(model, coded.header, packets)
            #expect(
                found.suffix(from: key) == symbols.suffix(from: key)
                    && found.prefix(lost) == symbols.prefix(lost), "\(text)")
            #expect(
                found[lost..<key].allSatisfy { $0 == 0 },
                "\(text): symbols are not read before the key packet")
            latest = max(latest, (whole.indices.last { result[$0] != whole[$0] } ?? 0) - key * 320)
        }
        #expect(latest >= memory - 160, "the time is no longer than it has to be")
    }

    /// A steady voice goes on through a lost packet: most of it, and without a jump.
    @Test(arguments: [90.0, 157, 240, 333])
    func aLostPacketOfAVoiceIsFilledWithItsPeriods(pitch: Double) throws {
        let model = try CodecModels.load(.builtIn)
        var signal = [Float](repeating: 0, count: 16_000)
        for harmonic in 1...12 where pitch * Double(harmonic) < 3500 {
            let turns = pitch * Double(harmonic) / 16_000
            let start = 0.13 * Double(harmonic * harmonic)
            for n in signal.indices {
                signal[n] +=
                    0.2 / Float(harmonic) * Float(sin(2 * .pi * (turns * Double(n) + start)))
            }
        }
        let coded = try CodedSignal(model, [signal], rates: [150], blocksPerPacket: 1)
        let whole = try coded.decoded()[0]
        var packets: [Packet?] = coded.packets
        packets[24] = nil
        let result = try CodedSignal.decode(
            model, coded.header, packets, sampleCount: coded.samples
        ).samples[0]
        let range = 24 * 320 - 160..<25 * 320 + 160
        var error: Float = 0
        var energy: Float = 0
        for n in range {
            let difference = result[n] - whole[n]
            error += difference * difference
            energy += whole[n] * whole[n]
        }
        // The last spectrum with random signs, which this replaced, is off by about twice the
        // energy of the signal.
        #expect(error < 0.25 * energy, "\(error / energy)")
        func steps(_ x: [Float]) -> Float { range.reduce(0) { max($0, abs(x[$1] - x[$1 - 1])) } }
        #expect(steps(result) < 1.5 * steps(whole))
    }

    @Test func longLossesFadeOut() throws {
        let model = try CodecModels.load(.builtIn)
        let signal = [SpeechLikeSignal.samples(seconds: 1, seed: 3)]
        let coded = try CodedSignal(model, signal, rates: [150], blocksPerPacket: 10)
        let lost = [Packet?](repeating: nil, count: 10)
        let result = try CodedSignal.decode(
            model, coded.header, Array(coded.packets.prefix(3)) + lost
        ).samples[0]
        #expect(result.count == 13 * 3200 - 160)
        #expect(result.suffix(3200).allSatisfy { abs($0) < 1e-4 })
        let decoder = try CodecDecoder(model: model, header: coded.header)
        for _ in 0..<3 { try decoder.push(nil) }
        #expect(decoder.concealedBlocks == 30)
        decoder.conceal(blocks: 7)
        #expect(decoder.concealedBlocks == 37)
    }

    @Test(arguments: CodecModels.Kind.allCases, [[UInt8(120)], [80, 180]])
    func decodingCanBeginAtEveryKeyPacket(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 2.5, seed: 50)]
        let coded = try CodedSignal(model, signal, rates: rates, blocksPerPacket: 5, keyInterval: 5)
        let whole = try CodedSignal.decode(model, coded.header, coded.packets).samples[0]
        let memory = Self.memory(model, layers: rates.count)
        let symbols = try Self.symbols(model, coded.header, coded.packets)
        for (i, packet) in coded.packets.enumerated() where i > 0 {
            #expect(packet.isKey == (i % 5 == 0))
            guard packet.isKey else {
                #expect(throws: CodecError.noKeyPacket) {
                    try CodecDecoder(model: model, header: coded.header).push(packet)
                }
                continue
            }
            let part = try CodedSignal.decode(model, coded.header, Array(coded.packets[i...]))
                .samples[0]
            let start = i * 5 * 320
            #expect(part.count == whole.count - start)
            #expect(part.dropFirst(memory) == whole.dropFirst(start + memory), "from packet \(i)")
            // Lost packets before it, so that packets have the same numbers.
            let behind = try Self.symbols(
                model, coded.header,
                [Packet?](repeating: nil, count: i) + coded.packets[i...].map { $0 })
            #expect(behind.suffix(from: i) == symbols.suffix(from: i), "symbols from packet \(i)")
        }
    }

    /// Whatever bytes the chunks hold: an error or samples, never a trap, and a decoder that goes
    /// on with the next key packet.
    @Test(arguments: CodecModels.Kind.allCases)
    func damagedChunks(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 0.6, seed: 60)]
        let coded = try CodedSignal(
            model, signal, rates: [80, 180], blocksPerPacket: 5, keyInterval: 2)
        let whole = try coded.decoded()[0]
        let memory = Self.memory(model, layers: 2)
        let right = try Self.symbols(model, coded.header, coded.packets)
        var random = SeededGenerator(seed: 61)
        for round in 0..<(kind == .tiny ? 60 : 12) {
            var packets = coded.packets
            for layer in 0..<2 where round % 3 != layer {
                switch round % 4 {
                case 0: packets[1].chunks[0][layer] = random.bytes(random.below(400))
                case 1: packets[1].chunks[0][layer] = Array(repeating: 0xFF, count: 3000)
                case 2: packets[1].chunks[0][layer] = []
                default:
                    let at = random.below(max(packets[1].chunks[0][layer].count, 1))
                    if packets[1].chunks[0][layer].indices.contains(at) {
                        packets[1].chunks[0][layer][at] ^= UInt8(1 << random.below(8))
                    }
                }
            }
            let decoder = try CodecDecoder(model: model, header: coded.header)
            var samples: [Float] = []
            var symbols: [UInt64] = []
            for packet in packets {
                let before = decoder.symbolChecksum
                do throws(CodecError) { try decoder.push(packet) } catch {
                    guard case .entropy = error else { throw error }
                    decoder.conceal(blocks: packet.blockCount)
                }
                symbols.append(decoder.symbolChecksum &- before)
                if let piece = decoder.pull() { samples += piece[0] }
            }
            decoder.finish(sampleCount: coded.samples)
            if let piece = decoder.pull() { samples += piece[0] }
            #expect(
                samples.count == whole.count && samples.allSatisfy(\.isFinite), "round \(round)")
            let start = 2 * 5 * 320 + memory
            #expect(symbols.suffix(from: 2) == right.suffix(from: 2), "symbols of round \(round)")
            #expect(samples.suffix(from: start) == whole.suffix(from: start), "round \(round)")
        }
    }
}
