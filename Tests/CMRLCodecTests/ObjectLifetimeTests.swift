import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Encoders and decoders that come and go leave nothing behind. `NWC_SOAK_OBJECTS` sets their
/// number; `make soak` makes 10,000.
@Suite struct ObjectLifetimeTests {
    /// - Parameter lost: bytes that are lost with each object on purpose
    static func churn(losing lost: Int = 0) throws -> HeapGrowth {
        let count =
            ProcessInfo.processInfo.environment["NWC_SOAK_OBJECTS"].flatMap { Int($0) } ?? 300
        let model = try TinyModel.load()
        let signal = SpeechLikeSignal.samples(seconds: 0.1)
        var kept: [UnsafeMutableRawPointer] = []
        kept.reserveCapacity(count + 120)
        defer { for block in kept { block.deallocate() } }
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
            if lost > 0 {
                kept.append(UnsafeMutableRawPointer.allocate(byteCount: lost, alignment: 8))
            }
        }
        return try HeapGrowth(of: count, warmup: 120, one)
    }

    @Test(.enabled(if: HeapGrowth.isCounted)) func nothingIsLeftBehind() async {
        // In a process of its own: other tests allocate at the same time.
        await #expect(processExitsWith: .success) {
            let grown = try ObjectLifetimeTests.churn()
            guard grown.typical < 16 * grown.objects else {
                fatalError("\(grown.objects) encoders and decoders leave \(grown) behind")
            }
            // Whether a loss would be seen.
            let losing = try ObjectLifetimeTests.churn(losing: 24)
            guard losing.typical > 16 * losing.objects else {
                fatalError("24 bytes lost with each of \(losing.objects) objects: \(losing)")
            }
        }
    }
}
