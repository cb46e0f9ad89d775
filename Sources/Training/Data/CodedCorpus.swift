import CMRLCodec
import Foundation
import NeuralNetwork

/// Recordings and what a codec's decoder makes of them.
struct CodedCorpus: Sendable {
    struct Clip: Sendable {
        /// What was coded, and what was decoded, as many samples.
        let original: Corpus.Clip
        let decoded: Corpus.Clip
        /// One a layer.
        let rateIndices: [UInt8]
    }

    let clips: [Clip]
    private let lengths: DrawByLength

    /// - Parameters:
    ///   - count: clips to make
    ///   - clip: samples and rate indices of one, from its number alone; may run on any thread
    /// - Throws: what the codec throws
    init(
        _ model: CodecModel, count: Int,
        clip: @escaping @Sendable (Int) -> (path: String, samples: [Float], rateIndices: [UInt8])
    ) throws {
        let parts = try InTurns.run(count) {
            [(index: Int, clip: Clip)]()
        } _: { index, made in
            let (path, samples, indices) = clip(index)
            let stream = try model.encode([samples], rate: .indices(indices), layers: indices.count)
            let decoded = try model.decode(stream).channels.first ?? []
            let pair = [samples, decoded].map {
                Corpus.Clip(path: path, samples: $0.map(Corpus.Clip.sample))
            }
            made.append(
                (index, Clip(original: pair[0], decoded: pair[1], rateIndices: indices)))
        }
        clips = parts.flatMap { $0 }.sorted { $0.index < $1.index }.map(\.clip)
        lengths = DrawByLength(clips.map(\.decoded.samples.count))
    }

    /// A clip drawn in proportion to its length.
    func draw(_ random: inout RandomSource) -> Clip { clips[lengths.draw(&random)] }
}
