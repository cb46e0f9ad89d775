import BuiltInModel
import CMRLCodec
import EncoderRefinement
import Foundation
import TestSupport
import Testing

/// Refining encoders that come and go leave nothing behind. `NWC_SOAK_OBJECTS` sets their number, a
/// tenth of it; each takes megabytes and 50 ms.
@Suite struct RefinementObjectLifetimeTests {
    static func churn() throws {
        let count =
            max(
                ProcessInfo.processInfo.environment["NWC_SOAK_OBJECTS"].flatMap { Int($0) } ?? 0,
                600) / 10
        let model = try AnalysisBySynthesisTests.model()
        let signal = SpeechLikeSignal.samples(seconds: 0.1)
        let grown = try HeapGrowth.halves(of: count, warmup: 30) { index in
            let refiner = try AnalysisBySynthesis(model: model, rounds: 1)
            let encoder = try CodecEncoder(
                model: model, configuration: AnalysisBySynthesisTests.configuration(blocks: 2),
                refiners: [refiner])
            try encoder.push([signal])
            // Some are dropped in the middle.
            if index % 3 > 0 { try encoder.finish() }
            if index % 2 > 0 { while encoder.pull() != nil {} }
        }
        // The allocator counts what its caches keep as given out: they fill up by about 10 KB in
        // the first 200 objects, and not further in the next 400.
        guard grown.second < 8192 + 16 * (count / 2) else {
            fatalError("\(count) refining encoders leave \(grown) bytes behind")
        }
    }

    @Test(.enabled(if: HeapGrowth.isCounted)) func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) { try RefinementObjectLifetimeTests.churn() }
    }
}
