/// What linear prediction cannot work with.
public enum LPCError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Orders are even, 2 ... 32.
    case invalidOrder(Int)
    /// A list of the wrong length.
    case wrongCount(name: String, expected: Int, found: Int)
    /// A value is infinite or not a number.
    case notFinite(name: String, index: Int)
    /// The predictor's synthesis filter is not stable: this reflection coefficient is not inside
    /// (-1, 1).
    case unstable(index: Int, reflection: Double)
    /// Line spectral frequencies must rise strictly between 0 and pi.
    case notOrdered(index: Int, below: Double, value: Double)
    /// Fewer line spectral frequencies were found than the predictor has.
    case rootsNotFound(expected: Int, found: Int)
    /// A setting outside its range.
    case invalidSetting(name: String, value: Double, allowed: String)

    public var description: String {
        switch self {
        case .invalidOrder(let order):
            "order \(order) of a predictor is not an even number from 2 to 32"
        case .wrongCount(let name, let expected, let found):
            "\(name): \(found) values, expected \(expected)"
        case .notFinite(let name, let index): "\(name): value \(index) is not a finite number"
        case .unstable(let index, let reflection):
            "unstable predictor: reflection coefficient \(index) is \(reflection)"
        case .notOrdered(let index, let below, let value):
            """
            line spectral frequency \(index) is \(value), not between its lower neighbour \
            \(below) and pi
            """
        case .rootsNotFound(let expected, let found):
            "found \(found) of \(expected) line spectral frequencies"
        case .invalidSetting(let name, let value, let allowed):
            "\(name) is \(value), allowed: \(allowed)"
        }
    }

    static func check(order: Int) throws(LPCError) {
        guard order % 2 == 0, (2...32).contains(order) else { throw .invalidOrder(order) }
    }

    static func check(finite values: some Collection<Double>, _ name: String) throws(LPCError) {
        for (i, value) in values.enumerated() where !value.isFinite {
            throw .notFinite(name: name, index: i)
        }
    }
}
