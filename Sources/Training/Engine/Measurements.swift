/// Named numbers in the order in which they were first added, each a weighted mean: the loss terms
/// of a step, their means over several steps, or what a validation found.
public struct Measurements: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var name: String
        var sum: Double
        var weight: Double
    }

    private var entries: [Entry] = []

    public init() {}

    /// Sums and weights as they are, for other processes.
    var parts: [(name: String, sum: Double, weight: Double)] {
        entries.map { ($0.name, $0.sum, $0.weight) }
    }

    init(_ parts: [(name: String, sum: Double, weight: Double)]) {
        entries = parts.map { Entry(name: $0.name, sum: $0.sum, weight: $0.weight) }
    }

    public var names: [String] { entries.map(\.name) }

    /// The mean of what was added under a name; nil = nothing was.
    public subscript(name: String) -> Double? {
        entries.first { $0.name == name }.map { $0.sum / $0.weight }
    }

    /// What is minimised, and the global norm of its gradient before clipping; not a number where
    /// there is none.
    public var loss: Double { self["loss"] ?? .nan }
    public var gradientNorm: Double { self["gradient"] ?? .nan }

    /// - Parameter weight: what the value counts in the mean, such as the share of a batch that it
    ///   was measured on
    public mutating func add(_ name: String, _ value: Double, weight: Double = 1) {
        add(Entry(name: name, sum: value * weight, weight: weight))
    }

    /// Replaces what was added under a name.
    public mutating func set(_ name: String, _ value: Double) {
        entries.removeAll { $0.name == name }
        add(name, value)
    }

    public static func += (sum: inout Self, other: Self) {
        for entry in other.entries { sum.add(entry) }
    }

    private mutating func add(_ new: Entry) {
        guard let index = entries.firstIndex(where: { $0.name == new.name }) else {
            entries.append(new)
            return
        }
        entries[index].sum += new.sum
        entries[index].weight += new.weight
    }
}
