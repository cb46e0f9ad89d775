import Foundation
import SignalProcessing

/// Band magnitudes of consecutive frames, `[band][frame]`: what STOI correlates.
struct BandSegment {
    let bands: Int
    let frames: Int
    var values: [Double]

    init(_ magnitudes: [[Double]], start: Int, length: Int) {
        bands = ThirdOctaveBands.count
        frames = length
        values = []
        values.reserveCapacity(bands * frames)
        for band in 0..<bands {
            for frame in start..<start + length { values.append(magnitudes[frame][band]) }
        }
    }

    /// The intermediate intelligibility of STOI, mean over bands (Taal 2011, equations 3 to 5): the
    /// degraded band is scaled to the reference's energy, clipped, and correlated with it.
    func correlation(_ degraded: BandSegment) -> Double {
        let limit = 1 + pow(10, -STOI.clipping / 20)
        var sum = 0.0
        for band in 0..<bands {
            let range = (band * frames)..<((band + 1) * frames)
            var x = Array(values[range])
            var y = Array(degraded.values[range])
            let scale = norm(x) / (norm(y) + STOI.epsilon)
            for n in y.indices { y[n] = min(y[n] * scale, x[n] * limit) }
            removeMean(&x)
            removeMean(&y)
            let nx = norm(x) + STOI.epsilon
            let ny = norm(y) + STOI.epsilon
            for n in x.indices { sum += (y[n] / ny) * (x[n] / nx) }
        }
        return sum / Double(bands)
    }

    /// The intermediate intelligibility of ESTOI (Jensen 2016, equations 5 to 8).
    func extendedCorrelation(_ degraded: BandSegment, _ noise: inout TinyNoise) -> Double {
        let x = normalised(&noise)
        let y = degraded.normalised(&noise)
        var sum = 0.0
        for n in x.indices { sum += x[n] * y[n] }
        return sum / Double(frames)
    }

    /// Mean 0 and norm 1 first along each band, then along each frame, with noise of 2^-52 added
    /// before, which gives constant rows a direction.
    private func normalised(_ noise: inout TinyNoise) -> [Double] {
        var x = values
        normalise(
            &x, vectors: bands, length: frames, vectorStride: frames, elementStride: 1, &noise)
        normalise(
            &x, vectors: frames, length: bands, vectorStride: 1, elementStride: frames, &noise)
        return x
    }

    private func normalise(
        _ x: inout [Double], vectors: Int, length: Int, vectorStride: Int, elementStride: Int,
        _ noise: inout TinyNoise
    ) {
        for vector in 0..<vectors {
            let base = vector * vectorStride
            var mean = 0.0
            for n in 0..<length {
                x[base + n * elementStride] += noise.next()
                mean += x[base + n * elementStride]
            }
            mean /= Double(length)
            var squares = 0.0
            for n in 0..<length {
                x[base + n * elementStride] -= mean
                squares += x[base + n * elementStride] * x[base + n * elementStride]
            }
            let scale = 1 / squares.squareRoot()
            for n in 0..<length { x[base + n * elementStride] *= scale }
        }
    }

    private func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }

    private func removeMean(_ x: inout [Double]) {
        let mean = x.reduce(0, +) / Double(x.count)
        for n in x.indices { x[n] -= mean }
    }
}

/// Gaussian numbers times 2^-52 from a fixed table, where the original of ESTOI draws random ones:
/// so the measure has one value for one pair.
struct TinyNoise {
    private static let table: [Double] = {
        var random = SplitMix64(seed: 0x5107_1E57)
        func uniform() -> Double { (Double(random.next() >> 11) + 0.5) * 0x1p-53 }
        return (0..<8191).map { _ in
            (-2 * log(uniform())).squareRoot() * cos(2 * Double.pi * uniform()) * STOI.epsilon
        }
    }()

    private var position = 0

    mutating func next() -> Double {
        defer { position = position + 1 == Self.table.count ? 0 : position + 1 }
        return Self.table[position]
    }
}
