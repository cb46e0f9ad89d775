import Foundation
import NeuralNetwork

/// S8BQAT (arXiv 2206.15408, as reconstructed in Docs/papers.md): centroids of a model's weights,
/// and a regulariser that pulls weights to them.
package enum LloydMax {
    /// Centroids with the least mean squared error for given numbers (Lloyd 1982, Max 1960):
    /// thresholds half-way between centroids, centroids the means of what lies between thresholds,
    /// in turns until nothing moves.
    /// - Parameter count: at least 2
    /// - Returns: rising; from the quantiles at the start
    package static func centroids(_ values: [Float], count: Int) -> [Double] {
        let sorted = values.map { Double($0) }.sorted()
        guard let least = sorted.first, let most = sorted.last, most > least else {
            return (0..<count).map { Double($0) - Double(count) / 2 }
        }
        // Sums of the smallest ones, so that a mean costs nothing.
        var sums = [0.0]
        for value in sorted { sums.append(sums[sums.count - 1] + value) }
        var centroids = (0..<count).map { k in
            let share = (Double(k) + 0.5) / Double(count)
            // Between quantiles and a uniform grid: tails are not lost.
            let quantile = sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
            return 0.5 * (quantile + least + (most - least) * share)
        }
        for _ in 0..<200 {
            var moved = 0.0
            var start = 0
            for k in centroids.indices {
                let threshold =
                    k + 1 < count ? (centroids[k] + centroids[k + 1]) / 2 : .infinity
                let end = firstIndex(sorted, above: threshold)
                if end > start {
                    let mean = (sums[end] - sums[start]) / Double(end - start)
                    moved = max(moved, abs(mean - centroids[k]))
                    centroids[k] = mean
                }
                start = max(end, start)
            }
            centroids.sort()
            if moved < 1e-7 * (most - least) { break }
        }
        return centroids
    }

    private static func firstIndex(_ sorted: [Double], above threshold: Double) -> Int {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= threshold { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Centroids on the grid of 8-bit integers, multiples of 1/127, different ones.
    package static func onGrid(_ centroids: [Double]) -> [Double] {
        var used = Set<Int>()
        let points = centroids.map { centroid -> Int in
            let wanted = max(-127, min(127, Int((centroid * 127).rounded())))
            let free = (0...254).lazy.flatMap { [wanted + $0, wanted - $0] }
                .first { abs($0) <= 127 && !used.contains($0) }
            used.insert(free ?? wanted)
            return free ?? wanted
        }
        return points.sorted().map { Double($0) / 127 }
    }
}

extension Graph {
    /// Multi-regional absolute cosine: mean over x of |cos(pi (x - m) / (c[i+1] - c[i]))| between
    /// neighbouring centroids c[i] and c[i+1], m half-way: 0 at centroids, 1 in the middle;
    /// beyond the outer ones the distance to them.
    /// - Parameter centroids: rising, at least 2
    package func regionalCosine(_ x: Tensor<S>, centroids: [Double]) -> Tensor<S> {
        let y = tensor(Shape(1, 1, 1), tracked: x.grad != nil)
        let count = x.count
        let slopes = scratch(count)
        var sum = 0.0
        for i in 0..<count {
            let value = Double(x.data[i])
            let above = centroids.firstIndex { $0 > value } ?? centroids.count
            guard above > 0, above < centroids.count else {
                let outer = above == 0 ? centroids[0] : centroids[centroids.count - 1]
                sum += abs(value - outer)
                slopes[i] = value < outer ? -1 : value > outer ? 1 : 0
                continue
            }
            let width = centroids[above] - centroids[above - 1]
            let middle = (centroids[above] + centroids[above - 1]) / 2
            let angle = .pi * (value - middle) / width
            sum += abs(cos(angle))
            slopes[i] = S(-.pi / width * sin(angle) * (cos(angle) < 0 ? -1 : 1))
        }
        y.data[0] = S(sum / Double(max(count, 1)))
        if let dx = x.grad, let dy = y.grad {
            record {
                let scale = dy[0] / S(max(count, 1))
                for i in 0..<count { dx[i] += scale * slopes[i] }
            }
        }
        return y
    }
}
