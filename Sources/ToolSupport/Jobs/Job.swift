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

    /// Opens the output, which must not be the input.
    /// - Parameter force: as `AtomicOutput.init(path:force:inputs:)`
    func openOutput(force: Bool) throws(OutputError) -> AtomicOutput {
        if makesFolders { try OutputFolder.make(parentOf: output) }
        return try AtomicOutput(
            path: output, force: force, inputs: FileIdentity(input: input).map { [$0] } ?? [])
    }
}
