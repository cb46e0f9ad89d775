import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Encoders and decoders that come and go leave nothing behind. `NWC_SOAK_OBJECTS` sets their
/// number; `make soak` makes 10,000.
@Suite struct ObjectLifetimeTests {
    static func churn() throws {
        let count =
            ProcessInfo.processInfo.environment["NWC_SOAK_OBJECTS"].flatMap { Int($0) } ?? 300
        let model = try TinyModel.load()
        let signal = SpeechLikeSignal.samples(seconds: 0.1)
        func one(_ index: Int) throws {
            var configuration = Encoder.Configuration()
            configuration.rateIndices = [120]
            let encoder = try Encoder(model: model, configuration: configuration)
            try encoder.push([signal])
            // Some are dropped in the middle.
            if index % 3 > 0 { try encoder.finish() }
            let header = try StreamHeader(
                modelID: model.id, sampleRate: 16_000, channelCount: 1,
                blocksPerPacket: configuration.blocksPerPacket,
                keyInterval: configuration.keyInterval,
                layerCount: 1)
            let decoder = try Decoder(model: model, header: header)
            while let packet = encoder.pull() { try decoder.push(index % 5 == 0 ? nil : packet) }
            if index % 2 == 0 { decoder.finish() }
            while decoder.pull() != nil {}
        }
        let grown = try HeapGrowth.halves(of: count, warmup: 120, one)
        // Usually 0.
        guard grown.second < 16 * (count / 2) else {
            fatalError("\(count) encoders and decoders leave \(grown) bytes behind")
        }
    }

    @Test(.enabled(if: HeapGrowth.isCounted)) func nothingIsLeftBehind() async {
        // In a process of its own: other tests allocate at the same time.
        await #expect(processExitsWith: .success) { try ObjectLifetimeTests.churn() }
    }
}
