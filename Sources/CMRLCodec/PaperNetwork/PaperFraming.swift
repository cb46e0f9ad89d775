import SignalProcessing

/// Cutting samples into the papers' frames and putting decoded frames together again
/// (Docs/papers.md, A).
///
/// Frames of 512 samples begin every 480; they are cut without a window, and decoded frames are
/// faded into each other over 32 samples: rise[i] = 0.5 - 0.5 cos(pi i / 31), fall = the same
/// reversed, so that fall + rise = 1. The first frame does not rise, the last does not fall.
public enum PaperFraming {
    public static let sampleRate = 16000
    public static let frame = 512
    public static let hop = 480
    public static let overlap = 32

    /// rise of the synthesis window.
    public static let rise: [Double] = (0..<overlap).map {
        0.5 - 0.5 * UnitCircle.point($0, of: 2 * (overlap - 1)).cosine
    }
    /// The same in single precision, as decoders use it.
    static let singleRise = rise.map { Float($0) }

    /// Frames that hold so many samples; the last one is filled with zeros. 0 for no samples.
    public static func frameCount(samples: Int) -> Int {
        samples <= 0 ? 0 : max(samples - overlap + hop - 1, hop) / hop
    }

    /// Frames one after the other, `frameCount * 512` values.
    public static func cut(_ samples: [Float]) -> [Float] {
        let count = frameCount(samples: samples.count)
        var result = [Float](repeating: 0, count: count * frame)
        for t in 0..<count {
            let start = t * hop
            let n = min(frame, samples.count - start)
            for i in 0..<n { result[t * frame + i] = samples[start + i] }
        }
        return result
    }

    /// Overlap-add of decoded frames.
    /// - Parameters:
    ///   - frames: whole frames one after the other
    ///   - samples: how many samples to give; those behind the last frame are zero
    public static func join(_ frames: [Float], samples: Int) -> [Float] {
        let count = frames.count / frame
        var result = [Float](repeating: 0, count: max(samples, 0))
        for t in 0..<count {
            for i in 0..<frame where t * hop + i < result.count {
                var window = 1.0
                if i < overlap && t > 0 { window = rise[i] }
                if i >= hop && t < count - 1 { window = rise[frame - 1 - i] }
                result[t * hop + i] += frames[t * frame + i] * Float(window)
            }
        }
        return result
    }
}
