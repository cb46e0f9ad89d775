import CMRLCodec
import EncoderRefinement
import NeuralNetwork
import TestSupport
import Testing

@Suite struct RecordingAdapterTests {
    private static func sound(seconds: Double) -> [Float] {
        SpeechLikeSignal.samples(seconds: seconds, rate: 16_000, seed: 5)
    }

    /// Only what makes the stream better is kept, its own bits included; and it is then.
    @Test func keepsWhatHelps() throws {
        let model = try CodecModel(bytes: TinyModel.fileBytes(), keepsParameters: true)
        let adapter = try RecordingAdapter(
            model: model, samples: [Self.sound(seconds: 20)], rateIndex: 100,
            shape: AdapterShape(.bands), stepSize: 0.5)
        let result = try adapter.run(passes: 200)
        let patch = try #require(result.patch)
        #expect(result.after < result.before && patch.modelID == model.codecID)
        // The same again: nothing depends on time or threads.
        let again = try RecordingAdapter(
            model: model, samples: [Self.sound(seconds: 20)], rateIndex: 100,
            shape: AdapterShape(.bands), stepSize: 0.5
        ).run(passes: 200)
        #expect(again.patch == patch && again.after == result.after)
        // What was tuned is what is coded: the objective of the patched model alone is no worse.
        let patched = try RecordingAdapter(
            model: model.adapted(by: patch), samples: [Self.sound(seconds: 20)], rateIndex: 100
        ).run(passes: 1)
        #expect(patched.before < result.before)
    }

    /// A patch that changes nothing only costs bits, and where there is no sound nothing is tried.
    @Test func givesUpWhatDoesNot() throws {
        let model = try CodecModel(bytes: TinyModel.fileBytes(), keepsParameters: true)
        // Steps that change nothing: all numbers are zero.
        let none = try RecordingAdapter(
            model: model, samples: [Self.sound(seconds: 2)], rateIndex: 100,
            shape: AdapterShape(.bands), stepSize: 1e-9
        ).run(passes: 20)
        #expect(none.patch == nil && none.after > none.before)
        let silent = try RecordingAdapter(
            model: model, samples: [[Float](repeating: 0, count: 50_000)], rateIndex: 100
        ).run(passes: 20)
        #expect(silent.patch == nil)
        let plain = try CodecModel(bytes: TinyModel.fileBytes())
        #expect(throws: CodecError.parametersNotKept) {
            try RecordingAdapter(model: plain, samples: [[0]], rateIndex: 100)
        }
    }
}
