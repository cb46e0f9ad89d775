import CMRLCodec
import Foundation
import TestSupport
import Testing

/// A cascade of the papers through the programs: trained, exported, coded with.
@Suite struct TimeDomainTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(Data(try TinyModel.timeDomainFileBytes()), "paper.nwm")
        try folder.write(
            WaveFile(
                rate: 44_100,
                channels: (0..<2).map {
                    SpeechLikeSignal.samples(seconds: 2, rate: 44_100, seed: UInt64($0))
                }
            ).data, "in.wav")
    }

    private func run(_ program: String, _ arguments: String...) throws -> Program.Result {
        try Program.run(program, arguments, in: folder)
    }

    /// Samples of each channel.
    private func lengths(_ name: String) throws -> [Int] {
        try #require(WaveFile(folder.data(name))).channels.map(\.count)
    }

    private func encode(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            "nwc-enc", ["--model", "paper.nwm", "in.wav", "-f"] + arguments, in: folder)
    }

    /// All layers without a word, exact length at the source's rate and channels, files and pipes
    /// alike.
    @Test func filesAndPipes() throws {
        let coded = try encode("-o", "a.nwc", "--verify")
        #expect(
            coded.status == 0 && coded.errors.contains("2 residual layers")
                && coded.errors.contains("verified") && !coded.errors.contains("rate index"),
            "\(coded)")
        let decoded = try run("nwc-dec", "--model", "paper.nwm", "a.nwc", "a.wav")
        #expect(decoded.status == 0, "\(decoded)")
        #expect(try lengths("a.wav") == lengths("in.wav"))
        let piped = try Program.shell(
            """
            cat in.wav | nwc-enc --model paper.nwm - - | nwc-dec --model paper.nwm - - > b.wav
            """, in: folder)
        #expect(piped.status == 0, "\(piped)")
        #expect(try folder.data("b.wav").suffix(88_000) == folder.data("a.wav").suffix(88_000))
        // Whoever lacks the model says which one it is.
        let missing = try run("nwc-dec", "a.nwc", "c.wav")
        #expect(missing.status == 1 && missing.errors.contains("not built in"), "\(missing)")
    }

    @Test func layersAreStripped() throws {
        #expect(try encode("-o", "a.nwc").status == 0)
        #expect(try encode("-o", "one.nwc", "--layers", "1").status == 0)
        let strip = try run("nwc-info", "strip", "--layers", "1", "a.nwc", "b.nwc")
        #expect(strip.status == 0, "\(strip)")
        for (input, output, more) in [
            ("b", "b", []), ("one", "one", []), ("a", "lower", ["--layers", "1"]),
        ] {
            let decoded = try Program.run(
                "nwc-dec", ["--model", "paper.nwm", "\(input).nwc", "\(output).wav"] + more,
                in: folder)
            #expect(decoded.status == 0, "\(decoded)")
        }
        #expect(try folder.data("b.wav") == folder.data("one.wav"))
        #expect(try folder.data("b.wav") == folder.data("lower.wav"))
    }

    /// Nothing is planned: a bitrate chooses layers, and the report says so; other ways to choose a
    /// rate are refused.
    @Test func aBitrateChoosesLayers() throws {
        let low = try encode("-o", "a.nwc", "--bitrate", "20")
        #expect(
            low.status == 0 && low.errors.contains("1 of 2 layers for 20.00 kbit/s"), "\(low)")
        let high = try encode("-o", "a.nwc", "--bitrate", "24")
        #expect(
            high.status == 0 && high.errors.contains("2 of 2 layers for 24.00 kbit/s"), "\(high)")
        for (arguments, text) in [
            (["--rate-index", "90"], "one rate"), (["--effort", "3"], "lapped-transform-cascade"),
            (["--layers", "3"], "--layers 3"), (["--adapt", "20"], "lapped-transform-cascade"),
        ] {
            let refused = try Program.run(
                "nwc-enc", ["--model", "paper.nwm", "in.wav", "-o", "x.nwc"] + arguments,
                in: folder)
            #expect(refused.status == 64 && refused.errors.contains(text), "\(refused)")
        }
    }

    @Test func information() throws {
        let model = try run("nwc-info", "paper.nwm")
        #expect(
            model.status == 0 && model.text.contains("time-domain-cascade")
                && model.text.contains("8.00 / 12.00 on average speech"), "\(model)")
        let json = try #require(object(try run("nwc-info", "--json", "paper.nwm").text))
        #expect(json["family"] as? String == "time-domain-cascade" && json["cascade"] != nil)
        #expect(try encode("-o", "a.nwc").status == 0)
        let stream = try run("nwc-info", "--model", "paper.nwm", "-v", "a.nwc")
        #expect(
            stream.status == 0 && stream.text.contains("2 residual layers")
                && stream.errors.contains("the family time-domain-cascade"), "\(stream)")
    }

    /// A lost packet is concealed; the length stays.
    @Test func lossIsConcealed() throws {
        #expect(try encode("-o", "a.nwc", "--packet-blocks", "5").status == 0)
        var bytes = try folder.data("a.nwc")
        bytes[bytes.count / 2] ^= 0x55
        try folder.write(bytes, "b.nwc")
        let strict = try run("nwc-dec", "--model", "paper.nwm", "b.nwc", "b.wav")
        #expect(strict.status == 1, "\(strict)")
        let conceal = try run("nwc-dec", "--model", "paper.nwm", "--conceal", "b.nwc", "b.wav")
        #expect(conceal.status == 0 && conceal.errors.contains("conceal"), "\(conceal)")
        #expect(try lengths("b.wav") == lengths("in.wav"))
    }

    @Test func trainedAndExported() throws {
        try FileManager.default.createDirectory(
            at: folder.url("speech"), withIntermediateDirectories: true)
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 3)]).data, "speech/a.wav")
        let module =
            #"""
            {"layout": "gated", "inputTaps": 5, "codeTaps": 5, "outputTaps": 5, "wide": 6, \#
            "narrow": 3, "stages": 1, "centroids": 8}
            """#
        let configuration = """
            {"family": "paper", "name": "small", "seed": 1, "network": {"residualScale": 1,
              "modules": [\(module), \(module)]},
             "phases": [{"name": "all", "steps": 6, "layers": 2, "learningRate": 0.001,
              "finalLearningRate": 0.001}],
             "unquantisedSteps": 2, "loss": {"time": 60, "mel": 10, "quantisation": 10},
             "entropy": {"targets": [1.5, 1.5], "initial": 0, "change": 0.015, "every": 10,
              "deadBand": 0.05},
             "batch": 4, "shards": 2, "clip": 3000, "beta1": 0.9, "beta2": 0.999,
             "averageDecay": 0.9, "validateEvery": 1000, "checkpointEvery": 100}
            """
        try folder.write(Data(configuration.utf8), "small.json")
        let trained = try run("nwc-train", "run", "small.json", "-o", "run", "--train", "speech")
        try #require(trained.status == 0, "\(trained)")
        let exported = try run("nwc-train", "export", "run", "own.nwm", "--train", "speech")
        #expect(
            exported.status == 0 && exported.text.contains("by context (as coded)"), "\(exported)")
        let coded = try run("nwc-enc", "--model", "own.nwm", "speech/a.wav", "a.nwc", "--verify")
        #expect(coded.status == 0, "\(coded)")
        let decoded = try run("nwc-dec", "--model", "own.nwm", "a.nwc", "a.wav")
        #expect(decoded.status == 0, "\(decoded)")
        #expect(try lengths("a.wav") == lengths("speech/a.wav"))
    }
}
