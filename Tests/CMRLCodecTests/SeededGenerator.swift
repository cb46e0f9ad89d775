import SignalProcessing

/// The generator of these tests.
typealias SeededGenerator = SplitMix64

extension SplitMix64 {
    /// 0 ..< `bound` without the help of the standard library, whose algorithm may change.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
    }

    /// Magnitudes with a geometric distribution.
    mutating func geometric(continuation: Double, maximum: Int) -> Int {
        var value = 0
        while value < maximum, unit() < continuation { value += 1 }
        return value
    }
}
