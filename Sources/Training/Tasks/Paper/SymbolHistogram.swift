import Foundation

/// Counts of a module's hard symbols by position in the frame: what a static entropy coder would
/// know (Docs/papers.md, C).
package struct SymbolHistogram: Sendable {
    package let positions: Int
    package let centroids: Int
    package private(set) var counts: [Int]

    package init(positions: Int, centroids: Int) {
        self.positions = positions
        self.centroids = centroids
        counts = Array(repeating: 0, count: positions * centroids)
    }

    /// Symbols of whole frames, one frame after the other.
    package mutating func add(_ symbols: some Collection<Int>) {
        for (i, symbol) in symbols.enumerated() { counts[i % positions * centroids + symbol] += 1 }
    }

    package mutating func merge(_ other: SymbolHistogram) {
        for i in counts.indices { counts[i] += other.counts[i] }
    }

    /// Bits per symbol of one table for all positions.
    package var bits: Double {
        Self.entropy(
            (0..<centroids).map { k in
                stride(from: k, to: counts.count, by: centroids).reduce(0) { $0 + counts[$1] }
            })
    }

    /// Bits per symbol of a table for each position.
    package var bitsByPosition: Double {
        (0..<positions).reduce(0) {
            $0 + Self.entropy(Array(counts[$1 * centroids..<($1 + 1) * centroids]))
        } / Double(max(positions, 1))
    }

    static func entropy(_ counts: [Int]) -> Double {
        let total = Double(counts.reduce(0, +))
        return counts.reduce(0) { $1 > 0 ? $0 - Double($1) / total * log2(Double($1) / total) : $0 }
    }
}
