import Foundation
import Testing

@testable import CodecComparison

@Suite("Anchors")
struct AnchorTests {
    /// The gain at a frequency in dB, by the definition of the Fourier transform.
    func gain(_ taps: [Double], _ frequency: Double, _ rate: Double) -> Double {
        var real = 0.0
        var imaginary = 0.0
        for (n, h) in taps.enumerated() {
            real += h * cos(2 * .pi * frequency / rate * Double(n))
            imaginary -= h * sin(2 * .pi * frequency / rate * Double(n))
        }
        return 10 * log10(real * real + imaginary * imaginary)
    }

    @Test(
        """
        The low-pass keeps to BS.1534: 0.1 dB up to 3.5 kHz, 25 dB down at 4 kHz, 50 dB at \
        4.5 kHz
        """,
        arguments: [16_000, 48_000])
    func response(_ rate: Int) {
        let filter = LowPass(passBand: 3_500, stopBand: 4_000, rejection: 60, sampleRate: rate)
        for frequency in stride(from: 0.0, through: 3_500, by: 50) {
            #expect(abs(gain(filter.taps, frequency, Double(rate))) < 0.1)
        }
        for frequency in stride(from: 4_000.0, through: Double(rate) / 2, by: 50) {
            #expect(gain(filter.taps, frequency, Double(rate)) < -50)
        }
    }

    @Test("The mid anchor keeps to BS.1534 as well, and a rate that has no more is left alone")
    func midAnchor() {
        let filter = LowPass(passBand: 7_000, stopBand: 8_000, rejection: 60, sampleRate: 44_100)
        for frequency in stride(from: 0.0, through: 7_000, by: 50) {
            #expect(abs(gain(filter.taps, frequency, 44_100)) < 0.1)
        }
        for frequency in stride(from: 8_000.0, through: 22_050, by: 50) {
            #expect(gain(filter.taps, frequency, 44_100) < -50)
        }
        let x = (0..<100).map { Float(sin(Double($0))) }
        #expect(Anchor.lowPass7k.apply(to: x, sampleRate: 12_000) == x)
    }

    @Test("The low-pass has no delay and keeps the length")
    func delay() {
        let x = (0..<2000).map { Float(sin(2 * .pi * 1_000 * Double($0) / 16_000)) }
        let y = Anchor.lowPass.apply(to: x, sampleRate: 16_000)
        #expect(y.count == x.count)
        for n in 200..<1800 { #expect(abs(x[n] - y[n]) < 0.012) }
        #expect(Anchor.original.apply(to: x, sampleRate: 16_000) == x)
        #expect(Anchor.lowPass.apply(to: [], sampleRate: 16_000).isEmpty)
        #expect(Anchor.lowPass.apply(to: [1], sampleRate: 16_000).count == 1)
    }
}
