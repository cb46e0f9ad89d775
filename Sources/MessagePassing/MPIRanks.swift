import Training

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The processes that `mpirun`, `mpiexec` or `srun` started.
///
/// One thread at a time. Where a process is gone, MPI waits for ever and its launcher sends the
/// others a signal, and soon after one that nobody survives: `isEnding` says of the first.
public final class MPIRanks: Ranks {
    public let rank: Int
    public let count: Int
    private let library: MPILibrary
    private let isEnding: @Sendable () -> Bool

    /// Seconds that another process has to answer after this one was told to end. mpirun of Open
    /// MPI kills a second after its first signal.
    private static let patience = 0.5
    /// Most bytes in a message of MPI; more go as several.
    private static let mostBytes = 1 << 28

    /// Begins; once in a program.
    /// - Parameter isEnding: a signal told the program to end
    public init(
        _ implementation: MPIImplementation, isEnding: @escaping @Sendable () -> Bool
    ) throws(MPIError) {
        library = try MPILibrary(implementation)
        self.isEnding = isEnding
        var level: CInt = 0
        try Self.check(
            library.initialise(nil, nil, MPILibrary.funnelled, &level), "MPI_Init_thread")
        try Self.check(
            library.setHandler(library.world, library.errorsReturn), "MPI_Comm_set_errhandler")
        var number: CInt = 0
        try Self.check(library.commRank(library.world, &number), "MPI_Comm_rank")
        rank = Int(number)
        try Self.check(library.commSize(library.world, &number), "MPI_Comm_size")
        count = Int(number)
    }

    /// Which MPI it is.
    public var version: String { library.version }

    public func send(_ bytes: UnsafeRawBufferPointer, to other: Int) throws {
        for part in Self.parts(bytes.count) {
            var request = 0
            try check(
                library.isend(
                    bytes.baseAddress.map { $0 + part.lowerBound }, CInt(part.count), library.byte,
                    CInt(other), 0, library.world, &request), "MPI_Isend", other)
            try wait(&request, for: other)
        }
    }

    public func receive(_ bytes: UnsafeMutableRawBufferPointer, from other: Int) throws {
        for part in Self.parts(bytes.count) {
            var request = 0
            try check(
                library.irecv(
                    bytes.baseAddress.map { $0 + part.lowerBound }, CInt(part.count), library.byte,
                    CInt(other), 0, library.world, &request), "MPI_Irecv", other)
            try wait(&request, for: other)
        }
    }

    private static func parts(_ count: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: mostBytes).map { $0..<min($0 + mostBytes, count) }
    }

    private func wait(_ request: inout Int, for other: Int) throws {
        var turns = 0
        var deadline: Double?
        while true {
            var isDone: CInt = 0
            try check(library.test(&request, &isDone, library.statusIgnore), "MPI_Test", other)
            if isDone != 0 { return }
            turns += 1
            // First as soon as can be, then without taking the processor from those that compute.
            if turns > 100 { usleep(50) }
            guard turns % 100 == 0, isEnding() else { continue }
            let now = Self.seconds()
            if let deadline, now > deadline {
                throw RankLost(rank: other, reason: "the run was told to end meanwhile")
            }
            deadline = deadline ?? now + Self.patience
        }
    }

    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }

    private func check(_ code: CInt, _ function: String, _ other: Int) throws(RankLost) {
        guard code == 0 else {
            throw RankLost(
                rank: other,
                reason: MPIError.failed(function: function, code: Int(code)).description)
        }
    }

    private static func check(_ code: CInt, _ function: String) throws(MPIError) {
        guard code == 0 else { throw .failed(function: function, code: Int(code)) }
    }

    /// Ends the work together: all must call it, and nobody may send any more.
    public func finish() { _ = library.finalise() }

    /// Ends all processes, this one too.
    public func abort(_ status: CInt) { _ = library.abort(library.world, status) }
}
