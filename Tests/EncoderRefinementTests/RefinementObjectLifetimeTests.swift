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
        let grown = try HeapGrowth(of: count, warmup: 30) { index in
            let refiner = try AnalysisBySynthesis(model: model, rounds: 1)
            let encoder = try CodecEncoder(
                model: model, configuration: AnalysisBySynthesisTests.configuration(blocks: 2),
                refiners: [refiner])
            try encoder.push([signal])
            // Some are dropped in the middle.
            if index % 3 > 0 { try encoder.finish() }
            if index % 2 > 0 { while encoder.pull() != nil {} }
        }
        guard grown.typical < 16 * grown.objects else {
            fatalError("\(grown.objects) refining encoders leave \(grown) behind")
        }
    }

    @Test(.enabled(if: HeapGrowth.isCounted)) func nothingIsLeftBehind() async {
        await #expect(processExitsWith: .success) { try RefinementObjectLifetimeTests.churn() }
    }
}
