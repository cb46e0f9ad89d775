import CMalloc
import Foundation

/// Objects that come and go, and the heap.
public struct HeapGrowth: CustomStringConvertible, Sendable {
    /// Objects of a part.
    public let objects: Int

    /// Bytes by which the heap grew in a part, smallest first.
    public let parts: [Int]

    /// The middle one of `parts`.
    public var typical: Int { parts[parts.count / 2] }

    public var description: String { "\(parts) bytes" }

    /// False under sanitizers that have an allocator of their own (Scripts/sanitize.sh).
    public static var isCounted: Bool {
        ProcessInfo.processInfo.environment["NWC_SANITIZER"].map { $0 == "undefined" } ?? true
    }

    /// Bytes that the C allocator, Swift's too, has given out and not got back, of all threads.
    public static var bytesInUse: Int {
        let statistics = mallinfo2()
        return Int(statistics.uordblks) + Int(statistics.hblkhd)
    }

    /// Makes objects in five equal parts, after some that fill caches.
    ///
    /// Each part has a thread of its own: the allocator counts what it caches for a thread as given
    /// out, and takes it back when the thread ends. What objects leave behind grows in every part;
    /// a thread of a pool that starts meanwhile is seen in one.
    /// - Parameter make: makes the object of an index and drops it
    public init(of count: Int, warmup: Int, _ make: (Int) throws -> Void) throws {
        func grown(_ indices: Range<Int>) throws -> Int {
            let start = Self.bytesInUse
            try Self.onThread { for index in indices { try make(index) } }
            return Self.bytesInUse - start
        }
        _ = try grown(0..<warmup)
        let part = count / 5
        objects = part
        parts = try (0..<5).map { try grown(part * $0..<part * ($0 + 1)) }.sorted()
    }

    /// Runs something to its end on a thread of its own.
    private static func onThread(_ work: () throws -> Void) throws {
        try withoutActuallyEscaping(work) { work in
            let task = ThreadTask(work)
            var thread = pthread_t()
            let status = pthread_create(
                &thread, nil,
                { pointer in
                    guard let pointer else { return nil }
                    Unmanaged<ThreadTask>.fromOpaque(pointer).takeUnretainedValue().run()
                    return nil
                }, Unmanaged.passUnretained(task).toOpaque())
            guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: status) ?? .EAGAIN) }
            pthread_join(thread, nil)
            try task.result.get()
        }
    }
}

private final class ThreadTask {
    let work: () throws -> Void
    var result: Result<Void, any Error> = .success(())

    init(_ work: @escaping () throws -> Void) { self.work = work }

    func run() { result = Result { try work() } }
}
