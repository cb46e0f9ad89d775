/// State machine of trellis-coded quantisation (Marcellin and Fischer, IEEE Trans. Commun. 38,
/// 1990; the 8 states of JPEG 2000 part 2).
///
/// Even states use the multiples of the step, odd states the values half a step beside them; the
/// parity of each symbol moves the machine. So the values of a sequence lie on a lattice that fills
/// space better than a grid: up to about 1 dB less error at the same rate.
package enum LineSpectralTrellis {
    package static let states = 8

    /// Half steps added to a symbol's value: 0 or 1.
    @inline(__always)
    package static func offset(_ state: Int) -> Int { state & 1 }

    /// States 2, 3, 4 and 5 go the other way round, so that the branches into every state come from
    /// different subsets.
    @inline(__always)
    package static func next(_ state: Int, symbol: Int) -> Int {
        (2 * state) & 7 | (symbol ^ table >> state) & 1
    }

    /// Bit s: whether state s exchanges its branches.
    private static let table = 0b0011_1100
}
