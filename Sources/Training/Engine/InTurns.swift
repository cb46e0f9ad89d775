import Dispatch

/// Work on items that threads take in turns: thread t gets the items t, t + threads, ...
///
/// Closures escape: `withoutActuallyEscaping` would put the length of this file's path into the
/// program, which then differs from folder to folder.
enum InTurns {
    /// - Parameters:
    ///   - worker: what a thread needs for itself and gathers
    ///   - body: one item
    /// - Returns: the workers in the order of the threads, which does not depend on their speed
    /// - Throws: what the first thread that failed threw
    static func run<Worker>(
        _ count: Int, threads: Int = 2, worker: @escaping () throws -> Worker,
        _ body: @escaping (Int, inout Worker) throws -> Void
    ) throws -> [Worker] {
        var results = [Result<Worker, any Error>?](repeating: nil, count: threads)
        results.withUnsafeMutableBufferPointer { places in
            // Every thread has a place of its own; all end before this function does.
            nonisolated(unsafe) let (places, worker, body) = (places, worker, body)
            DispatchQueue.concurrentPerform(iterations: threads) { thread in
                places[thread] = Result {
                    var own = try worker()
                    for item in stride(from: thread, to: count, by: threads) {
                        try body(item, &own)
                    }
                    return own
                }
            }
        }
        return try results.compactMap { try $0?.get() }
    }
}
