import Foundation
import TestSupport
import Testing

/// What `nwc-eval` says about recordings that are not as they should be.
@Suite struct ScoreTests {
    let folder: TestFolder
    let speech = SpeechLikeSignal.samples(seconds: 3, seed: 5)

    init() throws {
        folder = try TestFolder()
        try write(speech, "a.wav")
    }

    private func write(_ samples: [Float], _ name: String, channels: Int = 1) throws {
        let url = folder.url(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try folder.write(
            WaveFile(channels: [[Float]](repeating: samples, count: channels)).data, name)
    }

    /// Warnings of `nwc-eval score a.wav NAME`.
    private func warnings(_ name: String, _ options: [String] = []) throws -> String {
        let run = try Program.run("nwc-eval", ["score", "a.wav", name] + options, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return run.errors
    }

    private func late(_ samples: Int) -> [Float] {
        Array([Float](repeating: 0, count: samples) + speech).dropLast(samples).map { $0 }
    }

    @Test func aDelayIsSaid() throws {
        #expect(try warnings("a.wav").isEmpty)
        try write(late(95), "late.wav")
        #expect(
            try warnings("late.wav").contains(
                "late.wav: 95 samples (5.9 ms) behind the reference: --align removes that"))
        #expect(try warnings("late.wav", ["--align"]).isEmpty)
        // Half a second: more than --align looks for.
        try write(late(8_000), "later.wav")
        for options in [[], ["--align"]] {
            let text = try warnings("later.wav", options)
            #expect(text.contains("later.wav: ") && text.contains("more than --align looks for"))
        }
    }

    @Test func channelsAndEmptyFiles() throws {
        try write(speech, "stereo.wav", channels: 2)
        #expect(
            try warnings("stereo.wav").contains(
                "stereo.wav: 2 channels, the reference 1: each is mixed to one"))
        try write([], "none.wav")
        for arguments in [["a.wav", "none.wav"], ["none.wav", "a.wav"]] {
            let run = try Program.run("nwc-eval", ["score"] + arguments, in: folder)
            #expect(run.status == 1 && run.errors.contains("none.wav has 0 samples"))
        }
    }

    @Test func comparisonsOfLinkedFoldersAndBadEntries() throws {
        try write(speech, "data/one/a.wav")
        try write(Array(speech.prefix(32_000)), "elsewhere/b.wav")
        for (name, target) in [
            ("link", "data"), ("data/more", "../elsewhere"), ("data/up", ".."),
            ("data/gone.wav", "no/such/file"),
        ] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.url(name).path, withDestinationPath: target)
        }
        try folder.write(Data("no sound".utf8), "data/c.wav")
        try folder.write(Data("text".utf8), "data/notes.txt")
        let compare = ["compare", "link", "-c", "nwc@8", "--judges", "none", "-o", "r.jsonl"]
        let run = try Program.run("nwc-eval", compare, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let rows = String(decoding: try folder.data("r.jsonl"), as: UTF8.self)
            .split(separator: "\n").compactMap(object)
        #expect(Set(rows.compactMap { $0["file"] as? String }) == ["more/b.wav", "one/a.wav"])
        for text in [
            "gone.wav: broken link", "c.wav: damaged", "link: left out 1 of other formats",
        ] {
            #expect(run.errors.contains(text), "\(run.errors)")
        }
        let strict = try Program.run("nwc-eval", compare + ["--strict"], in: folder)
        #expect(strict.status == 1 && strict.errors.contains("gone.wav: broken link"))
        // A folder of the user's where the work folder would be.
        try write(speech, "s.jsonl.work/mine.wav")
        let kept = try Program.run(
            "nwc-eval", compare.dropLast() + ["s.jsonl"], in: folder)
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.url("s.jsonl.work/mine.wav").path))
    }

    @Test func noiseThroughACodec() throws {
        let run = try Program.run(
            "nwc-eval", ["noise", "-c", "nwc@12", "--seconds", "4", "--json"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let test = try #require(run.text.split(separator: "\n").compactMap(object).first)
        #expect(test["name"] as? String == "nwc@12")
        let highest = try #require(test["highest"] as? Double)
        let lowest = try #require(test["lowest"] as? Double)
        #expect(highest > 0 && lowest < 0)
        let bad = try Program.run(
            "nwc-eval", ["noise", "-c", "nwc@12", "--seconds", "1"], in: folder)
        #expect(bad.status == 64 && bad.errors.contains("--seconds 1"))
    }
}
