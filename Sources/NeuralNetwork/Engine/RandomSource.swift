import SignalProcessing

/// xoshiro256++ (Blackman and Vigna 2019) seeded by SplitMix64: small, fast, and its four words of
/// state make training resume exactly.
public struct RandomSource: Sendable, Codable, Equatable, RandomNumberGenerator {
    public private(set) var state: [UInt64]

    public init(seed: UInt64) {
        var words = SplitMix64(seed: seed)
        state = (0..<4).map { _ in words.next() }
    }

    /// - Throws: `DecodingError.dataCorrupted` unless there are four words, not all of them 0
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        state = try container.decode([UInt64].self, forKey: .state)
        guard state.count == 4, state.contains(where: { $0 != 0 }) else {
            let found = state.count == 4 ? "four zeros" : "\(state.count) words"
            throw DecodingError.dataCorruptedError(
                forKey: .state, in: container,
                debugDescription: "\(found) instead of four words, not all 0")
        }
    }

    public mutating func next() -> UInt64 {
        let result = Self.rotate(state[0] &+ state[3], 23) &+ state[0]
        let t = state[1] << 17
        state[2] ^= state[0]
        state[3] ^= state[1]
        state[1] ^= state[2]
        state[0] ^= state[3]
        state[2] ^= t
        state[3] = Self.rotate(state[3], 45)
        return result
    }

    /// Uniform in [low, high).
    public mutating func uniform(_ low: Double = 0, _ high: Double = 1) -> Double {
        low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }

    /// Uniform integer in 0..<bound.
    public mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

    private static func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
}
