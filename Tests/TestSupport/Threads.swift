import Foundation

/// Work on threads of its own, so that all of it runs at a time however many processors there are.
public enum Threads {
    /// Runs `work` for 0 ..< `count`, each on its own thread, and waits for all.
    /// - Returns: what each gave or threw, in order
    public static func run<Value: Sendable>(
        _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
    ) -> [Result<Value, any Error>] {
        let found = Found<Value>(count: count)
        for index in 0..<count { Thread { found.set(index, Result { try work(index) }) }.start() }
        return found.wait()
    }

    private final class Found<Value: Sendable>: @unchecked Sendable {
        private let lock = NSCondition()
        private var found: [Int: Result<Value, any Error>] = [:]
        private let count: Int

        init(count: Int) { self.count = count }

        func set(_ index: Int, _ result: Result<Value, any Error>) {
            lock.withLock {
                found[index] = result
                lock.signal()
            }
        }

        func wait() -> [Result<Value, any Error>] {
            lock.withLock {
                while found.count < count { lock.wait() }
                return (0..<count).compactMap { found[$0] }
            }
        }
    }
}
