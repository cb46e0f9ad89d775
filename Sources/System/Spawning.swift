import CSpawn

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Starting and waiting for programs by `posix_spawn`: nothing of this process runs between fork
/// and exec.
enum Spawning {
    /// How a program ended.
    struct Ending {
        /// Exit status, or the number of the signal that ended it.
        var status: Int32
        var bySignal: Bool
    }

    /// Starts a program.
    /// - Parameters:
    ///   - program: path of the executable.
    ///   - folder: current folder of the program; nil = that of this process.
    ///   - input, output, errors: descriptors that become its standard streams; input nil = an
    ///     empty one. The other two are none of 0 and 1.
    static func start(
        _ program: String, _ arguments: [String], in folder: String? = nil, input: CInt? = nil,
        output: CInt, errors: CInt
    ) throws(ChildProcessError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // What others have opened here, and what was inherited, is none of the program's business:
        // one that outlives this process would keep pipes of strangers open.
        #if canImport(Glibc)
            posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        #endif
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process ignores or blocks must not be inherited.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        sigaddset(&signals, SIGXFSZ)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        var list: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        list.append(nil)
        defer { for text in list { free(text) } }
        var identifier: pid_t = 0
        var code = posix_spawn(&identifier, program, &actions, &attributes, list, environ)
        // A program that was written a moment ago may still be open for writing in a process that
        // another thread has forked and that has not yet become its own program.
        for _ in 0..<20 where code == ETXTBSY {
            usleep(10_000)
            code = posix_spawn(&identifier, program, &actions, &attributes, list, environ)
        }
        guard code == 0 else {
            throw .cannotRun(program: program, reason: String(cString: strerror(code)))
        }
        return identifier
    }

    /// Waits for the end of a program that was started here; once only.
    static func wait(for identifier: pid_t) -> Ending {
        var status: CInt = 0
        while waitpid(identifier, &status, 0) < 0 {
            guard errno == EINTR else { return Ending(status: -1, bySignal: false) }
        }
        let signal = status & 0x7F
        return signal == 0
            ? Ending(status: status >> 8 & 0xFF, bySignal: false)
            : Ending(status: signal, bySignal: true)
    }
}
