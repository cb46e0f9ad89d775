import Foundation
import QualityMetrics
import Testing

/// The measures of a comparison of audio, at 44.1 and 48 kHz, with one channel and two.
@Suite("Measures of audio") struct AudioMeasureTests {
    /// Chords with noise above them, reproducible.
    private func music(_ rate: Int, count: Int, seed: UInt64) -> [Double] {
        var numbers = Numbers(state: seed)
        let tones = (0..<6).map { _ in (numbers.between(80, 14_000), numbers.between(0.01, 0.1)) }
        return (0..<count).map { n -> Double in
            var sum = 0.003 * numbers.next()
            for (frequency, gain) in tones {
                sum += gain * sin(2 * Double.pi * frequency * Double(n) / Double(rate))
            }
            return sum
        }
    }

    private func noise(_ count: Int, seed: UInt64, _ gain: Double = 0.1) -> [Double] {
        var numbers = Numbers(state: seed)
        return (0..<count).map { _ in gain * numbers.next() }
    }

    @Test(
        "Noise-to-mask ratio against the model written a second time", arguments: [44_100, 48_000])
    func noiseToMask(_ rate: Int) throws {
        let size = Slow.size(rate)
        let reference = (0..<2).map { music(rate, count: size * 3 / 2, seed: UInt64($0 + 1)) }
        let degraded = reference.enumerated().map { channel, x in
            zip(x, noise(x.count, seed: 9, channel == 0 ? 0.003 : 0.0005)).map { $0 + $1 }
        }
        let sound = try SoundPair(reference: reference, degraded: degraded, sampleRate: rate)
        var ratios: [Double] = []
        for (x, y) in zip(reference, degraded) {
            for start in [0, size / 2] {
                let frame = start..<start + size
                let scale = Slow.scale(size)
                let threshold = Slow.threshold(Slow.power(x[frame]).map { $0 * scale }, rate)
                let difference = frame.map { x[$0] - y[$0] }
                let power = Slow.power(difference[...])
                for band in Slow.bands(rate) {
                    let smallest = band.map { threshold[$0] }.min() ?? 0
                    ratios.append(band.reduce(0) { $0 + power[$1] } * scale / smallest)
                }
            }
        }
        let mean = 10 * log10(ratios.reduce(0, +) / Double(ratios.count))
        #expect(abs(try NoiseToMaskRatio(.mean).score(sound) - mean) < 1e-9)
        let share = Double(ratios.count { $0 > 1 }) / Double(ratios.count)
        #expect(share > 0.05 && share < 0.95)
        #expect(try NoiseToMaskRatio(.audibleShare).score(sound) == share)
    }

    /// A sine of full scale is 96 dB SPL at every rate: the same noise has the same ratio.
    @Test("One level scale for all rates")
    func levels() throws {
        let values = try [32_000, 44_100, 48_000].map { rate -> Double in
            let tone = (0..<rate / 2).map { 0.3 * sin(2 * .pi * 1000 * Double($0) / Double(rate)) }
            let other = tone.indices.map {
                tone[$0] + 0.001 * sin(2 * .pi * 3000 * Double($0) / Double(rate))
            }
            let sound = try SoundPair(reference: [tone], degraded: [other], sampleRate: rate)
            // Each rate has its own number of critical bands, and one of them is hit.
            let bands = Double(Slow.bands(rate).count)
            return try NoiseToMaskRatio(.mean).score(sound) + 10 * log10(bands)
        }
        #expect((values.max() ?? 0) - (values.min() ?? 0) < 0.3, "\(values)")
    }

    @Test(
        "Bandwidth: tones up to 5, 12 and 16 kHz of a comb up to 20", arguments: [44_100, 48_000])
    func bandwidth(_ rate: Int) throws {
        func comb(_ top: Int, gain: Double = 1) -> [Double] {
            (0..<rate / 4).map { n in
                stride(from: 100, through: 19_900, by: 200).reduce(0) { sum, f in
                    // So soft that what leaks into the next band is below the floor.
                    let level = f <= top ? 0.00016 : 0.00016 * gain
                    let angle = 2 * .pi * Double(f) * Double(n) / Double(rate)
                    return sum + level * sin(angle + Double(f * f))
                }
            }
        }
        let all = comb(20_000)
        func width(_ y: [Double]) throws -> Double {
            try Bandwidth().score(
                SoundPair(reference: [all], degraded: [y], sampleRate: rate))
        }
        #expect(try width(all) == 20)
        for top in [5_000, 12_000, 16_000] {
            #expect(try width(comb(top, gain: 0)) == Double(top) / 1000)
            // 9 dB below the original is within 10, 11 dB is not.
            #expect(try width(comb(top, gain: 0.355)) == 20)
            #expect(try width(comb(top, gain: 0.28)) == Double(top) / 1000)
        }
        // Both channels count together, and rounding to 16 bits is no sound.
        let half = try SoundPair(
            reference: [all, all], degraded: [all, comb(5_000, gain: 0)], sampleRate: rate)
        #expect(try Bandwidth().score(half) == 20)
        let rounded = comb(5_000, gain: 0).map { ($0 * 32768).rounded() / 32768 }
        #expect(try width(rounded) == 5)
        let silent = [Double](repeating: 0, count: rate / 4)
        #expect(throws: QualityMetricError.silent(.reference)) {
            try Bandwidth().score(
                SoundPair(reference: [silent], degraded: [all], sampleRate: rate))
        }
    }

    private func image(_ reference: [[Double]], _ degraded: [[Double]], rate: Int = 48_000) throws
        -> (level: Double, coherence: Double)
    {
        let pools = try StereoImageError().pools(
            SoundPair(reference: reference, degraded: degraded, sampleRate: rate))
        func value(_ name: String) throws -> Double {
            let pool = try #require(pools[name])
            return pool.sum / Double(pool.count)
        }
        return (try value("icld_error_db"), try value("icc_error"))
    }

    @Test("Stereo image: antiphase, panning and width")
    func stereo() throws {
        let a = noise(24_000, seed: 1)
        let b = noise(24_000, seed: 2)
        let same = try image([a, b], [a, b])
        #expect(same.level == 0 && same.coherence == 0)
        // Antiphase that comes back in phase.
        let turned = try image([a, a.map { -$0 }], [a, a])
        #expect(turned.level < 1e-9 && abs(turned.coherence - 2) < 1e-9)
        // A source at the left, 6 dB, that comes back in the middle.
        let panned = try image([a, a.map { 0.5 * $0 }], [a, a])
        #expect(abs(panned.level - 20 * log10(2)) < 1e-9 && panned.coherence < 1e-9)
        // Two sources that become one.
        let narrow = try image([a, b], [a, a])
        #expect(narrow.coherence > 0.7 && narrow.coherence < 1.3)
        // One channel that falls silent: 30 dB at most.
        let gone = try image([a, a], [a, a.map { _ in 0 }])
        #expect(gone.level == 30 && gone.coherence == 1)
        let one = try SoundPair(reference: [a], degraded: [a], sampleRate: 48_000)
        #expect(throws: QualityMetricError.notStereo(channels: 1)) {
            try StereoImageError().pools(one)
        }
        let silence = [Double](repeating: 0, count: 24_000)
        #expect(throws: QualityMetricError.silent(.reference)) {
            try image([silence, silence], [a, b])
        }
        #expect(throws: QualityMetricError.tooShort(samples: 4_000, required: 5_184)) {
            let short = Array(a.prefix(4_000))
            _ = try image([short, short], [short, short])
        }
    }

    @Test("Stereo image against its definition written out")
    func stereoReference() throws {
        let rate = 16_000
        let size = Slow.size(rate)
        let count = size / 2 * 9
        let (a, b, c) = (noise(count, seed: 3), noise(count, seed: 4, 0.02), noise(count, seed: 5))
        let reference = [a, zip(a, b).map { 0.3 * $0 + $1 }]
        let degraded = [zip(a, c).map { $0 + 0.2 * $1 }, zip(b, c).map { $0 - 0.1 * $1 }]
        func cues(_ channels: [[Double]]) -> [(level: Double, coherence: Double)] {
            let frames = (0..<8).map { frame in
                channels.map { Slow.spectrum($0[frame * size / 2..<frame * size / 2 + size]) }
            }
            return Slow.bands(rate).map { band in
                var (left, right, product) = (0.0, 0.0, 0.0)
                for frame in frames {
                    for bin in band {
                        let (l, r) = (frame[0][bin], frame[1][bin])
                        left += l.real * l.real + l.imaginary * l.imaginary
                        right += r.real * r.real + r.imaginary * r.imaginary
                        product += l.real * r.real + l.imaginary * r.imaginary
                    }
                }
                return (10 * log10(left / right), product / (left * right).squareRoot())
            }
        }
        // All bands are far above the threshold in quiet.
        let pairs = zip(cues(reference), cues(degraded))
        let bands = Double(Slow.bands(rate).count)
        let found = try image(reference, degraded, rate: rate)
        let level = pairs.reduce(0) { $0 + abs($1.0.level - $1.1.level) } / bands
        let coherence = pairs.reduce(0) { $0 + abs($1.0.coherence - $1.1.coherence) } / bands
        #expect(level > 1 && abs(found.level - level) < 1e-9)
        #expect(coherence > 0.1 && abs(found.coherence - coherence) < 1e-9)
    }

    @Test("Onsets at 48 kHz: noise before them shows in dB, also above 8 kHz and in one channel")
    func onsets() throws {
        let rate = 48_000
        var numbers = Numbers(state: 3)
        // Bursts of 60 ms at 10 kHz over a little noise.
        let x = (0..<2 * rate).map { n -> Double in
            let isBurst = n % 12_000 >= 6_000 && n % 12_000 < 8_880
            return 0.0005 * numbers.next()
                + (isBurst ? 0.3 * sin(2 * .pi * 10_000 * Double(n) / Double(rate)) : 0)
        }
        let loud = x.map { abs($0) < 0.00051 ? 10 * $0 : $0 }
        let metric = try #require(
            MeasureSet.audio.pooled.first { $0.columns[0].identifier == "onset_before_db" })
        let sound = try SoundPair(reference: [x, x], degraded: [x, loud], sampleRate: rate)
        let before = try #require(try metric.pools(sound)["onset_before_db"]?.values)
        #expect(before.count == 16)
        #expect(before.prefix(8).allSatisfy { $0 == 0 })
        #expect(before.suffix(8).allSatisfy { abs($0 - 20) < 1 }, "\(before)")
        // A channel without onsets adds nothing.
        let flat = try SoundPair(
            reference: [x, noise(x.count, seed: 1)], degraded: [loud, x], sampleRate: rate)
        #expect(try metric.pools(flat)["onset_before_db"]?.count == 8)
    }

    @Test("Sounds of channels that do not fit are refused")
    func channels() throws {
        let x = noise(100, seed: 1)
        #expect(throws: QualityMetricError.channelsDiffer(reference: 2, degraded: 1)) {
            try SoundPair(reference: [x, x], degraded: [x], sampleRate: 48_000)
        }
        #expect(throws: QualityMetricError.channelsDiffer(reference: 0, degraded: 0)) {
            try SoundPair(reference: [[Double]](), degraded: [], sampleRate: 48_000)
        }
        let short = Array(x.dropLast())
        #expect(throws: QualityMetricError.lengthsDiffer(reference: 100, degraded: 99)) {
            try SoundPair(reference: [x, short], degraded: [x, short], sampleRate: 48_000)
        }
    }

    @Test("Every measure gives the original its best value, and works with one channel and two")
    func originals() throws {
        for channels in [1, 2] {
            let x = (0..<channels).map { music(44_100, count: 30_000, seed: UInt64($0 + 5)) }
            let same = try SoundPair(reference: x, degraded: x, sampleRate: 44_100)
            let worse = try SoundPair(
                reference: x,
                degraded: x.map { zip($0, noise($0.count, seed: 8, 0.01)).map { $0 + $1 } },
                sampleRate: 44_100)
            for metric in MeasureSet.audio.metrics where metric.originalIsBest {
                let (best, other) = (try metric.score(same), try metric.score(worse))
                #expect(metric.higherIsBetter ? best > other : best < other)
            }
        }
    }
}
