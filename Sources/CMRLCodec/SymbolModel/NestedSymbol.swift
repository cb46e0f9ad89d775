/// Symbols of nested layers: steps of the quantiser are divided by three from layer to layer, so
/// that the intervals of three neighbouring symbols together are that of one symbol below.
package enum NestedSymbol {
    /// Steps of a layer in one of the layer below.
    static let ratio: Int32 = 3
    /// log(3), Q8.
    static let logRatio: Int32 = 281
    /// Frequencies of a symbol's three places add up to 2^totalBits.
    package static let totalBits = 12

    /// Frequencies of the three symbols that a symbol of the layer below leaves, from what the
    /// entropy model says about each.
    ///
    /// Place 0 is the one nearest to zero, place 1 that with the same value as below, place 2 the
    /// one beyond; below a zero they are -1, 0 and 1.
    package struct Frequencies {
        package let first: UInt32
        package let last: UInt32
        package var middle: UInt32 { 1 << UInt32(NestedSymbol.totalBits) - first - last }

        /// - Parameters:
        ///   - below: magnitude of the symbol below
        ///   - table: for this symbol, among those of `tables`
        @inline(__always)
        package init(below: Int, table: Int, _ tables: MagnitudeTableSet) {
            let middle = 3 * below
            // Above that the distribution is flat, or magnitudes have no table of their own.
            guard TableLayout.rawBits(table: table) == 0, middle + 1 < tables.escapeMagnitude else {
                (first, last) = (1365, 1365)
                return
            }
            let inner = tables.frequency(magnitude: below == 0 ? 1 : middle - 1, table: table)
            // Magnitudes but zero have two signs.
            let centre = tables.frequency(magnitude: middle, table: table) << (below == 0 ? 1 : 0)
            let outer = tables.frequency(magnitude: middle + 1, table: table)
            let sum = inner + centre + outer
            first = 1 + inner * 4093 / sum
            last = 1 + outer * 4093 / sum
        }

        /// Where a place begins, and its frequency.
        @inline(__always)
        package func part(_ place: Int) -> (low: UInt32, frequency: UInt32) {
            switch place {
            case 0: (0, first)
            case 1: (first, middle)
            default: (first + middle, last)
            }
        }

        @inline(__always)
        package func place(of target: UInt32) -> Int {
            target < first ? 0 : target < first + middle ? 1 : 2
        }
    }

    /// The place of a symbol among those that the one below leaves.
    @inline(__always)
    package static func place(of symbol: Int, below: Int) -> Int {
        let difference = symbol - 3 * below
        return (below < 0 ? -difference : difference) + 1
    }

    /// The symbol of a place.
    @inline(__always)
    package static func symbol(place: Int, below: Int) -> Int {
        3 * below + (below < 0 ? 1 - place : place - 1)
    }
}

extension MagnitudeTableSet {
    /// Of a magnitude below the escape, in 2^15.
    @inline(__always)
    func frequency(magnitude: Int, table: Int) -> UInt32 {
        symbolTables.frequency(symbol: magnitude, table: table)
    }
}
