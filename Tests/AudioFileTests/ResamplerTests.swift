import AudioFile
import SignalProcessing
import Foundation
import Testing

extension Float {
    /// sin(2 pi cycles)
    static func sine(_ cycles: Double) -> Float { Float(sin(2 * Double.pi * cycles)) }
}

@Suite("Resampling")
struct ResamplerTests {
    static let rates = [
        1000, 8000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 768_000,
    ]

    func resample(
        _ input: [[Float]], _ from: Int, _ to: Int, pieces: (Int) -> Int, total: Int? = nil
    ) throws -> [[Float]] {
        let resampler = try StreamResampler(from: from, to: to, channels: input.count)
        var output = [[Float]](repeating: [], count: input.count)
        var start = 0
        var index = 0
        while start < input[0].count {
            let count = min(pieces(index), input[0].count - start)
            let part = try resampler.process(input.map { Array($0[start..<start + count]) })
            for channel in output.indices { output[channel] += part[channel] }
            start += count
            index += 1
        }
        for (channel, rest) in try resampler.finish(totalFrames: total).enumerated() {
            output[channel] += rest
        }
        #expect(resampler.framesOut == output[0].count)
        return output
    }

    @Test("Lengths there and back are exact", arguments: rates)
    func lengths(rate: Int) throws {
        for count in [0, 1, 2, 15, 160, 1001, 12_345] {
            let there = ResampledLength.frames(for: count, from: rate, to: 16_000)
            #expect(there == (count * 16_000 + rate - 1) / rate)
            let input = [(0..<count).map { Float.sine(Double($0) * 0.01) }]
            let coded = try resample(input, rate, 16_000) { _ in 1000 }
            #expect(coded[0].count == there)
            #expect(ResampledLength.frames(for: there, from: 16_000, to: rate) >= count)
            #expect(
                try resample(coded, 16_000, rate, pieces: { _ in 320 }, total: count)[0].count
                    == count)
        }
    }

    @Test("Lengths do not overflow")
    func hugeLengths() {
        #expect(
            ResampledLength.frames(for: 1 << 60, from: 768_000, to: 1000) == ((1 << 60) + 767) / 768
        )
        #expect(ResampledLength.frames(for: .max, from: 1000, to: 768_000) == .max)
        // A quotient that fits into 64 bits but not into an Int.
        #expect(ResampledLength.frames(for: 1 << 48 - 1, from: 1, to: 48_000) == .max)
        #expect(
            ResampledLength.frames(for: 1 << 48 - 1, from: 1, to: 32_000) == (1 << 48 - 1) * 32_000)
        #expect(
            ResampledLength.frames(for: .max, from: 768_000, to: 768_000) == .max
                && ResampledLength.frames(for: .max, from: 2, to: 2) == .max)
        #expect(ResampledLength.frames(for: 0, from: 44_100, to: 16_000) == 0)
        #expect(ResampledLength.frames(for: 441, from: 44_100, to: 16_000) == 160)
        #expect(ResampledLength.frames(for: 442, from: 44_100, to: 16_000) == 161)
    }

    @Test("Any cutting gives the same samples", arguments: rates)
    func cutting(rate: Int) throws {
        var generator = SplitMix64(seed: 7)
        let input = (0..<2).map { _ in
            (0..<9000).map { _ in Float.random(in: -1...1, using: &generator) }
        }
        for (from, to) in [(rate, 16_000), (16_000, rate)] {
            let whole = try resample(input, from, to) { _ in 9000 }
            #expect(try resample(input, from, to) { _ in 320 } == whole)
            #expect(try resample(input, from, to) { $0 % 3 == 0 ? 0 : 1 + $0 * 37 % 501 } == whole)
            #expect(try resample(input, from, to, pieces: { _ in 1 }) == whole)
        }
    }

    /// Largest difference, away from the ends, between the output and the same sine sampled at the
    /// target rate.
    func sineError(_ from: Int, _ to: Int, _ hertz: Double) throws -> Float {
        let input = [(0..<from).map { 0.5 * Float.sine(Double($0) * hertz / Double(from)) }]
        let output = try resample(input, from, to) { _ in 1024 }[0]
        let margin = to / 10
        return (margin..<to - margin).map {
            abs(output[$0] - 0.5 * Float.sine(Double($0) * hertz / Double(to)))
        }.max() ?? 1
    }

    @Test(
        "A 1-kHz sine keeps its phase",
        arguments: [8000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
    func alignment(rate: Int) throws {
        // One sample of shift at 16 kHz would be an error of 0.2, a hundredth of a sample 0.002.
        #expect(try sineError(rate, 16_000, 1000) < 2e-5)
        #expect(try sineError(16_000, rate, 1000) < 2e-5)
    }

    @Test("There and back")
    func thereAndBack() throws {
        for rate in [8000, 44_100, 48_000] {
            let input = [(0..<rate).map { 0.5 * Float.sine(Double($0) * 1000 / Double(rate)) }]
            let coded = try resample(input, rate, 16_000) { _ in 4000 }
            let back = try resample(coded, 16_000, rate, pieces: { _ in 320 }, total: rate)[0]
            let margin = rate / 10
            let error = (margin..<rate - margin).map { abs(back[$0] - input[0][$0]) }.max() ?? 1
            #expect(error < 4e-5)
        }
    }

    @Test("What cannot be kept is removed, not folded")
    func aliasing() throws {
        let input = [(0..<48_000).map { 0.5 * Float.sine(Double($0) * 12_000 / 48_000) }]
        let output = try resample(input, 48_000, 16_000) { _ in 1000 }[0]
        #expect(output[1600..<14_400].allSatisfy { abs($0) < 1e-5 })
    }

    @Test("Equal rates pass through untouched")
    func passThrough() throws {
        let input = noise(channels: 3, frames: 1000, encoding: .float32)
        #expect(try resample(input, 16_000, 16_000) { _ in 77 } == input)
        #expect(
            try resample(input, 16_000, 16_000, pieces: { _ in 77 }, total: 1003)[0].suffix(3) == [
                0, 0, 0,
            ])
    }

    @Test("Channels do not mix")
    func channels() throws {
        let sine = (0..<4000).map { Float.sine(Double($0) / 40) }
        let output = try resample([sine, [Float](repeating: 0, count: 4000)], 44_100, 16_000) { _ in
            500
        }
        #expect(output[1].allSatisfy { $0 == 0 })
        #expect(try output[0] == resample([sine], 44_100, 16_000) { _ in 4000 }[0])
    }

    @Test(
        "Impossible rates",
        arguments: [(999, 16_000), (16_000, 768_001), (0, 16_000), (16_000, -1)])
    func impossible(from: Int, to: Int) {
        #expect(throws: AudioFileError.unsupportedResampling(from: from, to: to, channels: 1)) {
            try StreamResampler(from: from, to: to, channels: 1)
        }
    }
}
