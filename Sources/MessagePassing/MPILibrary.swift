#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An implementation of MPI, loaded when it is asked for: no program needs one to run.
///
/// Open MPI and MPICH have the same functions with other handles: addresses of objects in the one,
/// 32-bit numbers in the other. Both are passed as `Int` here: on x86-64 and arm64 a function finds
/// a 32-bit argument in the lower half of the place of a 64-bit one.
final class MPILibrary {
    typealias Initialise =
        @convention(c) (
            UnsafeMutablePointer<CInt>?, UnsafeMutableRawPointer?, CInt, UnsafeMutablePointer<CInt>
        ) -> CInt
    typealias Query = @convention(c) (Int, UnsafeMutablePointer<CInt>) -> CInt
    typealias SetHandler = @convention(c) (Int, Int) -> CInt
    typealias Send =
        @convention(c) (
            UnsafeRawPointer?, CInt, Int, CInt, CInt, Int, UnsafeMutablePointer<Int>
        ) -> CInt
    typealias Receive =
        @convention(c) (
            UnsafeMutableRawPointer?, CInt, Int, CInt, CInt, Int, UnsafeMutablePointer<Int>
        ) -> CInt
    typealias Test =
        @convention(c) (
            UnsafeMutablePointer<Int>, UnsafeMutablePointer<CInt>, Int
        ) -> CInt
    typealias Abort = @convention(c) (Int, CInt) -> CInt
    typealias Plain = @convention(c) () -> CInt
    typealias Text =
        @convention(c) (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<CInt>)
        -> CInt

    /// Handles: all processes, bytes, "give errors back", and no status.
    let world: Int
    let byte: Int
    let errorsReturn: Int
    let statusIgnore: Int

    let initialise: Initialise
    let commRank: Query
    let commSize: Query
    let setHandler: SetHandler
    let isend: Send
    let irecv: Receive
    let test: Test
    let abort: Abort
    let finalise: Plain
    private let versionText: Text

    /// MPI_THREAD_FUNNELED of both: only one thread calls.
    static let funnelled: CInt = 1

    /// - Throws: `MPIError.notInstalled`
    init(_ implementation: MPIImplementation) throws(MPIError) {
        var reasons: [String] = []
        var opened: UnsafeMutableRawPointer?
        for name in implementation.libraries where opened == nil {
            // Open MPI loads further objects, which look for its functions among all.
            opened = dlopen(name, RTLD_NOW | RTLD_GLOBAL)
            if opened == nil { reasons.append(dlerror().map { String(cString: $0) } ?? name) }
        }
        guard let handle = opened else {
            throw .notInstalled(implementation, reason: reasons.joined(separator: "; "))
        }
        func symbol(_ name: String) throws(MPIError) -> UnsafeMutableRawPointer {
            guard let symbol = dlsym(handle, name) else {
                throw .notInstalled(implementation, reason: "it has no \(name)")
            }
            return symbol
        }
        switch implementation {
        case .openMPI:
            world = Int(bitPattern: try symbol("ompi_mpi_comm_world"))
            byte = Int(bitPattern: try symbol("ompi_mpi_byte"))
            errorsReturn = Int(bitPattern: try symbol("ompi_mpi_errors_return"))
            statusIgnore = 0
        case .mpich:
            // mpi.h of MPICH 3 and 4, and of all that keep its ABI.
            world = 0x4400_0000
            byte = 0x4c00_010d
            errorsReturn = 0x5400_0001
            statusIgnore = 1
        }
        func function<F>(_ name: String, _ type: F.Type) throws(MPIError) -> F {
            unsafeBitCast(try symbol(name), to: type)
        }
        initialise = try function("MPI_Init_thread", Initialise.self)
        commRank = try function("MPI_Comm_rank", Query.self)
        commSize = try function("MPI_Comm_size", Query.self)
        setHandler = try function("MPI_Comm_set_errhandler", SetHandler.self)
        isend = try function("MPI_Isend", Send.self)
        irecv = try function("MPI_Irecv", Receive.self)
        test = try function("MPI_Test", Test.self)
        abort = try function("MPI_Abort", Abort.self)
        finalise = try function("MPI_Finalize", Plain.self)
        versionText = try function("MPI_Get_library_version", Text.self)
    }

    /// As the library says it, its first line.
    var version: String {
        // MPI_MAX_LIBRARY_VERSION_STRING is 256 and 8192.
        var text = [CChar](repeating: 0, count: 8193)
        var length: CInt = 0
        guard versionText(&text, &length) == 0 else { return "unknown" }
        let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
        let line = bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }
        return String(decoding: line, as: UTF8.self).replacing("\t", with: " ")
    }
}

/// The two families of MPI that there are.
public enum MPIImplementation: String, CaseIterable, Sendable {
    case openMPI = "openmpi"
    case mpich

    /// Names of the library, the first that is there.
    var libraries: [String] {
        switch self {
        case .openMPI: ["libmpi.so.40", "libmpi.so"]
        case .mpich: ["libmpich.so.12", "libmpi.so.12", "libmpich.so"]
        }
    }

    var package: String {
        switch self {
        case .openMPI: "openmpi-bin"
        case .mpich: "mpich"
        }
    }

    /// What started this process, by what it leaves in the environment; nil where it is alone.
    public static func ofLauncher(_ environment: [String: String]) -> MPIImplementation? {
        func isMany(_ name: String) -> Bool { (environment[name].flatMap { Int($0) } ?? 1) > 1 }
        if isMany("OMPI_COMM_WORLD_SIZE") { return .openMPI }
        if isMany("PMI_SIZE") { return .mpich }
        // Slurm with PMIx, which Open MPI is built for.
        if environment["PMIX_RANK"] != nil, isMany("SLURM_NTASKS") { return .openMPI }
        return nil
    }
}

public enum MPIError: Error, Equatable, CustomStringConvertible {
    case notInstalled(MPIImplementation, reason: String)
    /// A function of MPI says so.
    case failed(function: String, code: Int)

    public var description: String {
        switch self {
        case .notInstalled(let implementation, let reason):
            """
            MPI (\(implementation.rawValue)) cannot be loaded: \(reason); on Debian it comes with \
            apt-get install \(implementation.package)
            """
        case .failed(let function, let code): "\(function) fails with \(code)"
        }
    }
}
