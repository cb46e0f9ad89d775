import BuiltInModel
import CMRLCodec
import TestSupport
import Testing

/// Layers that divide the steps of those below.
@Suite struct NestedLayerTests {
    /// Every symbol is one of three above one symbol of the layer below, and the other way round.
    @Test func placesOfSymbols() {
        for below in -60...60 {
            let symbols = (0...2).map { NestedSymbol.symbol(place: $0, below: below) }
            #expect(symbols.sorted() == (-1...1).map { 3 * below + $0 })
            #expect(below == 0 || symbols.map(abs) == symbols.map(abs).sorted())
            for (place, symbol) in symbols.enumerated() {
                #expect(NestedSymbol.place(of: symbol, below: below) == place)
            }
        }
    }

    /// Frequencies are the entropy model's for the three symbols, as real numbers give them, and
    /// never 0.
    @Test func frequencies() throws {
        let tables = try CodecModels.load(.builtIn).tables.coefficients[0]
        let words = tables.symbolTables
        for table in 0..<tables.tableCount {
            func share(_ symbol: Int) throws -> Double {
                let bits = try tables.costBits(symbol, table: table)
                return approximatePower(-Double(bits))
            }
            for below in [0, 1, 2, 7, 12, 13, 500] {
                let found = NestedSymbol.Frequencies(below: below, table: table, tables)
                let parts = (0...2).map { found.part($0) }
                #expect(parts.reduce(0) { $0 + $1.frequency } == 4096)
                #expect(parts[0].low == 0 && parts[1].low == parts[0].frequency)
                #expect(parts[2].low == parts[0].frequency + parts[1].frequency)
                #expect(parts.allSatisfy { $0.frequency > 0 })
                for target in [0, 1, 1364, 2000, 4095] as [UInt32] {
                    let part = found.part(found.place(of: target))
                    #expect(part.low <= target && target < part.low + part.frequency)
                }
                guard table < 68, 3 * below + 1 < words.symbolCount - 1 else {
                    #expect(parts.map(\.frequency) == [1365, 1366, 1365])
                    continue
                }
                let shares = try (0...2).map {
                    try share(NestedSymbol.symbol(place: $0, below: below))
                }
                let sum = shares.reduce(0, +)
                for (part, share) in zip(parts, shares) {
                    #expect(
                        abs(Double(part.frequency) / 4096 - share / sum) < 0.001,
                        "table \(table), below \(below)")
                }
            }
        }
    }

    private func approximatePower(_ x: Double) -> Double {
        // 2^x by halving, without the accuracy of a library.
        guard x < -1 / 1024.0 else { return 1 + x * 0.693147 }
        let root = approximatePower(x / 2)
        return root * root
    }

    @Test(
        arguments: CodecModels.Kind.allCases,
        [[UInt8(50), 160], [30, 140, 220], [0, 255], [200, 10], [90, 90]])
    func layers(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let model = try CodecModels.load(kind)
        let signal = (1...2).map { SpeechLikeSignal.samples(seconds: 1.7, seed: UInt64($0 + 20)) }
        let coded = try CodedSignal(
            model, signal, rates: rates, blocksPerPacket: 20, keyInterval: 2, layering: .nested)
        #expect(coded.header.layering == .nested && coded.header.formatVersion == 3)
        let all = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: coded.samples)
        #expect(all.checksum == coded.symbolChecksum && all.samples[1].count == coded.samples)
        // However the samples come, the packets are the same.
        let pieces = try CodedSignal(
            model, signal, rates: rates, blocksPerPacket: 20, keyInterval: 2, layering: .nested,
            pieces: [37, 1000])
        #expect(pieces.packets == coded.packets)
        for layers in 1...rates.count {
            var stripper = try LayerStripper(layers: layers)
            let read = ReadResult.read(try stripper.push(coded.bytes) + stripper.finish())
            guard case .header(let header)? = read.events.first else {
                Issue.record("no header")
                return
            }
            let stripped = try CodedSignal.decode(
                model, header, read.packets, sampleCount: coded.samples)
            let chosen = try coded.decoded(layers: layers)
            #expect(read.error == nil && stripped.samples == chosen)
            #expect(header.layering == (layers > 1 ? .nested : .residual))
        }
        guard rates == [50, 160] || rates.count == 3 else { return }
        let ratios = try (1...rates.count).map {
            signalToNoise(signal[0], try coded.decoded(layers: $0)[0])
        }
        #expect(zip(ratios, ratios.dropFirst()).allSatisfy { $1 > $0 + 2 }, "\(ratios) dB")
    }

    /// Steps are divided by three: every symbol lies within its interval of the layer below.
    @Test(arguments: CodecModels.Kind.allCases) func symbolsAreNested(kind: CodecModels.Kind) throws
    {
        let model = try CodecModels.load(kind)
        let signal = SpeechLikeSignal.samples(seconds: 1, seed: 5)
        let coded = try CodedSignal(
            model, [signal], rates: [30, 140, 220], blocksPerPacket: 20, layering: .nested)
        let tracer = try SymbolTracer(model: model, header: coded.header)
        var others = 0
        for packet in coded.packets {
            for block in try #require(try tracer.trace(packet))[0] {
                for (lower, upper) in zip(block.layers, block.layers.dropFirst()) {
                    for (below, symbol) in zip(lower.symbols, upper.symbols) {
                        #expect(abs(symbol - 3 * below) <= 1)
                        if symbol != 3 * below { others += 1 }
                    }
                }
            }
        }
        #expect(others > 1000)
    }

    /// What the decoder of all layers gets is what it would get of one layer whose symbols have the
    /// same values: with equal indices the first layer's symbols, thirds added.
    @Test func equalIndicesRefineOneLayer() throws {
        let model = try CodecModels.load(.builtIn)
        let signal = SpeechLikeSignal.samples(seconds: 1.5, seed: 6)
        let single = try CodedSignal(model, [signal], rates: [120])
        let nested = try CodedSignal(model, [signal], rates: [120, 120], layering: .nested)
        // The first layer is the stream of one layer, to the byte.
        #expect(try nested.packets.map { try $0.stripped(toLayers: 1) } == single.packets)
        #expect(try nested.decoded(layers: 1) == single.decoded())
        let gain =
            signalToNoise(signal, try nested.decoded()[0])
            - signalToNoise(signal, try single.decoded()[0])
        #expect(gain > 1, "\(gain) dB")
    }

    /// Behind a packet that lost its upper layer the rest is decoded without it, up to the next key
    /// packet, with the symbols of the lower layer.
    @Test(arguments: CodecModels.Kind.allCases)
    func layersDroppedOnTheWay(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 2.4, seed: 31)]
        let coded = try CodedSignal(
            model, signal, rates: [60, 170], blocksPerPacket: 10, keyInterval: 4, layering: .nested)
        let symbols = try CodecLossTests.symbols(model, coded.header, coded.packets)
        let lower = try CodecLossTests.symbols(
            model, coded.header, coded.packets.map { try $0.stripped(toLayers: 1) })
        let whole = try coded.decoded()[0]
        let memory = CodecLossTests.memory(model, layers: 1)
        for drops in [[0], [1], [2, 5], [3, 4, 11], Array(0..<coded.packets.count)] {
            var dropped = coded.packets
            for i in drops { dropped[i] = try dropped[i].stripped(toLayers: 1) }
            let isWhole = dropped.indices.map { i in
                (i / 4 * 4...i).allSatisfy { dropped[$0].layerCount == 2 }
            }
            #expect(
                try CodecLossTests.symbols(model, coded.header, dropped)
                    == dropped.indices.map { isWhole[$0] ? symbols[$0] : lower[$0] }, "\(drops)")
            let result = try CodedSignal.decode(
                model, coded.header, dropped, sampleCount: coded.samples
            ).samples[0]
            #expect(result.count == whole.count && result.allSatisfy(\.isFinite))
            // Two packets behind a dropped one that ended its key interval all is as before.
            for i in dropped.indices.dropFirst() where isWhole[i] && isWhole[i - 1] {
                let begin = i * 3200 + memory
                let end = min((i + 1) * 3200 - 400, whole.count)
                guard begin < end else { continue }
                let range = begin..<end
                #expect(result[range] == whole[range], "packet \(i), dropped \(drops)")
            }
        }
    }

    @Test(arguments: ["default", "small", "audio"]) func indicesOfLayers(name: String) throws {
        let model = try #require(try BuiltInModels.load(name: name))
        for layers in 1...8 {
            var last = [UInt8](repeating: 0, count: layers)
            for first in stride(from: 0, through: 255, by: 5) {
                let indices = model.rateIndices(UInt8(first), layers: layers, .nested)
                #expect(indices.count == layers && indices.first == UInt8(first))
                #expect(indices == indices.sorted(), "\(indices)")
                #expect(zip(last, indices).allSatisfy { $0 <= $1 }, "\(last), \(indices)")
                last = indices
            }
        }
        #expect(model.rateIndices(30, layers: 3, .nested)[2] > 180)
    }

    /// Bitrates are those of all layers together.
    @Test func bitrates() throws {
        let model = try CodecModels.load(.builtIn)
        let signal = SpeechLikeSignal.samples(seconds: 6, seed: 9)
        for (layers, rate) in [(2, 12_000.0), (2, 24_000), (2, 40_000), (3, 32_000)] {
            let bytes = try model.encode([signal], rate: .bitrate(rate), layers: layers)
            #expect(abs(Double(8 * bytes.count) / 6 / rate - 1) < 0.02, "\(bytes.count) bytes")
            #expect(try model.decode(bytes).channels[0].count == signal.count)
        }
    }

    /// Pairs with attack gains, whose second channel has indices of its own.
    @Test func pairsAndAttacks() throws {
        let model = try #require(try BuiltInModels.load(name: "audio"))
        let clicks = (0..<44_100).map { Float($0 % 9_000 < 30 ? 0.5 : 0.001) }
        let speech = SpeechLikeSignal.samples(seconds: 1, rate: 44_100, seed: 3)
        let left = zip(clicks, speech).map { $0 + $1 }
        let coded = try CodedSignal(
            model, [left, left.map { 0.3 * $0 }, speech], rates: [90, 200], blocksPerPacket: 10,
            keyInterval: 2, layering: .nested)
        let all = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: coded.samples)
        #expect(all.checksum == coded.symbolChecksum)
        let base = try coded.decoded(layers: 1)
        for channel in 0..<2 {
            let signal = channel == 0 ? left : left.map { 0.3 * $0 }
            let gain =
                signalToNoise(signal, all.samples[channel]) - signalToNoise(signal, base[channel])
            #expect(gain > 2, "channel \(channel): \(gain) dB")
        }
    }

    /// Any bytes are symbols, or an error; never sound that is no number.
    @Test func randomChunks() throws {
        let model = try CodecModels.load(.builtIn)
        var random = SeededGenerator(seed: 77)
        for _ in 0..<25 {
            let layers = 2 + random.below(4)
            let header = try StreamHeader(
                modelID: model.codecID, sampleRate: 16_000, channelCount: 1, blocksPerPacket: 2,
                keyInterval: 4, layerCount: layers, layering: .nested)
            let decoder = try CodecDecoder(
                model: model, header: header, layers: random.below(2) == 0 ? nil : 2,
                isLowDelay: true)
            for number in 0..<6 {
                let isKey = number % 4 == 0
                let count = isKey ? layers : 1 + random.below(layers)
                let packet = Packet(
                    isKey: isKey, blockCount: 2,
                    rateIndices: isKey
                        ? (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) } : [],
                    chunks: [(0..<count).map { _ in random.bytes(random.below(90)) }])
                do { try decoder.push(packet) } catch {
                    guard case .entropy = error else { throw error }
                    decoder.conceal(blocks: 2)
                }
            }
            decoder.finish(sampleCount: 6 * 640)
            let sound = decoder.pull()?[0] ?? []
            #expect(sound.count == 6 * 640 && sound.allSatisfy(\.isFinite))
        }
    }

    /// A million times the usual level, silence, and a single sample.
    @Test func oddSignals() throws {
        let model = try CodecModels.load(.builtIn)
        for signal in [
            [Float](repeating: 0, count: 5000), [0.5],
            (0..<5000).map { $0 % 7 < 3 ? 16 : -16 }, [],
            (0..<3000).map { $0 % 2 == 0 ? .nan : 1e-30 },
        ] {
            let coded = try CodedSignal(
                model, [signal], rates: [0, 120, 200, 255, 255], blocksPerPacket: 3,
                layering: .nested)
            let all = try CodedSignal.decode(
                model, coded.header, coded.packets, sampleCount: coded.samples)
            #expect(all.checksum == coded.symbolChecksum)
            #expect(all.samples[0].count == signal.count && all.samples[0].allSatisfy(\.isFinite))
        }
    }
}
