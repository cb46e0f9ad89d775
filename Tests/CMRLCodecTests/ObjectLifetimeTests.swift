import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Encoders and decoders that come and go leave nothing behind. `NWC_SOAK_OBJECTS` sets their number; `make soak` makes 10,000.
@Suite struct ObjectLifetimeTests {
    /// Resident bytes of this process.
    private static func used() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * Int(sysconf(CInt(_SC_PAGESIZE)))
    }

    static func churn() throws {
        let count = ProcessInfo.processInfo.environment["NWC_SOAK_OBJECTS"].flatMap { Int($0) } ?? 300
        let model = try TinyModel.load(), signal = SpeechLikeSignal.samples(seconds: 0.1)
        func one(_ index: Int) throws {
            var configuration = Encoder.Configuration()
            configuration.rateIndices = [120]
            let encoder = try Encoder(model: model, configuration: configuration)
            try encoder.push([signal])
            // Some are dropped in the middle.
            if index % 3 > 0 { try encoder.finish() }
            let header = try StreamHeader(
                modelID: model.id, sampleRate: 16_000, channelCount: 1, blocksPerPacket: configuration.blocksPerPacket, keyInterval: configuration.keyInterval,
                layerCount: 1)
            let decoder = try Decoder(model: model, header: header)
            while let packet = encoder.pull() { try decoder.push(index % 5 == 0 ? nil : packet) }
            if index % 2 == 0 { decoder.finish() }
            while decoder.pull() != nil {}
        }
        for index in 0..<100 { try one(index) }
        let before = try used()
        for index in 0..<count { try one(index) }
        let grown = try used() - before
        // An encoder alone holds tens of kilobytes; the allocator itself is not still.
        guard grown < 4 << 20 else { fatalError("\(count) encoders and decoders leave \(grown) bytes behind") }
    }

    /// Not under the address sanitizer (Scripts/sanitize.sh), which keeps what was freed for a while.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["NWC_SANITIZER"] != "address")) func nothingIsLeftBehind() async {
        // In a process of its own: other tests allocate at the same time.
        await #expect(processExitsWith: .success) { try ObjectLifetimeTests.churn() }
    }
}
