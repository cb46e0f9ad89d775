import NeuralNetwork

/// Everything a run needs to go on exactly where it stopped.
public struct TrainingCheckpoint<Configuration: TrainingSchedule> {
    /// The part that is stored as JSON.
    public struct State: Codable, Equatable {
        public var configuration: Configuration
        public var step: Int
        public var random: RandomSource
        public var updates: Int
        public var secondsTrained: Double
        public var parameterNames: [String]
        public var parameterCounts: [Int]
        /// Numbers besides the weights that training moves (entropy weights); nil = none.
        public var controls: [Double]?
        /// The training speech; nil = not known (older files).
        public var speech: Corpus.Identity?
        /// Of training by forward passes; nil = others.
        var tuner: Tuner?
        /// Names of parameters that the file leaves out, since they are
        /// `TrainingSchedule.computedParameters` and were never moved; nil = none. Set where a file
        /// is written, nil in a checkpoint in memory.
        var omitted: [String]?
    }

    public var state: State
    public var values: [Float]
    public var firstMoment: [Float]
    public var secondMoment: [Float]
    public var average: [Float]

    init(state: State, values: [Float], optimiser: Optimiser) {
        self.state = state
        self.values = values
        firstMoment = optimiser.firstMoment.array
        secondMoment = optimiser.secondMoment.array
        average = optimiser.average.array
    }

    /// - Parameter arrays: values, first moment, second moment, average
    init(state: State, arrays: [[Float]]) {
        self.state = state
        (values, firstMoment, secondMoment, average) = (arrays[0], arrays[1], arrays[2], arrays[3])
    }

    /// Places of parameters among the numbers, by name.
    static func places(_ state: State) -> [(name: String, range: Range<Int>)] {
        var start = 0
        return zip(state.parameterNames, state.parameterCounts).map { name, count in
            defer { start += count }
            return (name, start..<start + count)
        }
    }

    /// Names of parameters that are as computed and were never moved.
    var unmoved: [String] {
        let computed = state.configuration.computedParameters()
        return Self.places(state).filter { name, range in
            guard let expected = computed[name], expected.count == range.count else { return false }
            return values[range] == expected[...] && average[range] == expected[...]
                && firstMoment[range].allSatisfy { $0 == 0 }
                && secondMoment[range].allSatisfy { $0 == 0 }
        }.map(\.name)
    }

    var arrays: [[Float]] { [values, firstMoment, secondMoment, average] }

    /// Checks that the parameters are those of a network, in its order, before they go into it.
    /// - Parameter path: for messages
    /// - Throws: `TrainingError.badCheckpoint` with the first parameter that differs
    func check(parameters: [Parameter], path: String) throws(TrainingError) {
        func refuse(_ reason: String) -> TrainingError {
            .badCheckpoint(path: path, reason: reason)
        }
        let names = state.parameterNames
        let counts = state.parameterCounts
        for (index, (parameter, (name, count))) in zip(parameters, zip(names, counts)).enumerated()
        where parameter.name != name || parameter.count != count {
            throw refuse(
                """
                parameter \(index) is \(name) of \(count) numbers, in the network of the \
                configuration it is \(parameter.name) of \(parameter.count)
                """
            )
        }
        guard names.count == parameters.count, counts.count == parameters.count else {
            throw refuse(
                """
                \(names.count) parameters, the network of the configuration has \
                \(parameters.count)
                """
            )
        }
        let expected = counts.reduce(0, +)
        for array in arrays where array.count != expected {
            throw refuse("\(array.count) numbers for parameters of \(expected)")
        }
    }
}

extension TrainingCheckpoint.State {
    /// Checks everything that does not depend on a network.
    /// - Throws: `ConfigurationProblem`, and what the configuration throws
    func validate() throws {
        try configuration.validate()
        try ConfigurationProblem.check("step", step, 0...configuration.totalSteps)
        try ConfigurationProblem.check("updates", updates, 0...step)
        try ConfigurationProblem.check("secondsTrained", secondsTrained, 0...1e12)
        for name in omitted ?? [] where !parameterNames.contains(name) {
            throw ConfigurationProblem("omitted is \(name), which is no parameter")
        }
        guard parameterNames.count == parameterCounts.count else {
            throw ConfigurationProblem(
                """
                \(parameterNames.count) names of parameters, \(parameterCounts.count) \
                numbers of values
                """
            )
        }
        for (name, count) in zip(parameterNames, parameterCounts) {
            try ConfigurationProblem.check("values of \(name)", count, 0...(1 << 28) - 1)
        }
    }
}
