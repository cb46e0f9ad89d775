/// Transform sizes of the distances at a sample rate.
enum LossResolution {
    /// The size that stands for `size` samples at 16 kHz: doubled with every octave of the sample
    /// rate that is full (44.1 and 48 kHz: twice, so that a frame lasts 0.7 times as long), as
    /// what ears tell apart in time and frequency is given in milliseconds and hertz.
    static func size(_ size: Int, sampleRate: Double) -> Int {
        var result = size
        var rate = 32000.0
        while rate <= sampleRate {
            result *= 2
            rate *= 2
        }
        return result
    }
}
