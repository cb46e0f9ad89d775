import ArgumentParser
import System

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How a program works on many files.
public struct BatchOptions: ParsableArguments {
    @Option(
        name: [.customShort("j", allowingJoined: true), .long],
        help: ArgumentHelp(
            """
            Files that are worked on at a time, 1 ... 64; the results are the same. \
            (default: one for each core)
            """,
            valueName: "n"))
    public var jobs: Int?

    @Flag(help: "Folders stand for the files in them and in their subfolders.")
    public var recursive = false

    @Flag(help: "Leave out files whose output exists.")
    public var skipExisting = false

    @Option(
        help: ArgumentHelp(
            """
            Only the I-th of N shares of the inputs, 1/N ... N/N, for several machines that are \
            given the same ones.
            """, valueName: "I/N"), transform: Shard.init(argument:))
    public var shard: Shard?

    public init() {}

    /// Each file has an unfinished output, and a signal removes so many.
    private static let range = 1...PartialOutputs.capacity

    func workers() throws(ToolFailure) -> Int {
        guard let jobs else {
            return min(
                max(ProcessInfo.processInfo.activeProcessorCount, 1), Self.range.upperBound)
        }
        guard Self.range.contains(jobs) else {
            throw .usage(
                "--jobs \(jobs): possible are \(Self.range.lowerBound) ... \(Self.range.upperBound)"
            )
        }
        return jobs
    }
}
