import CMRLCodec
import TestSupport
import Testing

/// Packets that planning has coded are not coded again, and nobody sees that in the stream.
@Suite struct PlannedPacketsTests {
    private func encode(
        _ model: CodecModel, _ configuration: CodecEncoder.Configuration, _ signal: [[Float]],
        _ planned: PlannedPackets?
    ) throws -> (packets: [Packet], encoder: CodecEncoder) {
        let encoder = try CodecEncoder(
            model: model, configuration: configuration, refiners: [], planned: planned)
        let step = 12_345
        for start in stride(from: 0, to: signal[0].count, by: step) {
            try encoder.push(signal.map { Array($0[start..<min(start + step, $0.count)]) })
        }
        try encoder.finish()
        var packets: [Packet] = []
        while let packet = encoder.pull() { packets.append(packet) }
        return (packets, encoder)
    }

    @Test(arguments: [1, 2], [50, 7])
    func sameStream(channels: Int, blocks: Int) throws {
        let model = try CodecModels.load(.builtIn)
        var shares: [Double] = []
        for seconds in [0.4, 1.15, 2.7, 5.3] {
            let signal = (0..<channels).map {
                SpeechLikeSignal.samples(seconds: seconds, seed: UInt64($0 + 3))
            }
            for bitrate in stride(from: 9_000.0, to: 17_000, by: 900) {
                let target = bitrate * Double(channels)
                var configuration = CodecEncoder.Configuration(
                    channels: channels, rate: .bitrate(target))
                configuration.blocksPerPacket = blocks
                configuration.expectedSamples = signal[0].count
                let planner = RatePlanner(model: model, configuration: configuration)
                let (plan, planned) = try planner.planKeepingPackets(whole: signal)
                #expect(try plan == planner.plan(whole: signal))
                configuration.rate = .bitrate(target, plan: plan)
                let plain = try encode(model, configuration, signal, nil)
                let short = try encode(model, configuration, signal, planned)
                #expect(plain.encoder.takenPackets == 0)
                #expect(short.packets == plain.packets, "\(seconds) s, \(target) bit/s")
                #expect(short.encoder.symbolChecksum == plain.encoder.symbolChecksum)
                shares.append(
                    Double(short.encoder.takenPackets) / Double(max(short.packets.count, 1)))
            }
        }
        // Whole streams, beginnings of streams.
        #expect(shares.contains(1) && shares.contains { $0 > 0 && $0 < 1 }, "\(shares)")
    }

    /// Where more than the network goes from one packet to the next, all are coded.
    @Test func otherStreams() throws {
        let model = try CodecModels.load(.builtIn)
        let signal = [SpeechLikeSignal.samples(seconds: 2.2)]
        for (layers, interval) in [(2, 1), (1, 3)] {
            var configuration = CodecEncoder.Configuration(
                layers: layers, rate: .bitrate(layers == 2 ? 40_000 : 12_000))
            configuration.keyInterval = interval
            configuration.blocksPerPacket = 20
            let (plan, planned) = try RatePlanner(model: model, configuration: configuration)
                .planKeepingPackets(whole: signal)
            configuration.rate = .bitrate(layers == 2 ? 40_000 : 12_000, plan: plan)
            let plain = try encode(model, configuration, signal, nil)
            let other = try encode(model, configuration, signal, planned)
            #expect(other.packets == plain.packets && other.encoder.takenPackets == 0)
            #expect(other.encoder.symbolChecksum == plain.encoder.symbolChecksum)
        }
    }
}
