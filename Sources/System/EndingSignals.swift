#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The signals by which people and systems end a program.
public enum EndingSignals {
    public static let all = [SIGINT, SIGTERM, SIGHUP]

    /// Those that a program may catch: ones that were ignored at its start (`nohup`) stay ignored.
    public static var catchable: [CInt] {
        all.filter { number in
            var old = sigaction()
            guard sigaction(number, nil, &old) == 0 else { return false }
            #if canImport(Glibc)
                let handler = old.__sigaction_handler.sa_handler
            #else
                let handler = old.__sa_handler.sa_handler
            #endif
            // SIG_IGN
            return handler.map { unsafeBitCast($0, to: Int.self) != 1 } ?? true
        }
    }
}
