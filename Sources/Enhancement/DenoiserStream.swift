import GainFilter

/// A denoiser over one channel that comes in pieces of any size: samples go in, clean ones come
/// out. All pieces together are as many as went in, and lie where they lay: the delay shows only in
/// when they come out (`GainFilterConfiguration.delay` samples, and less than a hop). One object
/// serves one thread at a time.
public final class DenoiserStream {
    /// Samples are limited to this magnitude, in full scales: powers of larger ones are no numbers.
    public static let largestSample: Float = 1000

    private let stream: GainFilterStream
    /// Sums of squares of what came out so far, and of what was taken away: their ratio estimates
    /// that of speech to noise before.
    public private(set) var energyKept = 0.0
    public private(set) var energyRemoved = 0.0
    /// Samples that were beyond `largestSample`, or no numbers, which count as 0.
    public private(set) var limitedSamples = 0
    /// Samples that went in and did not come out.
    private var waiting: [Float] = []

    /// - Parameter strength: factor of all gains in dB; 0 = nothing is changed, 1 = as trained
    public init(_ denoiser: Denoiser, strength: Float = 1) {
        stream = GainFilterStream(GainFilterStream.Workshop(denoiser.gains), strength: strength)
    }

    /// Takes the next samples.
    /// - Parameter samples: full scale is 1
    /// - Returns: the samples that are now known
    public func step(_ samples: [Float]) -> [Float] {
        let most = Self.largestSample
        var samples = samples
        for (i, x) in samples.enumerated() where !(x.magnitude <= most) {
            samples[i] = x.isNaN ? 0 : max(-most, min(most, x))
            limitedSamples += 1
        }
        waiting += samples
        return counted(stream.step(samples))
    }

    /// Ends the sound.
    /// - Returns: the samples that waited for more
    public func finish() -> [Float] { counted(stream.finish()) }

    private func counted(_ output: [Float]) -> [Float] {
        for (x, y) in zip(waiting, output) {
            energyKept += Double(y * y)
            energyRemoved += Double((x - y) * (x - y))
        }
        waiting.removeFirst(output.count)
        return output
    }
}
