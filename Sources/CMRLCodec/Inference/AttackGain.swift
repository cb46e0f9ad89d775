/// Gain control of one frame, against noise that is heard before an attack: what comes before it is
/// amplified in front of the lapped transform and attenuated behind it, with the noise that coding
/// added (AAC's gain control tool, ISO/IEC 13818-7; Tsutsui et al., "ATRAC", AES convention 93,
/// 1992).
///
/// Frame f of a hop of H samples is the transform of hops f - 1 and f. Its gain is G = 2^level from
/// the beginning of hop f - 1 on and falls to 1 linearly in the cell before `cell` of hop f, a
/// sixteenth of it. Frame f + 1 sees hop f with the same curve; hop f - 1 has, in frame f - 1, the
/// curve of its own. The aliasing terms of both frames cancel since the curves of a hop in its two
/// frames differ by the constant G only.
package struct AttackGain: Equatable, Sendable {
    package static let cells = 16
    private static let levelBits = 3
    private static let cellBits = 4

    /// Binary logarithm of the gain; 0 = no attack.
    package var level: Int
    /// The cell of the hop that begins with the attack.
    package var cell: Int

    package static let none = AttackGain(level: 0, cell: 0)

    package init(level: Int, cell: Int) { (self.level, self.cell) = (level, cell) }

    package var gain: Float { Float(1 << level) }

    /// First sample of a cell.
    private static func edge(_ cell: Int, hop: Int) -> Int { cell * hop / cells }

    /// The curve over the frame's second hop: [hop].
    package func curve(hop: Int) -> [Float] {
        var result = [Float](repeating: 1, count: hop)
        guard level > 0, cell > 0 else { return result }
        let start = Self.edge(cell - 1, hop: hop)
        let end = Self.edge(cell, hop: hop)
        for n in 0..<start { result[n] = gain }
        for n in start..<end {
            let place = (Float(n - start) + 0.5) / Float(end - start)
            result[n] = gain + (1 - gain) * place
        }
        return result
    }

    // MARK: Choice

    /// Mean squares of the cells of some samples, a hop of one or more channels, interleaved.
    package static func powers(_ samples: some RandomAccessCollection<Float>, hop: Int) -> [Float] {
        let channels = samples.count / max(hop, 1)
        return (0..<cells).map { cell in
            let from = edge(cell, hop: hop) * channels
            let to = edge(cell + 1, hop: hop) * channels
            var sum: Float = 0
            for i in from..<to {
                let x = samples[samples.index(samples.startIndex, offsetBy: i)]
                sum += x * x
            }
            return sum / Float(max(to - from, 1))
        }
    }

    /// About -90 dB of full scale: nothing below is worth more gain.
    private static let floor: Float = 1e-9
    /// Rise of power that gets a gain of 2, and every four times as much twice the gain: at most
    /// 1.2 dB more than the rise, and smaller ones are left alone.
    private static let least: Float = 3
    private static let highest = 6

    /// The gain for an attack in a hop, from powers of its cells and those of the hop before.
    package static func chosen(before: [Float], own: [Float]) -> AttackGain {
        var rest = own
        for cell in (0..<cells - 1).reversed() { rest[cell] = max(rest[cell], rest[cell + 1]) }
        var low = max(before.max() ?? 0, floor)
        // What rises in front of each cell, and of cells that are within 3 dB of the most the last.
        let rises = (0..<cells).map { cell in
            defer { low = max(low, own[cell]) }
            return rest[cell] / low
        }
        let most = rises.max() ?? 0
        let last = rises.lastIndex { 2 * $0 >= most } ?? 0
        let best = (cell: last, ratio: rises[last])
        var result = AttackGain(level: 0, cell: best.cell)
        var bound = least
        while result.level < highest, best.ratio >= bound {
            result.level += 1
            bound *= 4
        }
        return result.level == 0 ? .none : result
    }

    /// The gains of the hops of some samples behind the first one.
    /// - Parameter samples: whole hops of one or more channels, interleaved
    static func chosen(_ samples: ArraySlice<Float>, hop: Int, channels: Int) -> [AttackGain] {
        let width = hop * channels
        let powers = stride(from: samples.startIndex, to: samples.endIndex, by: width).map {
            Self.powers(samples[$0..<$0 + width], hop: hop)
        }
        return zip(powers, powers.dropFirst()).map { chosen(before: $0, own: $1) }
    }

    /// The gain that both channels of a pair get: that of the one with more.
    package static func common(_ a: AttackGain, _ b: AttackGain) -> AttackGain {
        a.level >= b.level ? a : b
    }

    // MARK: Symbols

    /// Sends the gain of a frame, or reads it.
    mutating func pass<C: SymbolChannel>(_ channel: inout C) throws(EntropyCodingError) {
        guard try channel.rareFlag(level > 0) else {
            self = .none
            return
        }
        level = try channel.bits(level - 1, count: Self.levelBits) + 1
        cell = try channel.bits(cell, count: Self.cellBits)
    }
}
