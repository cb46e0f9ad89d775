import CMRLCodec
import Foundation
import NeuralNetwork

/// Recordings and what a codec's decoder makes of them.
struct CodedCorpus: Sendable {
    struct Clip: Sendable {
        let path: String
        /// What was coded, and what was decoded, as many samples.
        let original: [Int16]
        let decoded: [Int16]
        /// One a layer.
        let rateIndices: [UInt8]

        /// A stretch of samples as floats, zeros outside.
        static func stretch(_ samples: [Int16], from start: Int, count: Int) -> [Float] {
            var result = [Float](repeating: 0, count: count)
            let first = max(start, 0)
            let end = min(start + count, samples.count)
            guard first < end else { return result }
            for i in first..<end { result[i - start] = Float(samples[i]) / 32768 }
            return result
        }
    }

    let clips: [Clip]
    private let ends: [Int]

    /// - Parameters:
    ///   - count: clips to make
    ///   - clip: samples and rate indices of one, from its number alone; may run on any thread
    /// - Throws: what the codec throws
    init(
        _ model: CodecModel, count: Int,
        clip: @Sendable (Int) -> (path: String, samples: [Float], rateIndices: [UInt8])
    ) throws {
        let parts = try InTurns.run(count) {
            [(index: Int, clip: Clip)]()
        } _: { index, made in
            let (path, samples, indices) = clip(index)
            let stream = try model.encode([samples], rate: .indices(indices), layers: indices.count)
            let decoded = try model.decode(stream).channels.first ?? []
            made.append(
                (
                    index,
                    Clip(
                        path: path, original: Self.integers(samples),
                        decoded: Self.integers(decoded), rateIndices: indices)
                ))
        }
        clips = parts.flatMap { $0 }.sorted { $0.index < $1.index }.map(\.clip)
        var total = 0
        ends = clips.map { clip in
            total += clip.decoded.count
            return total
        }
    }

    /// A clip drawn in proportion to its length.
    func draw(_ random: inout RandomSource) -> Clip {
        let at = random.below(max(ends.last ?? 1, 1))
        return clips[ends.firstIndex { at < $0 } ?? 0]
    }

    private static func integers(_ samples: [Float]) -> [Int16] {
        samples.map { Int16(max(-32768, min(32767, ($0 * 32768).rounded()))) }
    }
}
