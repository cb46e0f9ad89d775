import Foundation
import Testing

/// `nwc-eval` on recordings of music: their own rate and channels.
@Suite struct AudioModeTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(WaveFile(rate: 44_100, channels: [tone(440), tone(11_000)]).data, "a.wav")
    }

    private func tone(_ frequency: Double, gain: Float = 0.2) -> [Float] {
        (0..<33_075).map { gain * Float(sin(2 * .pi * frequency * Double($0) / 44_100)) }
    }

    private func score(_ arguments: String...) throws -> [String: Any] {
        let run = try Program.run(
            "nwc-eval", ["score", "a.wav", "--json"] + arguments, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        return try #require(object(Substring(run.text)))
    }

    @Test func scoresAtTheRecordingsOwnRate() throws {
        // The right channel falls silent.
        let silent = [Float](repeating: 0, count: 33_075)
        try folder.write(WaveFile(rate: 44_100, channels: [tone(440), silent]).data, "b.wav")
        let audio = try score("b.wav", "--mode", "audio")
        #expect(audio["sampleRate"] as? Int == 44_100)
        #expect(audio["referenceSamples"] as? Int == 33_075)
        let scores = try #require(audio["scores"] as? [String: Any])
        #expect((scores["snr_db"] as? Double).map { abs($0 - 10 * log10(2)) < 0.01 } == true)
        #expect((scores["icld_error_db"] as? Double).map { $0 > 5 } == true)
        #expect((scores["bandwidth_khz"] as? Double).map { $0 < 4 } == true)
        #expect(scores["pesq_wb"] == nil && scores.keys.contains("zimtohrli"))
        let mono = try score("b.wav", "--mode", "mono-audio")
        let reasons = try #require(mono["reasons"] as? [String: String])
        #expect(reasons["icc_error"] == "needs 2 channels, there are 1")
        // Speech is at 16 kHz as ever.
        let speech = try score("b.wav")
        #expect(speech["sampleRate"] as? Int == 16_000)
        #expect(speech["referenceSamples"] as? Int == 12_000)
        #expect((speech["scores"] as? [String: Any])?.keys.contains("pesq_wb") == true)
    }

    @Test func whatDoesNotFitIsSaid() throws {
        try folder.write(WaveFile(rate: 48_000, channels: [tone(440)]).data, "one.wav")
        let channels = try Program.run(
            "nwc-eval", ["score", "a.wav", "one.wav", "--mode", "audio"], in: folder)
        #expect(
            channels.status == 1
                && channels.errors.contains(
                    "one.wav: 1 channel, the reference 2: --mode mono-audio mixes each to one"),
            "\(channels.errors)")
        let rate = try Program.run(
            "nwc-eval", ["score", "a.wav", "one.wav", "--mode", "mono-audio"], in: folder)
        #expect(
            rate.status == 0
                && rate.errors.contains("one.wav: 48000 Hz, the reference 44100 Hz: converted"))
        for (arguments, text) in [
            (["score", "a.wav", "a.wav", "--mode", "music"], "music"),
            (
                [
                    "compare", ".", "-c", "nwc@8", "-o", "r.jsonl", "--mode", "audio", "--judges",
                    "pesq_wb",
                ], "--judges pesq_wb: possible are visqol_audio,zimtohrli and none"
            ),
            (["spectrogram", "x.png", "a.wav", "--highest", "20000"], "--highest 20000"),
        ] {
            let run = try Program.run("nwc-eval", arguments, in: folder)
            #expect(run.status == 64 && run.errors.contains(text), "\(run.errors)")
        }
    }

    @Test func spectrogramsReachTwentyKilohertz() throws {
        for (name, options) in [("speech", []), ("audio", ["--mode", "audio"])] {
            let run = try Program.run(
                "nwc-eval", ["spectrogram", "\(name).png", "a.wav"] + options, in: folder)
            #expect(run.status == 0, "\(run.errors)")
        }
        // The tone at 11 kHz stands in one of them only.
        #expect(try folder.data("speech.png") != folder.data("audio.png"))
        let highest = ["--mode", "audio", "--highest", "20000"]
        let run = try Program.run(
            "nwc-eval", ["spectrogram", "same.png", "a.wav"] + highest, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.data("same.png") == folder.data("audio.png"))
    }

    /// The composer of training music: the same bytes for the same seed, whole MIDI files.
    @Test func composedMusicIsReproducible() throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Scripts/music-composer.awk").standardizedFileURL.path
        func piece(_ seed: Int) throws -> [UInt8] {
            let run = try Program.shell(
                "mawk -v seed=\(seed) -v seconds=10 -f '\(script)'", in: folder)
            #expect(run.status == 0, "\(run.errors)")
            return [UInt8](run.output)
        }
        func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
        var pieces: Set<[UInt8]> = []
        for seed in 10_000..<10_016 {
            let bytes = try piece(seed)
            try #require(bytes.count > 60)
            // Format 0, one track, 480 ticks a beat; the track is as long as it says and ends.
            #expect(bytes.prefix(14) == [77, 84, 104, 100, 0, 0, 0, 6, 0, 0, 0, 1, 1, 224])
            #expect(bytes[14..<18] == [77, 84, 114, 107])
            #expect(number(bytes[18..<22]) == bytes.count - 22)
            #expect(bytes.suffix(3) == [255, 47, 0])
            pieces.insert(bytes)
        }
        #expect(pieces.count == 16)
        #expect(try pieces.contains(piece(10_003)))
    }
}
