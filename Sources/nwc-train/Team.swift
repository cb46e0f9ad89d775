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

    /// Does the work of a command, with the other processes if there are some. A signal that ended
    /// it ends the program: one process as signals do, several with the status that shells give for
    /// it, so that it is their launcher's too.
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
        guard let implementation else {
            try body(nil)
            if let signal = Interruption.signal { Interruption.end(by: signal) }
            return
        }
        // Before MPI, whose processes are ended by signals when one is lost.
        Interruption.catchSignals()
        let ranks = try MPIRanks(implementation) { Interruption.signal != nil }
        guard ranks.count > 1 else {
            try body(nil)
            ranks.finish()
            if let signal = Interruption.signal { Interruption.end(by: signal) }
            return
        }
        do {
            if ranks.leads { progress("ranks: \(ranks.count), \(ranks.version)") }
            try body(ranks)
            // Behind this, nothing is left to be written by any of them.
            let signal = try ranks.agree(UInt8(clamping: Interruption.signal ?? 0))
            ranks.finish()
            if signal != 0 { Foundation.exit(Self.status(of: CInt(signal))) }
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
            ranks.abort(Interruption.signal.map(Self.status) ?? ExitStatus.failure)
        }
    }

    /// What shells say of a program that a signal ended.
    private static func status(of signal: CInt) -> CInt { 128 + signal }
}
