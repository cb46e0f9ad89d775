import CMRLCodec
import NeuralNetwork

/// Draws the papers' training frames: any place of any clip, the clip brought to the level that the
/// network expects (Docs/papers.md, A).
struct FrameSampler {
    private let corpus: Corpus
    private let scales: [String: Float]

    init(_ corpus: Corpus) {
        self.corpus = corpus
        scales = Dictionary(
            corpus.clips.map { clip in
                let deviation = PaperLevel.deviation(clip.floats)
                return (
                    clip.path,
                    Float(PaperLevel.scale(index: PaperLevel.index(deviation: deviation)) / 32768)
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    /// `count` frames one after the other.
    func draw(_ count: Int, _ random: inout RandomSource) -> [Float] {
        let length = PaperFraming.frame
        var frames = [Float](repeating: 0, count: count * length)
        for item in 0..<count {
            let clip = corpus.draw(&random)
            let start = random.below(max(clip.samples.count - length, 0) + 1)
            let scale = scales[clip.path] ?? 0
            for i in 0..<min(length, clip.samples.count) {
                frames[item * length + i] = Float(clip.samples[start + i]) * scale
            }
        }
        return frames
    }
}
