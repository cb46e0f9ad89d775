import CMRLCodec
import TestSupport
import Testing

/// Signals of all sizes through encoder, bitstream and decoder.
@Suite struct CodecRoundTripTests {
    @Test(arguments: CodecModels.Kind.allCases, [[UInt8(200)], [150, 230]])
    func speechComesBack(kind: CodecModels.Kind, rates: [UInt8]) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 3)]
        let coded = try CodedSignal(model, signal, rates: rates)
        let result = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: coded.samples)
        #expect(result.checksum == coded.symbolChecksum && coded.symbolChecksum != 0)
        #expect(result.samples.map(\.count) == [signal[0].count])
        // Both models are near perfect reconstruction at a fine quantiser; a codec out of step has
        // less than 0 dB.
        #expect(
            signalToNoise(signal[0], result.samples[0]) > 12,
            "\(signalToNoise(signal[0], result.samples[0])) dB")
        // Through the bytes of a file.
        let read = try ReadResult.read(coded.bytes)
        #expect(read.error == nil && read.packets == coded.packets)
        #expect(
            try CodedSignal.decode(model, coded.header, read.packets, sampleCount: coded.samples)
                .samples == result.samples)
    }

    @Test(arguments: CodecModels.Kind.allCases)
    func shortSignals(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let long = SpeechLikeSignal.samples(seconds: 2, seed: 5)
        for count in [
            0, 1, 2, 79, 80, 159, 160, 161, 319, 320, 321, 479, 480, 640, 15_999, 16_000, 16_001,
            16_160, 16_320,
        ] {
            for rates in [[UInt8(150)], [100, 180]] {
                let signal = [Array(long[8000..<8000 + count])]
                let coded = try CodedSignal(model, signal, rates: rates)
                let all = try CodedSignal.decode(model, coded.header, coded.packets)
                let cut = try coded.decoded()
                #expect(cut.map(\.count) == [count], "\(count) samples")
                #expect(
                    all.samples[0].count >= count
                        && all.samples[0].count < count + 2 * coded.model.signal.blockSamples,
                    "\(count): \(all.samples[0].count)")
                #expect(Array(all.samples[0].prefix(count)) == cut[0])
                #expect(all.checksum == coded.symbolChecksum)
                #expect(coded.packets.isEmpty == (count == 0))
                if count >= 160 {
                    #expect(
                        signalToNoise(signal[0], cut[0]) > 5,
                        "\(count) samples: \(signalToNoise(signal[0], cut[0])) dB")
                }
            }
        }
    }

    @Test(arguments: CodecModels.Kind.allCases)
    func eightChannelsAreCodedEachOnItsOwn(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = (0..<8).map {
            SpeechLikeSignal.samples(seconds: 1.3, seed: UInt64($0), level: 0.05 * Double($0))
        }
        let coded = try CodedSignal(model, signal, rates: [140, 190])
        let decoded = try coded.decoded()
        #expect(
            try CodedSignal.decode(model, coded.header, coded.packets).checksum
                == coded.symbolChecksum)
        for i in 0..<8 {
            let alone = try CodedSignal(model, [signal[i]], rates: [140, 190])
            #expect(
                alone.packets.map { $0.chunks[0] } == coded.packets.map { $0.chunks[i] },
                "channel \(i)")
            #expect(try alone.decoded()[0] == decoded[i], "channel \(i)")
        }
    }

    @Test(arguments: CodecModels.Kind.allCases)
    func silenceStaysQuietAndExtremesStayFinite(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let count = 9000
        let silence = try CodedSignal(
            model, [Array(repeating: 0, count: count)], rates: [100, 160]
        ).decoded()[0]
        #expect(silence.allSatisfy { abs($0) < 0.003 })
        var random = SeededGenerator(seed: 3)
        let square: [Float] = (0..<count).map { $0 / 40 % 2 == 0 ? 1 : -1 }
        let noise = (0..<count).map { _ in Float(random.unit() * 2 - 1) }
        let wild: [Float] = (0..<count).map {
            [.nan, .infinity, -.infinity, 1e30, -1e-30, 16, -16, 0.1][$0 % 8]
        }
        for signal in [square, noise, wild] {
            for rates in [[UInt8(0)], [255], [0, 255], [255, 255]] {
                let coded = try CodedSignal(model, [signal], rates: rates)
                let result = try CodedSignal.decode(
                    model, coded.header, coded.packets, sampleCount: count)
                #expect(result.checksum == coded.symbolChecksum)
                #expect(
                    result.samples[0].count == count && result.samples[0].allSatisfy(\.isFinite))
            }
        }
    }

    @Test func mistakesAreErrors() throws {
        let model = try CodecModels.load(.tiny)
        func configured(_ change: (inout CodecEncoder.Configuration) -> Void) -> CodecError? {
            var configuration = CodecEncoder.Configuration()
            change(&configuration)
            do throws(CodecError) {
                _ = try CodecEncoder(model: model, configuration: configuration)
                return nil
            } catch { return error }
        }
        #expect(configured { $0.channels = 0 } == .channels(0, allowed: 1...255))
        #expect(configured { $0.channels = 256 } == .channels(256, allowed: 1...255))
        #expect(configured { $0.layers = 9 } == .layers(9, allowed: 1...8))
        #expect(configured { $0.layers = 0 } == .layers(0, allowed: 1...8))
        #expect(
            configured { ($0.layers, $0.layering) = (3, .residual) } == .layers(3, allowed: 1...2))
        #expect(configured { $0.blocksPerPacket = 0 } == .blocksPerPacket(0, allowed: 1...3000))
        #expect(configured { $0.keyInterval = 0 } == .keyInterval(0, allowed: 1...65_535))
        #expect(configured { $0.rate = .bitrate(999) } == .bitrate(999, allowed: 1000...256_000))
        #expect(configured { $0.rate = .bitrate(.nan) } != nil)
        #expect(configured { $0.rate = .bitratePerChannel(999) } != nil)
        for quality in [-0.01, 1.01, .infinity] {
            #expect(configured { $0.rate = .quality(quality) } == .quality(quality))
        }
        #expect(configured { $0.rate = .quality(.nan) } != nil)
        #expect(configured { $0.rate = .quality(1) } == nil)
        let many = configured {
            $0.channels = 255
            $0.blocksPerPacket = 95
        }
        #expect(many == .blocksPerPacket(95, allowed: 1...94))
        // The default is 16 kbit/s for each channel.
        #expect(configured { $0.channels = 17 } == nil)
        let wrongCount = configured {
            $0.layers = 2
            $0.rate = .indices([1])
        }
        #expect(wrongCount == .rateIndices(count: 1, layers: 2))
        let encoder = try CodecEncoder(model: model)
        #expect(throws: CodecError.channelCountMismatch(got: 2, expected: 1)) {
            try encoder.push([[0], [0]])
        }
        try encoder.finish()
        #expect(throws: CodecError.finished) { try encoder.push([[0]]) }
        let other = try CodecModels.load(.builtIn)
        let coded = try CodedSignal(model, [[0.1, 0.2]])
        #expect(throws: CodecError.wrongModel(stream: model.id, model: other.id)) {
            try CodecDecoder(model: other, header: coded.header)
        }
        #expect(throws: CodecError.layers(3, allowed: 1...2)) {
            try CodecDecoder(model: model, header: coded.header, layers: 3)
        }
        let decoder = try CodecDecoder(model: model, header: coded.header)
        var packet = coded.packets[0]
        packet.isKey = false
        #expect(throws: CodecError.noKeyPacket) { try decoder.push(packet) }
        packet.chunks = [[], []]
        #expect(throws: CodecError.groupCountMismatch(got: 2, expected: 1)) {
            try decoder.push(packet)
        }
        packet = coded.packets[0]
        packet.blockCount = 3001
        #expect(throws: CodecError.packetBlocks(3001, allowed: 1...3000)) {
            try decoder.push(packet)
        }
        decoder.finish()
        #expect(throws: CodecError.finished) { try decoder.push(coded.packets[0]) }
    }

    /// Numbers that a caller may take from a stream as they are.
    @Test func nothingIsFilledWithoutEnd() throws {
        let coded = try CodedSignal(CodecModels.load(.tiny), [[0.1, 0.2]])
        let decoder = try CodecDecoder(model: coded.model, header: coded.header)
        decoder.conceal(blocks: .max)
        decoder.finish(sampleCount: .max)
        #expect(
            decoder.pull()?.first?.count == 3000 * coded.model.signal.blockSamples
                - coded.model.signal.hop + decoder.longestFill)
        let other = try CodecDecoder(model: coded.model, header: coded.header)
        other.finish(sampleCount: -1)
        #expect(other.pull() == nil)
    }

    /// Without sound to look at a plan is the model's average; of an estimate the nearest trial is
    /// kept, on whichever side of the target.
    @Test(arguments: [6_000.0, 12_000, 20_000, 30_000])
    func plansFromStretches(bitrate: Double) throws {
        let model = try CodecModels.load(.builtIn)
        let configuration = CodecEncoder.Configuration(rate: .bitrate(bitrate))
        let planner = RatePlanner(model: model, configuration: configuration)
        let none = try planner.plan(stretches: [])
        let empty = try planner.plan(stretches: [[[]]])
        #expect(
            none == empty && none.index > 0 && none.index < 255 && none.bitrate == bitrate
                && !none.isExact)
        let plan = try planner.plan(
            stretches: (1...3).map { [SpeechLikeSignal.samples(seconds: 2, seed: $0)] })
        #expect(!plan.isExact && abs(plan.bitrate / bitrate - 1) < 0.03, "\(plan)")
    }
}
