/// What is wrong with a value of a training configuration.
package struct ConfigurationProblem: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    static func check<Value: Comparable & Sendable>(
        _ name: String, _ value: Value, _ range: ClosedRange<Value>
    ) throws(ConfigurationProblem) {
        guard range.contains(value) else {
            throw ConfigurationProblem(
                "\(name) is \(value), possible are \(range.lowerBound) ... \(range.upperBound)")
        }
    }
}
