/// What the entropy model of training, in real numbers (`EnvelopeCoder`, `SymbolContext`), and that
/// of coding, in integers (`EnvelopeModel`, `CoefficientModel`), have in common. Both read it here.
///
/// Log scales and log amplitudes are natural logarithms; integers hold them in Q8.
enum EntropySpecification {
    /// A real number as the integer models hold it.
    @inline(__always)
    static func q8(_ x: Double) -> Int { Int((x * 256).rounded(.toNearestOrEven)) }

    /// Envelope and rate as side information of every model: log amplitudes times this, then the
    /// rate weights. In integers Q10: the envelope's Q8 as it is.
    static var envelopeScale: Double { 0.25 }

    /// Prediction of the envelope.
    enum Envelope {
        /// Added to the log scale that the network gives.
        static var logScaleOffset: Double { -0.5 }
        /// The log scale, before that of the quantiser is added, lies in +-this.
        static var logScaleBound: Double { 4 }
        /// Tables are chosen by log scales in +-this.
        static var tableBound: Double { 3 }
        /// Symbols before the quantiser are limited to +-this.
        static var largestSymbol: Float { 1000 }
    }

    /// Scale of the coefficients.
    enum Coefficients {
        /// Added to the log scale that envelope and rate let expect.
        static var logScaleOffset: Double { -0.7 }
        /// Log scales lie in +-this; tables are chosen by them.
        static var logScaleBound: Double { 6 }
        /// Neighbours of symbol (t, k), (dt, dk), that are known when it is coded: first those of
        /// the same frame, then the frame before, then older ones. dt is 0, -1 or -2.
        static let neighbours: [(dt: Int, dk: Int)] = [
            (0, -1), (0, -2), (0, -3), (-1, -1), (-1, 0), (-1, 1), (-1, 2), (-2, 0),
        ]
        /// Neighbours in the module below, whose frame is complete.
        static let neighboursBelow: [(dt: Int, dk: Int)] = [(0, -1), (0, 0), (0, 1)]
        /// Zeros that rows of magnitudes need on both sides, for the farthest of them.
        static let margin = (neighbours + neighboursBelow).map { abs($0.dk) }.max() ?? 0
        /// Features of a symbol: log scale, neighbours.
        static func featureCount(hasBelow: Bool) -> Int {
            1 + neighbours.count + (hasBelow ? neighboursBelow.count : 0)
        }
    }

    /// Tables a unit of log scale.
    static var tablesPerUnit: Int { 8 }

    /// The table of a log scale (Q8) among those for +-bound: the nearest one.
    @inline(__always)
    static func table(logScale: Int, bound: Double) -> Int {
        let limit = q8(bound)
        let step = 256 / tablesPerUnit
        return (max(-limit, min(limit, logScale)) + limit + step / 2) / step
    }

    /// Number of tables for log scales in +-bound.
    @inline(__always)
    static func tableCount(bound: Double) -> Int { 2 * Int(bound) * tablesPerUnit + 1 }

    /// Log scale of a table.
    static func logScale(table: Int, bound: Double) -> Double {
        Double(table) / Double(tablesPerUnit) - bound
    }
}
