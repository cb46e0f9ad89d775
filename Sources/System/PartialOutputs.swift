import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Names of unfinished files that must not survive a signal.
public enum PartialOutputs {
    /// Most unfinished files at one time.
    package static let capacity = 64

    /// Addresses of C strings, 0 where free. Allocated once and never freed, because a signal
    /// handler reads it. Unsafe only in the eyes of the compiler: the pointer never changes and
    /// what it points to is atomic.
    private nonisolated(unsafe) static let slots: UnsafeMutablePointer<Atomic<UInt>> = {
        let slots = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: capacity)
        for index in 0..<capacity { (slots + index).initialize(to: Atomic(0)) }
        return slots
    }()

    /// A registered name.
    struct Registration {
        fileprivate let slot: Int
    }

    /// Registers a file for removal.
    /// - Returns: nil when all places are taken; the file is then not removed on a signal.
    static func register(_ path: String) -> Registration? {
        guard let copy = strdup(path) else { return nil }
        for slot in 0..<capacity {
            let address = UInt(bitPattern: copy)
            if slots[slot].compareExchange(
                expected: 0, desired: address, ordering: .sequentiallyConsistent
            ).exchanged {
                return Registration(slot: slot)
            }
        }
        free(copy)
        return nil
    }

    /// Forgets a file. The copy of its name is not freed: a handler might be using it.
    static func forget(_ registration: Registration) {
        slots[registration.slot].store(0, ordering: .sequentiallyConsistent)
    }

    /// Lets SIGINT, SIGTERM and SIGHUP remove all registered files and then end the program as they
    /// would have done by themselves. Signals that were ignored at the start (`nohup`) stay
    /// ignored; where they are blocked, as in children of threads of libdispatch, they come through
    /// again. SIGPIPE and SIGXFSZ are ignored, so that writing fails with `EPIPE` and `EFBIG`
    /// instead.
    public static func installHandlers() {
        _ = slots
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        var ending = sigset_t()
        sigemptyset(&ending)
        for number in EndingSignals.all { sigaddset(&ending, number) }
        pthread_sigmask(SIG_UNBLOCK, &ending, nil)
        for number in EndingSignals.catchable {
            signal(number) { number in
                // Only calls that POSIX allows in a handler, on memory that was there before.
                for slot in 0..<PartialOutputs.capacity {
                    let address = PartialOutputs.slots[slot].load(ordering: .sequentiallyConsistent)
                    if let path = UnsafePointer<CChar>(bitPattern: address) { unlink(path) }
                }
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }
}
