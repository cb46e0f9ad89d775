import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// `nwc-denoise` and `nwc-enc --denoise` as users run them.
@Suite struct DenoiseTests {
    let folder: TestFolder

    init() throws { folder = try TestFolder() }

    /// Speech-like sound behind a second without it, and noise all the way, at any rate.
    private static func noisy(rate: Int = 16_000, noise level: Float = 0.02) -> (
        clean: [Float], noisy: [Float]
    ) {
        let step = Double(16_000) / Double(rate)
        let speech = SpeechLikeSignal.samples(seconds: 3)
        let count = Int(4 * Double(rate))
        let clean = (0..<count).map { i -> Float in
            let at = Int(Double(i - rate) * step)
            return i >= rate && at < speech.count ? speech[at] : 0
        }
        var random = RandomSource(seed: 7)
        return (clean, clean.map { $0 + level * Float(random.uniform(-1, 1)) })
    }

    private func run(_ line: String) throws -> Program.Result {
        try Program.shell(line, in: folder)
    }

    private func wave(_ name: String) throws -> WaveFile {
        try #require(WaveFile(try folder.data(name)))
    }

    private static func power(_ x: some Collection<Float>) -> Float {
        x.reduce(0) { $0 + $1 * $1 } / Float(max(x.count, 1))
    }

    @Test func noiseGoesAndSpeechStays() throws {
        let (clean, noisy) = Self.noisy()
        try folder.write(WaveFile(channels: [noisy]).data, "talk.wav")
        let result = try run("nwc-denoise --json talk.wav")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(try folder.names == ["talk.denoised.wav", "talk.wav"])
        let output = try wave("talk.denoised.wav")
        #expect(output.frames == noisy.count && output.rate == 16_000)
        let pause = 2_000..<14_000
        let gone = Self.power(noisy[pause]) / Self.power(output.channels[0][pause])
        #expect(gone > 30, "\(gone)")
        func error(_ x: [Float]) -> Float { Self.power(zip(x, clean).map { $0 - $1 }) }
        #expect(error(output.channels[0]) < 0.7 * error(noisy))
        let report = try #require(
            try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
        #expect(report["samples"] as? Int == noisy.count)
        let ratio = try #require(report["estimatedSNR"] as? Double)
        let expected = 10 * log10(Double(Self.power(clean) / (0.02 * 0.02 / 3)))
        #expect(abs(ratio - expected) < 6, "\(ratio), not \(expected)")
    }

    /// Lengths, rates and channels stay, through files and pipes; the band above the denoiser's is
    /// turned down with it.
    @Test(arguments: [8_000, 22_050, 44_100, 48_000])
    func rates(_ rate: Int) throws {
        let (_, noisy) = Self.noisy(rate: rate)
        let silence = [Float](repeating: 0, count: noisy.count)
        try folder.write(WaveFile(rate: rate, channels: [noisy, silence]).data, "in.wav")
        let result = try run(
            "nwc-denoise -q in.wav out.wav && cat in.wav | nwc-denoise -q - - > pipe.wav")
        #expect(result.status == 0, "\(result.errors)")
        let output = try wave("out.wav")
        #expect(output.rate == rate && output.channels.count == 2)
        #expect(output.frames == noisy.count)
        let isSame = try wave("pipe.wav").channels == output.channels
        #expect(isSame)
        let pause = rate / 5..<rate * 4 / 5
        let gone = Self.power(noisy[pause]) / Self.power(output.channels[0][pause])
        // Sound without anything above 4 kHz is not what it was trained on.
        #expect(gone > (rate == 8_000 ? 5 : 30), "\(gone)")
        #expect(output.channels[1].allSatisfy { abs($0) < 1e-3 })
    }

    @Test(arguments: [16_000, 44_100])
    func withoutStrengthNothingChanges(_ rate: Int) throws {
        let (_, noisy) = Self.noisy(rate: rate)
        try folder.write(WaveFile(rate: rate, channels: [noisy]).data, "in.wav")
        let result = try run("nwc-denoise -q --strength 0 in.wav out.wav")
        #expect(result.status == 0, "\(result.errors)")
        let output = try wave("out.wav").channels[0]
        let input = try wave("in.wav").channels[0]
        let worst = zip(output, input).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 2.5 / 32_768, "\(worst)")
    }

    /// Silence stays silence, loud and odd samples make no nonsense.
    @Test func oddSound() throws {
        let tone = (0..<16_000).map { Float(sin(Double($0) * 0.3)) }
        for (name, samples) in [
            ("silence", [Float](repeating: 0, count: 16_000)), ("short", [0.5]), ("empty", []),
            ("clipped", tone.map { max(-1, min(1, 20 * $0)) }),
            ("huge", tone.map { 1e30 * $0 }), ("odd", tone.map { $0 > 0.99 ? .nan : $0 }),
        ] {
            try folder.write(
                WaveFile(format: .float32, channels: [samples]).data, "\(name).wav")
            let result = try run("nwc-denoise -f --float \(name).wav -o out.wav")
            #expect(result.status == 0, "\(name): \(result.errors)")
            let output = try wave("out.wav").channels.first ?? []
            #expect(output.count == samples.count, "\(name)")
            let peak = output.reduce(0) { max($0, $1.isFinite ? abs($1) : .infinity) }
            #expect(peak < 4_100, "\(name): \(peak)")
            if name == "silence" { #expect(output.allSatisfy { $0 == 0 }) }
            if name == "huge" { #expect(result.errors.contains("times full scale limited")) }
            if name == "odd" { #expect(result.errors.contains("warning")) }
        }
    }

    @Test func codesCleanSound() throws {
        let (_, noisy) = Self.noisy()
        try folder.write(WaveFile(channels: [noisy]).data, "talk.wav")
        let result = try run(
            """
            nwc-enc -q --denoise -b 12 talk.wav a.nwc && nwc-dec -q a.nwc a.wav \
            && nwc-denoise -q --float talk.wav b.wav && nwc-enc -q -b 12 b.wav b.nwc \
            && nwc-enc -q --denoise-strength 0.3 -b 12 talk.wav c.nwc && nwc-dec -q c.nwc c.wav
            """)
        #expect(result.status == 0, "\(result.errors)")
        // The same samples, the same bytes.
        #expect(try folder.data("a.nwc") == folder.data("b.nwc"))
        let pause = 2_000..<14_000
        let full = Self.power(try wave("a.wav").channels[0][pause])
        let part = Self.power(try wave("c.wav").channels[0][pause])
        #expect(full < part && part < Self.power(noisy[pause]), "\(full), \(part)")
    }

    @Test func mistakes() throws {
        let (_, noisy) = Self.noisy()
        try folder.write(WaveFile(channels: [noisy]).data, "a.wav")
        try folder.write(Data("no sound".utf8), "b.wav")
        for (line, status, says) in [
            ("nwc-denoise --strength 2 a.wav", Int32(64), "--strength 2.0: possible are 0 ... 1"),
            ("nwc-enc --denoise-strength -1 a.wav", 64, "--denoise-strength"),
            ("nwc-denoise a.wav -f -o a.wav", 1, "a.wav"), ("nwc-denoise b.wav", 1, "b.wav"),
            ("nwc-denoise -f a.wav b.wav", 64, "b.wav exists"),
            ("nwc-denoise --model b.wav a.wav", 1, "b.wav"),
            ("nwc-denoise --bits 7 a.wav", 64, "7 bits"),
            ("nwc-denoise a.wav out.xyz", 1, "out.xyz"), ("nwc-denoise", 64, "no input file"),
        ] {
            let result = try run(line)
            #expect(
                result.status == status && result.errors.contains(says), "\(line): \(result.errors)"
            )
        }
        #expect(try folder.names == ["a.wav", "b.wav"])
        // A second run over a folder does not take what the first made.
        try FileManager.default.removeItem(at: folder.url("b.wav"))
        for _ in 0..<2 { #expect(try run("nwc-denoise -q -f --recursive .").status == 0) }
        #expect(try folder.names == ["a.denoised.wav", "a.wav"])
    }
}
