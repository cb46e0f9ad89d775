import CMalloc
import Foundation

/// Objects that come and go, and the heap.
public enum HeapGrowth {
    /// False under sanitizers that have an allocator of their own (Scripts/sanitize.sh).
    public static var isCounted: Bool {
        ProcessInfo.processInfo.environment["NWC_SANITIZER"].map { $0 == "undefined" } ?? true
    }

    /// Bytes that the C allocator, Swift's too, has given out and not got back, of all threads.
    public static var bytesInUse: Int {
        let statistics = mallinfo2()
        return Int(statistics.uordblks) + Int(statistics.hblkhd)
    }

    /// Makes objects in two halves, after some that fill caches.
    /// - Parameter make: makes the object of an index and drops it
    /// - Returns: bytes by which each half has grown
    public static func halves(of count: Int, warmup: Int, _ make: (Int) throws -> Void) rethrows
        -> (first: Int, second: Int)
    {
        for index in 0..<warmup { try make(index) }
        let start = bytesInUse
        for index in 0..<count / 2 { try make(index) }
        let middle = bytesInUse
        for index in count / 2..<count { try make(index) }
        return (middle - start, bytesInUse - middle)
    }
}
