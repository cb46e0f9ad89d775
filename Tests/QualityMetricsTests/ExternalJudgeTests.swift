import Foundation
import QualityMetrics
import Testing

/// A folder with a shell script in the place of Python.
private func withFakeJudge<T>(_ script: String, _ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "fake-judge-" + UUID().uuidString)
    try FileManager.default.createDirectory(
        at: folder.appendingPathComponent("bin"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let python = folder.appendingPathComponent("bin/python")
    try ("#!/bin/sh\n" + script).write(to: python, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: python.path)
    try "".write(to: folder.appendingPathComponent("judge.py"), atomically: true, encoding: .utf8)
    return try body(folder.path)
}

private let version =
    "if [ \"$2\" = --version ]; then echo '{\"implementation\": \"fake 1 '$3'\"}'; exit 0; fi\n"

@Suite struct ExternalJudgeTests {
    private func pair(_ seed: UInt64, rate: Int = 16000) throws -> SignalPair {
        let x = SyntheticSpeech.speech(seed: seed, rate: rate, count: 2 * rate)
        return try SignalPair(
            reference: x,
            degraded: SyntheticSpeech.degraded(
                x, kind: "mnru", parameter: 15, rate: rate, seed: seed), sampleRate: rate)
    }

    @Test func anAbsentJudgeIsAnError() throws {
        #expect(
            throws: QualityMetricError.judgeFailed(
                "no judges in nowhere/at/all: run nwc-eval judges --install")
        ) {
            try ExternalJudge(.pesqWideband, folder: "nowhere/at/all")
        }
        _ = try withFakeJudge("exit 3") { folder in
            #expect(
                throws: QualityMetricError.judgeFailed("judge of pesq_wb does not answer: status 3")
            ) {
                try ExternalJudge(.pesqWideband, folder: folder)
            }
        }
    }

    @Test func answersAreScoresOrReasons() throws {
        let script =
            version
                + """
                while read line; do n=$((n+1)); [ $n = 2 ] && echo '{"error": \
                "NoUtterancesError"}' || echo '{"score": '$n.5'}'; done < $3
                """
        try withFakeJudge(script) { folder in
            let judge = try ExternalJudge(.pesqWideband, folder: folder)
            #expect(judge.implementation == "fake 1 pesq_wb")
            let scores = try judge.scores([try pair(1), try pair(2), try pair(3)])
            #expect(
                scores == [
                    .success(1.5), .failure(.judgeFailed("NoUtterancesError")), .success(3.5),
                ])
            #expect(throws: QualityMetricError.judgeFailed("the judge ended early: status 0")) {
                _ = try withFakeJudge(version) {
                    try ExternalJudge(.stoi, folder: $0).score(try pair(1))
                }
            }
        }
    }

    /// Each package makes something else of silence: none is asked.
    @Test func silenceIsAPlainReason() throws {
        let script =
            version + "while read line; do n=$((n+1)); echo '{\"score\": '$n.5'}'; done < $3"
        let zeros = [Double](repeating: 0, count: 32_000)
        let good = try pair(1)
        let pairs = [
            try SignalPair(reference: zeros, degraded: good.degraded, sampleRate: 16000), good,
            try SignalPair(reference: good.reference, degraded: zeros, sampleRate: 16000), good,
        ]
        try withFakeJudge(script) { folder in
            let pesq = try ExternalJudge(.pesqWideband, folder: folder)
            #expect(
                try pesq.scores(pairs) == [
                    .failure(.silent(.reference)), .success(1.5), .failure(.silent(.degraded)),
                    .success(2.5),
                ])
            #expect(try pesq.scores([pairs[0]]) == [.failure(.silent(.reference))])
            // A judge that does not look at the reference does not mind its silence.
            let p808 = try ExternalJudge(.dnsmosP808, folder: folder)
            #expect(
                try p808.scores(pairs) == [
                    .success(1.5), .success(2.5), .failure(.silent(.degraded)), .success(3.5),
                ])
        }
    }

    /// A sound of two channels is judged by each; one that is silent on both sides says nothing.
    @Test func channels() throws {
        let script =
            version + "while read line; do n=$((n+1)); echo '{\"score\": '$n.5'}'; done < $3"
        let zeros = [Double](repeating: 0, count: 96_000)
        let x = try pair(1, rate: 48_000).reference
        func sound(_ reference: [[Double]], _ degraded: [[Double]]) throws -> SoundPair {
            try SoundPair(reference: reference, degraded: degraded, sampleRate: 48_000)
        }
        try withFakeJudge(script) { folder in
            let judge = try ExternalJudge(.zimtohrli, folder: folder)
            #expect(!judge.higherIsBetter && judge.identifier == "zimtohrli")
            let sounds = [
                try sound([x, x], [x, x]), try sound([zeros, x], [zeros, x]),
                try sound([x], [x]), try sound([x, x], [x, zeros]), try sound([zeros], [zeros]),
            ]
            #expect(
                try judge.scores(sounds) == [
                    .success(2), .success(3.5), .success(4.5), .failure(.silent(.degraded)),
                    .failure(.silent(.degraded)),
                ])
        }
    }

    @Test func aJudgeThatIsNotInstalledSaysWhatIsMissing() throws {
        let script = "echo '{\"error\": \"ImportError: PyPI pesqc2 is not installed\"}'"
        _ = try withFakeJudge(script) { folder in
            #expect(
                throws: QualityMetricError.judgeFailed(
                    "ImportError: PyPI pesqc2 is not installed: run nwc-eval judges --install")
            ) {
                try ExternalJudge(.pesqWidebandCorrigendum2, folder: folder)
            }
        }
    }

    /// The judge dies on the second of three pairs: the others keep their scores.
    @Test func aCrashCostsOnePair() throws {
        let script =
            version
                + """
                while read rate r d; do case $r in */r1) echo boom >&2; kill -SEGV $$;; esac; \
                echo '{"score": 2}'; done < $3
                """
        try withFakeJudge(script) { folder in
            let scores = try ExternalJudge(.pesqNarrowband, folder: folder).scores([
                try pair(1), try pair(2), try pair(3),
            ])
            #expect(
                scores == [
                    .success(2), .failure(.judgeFailed("the judge ended early: signal 11 boom")),
                    .success(2),
                ])
        }
    }

    /// Where judges are: what the user says, the folder of a build, the user's own.
    @Test func folders() {
        func folder(_ environment: [String: String], built: Bool = false) -> String {
            ExternalJudge.folder(environment) { built && $0 == ".build/judges/judge.py" }
        }
        #expect(folder(["HOME": "/h"]) == "/h/.local/share/nwc/judges")
        #expect(folder(["HOME": "/h"], built: true) == ".build/judges")
        #expect(folder(["HOME": "/h", "XDG_DATA_HOME": "/d"]) == "/d/nwc/judges")
        #expect(folder(["HOME": "/h", "XDG_DATA_HOME": "d"]) == "/h/.local/share/nwc/judges")
        #expect(folder(["HOME": "/h", "NWC_JUDGES": "own"], built: true) == "own")
        #expect(folder(["HOME": "/h", "NWC_JUDGES": ""]) == "/h/.local/share/nwc/judges")
    }

    /// With the real judges at hand (`ExternalJudge.defaultFolder`): pystoi must agree with our
    /// STOI, PESQ must be in its range and fall with noise.
    @Test(.enabled(if: (try? ExternalJudge(.pesqWideband)) != nil)) func realJudges() throws {
        let pesq = try ExternalJudge(.pesqWideband)
        #expect(
            pesq.implementation.contains("PyPI pesq") && pesq.implementation.contains("Corrigendum")
        )
        let good = try pair(4)
        let bad = try SignalPair(
            reference: good.reference,
            degraded: SyntheticSpeech.degraded(
                good.reference, kind: "noise", parameter: 0, rate: 16000, seed: 4),
            sampleRate: 16000)
        let same = try SignalPair(
            reference: good.reference, degraded: good.reference, sampleRate: 16000)
        let scores = try pesq.scores([same, good, bad]).map { try $0.get() }
        #expect(abs(scores[0] - 4.644) < 0.001)
        #expect(scores[0] > scores[1] && scores[1] > scores[2] && scores[2] > 1)
        for rate in [16000, 44100] {
            let other = try pair(5, rate: rate)
            #expect(abs(try ExternalJudge(.stoi).score(other) - STOI().score(other)) < 1e-9)
            #expect(
                abs(try ExternalJudge(.estoi).score(other) - STOI(extended: true).score(other))
                    < 1e-9)
        }
    }

    /// Those of audio, where they are installed: the original is best, and more noise is worse but
    /// for ViSQOL, which gives this chord 2.4 with a little noise and 3.5 with thirty times that.
    @Test(arguments: [
        (ExternalJudge.Measure.visqolAudio, "audio mode"), (.zimtohrli, "zimtohrli"),
    ]) func judgesOfAudio(_ measure: ExternalJudge.Measure, _ text: String) throws {
        guard let judge = try? ExternalJudge(measure) else { return }
        #expect(judge.implementation.contains(text))
        var numbers = Numbers(state: 4)
        let x = (0..<3 * 44_100).map { n -> Double in
            let angle = 2 * Double.pi * Double(n) / 44_100
            let chord = sin(261.6 * angle) + sin(329.6 * angle) + sin(392 * angle)
            return 0.1 * chord * exp(-Double(n % 22_050) / 8_000)
        }
        let noise = x.map { _ in numbers.next() }
        let sounds = try [0, 0.001, 0.03].map { gain in
            SoundPair(
                try SignalPair(
                    reference: x, degraded: zip(x, noise).map { $0 + gain * $1 },
                    sampleRate: 44_100))
        }
        let scores = try judge.scores(sounds).map { try $0.get() }
        if measure.higherIsBetter {
            #expect(scores[0] > scores[1] && scores[0] > scores[2], "\(scores)")
        } else {
            #expect(scores[0] < 1e-6 && scores[0] < scores[1] && scores[1] < scores[2], "\(scores)")
        }
    }

    /// The further judges, where they are installed: in their ranges, and a worse sound is worse.
    @Test(
        arguments: [
            (ExternalJudge.Measure.pesqWidebandCorrigendum2, "Corrigendum 2"),
            (.visqol, "visqol-python"), (.dnsmosP808, "speechmos"),
        ]) func furtherJudges(_ measure: ExternalJudge.Measure, _ package: String) throws
    {
        guard let judge = try? ExternalJudge(measure) else { return }
        #expect(judge.implementation.contains(package))
        let good = try pair(4)
        let bad = try SignalPair(
            reference: good.reference,
            degraded: SyntheticSpeech.degraded(
                good.reference, kind: "noise", parameter: 0, rate: 16000, seed: 4),
            sampleRate: 16000)
        let scores = try judge.scores([good, bad]).map { try $0.get() }
        #expect(scores[0] > scores[1] && scores.allSatisfy { (1...5).contains($0) })
    }
}
