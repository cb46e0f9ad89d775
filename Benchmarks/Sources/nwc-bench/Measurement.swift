import Dispatch
import Glibc

/// Seconds that a piece of work took.
struct Cost: Codable {
    /// By the clock on the wall.
    var wall: Double
    /// Processor time of all threads, user and system: what other programs do beside it matters
    /// less.
    var processor: Double
}

/// A quantity and its reference, measured in turns in one run.
struct PairedCost {
    private(set) var subject: [Cost] = []
    private(set) var reference: [Cost] = []

    mutating func append(subject: Cost, reference: Cost) {
        self.subject.append(subject)
        self.reference.append(reference)
    }

    /// Runs both once to warm up, then `rounds` times in turns.
    mutating func measure(rounds: Int, subject: () throws -> Cost, reference: () throws -> Cost)
        rethrows
    {
        _ = try subject()
        _ = try reference()
        for _ in 0..<rounds {
            self.reference.append(try reference())
            self.subject.append(try subject())
        }
    }
}

enum Clock {
    static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// The present on both clocks.
    static func now() -> Cost {
        Cost(wall: seconds(CLOCK_MONOTONIC), processor: seconds(CLOCK_PROCESS_CPUTIME_ID))
    }

    /// What passed since `start`.
    static func cost(since start: Cost) -> Cost {
        let end = now()
        return Cost(wall: end.wall - start.wall, processor: end.processor - start.processor)
    }

    /// What `work` takes on this thread.
    static func cost(of work: () throws -> Void) rethrows -> Cost {
        let start = now()
        try work()
        return cost(since: start)
    }

    /// Runs `work` once on each of `threads` threads at the same time; its argument is the thread's
    /// number.
    static func cost(threads: Int, _ work: @escaping @Sendable (Int) -> Void) -> Cost {
        let start = now()
        if threads == 1 {
            work(0)
        } else {
            DispatchQueue.concurrentPerform(iterations: threads, execute: work)
        }
        return cost(since: start)
    }
}

extension [Double] {
    var median: Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
