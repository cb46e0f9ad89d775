/// IEEE 754 binary16 as bits. Swift's `Float16` does not exist on all targets, so the conversions
/// are done by hand.
public enum Half {
    /// Exact value of a half-precision number. NaNs keep their sign and payload and become quiet.
    public static func float(fromBits bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Zero and subnormal numbers: fraction x 2^-24, exact in single precision.
            let magnitude = Float(fraction) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 31:
            let quiet: UInt32 = fraction == 0 ? 0 : 1 << 22
            return Float(bitPattern: sign | 0x7F80_0000 | quiet | fraction << 13)
        default:
            return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// Nearest half-precision number, ties to the even one (IEEE 754-2019, 4.3.1). Magnitudes of
    /// 65,520 and more become infinite; NaNs stay NaNs.
    public static func bits(of value: Float) -> UInt16 {
        let pattern = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: pattern >> 16) & 0x8000
        let magnitude = pattern & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 {
            return sign | 0x7E00 | UInt16(truncatingIfNeeded: magnitude >> 13) & 0x1FF
        }
        // 65,520 lies half-way between the largest number, 65,504, and 2^16.
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude >= 0x3880_0000 {
            // Normal: rebias, round at bit 13; a carry goes into the exponent as it should.
            let rebiased = magnitude - 112 << 23
            return sign | UInt16(truncatingIfNeeded: roundingShift(rebiased, by: 13))
        }
        // Subnormal: the value in units of 2^-24, rounded. Below 2^-25 all is zero, as is 2^-25
        // itself (tie to even).
        let exponent = magnitude >> 23
        if exponent < 102 { return sign }
        let significand = magnitude & 0x7F_FFFF | 0x80_0000
        return sign | UInt16(truncatingIfNeeded: roundingShift(significand, by: 126 - exponent))
    }

    /// The nearest half-precision number, as `bits` finds it.
    public static func rounded(_ value: Float) -> Float { float(fromBits: bits(of: value)) }

    /// `value` / 2^`shift` rounded to the nearest integer, ties to even. `shift` is 1 ... 24.
    private static func roundingShift(_ value: UInt32, by shift: UInt32) -> UInt32 {
        let quotient = value >> shift
        let rest = value & (1 << shift - 1)
        let half: UInt32 = 1 << (shift - 1)
        return rest > half || rest == half && quotient & 1 == 1 ? quotient + 1 : quotient
    }
}
