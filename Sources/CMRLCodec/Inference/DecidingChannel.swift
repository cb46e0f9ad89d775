/// Rate-distortion optimised quantisation: passes symbols on to another channel, but sends a
/// smaller magnitude where the bits it saves are worth more than the error it adds.
///
/// For every coefficient the magnitude m that rounding gives competes with m - 1 and 0; the
/// smallest (|z| - m)^2 + tradeoff * bits(m) wins, z the value before rounding. Bits are those of
/// the table that the context selected, so decisions follow the context; what they change in later
/// contexts is not counted (Sullivan and Wiegand 1998 describe the principle). Decoders need not
/// know.
struct DecidingChannel<Base: SymbolChannel>: SymbolChannel {
    var base: Base
    private let tables: SymbolTables
    private let tradeoff: Float
    /// Values before rounding, in the order in which coefficients are passed.
    private let values: [Float]
    private var next = 0

    /// - Parameter tradeoff: squared quantiser steps per bit; 0 = plain rounding.
    init(_ base: Base, tables: SymbolTables, tradeoff: Float, values: [Float]) {
        self.base = base
        self.tables = tables
        self.tradeoff = tradeoff
        self.values = values
    }

    mutating func envelope(_ value: Int, table: Int) throws(EntropyCodingError) -> Int {
        try base.envelope(value, table: table)
    }

    mutating func coefficient(_ value: Int, table: Int, module: Int) throws(EntropyCodingError)
        -> Int
    {
        let z = next < values.count ? abs(values[next]) : Float(abs(value))
        next += 1
        guard value != 0, tradeoff > 0 else {
            return try base.coefficient(value, table: table, module: module)
        }
        let rounded = abs(value)
        var best = rounded
        var lowest = Float.infinity
        for magnitude in rounded > 1 ? [rounded, rounded - 1, 0] : [rounded, 0] {
            let bits = try tables.coefficients[module].costBits(magnitude: magnitude, of: table)
            let error = z - Float(magnitude)
            let cost = error * error + tradeoff * bits
            if cost < lowest { (best, lowest) = (magnitude, cost) }
        }
        return try base.coefficient(value < 0 ? -best : best, table: table, module: module)
    }
}

extension MagnitudeTableSet {
    /// Bits of a coefficient of a magnitude in the layout of `TableLayout`: table, low bits, sign.
    @inline(__always)
    func costBits(magnitude: Int, of table: Int) throws(EntropyCodingError) -> Float {
        let raw = TableLayout.rawBits(table: table)
        return try costBits(magnitude: magnitude >> raw, table: table) + Float(raw)
            + (magnitude > 0 ? 1 : 0)
    }
}
