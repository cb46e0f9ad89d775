#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Advisory locks on open files (flock), which other processes that ask respect.
public enum FileLock {
    /// Takes the lock, or leaves the reason in `errno`: `EWOULDBLOCK` where another has it.
    public static func take(_ descriptor: CInt) -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Gives the lock back and closes the file. Closing alone is not enough: a child process that
    /// another thread is just starting has the file open, too, until its program begins, and would
    /// keep the lock so long.
    public static func release(_ descriptor: CInt) {
        _ = flock(descriptor, LOCK_UN)
        _ = close(descriptor)
    }
}
