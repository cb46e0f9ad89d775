import CKernels
import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Streams of a cascade on the samples themselves.
@Suite struct TimeDomainCodecTests {
    private static let file = Result { try TinyModel.timeDomainFileBytes() }

    private static func model() throws -> CodecModel { try CodecModel(bytes: file.get()) }

    private static func speech(_ count: Int, _ seed: Int = 1) -> [Float] {
        Array(
            SpeechLikeSignal.samples(
                seconds: Double(count) / 16_000 + 0.01, rate: 16_000, seed: UInt64(seed)
            ).prefix(count))
    }

    @Test func theModelSaysWhatItIs() throws {
        let model = try Self.model()
        #expect(model.family == .timeDomainCascade && model.layerCount == 2)
        #expect(
            model.signal.block == BlockFormat(sampleRate: 16_000, samples: 480, channels: 1))
        #expect(model.fixedRates == [8000, 12_000] && model.rateCurve.isEmpty)
        #expect(model.layerRange(.nested) == 1...2 && model.algorithmicDelay() == 512)
        #expect(model.parameterCount == TinyModel.timeDomainConfiguration.parameterCount)
        #expect(throws: CodecError.family(.timeDomainCascade)) { try model.configuration }
        #expect(throws: CodecError.family(.timeDomainCascade)) {
            try model.simulate([[0]], configuration: .init(rate: .indices([0])))
        }
    }

    /// Any length comes back, of any number of channels, from one block a packet or many.
    @Test(arguments: [0, 1, 31, 479, 480, 481, 512, 513, 960, 5003])
    func lengthsAreExact(count: Int) throws {
        let model = try Self.model()
        for (channels, blocks, key) in [(1, 50, 1), (3, 2, 2), (2, 1, 5)] {
            let sound = (0..<channels).map { Self.speech(count, $0) }
            let coded = try CodedSignal(
                model, sound, rates: [0, 0], blocksPerPacket: blocks, keyInterval: key)
            #expect(coded.header.layering == .residual && coded.header.formatVersion == 2)
            let bytes = try coded.bytes
            let decoded = try CodedSignal.decode(
                model, coded.header, ReadResult.read(bytes).packets, sampleCount: count)
            #expect(decoded.checksum == coded.symbolChecksum)
            #expect(decoded.samples.map(\.count) == Array(repeating: count, count: channels))
            #expect(try model.decode(bytes).channels == decoded.samples)
        }
    }

    @Test func piecesGiveTheSameBytes() throws {
        let model = try Self.model()
        let sound = [Self.speech(9000, 1), Self.speech(9000, 2)]
        let whole = try CodedSignal(
            model, sound, rates: [0, 0], blocksPerPacket: 3, keyInterval: 2)
        for pieces in [[1, 700, 33], [481], [480, 32, 4000]] {
            let other = try CodedSignal(
                model, sound, rates: [0, 0], blocksPerPacket: 3, keyInterval: 2, pieces: pieces)
            #expect(try other.bytes == whole.bytes)
        }
    }

    /// The first layer of two is that of a stream of one, and dropping the second leaves just it.
    @Test func layersAreModules() throws {
        let model = try Self.model()
        let sound = [Self.speech(8000)]
        let one = try CodedSignal(model, sound, rates: [0], blocksPerPacket: 5)
        let two = try CodedSignal(model, sound, rates: [0, 0], blocksPerPacket: 5)
        func first(_ coded: CodedSignal) -> [[[UInt8]]] {
            coded.packets.map { $0.chunks.map { $0[0] } }
        }
        #expect(first(one) == first(two))
        var stripper = try LayerStripper(layers: 1)
        let stripped = try stripper.push(two.bytes) + stripper.finish()
        #expect(try stripped == one.bytes)
        let lower = try CodedSignal.decode(
            model, two.header, two.packets, layers: 1, sampleCount: two.samples)
        #expect(try lower.samples == model.decode(stripped).channels)
        let both = try CodedSignal.decode(model, two.header, two.packets, sampleCount: two.samples)
        #expect(both.samples != lower.samples)
    }

    /// Symbols and samples are, but for rounding, what training's graph makes of the same frames at
    /// the level that the stream says, faded into each other as the papers do.
    @Test func soundIsThatOfTheTrainedNetwork() throws {
        let (cascade, store) = TinyModel.timeDomainNetwork()
        let model = try Self.model()
        let sound = Self.speech(20 * 480)
        let coded = try CodedSignal(model, [sound], rates: [0, 0])
        #expect(coded.packets.count == 1)
        var chunk = RangeDecoder(coded.packets[0].chunks[0][0])
        let level = Int(chunk.decodeBits(count: 7))
        let deviation = PaperLevel.deviation(sound)
        #expect(abs(level - PaperLevel.index(deviation: deviation)) < 12)
        let scale = Float(PaperLevel.scale(index: level))
        let graph = Graph(store: store)
        graph.isRecording = false
        let frames = PaperFraming.cut(sound.map { $0 * scale })
        let out = cascade(
            graph.input(Shape(frames.count / 512, 512, 1), frames), layers: 2, .hard, graph)
        for layers in 1...2 {
            let wanted = PaperFraming.join(
                out.decoded[layers - 1].array.map { $0 / scale }, samples: sound.count)
            let decoded = try CodedSignal.decode(
                model, coded.header, coded.packets, layers: layers, sampleCount: sound.count)
            let error = zip(decoded.samples[0], wanted).reduce(Float(0)) {
                max($0, abs($1.0 - $1.1))
            }
            #expect(error < 1e-4, "\(error) with \(layers) layers")
        }
    }

    /// Blocks behind a lost packet are exact from the next key packet on, but for the samples that
    /// are faded with what was lost.
    @Test(arguments: [1, 3])
    func aLossEndsAtTheNextKeyPacket(interval: Int) throws {
        let model = try Self.model()
        let sound = [Self.speech(480 * 24)]
        let coded = try CodedSignal(
            model, sound, rates: [0, 0], blocksPerPacket: 2, keyInterval: interval)
        let whole = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: coded.samples)
        var packets = coded.packets.map(Optional.some)
        packets[4] = nil
        let lossy = try CodedSignal.decode(
            model, coded.header, packets, sampleCount: coded.samples)
        let lost = 4 * 960
        let back = (interval == 1 ? 5 : 6) * 960 + 32
        #expect(lossy.samples[0].count == coded.samples)
        #expect(lossy.samples[0].allSatisfy { $0.isFinite })
        #expect(lossy.samples[0][..<lost] == whole.samples[0][..<lost])
        #expect(lossy.samples[0][back...] == whole.samples[0][back...])
        #expect(lossy.samples[0][lost..<back] != whole.samples[0][lost..<back])
        // Something is heard in the gap, and no step where it begins.
        let gap = lossy.samples[0][lost..<lost + 960]
        #expect(gap.contains { $0 != 0 })
    }

    /// The same bytes and samples on every path of the kernels.
    @Test func everyProcessorFindsTheSame() throws {
        let model = try Self.model()
        let sound = [Self.speech(6000, 3)]
        let coded = try CodedSignal(model, sound, rates: [0, 0], blocksPerPacket: 4)
        let decoded = try model.decode(coded.bytes).channels
        let before = nwc_simd_current()
        defer { nwc_simd_select(Int32(before.rawValue)) }
        for path in 0..<Int32(NWC_SIMD_COUNT) where nwc_simd_available(path) != 0 {
            #expect(nwc_simd_select(path) == 0)
            let name = String(cString: nwc_simd_name(path))
            let own = try CodecModel(bytes: Self.file.get())
            #expect(
                try CodedSignal(own, sound, rates: [0, 0], blocksPerPacket: 4).bytes == coded.bytes,
                "\(name)")
            #expect(try own.decode(coded.bytes).channels == decoded, "\(name)")
        }
    }

    @Test func theRateIsFixed() throws {
        let model = try Self.model()
        let sound = [Self.speech(3000)]
        func layers(_ rate: CodecEncoder.Rate, of most: Int = 2) throws -> Int {
            try CodecEncoder(
                model: model, configuration: .init(layers: most, layering: .nested, rate: rate)
            ).configuration.layers
        }
        #expect(try layers(.bitrate(2000)) == 1 && layers(.bitrate(11_999)) == 1)
        #expect(try layers(.bitrate(12_000)) == 2 && layers(.bitrate(99_000), of: 1) == 1)
        #expect(try layers(.indices([0, 0])) == 2)
        #expect(throws: CodecError.fixedRate) { try layers(.quality(0.5)) }
        #expect(throws: CodecError.fixedRate) { try layers(.indices([0, 9])) }
        #expect(throws: CodecError.rateIndices(count: 1, layers: 2)) { try layers(.indices([0])) }
        #expect(throws: CodecError.layers(3, allowed: 1...2)) {
            try layers(.indices([0, 0, 0]), of: 3)
        }
        // A whole sound, whose bitrate is not planned.
        #expect(try model.decode(model.encode(sound, layers: 2)).channels[0].count == 3000)
        // A stream that says another rate index.
        let coded = try CodedSignal(model, sound, rates: [0])
        let packet = Packet(
            isKey: true, blockCount: coded.packets[0].blockCount, rateIndices: [7],
            chunks: coded.packets[0].chunks)
        let decoder = try CodecDecoder(model: model, header: coded.header)
        #expect(throws: CodecError.rateIndex(7)) { try decoder.push(packet) }
    }

    /// Whatever the bytes of the chunks are, the sound is finite and of the right length.
    @Test func damagedChunksAreSound() throws {
        let model = try Self.model()
        let coded = try CodedSignal(model, [Self.speech(4800)], rates: [0, 0], blocksPerPacket: 5)
        var random = RandomSource(seed: 5)
        for _ in 0..<10 {
            let packets = coded.packets.map { packet in
                Packet(
                    isKey: packet.isKey, blockCount: packet.blockCount,
                    rateIndices: packet.rateIndices,
                    chunks: packet.chunks.map {
                        $0.map { $0.map { _ in UInt8(random.below(256)) } }
                    })
            }
            let decoded = try CodedSignal.decode(
                model, coded.header, packets, sampleCount: coded.samples)
            #expect(decoded.samples[0].count == 4800)
            #expect(decoded.samples[0].allSatisfy { $0.isFinite })
        }
    }

    // MARK: Model files

    /// The file with other metadata, and with tensors changed.
    private static func changed(
        _ change: (inout [String: Any]) -> Void = { _ in },
        tables: ([UInt16]) -> [UInt16] = { $0 }, without: String? = nil
    ) throws -> [UInt8] {
        let file = try WeightFile(Self.file.get())
        var metadata = try #require(
            try JSONSerialization.jsonObject(with: Data(file.metadata)) as? [String: Any])
        change(&metadata)
        var writer = try WeightFileWriter(
            metadata: Array(JSONSerialization.data(withJSONObject: metadata)))
        for tensor in file.tensors where tensor.name != without {
            if tensor.type == .uint16 {
                let words = tables(try file.uint16s(tensor.name))
                try writer.add(tensor.name, shape: [words.count], uint16s: words)
            } else {
                let values = try file.floats(tensor.name)
                try writer.add(tensor.name, shape: tensor.shape, floats: values)
            }
        }
        return writer.bytes()
    }

    private static func network(_ metadata: inout [String: Any], _ name: String, _ value: Any) {
        var network = metadata["configuration"] as? [String: Any] ?? [:]
        network[name] = value
        metadata["configuration"] = network
    }

    @Test func filesAreChecked() throws {
        _ = try CodecModel(bytes: Self.changed())
        func problem(_ bytes: @autoclosure () throws -> [UInt8]) throws -> CodecError? {
            let bytes = try bytes()
            do {
                _ = try CodecModel(bytes: bytes)
                return nil
            } catch { return error }
        }
        #expect(
            try problem(Self.changed { Self.network(&$0, "pitch", true) })
                == .model(.unknownEntries(["pitch"])))
        #expect(
            try problem(Self.changed { $0["restSymbols"] = [3, 6] })
                == .model(.restSymbols([3, 6])))
        #expect(
            try problem(Self.changed { $0["restSymbols"] = [3] }) == .model(.restSymbols([3])))
        #expect(
            try problem(Self.changed { $0["rates"] = [9000] })
                == .model(.rateCurve(count: 1, expected: 2)))
        #expect(
            try problem(Self.changed { $0["rates"] = [9000, -1] })
                == .model(.rateCurve(count: 2, expected: 2)))
        #expect(
            try problem(Self.changed { Self.network(&$0, "residualScale", 0) })
                == .model(.configuration(.notPositive(name: "residualScale", value: 0))))
        #expect(
            try problem(Self.changed { Self.network(&$0, "modules", [Any]()) }) != nil)
        #expect(
            try problem(Self.changed(without: "module2.decoder.output.weight"))
                .map { "\($0)".contains("module2.decoder.output.weight") } == true)
        // Tables of another alphabet, fewer tables, no table.
        for tables: ([UInt16]) -> [UInt16] in [
            { [0, $0[1] - 1] + $0[2...].dropLast(Int($0[2])) }, { [1] + $0.dropFirst() },
            { _ in [0] },
            { [0, $0[1], 1] + Array(repeating: 32_768, count: Int($0[1])) },
        ] {
            #expect(try problem(Self.changed(tables: tables)) != nil)
        }
        // A small file that asks for a large network.
        let large: [[String: Any]] = Array(
            repeating: [
                "layout": "gated", "inputTaps": 127, "codeTaps": 127, "outputTaps": 127,
                "wide": 512, "narrow": 256, "stages": 4, "centroids": 256,
            ], count: 8)
        let asked = try problem(
            Self.changed {
                Self.network(&$0, "modules", large)
                $0["restSymbols"] = Array(repeating: 0, count: 8)
                $0["rates"] = Array(repeating: 9000, count: 8)
            })
        guard case .model(.parameterCount(let needed, let found))? = asked else {
            Issue.record("\(String(describing: asked))")
            return
        }
        #expect(needed > 1_000_000 && found < 100_000)
        // Bytes that were changed on the way.
        var bytes = try Self.file.get()
        bytes[bytes.count / 2] ^= 1
        #expect(throws: CodecError.self) { try CodecModel(bytes: bytes) }
    }
}
