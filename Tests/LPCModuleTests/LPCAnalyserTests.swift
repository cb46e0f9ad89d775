import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct LPCAnalyserTests {
    static func analyse(_ x: [Float], _ configuration: LPCConfiguration = LPCConfiguration()) throws
        -> [LPCAnalyser.Frame]
    {
        var analyser = try LPCAnalyser(configuration)
        return try analyser.step(x) + analyser.flush()
    }

    /// Frame by frame from the whole signal, without any state.
    @Test func framesAreWhereTheyShouldBe() throws {
        for (window, lookAhead, emphasis) in [
            (480, 80, 0.0), (320, 0, 0.68), (512, 200, 0.9), (330, 300, 0),
        ] {
            var configuration = LPCConfiguration()
            (configuration.window, configuration.lookAhead, configuration.preEmphasis) = (
                window, lookAhead, emphasis
            )
            let x = Make.speech(5000)
            let frames = try Self.analyse(x, configuration)
            let w = configuration.windowShape
            #expect(frames.count == 16)
            for (m, frame) in frames.enumerated() {
                let end = (m + 1) * 320 + lookAhead
                func sample(_ n: Int) -> Double { n >= 0 && n < x.count ? Double(x[n]) : 0 }
                let part: [Double] = (end - window..<end).map { (n: Int) -> Double in
                    n >= x.count ? 0 : sample(n) - emphasis * sample(n - 1)
                }
                let r = Autocorrelation.condition(
                    Autocorrelation.windowed(part, window: w, order: 16),
                    lagWindow: Autocorrelation.lagWindow(
                        order: 16, bandwidth: configuration.lagBandwidth, sampleRate: 16000),
                    whiteNoise: configuration.whiteNoise,
                    floor: configuration.noiseFloor * w.reduce(0) { $0 + $1 * $1 })
                #expect(try LevinsonDurbin.solve(r).predictor == frame.predictor, "frame \(m)")
            }
        }
    }

    @Test func chunksDoNotMatter() throws {
        let x = Make.speech(9001)
        let whole = try Self.analyse(x)
        for largest in [1, 7, 333, 5000] {
            var analyser = try LPCAnalyser()
            for _ in 0..<2 {
                var frames: [LPCAnalyser.Frame] = []
                for portion in Make.portions(x, seed: 6, largest: largest) {
                    frames += try analyser.step(portion)
                }
                #expect(try frames + analyser.flush() == whole)
                analyser.reset()
            }
        }
    }

    /// Silence, tones, clipping, quiet input, a single sample, constant offset: stable, finite,
    /// ordered.
    @Test func difficultInputIsStable() throws {
        let clipped = Make.tone(8000, hertz: 220, amplitude: 30).map { max(-1, min(1, $0)) }
        let signals: [(String, [Float])] = [
            ("silence", Array(repeating: 0, count: 8000)),
            ("offset", Array(repeating: 1, count: 8000)), ("clipped", clipped),
            ("low tone", Make.tone(8000, hertz: 20)),
            ("tone", Make.tone(8000, hertz: 1000, amplitude: 1)),
            ("high tone", Make.tone(8000, hertz: 7990)),
            ("half rate", (0..<8000).map { $0 % 2 == 0 ? Float(1) : -1 }),
            ("quiet", Make.speech(8000).map { $0 * 1e-7 }),
            ("denormal", Make.noise(8000, seed: 1, amplitude: 1e-40)),
            ("huge", Make.noise(8000, seed: 1, amplitude: 1e18)),
            ("one sample", [1]), ("impulse", (0..<8001).map { $0 == 4000 ? Float(1) : 0 }),
        ]
        for (name, x) in signals {
            let frames = try Self.analyse(x)
            #expect(frames.count == (x.count + 319) / 320, "\(name)")
            for frame in frames {
                #expect(frame.predictor.isStable, "\(name)")
                #expect(
                    frame.lineSpectrum.smallestGap > 1e-3,
                    "\(name): \(frame.lineSpectrum.smallestGap)")
                #expect(frame.predictionGain.isFinite && frame.predictionGain >= 0, "\(name)")
                let back = frame.lineSpectrum.predictor
                for (a, b) in zip(back.coefficients, frame.predictor.coefficients) {
                    #expect(abs(a - b) < 1e-6 * max(1, abs(b)), "\(name)")
                }
            }
        }
        #expect(try Self.analyse([]).isEmpty)
        // Far below the noise floor the envelope is flat; well above it level does not matter.
        for frame in try Self.analyse(Make.speech(8000).map { $0 * 1e-7 }) {
            #expect(frame.predictionGain < 0.1)
        }
        let loud = try Self.analyse(Make.speech(3200))
        let half = try Self.analyse(Make.speech(3200).map { $0 / 2 })
        for (a, b) in zip(loud, half) {
            #expect(SpectralDistortion()(a.predictor, b.predictor) < 0.1)
        }
    }

    @Test func findsResonances() throws {
        let frames = try Self.analyse(Make.tone(16000, hertz: 2000))
        let peak = frames[20].predictor.envelopeDecibels(points: 800)
        let best = peak.indices.max { peak[$0] < peak[$1] } ?? 0
        // Within 60 Hz.
        #expect(abs(best - 200) <= 6)
        #expect(frames[20].predictionGain > 20)
    }

    @Test func badInputIsRefused() throws {
        var analyser = try LPCAnalyser()
        _ = try analyser.step(Make.noise(100, seed: 1))
        #expect(throws: LPCError.notFinite(name: "samples", index: 2)) {
            try analyser.step([0, 0, .infinity])
        }
        // Nothing was taken.
        let rest = Make.noise(900, seed: 2)
        let frames = try analyser.step(rest) + analyser.flush()
        #expect(try frames == Self.analyse(Make.noise(100, seed: 1) + rest))
        var configuration = LPCConfiguration()
        configuration.window = 100
        #expect(
            throws: LPCError.invalidSetting(
                name: "window", value: 100, allowed: "320.0 ... 1048576.0")
        ) { try LPCAnalyser(configuration) }
        configuration = LPCConfiguration()
        configuration.order = 15
        #expect(throws: LPCError.invalidOrder(15)) { try LPCAnalyser(configuration) }
        configuration.order = 16
        configuration.whiteNoise = .nan
        #expect(throws: LPCError.self) { try LPCAnalyser(configuration) }
    }
}
