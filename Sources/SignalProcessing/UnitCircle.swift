/// Points of the unit circle by additions and multiplications of double precision alone: the same
/// numbers on every machine, which mathematical libraries are not. Decoders need that.
package enum UnitCircle {
    /// cos and sin of 2 pi k / count, within 1e-15 of the exact values.
    package static func point(_ k: Int, of count: Int) -> (cosine: Double, sine: Double) {
        let place = 8 * ((k % count + count) % count)
        let octant = place / count
        // From the nearest axis, in 0 ... pi / 4.
        let part = octant % 2 == 0 ? place % count : count - place % count
        let x = Double(part) / Double(count) * (Double.pi / 4)
        let (c, s) = (series(x, from: 0), series(x, from: 1))
        switch octant {
        case 0: return (c, s)
        case 1: return (s, c)
        case 2: return (-s, c)
        case 3: return (-c, s)
        case 4: return (-c, -s)
        case 5: return (-s, -c)
        case 6: return (s, -c)
        default: return (c, -s)
        }
    }

    /// Taylor's series of the cosine (from 0) or sine (from 1) in 0 ... pi / 4, by Horner's scheme.
    private static func series(_ x: Double, from first: Int) -> Double {
        let square = x * x
        var sum = 1.0
        for n in stride(from: 18 + first, to: first, by: -2) {
            sum = 1 - square / Double(n * (n - 1)) * sum
        }
        return first == 0 ? sum : x * sum
    }
}
