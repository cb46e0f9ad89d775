import Foundation
import LPCModule
import Testing

/// The example of Docs/lpc.md: what stands between the two marks is the same text there.
enum Example {
    // example begin
    /// Samples (16 kHz, full scale 1) -> frames and residual -> the samples again.
    static func analyseAndSynthesise(_ samples: [Float]) throws -> (
        residual: [Float], output: [Float]
    ) {
        var analyser = try LPCAnalyser()  // order 16, a frame every 320 samples
        let frames = try (analyser.step(samples) + analyser.flush()).map(\.lineSpectrum)

        // A coder would quantise the frames here; both filters must get the same ones.
        var analysis = try PredictionErrorFilter(order: 16, hop: 320, subframes: 4)
        let residual = try analysis.step(samples, frames: frames) + analysis.flush()

        var synthesis = try SynthesisFilter(order: 16, hop: 320, subframes: 4)
        let output = try synthesis.step(residual, frames: frames) + synthesis.flush()
        return (residual, output)
    }
    // example end
}

@Suite struct ExampleTests {
    @Test func exampleRuns() throws {
        let x = Make.speech(5000)
        let (residual, output) = try Example.analyseAndSynthesise(x)
        #expect(residual.count == 5000 && output.count == 5000)
        #expect(signalToNoise(x, output) > 100)
    }

    @Test func documentationShowsThisExample() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let source = try String(contentsOf: here, encoding: .utf8).components(separatedBy: "\n")
        let begin = try #require(source.firstIndex { $0.hasSuffix("// example begin") })
        let end = try #require(source.firstIndex { $0.hasSuffix("// example end") })
        let text = source[begin + 1..<end].map {
            $0.hasPrefix("    ") ? String($0.dropFirst(4)) : $0
        }.joined(separator: "\n")
        let page = try String(
            contentsOf: root.appendingPathComponent("Docs/lpc.md"), encoding: .utf8)
        #expect(page.contains(text), "Docs/lpc.md does not hold the example as it is in the test")
    }
}
