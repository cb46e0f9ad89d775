#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Standard input, output and error of the program.
enum StandardStreams {
    /// Gives the numbers of closed streams (`>&-`) to something that cannot be used: otherwise the
    /// first file that the program opens would become its standard output or error, and messages
    /// would be written into it. Reading from and writing to the stream then fail with `EBADF`, as
    /// they would where it is closed.
    static func reserve() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(number, F_GETFD) < 0 {
            // Gets the lowest free number, which is this one.
            _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
