import CMRLCodec
import EncoderRefinement
import TestSupport
import Testing

/// Several encoders that refine in one process, all with one model: each gives the bytes that it
/// gives alone. Also under `make sanitize-thread`.
@Suite struct RefinementConcurrencyTests {
    /// What one of the workers does, unlike the others.
    private static func encode(_ index: Int, _ model: CodecModel) throws -> [Packet] {
        let configuration = AnalysisBySynthesisTests.configuration(
            index: UInt8(60 + 15 * index), blocks: 5 + 3 * index, keyInterval: 1 + index % 3)
        let refiner = try AnalysisBySynthesis(model: model, rounds: 1 + index % 3)
        let signal = SpeechLikeSignal.samples(seconds: 0.6, seed: UInt64(300 + index))
        return try AnalysisBySynthesisTests.encode(
            signal, model, configuration, piece: 700 + 100 * index, refiner
        ).packets
    }

    @Test func eachGivesWhatItGivesAlone() throws {
        let model = try AnalysisBySynthesisTests.model()
        for (index, result) in Threads.run(8, { try Self.encode($0, model) }).enumerated() {
            let alone = try Self.encode(index, model)
            #expect(try result.get() == alone && alone.count > 1, "worker \(index)")
        }
    }
}
