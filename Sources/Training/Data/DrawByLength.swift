import NeuralNetwork

/// Clips drawn in proportion to their lengths.
struct DrawByLength: Sendable {
    /// Samples up to the end of each clip.
    private let ends: [Int]
    /// Of all clips.
    var total: Int { ends.last ?? 0 }

    init(_ lengths: [Int]) {
        var total = 0
        ends = lengths.map { length in
            total += length
            return total
        }
    }

    /// The number of a clip; there is at least one sample.
    func draw(_ random: inout RandomSource) -> Int {
        let at = random.below(total)
        var low = 0
        var high = ends.count - 1
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= at { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
