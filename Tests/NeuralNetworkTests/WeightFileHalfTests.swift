import NeuralNetwork
import Testing

@Suite struct WeightFileHalfTests {
    /// Value of finite positive half-precision bits by the definition of IEEE 754, in double
    /// precision.
    private func value(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10)
        let fraction = Double(bits & 0x3FF)
        return exponent == 0
            ? fraction * 0x1p-24
            : (1 + fraction / 1024) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }

    @Test func allHalvesConvertExactlyAndBack() {
        for bits in UInt16.min...UInt16.max {
            let float = Half.float(fromBits: bits)
            let magnitude = bits & 0x7FFF
            if magnitude > 0x7C00 {
                #expect(float.isNaN && (float.sign == .minus) == (bits >= 0x8000))
                #expect(Half.bits(of: float) == bits | 0x200)
            } else {
                let expected = magnitude == 0x7C00 ? Double.infinity : value(magnitude)
                #expect(Double(float.magnitude) == expected)
                #expect((float.sign == .minus) == (bits >= 0x8000))
                #expect(Half.bits(of: float) == bits)
            }
        }
    }

    @Test func roundingIsToTheNearestAndTiesGoToEven() {
        for bits in UInt16(0)..<0x7C00 {
            // Above the largest half lies 2^16 as far as rounding is concerned.
            let upper = bits + 1 == 0x7C00 ? 65_536 : value(bits + 1)
            let middle = Float((value(bits) + upper) / 2)
            #expect(Double(middle) == (value(bits) + upper) / 2)
            let even = bits & 1 == 0 ? bits : bits + 1
            for (float, expected) in [
                (middle, even), (middle.nextDown, bits), (middle.nextUp, bits + 1),
            ] {
                #expect(Half.bits(of: float) == expected)
                #expect(Half.bits(of: -float) == expected | 0x8000)
            }
        }
    }

    @Test func extremes() {
        #expect(Half.bits(of: .leastNonzeroMagnitude) == 0)
        #expect(Half.bits(of: -.leastNonzeroMagnitude) == 0x8000)
        #expect(Half.bits(of: 65_504) == 0x7BFF)
        #expect(Half.bits(of: 65_519.996) == 0x7BFF)
        #expect(Half.bits(of: 65_520) == 0x7C00)
        #expect(Half.bits(of: .greatestFiniteMagnitude) == 0x7C00)
        #expect(Half.bits(of: -.infinity) == 0xFC00)
        #expect(Half.bits(of: .nan) & 0x7E00 == 0x7E00)
    }
}
