import ArgumentParser

/// A rate on the command line, in kbit/s with 1 k = 1000. Use as `@Option(transform:
/// BitRate.init(argument:))`.
public struct BitRate: Equatable, Sendable {
    /// Highest rate that is taken for kbit/s.
    static let most = 1000.0

    public var bitsPerSecond: Double

    public init(bitsPerSecond: Double) {
        self.bitsPerSecond = bitsPerSecond
    }

    /// Reads a number of kbit/s; what can only be bit/s is refused with a hint.
    public init(argument: String) throws {
        guard let value = Double(argument), value.isFinite, value > 0 else {
            throw ValidationError("a rate is a positive number of kbit/s, for example 16")
        }
        guard value <= Self.most else {
            let meant = NumberText.fixed(
                value / 1000, value.truncatingRemainder(dividingBy: 1000) == 0 ? 0 : 3)
            throw ValidationError("rates are in kbit/s; for \(argument) bit/s say \(meant)")
        }
        bitsPerSecond = value * 1000
    }
}
