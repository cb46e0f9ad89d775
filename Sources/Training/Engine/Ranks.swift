/// Processes that train together, on one machine or several: rank 0 leads, writes files and
/// reports.
public protocol Ranks: AnyObject {
    /// 0 ..< count
    var rank: Int { get }
    var count: Int { get }
    /// Both wait for the other side, and are in the same order on both.
    /// - Throws: `RankLost` where the other side is gone
    func send(_ bytes: UnsafeRawBufferPointer, to rank: Int) throws
    func receive(_ bytes: UnsafeMutableRawBufferPointer, from rank: Int) throws
}

/// A process that was waited for is gone, or the run was told to end while it was waited for.
public struct RankLost: Error, Equatable, CustomStringConvertible {
    public let rank: Int
    public let reason: String

    public init(rank: Int, reason: String) { (self.rank, self.reason) = (rank, reason) }

    public var description: String { "rank \(rank) does not answer: \(reason)" }
}

/// What processes do together. All do the same in the same order; every exchange is a tree over
/// neighbours, as `LocalReducer` has it, so that nothing depends on who is first.
extension Ranks {
    public var leads: Bool { rank == 0 }

    /// Calls `join` with the number of a process further up whose part this one takes over, then
    /// `hand` with that of the one that takes over its own: none for rank 0.
    func gather(join: (Int) throws -> Void, hand: (Int) throws -> Void) throws {
        var distance = 1
        while distance < count {
            if rank % (2 * distance) != 0 { return try hand(rank - distance) }
            if rank + distance < count { try join(rank + distance) }
            distance *= 2
        }
    }

    /// The other way round: `take` from the one below, then `give` to those above.
    func spread(take: (Int) throws -> Void, give: (Int) throws -> Void) throws {
        var distance = 1
        while distance < count, rank % (2 * distance) == 0 { distance *= 2 }
        if rank > 0 { try take(rank - distance) }
        while distance > 1 {
            distance /= 2
            if rank + distance < count { try give(rank + distance) }
        }
    }

    /// Bytes whose number the other side does not know.
    func send(message: [UInt8], to other: Int) throws {
        var count = UInt64(message.count).littleEndian
        try withUnsafeBytes(of: &count) { try send($0, to: other) }
        try message.withUnsafeBytes { try send($0, to: other) }
    }

    func receiveMessage(from other: Int) throws -> [UInt8] {
        var word = UInt64(0)
        try withUnsafeMutableBytes(of: &word) { try receive($0, from: other) }
        word = UInt64(littleEndian: word)
        guard let count = Int(exactly: word), count <= 1 << 40 else {
            throw RankLost(rank: other, reason: "a message of \(word) bytes")
        }
        var message = [UInt8](repeating: 0, count: count)
        try message.withUnsafeMutableBytes { try receive($0, from: other) }
        return message
    }

    /// Rank 0's bytes, everywhere.
    package func broadcast(_ message: [UInt8]) throws -> [UInt8] {
        var message = message
        try spread(
            take: { message = try receiveMessage(from: $0) },
            give: { try send(message: message, to: $0) })
        return message
    }

    /// The largest of all processes' numbers, everywhere. Integers, because all must decide alike.
    package func agree(_ number: UInt8) throws -> UInt8 {
        var largest = number
        try gather(
            join: { largest = max(largest, try receiveMessage(from: $0).first ?? 0) },
            hand: { try send(message: [largest], to: $0) })
        return try broadcast([largest]).first ?? largest
    }

    /// Checks that something is the same in all processes.
    /// - Throws: `TrainingError.ranksDiffer`
    package func compare(_ what: String, _ text: String) throws {
        let leading = String(decoding: try broadcast(Array(text.utf8)), as: UTF8.self)
        let differs = leading != text
        guard try agree(differs ? 1 : 0) != 0 else { return }
        throw TrainingError.ranksDiffer(
            what: what, rank: rank, here: text, leading: differs ? leading : nil)
    }
}
