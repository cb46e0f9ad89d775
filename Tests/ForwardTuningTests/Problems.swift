import Foundation
import SignalProcessing

/// Functions whose minimum is known.
enum Problems {
    /// Half the sum of curvatures times squared distances from `minimum`.
    struct Bowl {
        let minimum: [Float]
        let curvatures: [Double]

        init(_ count: Int, minimum: Float = 1, condition: Double = 1) {
            self.minimum = Array(repeating: minimum, count: count)
            curvatures = (0..<count).map { pow(condition, -Double($0) / Double(max(count - 1, 1))) }
        }

        func loss(_ x: [Float]) -> Double {
            var sum = 0.0
            for i in x.indices {
                let distance = Double(x[i] - minimum[i])
                sum += curvatures[i] * distance * distance / 2
            }
            return sum
        }

        func gradient(_ x: [Float]) -> [Double] {
            x.indices.map { curvatures[$0] * Double(x[$0] - minimum[$0]) }
        }

        /// The loss on the data of a step: a slope at random is added, the same for all places that
        /// are looked at in the step.
        func loss(_ x: [Float], step: Int, noise: Double) -> Double {
            var random = SplitMix64(seed: 77 &+ UInt64(step))
            var sum = loss(x)
            for value in x { sum += noise * (random.unit() - 0.5) * Double(value) }
            return sum
        }
    }

    /// Logistic regression on points in two overlapping clouds.
    struct Logistic {
        let points: [[Double]]
        let labels: [Double]

        init(count: Int, dimensions: Int) {
            var random = SplitMix64(seed: 5)
            var points: [[Double]] = []
            var labels: [Double] = []
            for i in 0..<count {
                let label = Double(i % 2)
                var point: [Double] = []
                for d in 0..<dimensions {
                    let noise = 4 * (random.unit() + random.unit() - 1)
                    point.append(noise + (label - 0.5) * Double(d % 3))
                }
                points.append(point + [1])
                labels.append(label)
            }
            (self.points, self.labels) = (points, labels)
        }

        /// Mean over some of the points.
        func loss(_ x: [Float], _ range: Range<Int>) -> Double {
            var sum = 0.0
            for i in range {
                let score = self.score(points[i], x.map { Double($0) })
                sum += log(1 + exp(labels[i] > 0.5 ? -score : score))
            }
            return sum / Double(range.count)
        }

        private func score(_ point: [Double], _ x: [Double]) -> Double {
            var sum = 0.0
            for d in point.indices { sum += point[d] * x[d] }
            return sum
        }

        /// The lowest loss on all points, by gradient descent.
        func lowest() -> Double {
            var x = [Double](repeating: 0, count: points[0].count)
            for _ in 0..<3000 {
                var gradient = [Double](repeating: 0, count: x.count)
                for (point, label) in zip(points, labels) {
                    let error = 1 / (1 + exp(-score(point, x))) - label
                    for d in x.indices { gradient[d] += error * point[d] / Double(points.count) }
                }
                for d in x.indices { x[d] -= 0.3 * gradient[d] }
            }
            return loss(x.map { Float($0) }, 0..<points.count)
        }
    }
}
