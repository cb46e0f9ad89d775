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
            let configuration = CodecEncoder.Configuration(rate: .indices([120]))
            let encoder = try CodecEncoder(model: model, configuration: configuration)
            try encoder.push([signal])
            // Some are dropped in the middle.
            if index % 3 > 0 { try encoder.finish() }
            let decoder = try CodecDecoder(model: model, header: try encoder.header())
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
