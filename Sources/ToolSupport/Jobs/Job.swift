import System

/// One input and the output that is made of it.
public struct Job: Equatable, Sendable {
    public var input: String
    public var output: String
    /// The folder of the output is made where it is missing.
    public var makesFolders: Bool

    public init(input: String, output: String, makesFolders: Bool = false) {
        self.input = input
        self.output = output
        self.makesFolders = makesFolders
    }

    /// Says what to do about a folder where a file is expected.
    func checkInput() throws(ToolFailure) {
        guard input != "-", OutputPlan.Kind(of: input) == .folder else { return }
        throw .runtime("\(input): is a folder; --recursive takes the files in it")
    }

    /// Opens the output, which must not be the input.
    /// - Parameter force: as `AtomicOutput.init(path:force:inputs:)`
    func openOutput(force: Bool) throws(OutputError) -> AtomicOutput {
        if makesFolders { try OutputFolder.make(parentOf: output) }
        return try AtomicOutput(
            path: output, force: force, inputs: FileIdentity(input: input).map { [$0] } ?? [])
    }
}
