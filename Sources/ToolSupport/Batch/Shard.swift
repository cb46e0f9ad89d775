import ArgumentParser

/// One of several equal shares of a list, for several machines that see the same list: `I/N` on a
/// command line, I in 1 ... N. Use as `@Option(transform: Shard.init(argument:))`.
public struct Shard: Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    public let number: Int
    public let count: Int

    /// Most shares that are taken for meant.
    private static let most = 1_000_000

    public init(argument: String) throws {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map {
            // Digits alone: Int takes a sign.
            $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) ? Int($0) : nil
        }
        guard parts.count == 2, let number = parts[0], let count = parts[1],
            (1...Self.most).contains(count), (1...count).contains(number)
        else {
            throw ValidationError(
                "a share is I/N with I in 1 ... N, N in 1 ... \(Self.most): 3/8 is the third of 8")
        }
        (self.number, self.count) = (number, count)
    }

    public var description: String { "\(number)/\(count)" }

    /// Every `count`th item, so that neighbours, which are often alike, go to different shares.
    /// The shares of all numbers are the list, without anything twice.
    public func share<Item>(of items: [Item]) -> [Item] {
        stride(from: number - 1, to: items.count, by: count).map { items[$0] }
    }
}
