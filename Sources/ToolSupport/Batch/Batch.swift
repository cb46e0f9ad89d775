import Dispatch
import Synchronization

/// The same work for many inputs, several at a time; reports come in the order of the inputs.
enum Batch {
    /// Seconds between two looks at the progress while nothing gets done.
    private static let patience = 0.2

    /// What the workers share.
    private final class Board<Value: Sendable>: Sendable {
        struct State {
            var next = 0
            var isStopped = false
            var results: [Int: Result<Value, any Error>] = [:]
        }
        let state = Mutex(State())
        /// Signalled for every result.
        let changes = DispatchSemaphore(value: 0)

        /// The next item to work on; nil where there is none.
        func take(of count: Int) -> Int? {
            state.withLock { state in
                guard !state.isStopped, state.next < count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }
    }

    /// Runs the work on threads of its own, or on the calling one where there is one worker or
    /// item.
    /// - Parameters:
    ///   - workers: most items that are worked on at a time, at least 1.
    ///   - report: called on the calling thread, in the order of the items; after an error that it
    ///     throws no further item is begun.
    ///   - wait: called on the calling thread now and then.
    static func run<Item: Sendable, Value: Sendable>(
        _ items: [Item], workers: Int, _ work: @escaping @Sendable (Item) throws -> Value,
        report: (Item, Result<Value, any Error>) throws -> Void, wait: () -> Void = {}
    ) throws {
        let workers = min(workers, items.count)
        guard workers > 1 else {
            for item in items { try report(item, Result { try work(item) }) }
            return
        }
        let board = Board<Value>()
        let threads = (0..<workers).map { DispatchQueue(label: "batch.\($0)") }
        let finished = DispatchGroup()
        // A queue of its own for each, because the system's shared one has no more threads than
        // there are cores.
        for thread in threads {
            thread.async(group: finished) {
                while let index = board.take(of: items.count) {
                    let result = Result { try work(items[index]) }
                    board.state.withLock { $0.results[index] = result }
                    board.changes.signal()
                }
            }
        }
        defer {
            board.state.withLock { $0.isStopped = true }
            finished.wait()
        }
        var next = 0
        while next < items.count {
            guard let result = board.state.withLock({ $0.results.removeValue(forKey: next) }) else {
                _ = board.changes.wait(timeout: .now() + patience)
                wait()
                continue
            }
            try report(items[next], result)
            next += 1
        }
    }
}
