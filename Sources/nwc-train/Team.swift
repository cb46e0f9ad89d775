import ArgumentParser
import Foundation
import MessagePassing
import ToolSupport
import Training

/// How processes that were started together find each other.
struct RankOptions: ParsableArguments {
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case openmpi, mpich
        case alone = "none"
    }

    @Option(
        help: ArgumentHelp(
            """
            MPI through which processes train together: openmpi, mpich, or none. (default: that \
            of the mpirun, mpiexec or srun that started them)
            """, valueName: "which")) var mpi: Choice?

    /// Does the work of a command, with the other processes if there are some.
    /// - Parameter body: gets them; nil where this process is alone
    /// - Throws: what it throws; with others it ends all of them instead
    func run(_ body: ((any Ranks)?) throws -> Void) throws {
        let implementation: MPIImplementation?
        switch mpi {
        case nil: implementation = .ofLauncher(ProcessInfo.processInfo.environment)
        case .openmpi: implementation = .openMPI
        case .mpich: implementation = .mpich
        case .alone: implementation = nil
        }
        guard let implementation else { return try body(nil) }
        // Before MPI, whose processes are ended by signals when one is lost.
        Interruption.catchSignals()
        let ranks = try MPIRanks(implementation) { Interruption.signal != nil }
        guard ranks.count > 1 else {
            try body(nil)
            return ranks.finish()
        }
        do {
            if ranks.leads { progress("ranks: \(ranks.count), \(ranks.version)") }
            try body(ranks)
            ranks.finish()
        } catch {
            var differs = false
            if case TrainingError.ranksDiffer = error { differs = true }
            if ranks.leads {
                Console.error("\(error)")
            } else {
                // What all find wrong rank 0 says, and ends the others meanwhile.
                if !differs { usleep(400_000) }
                if !(error is RankLost) { Console.error("rank \(ranks.rank): \(error)") }
            }
            if differs { usleep(200_000) }
            ranks.abort(ExitStatus.failure)
        }
    }
}
