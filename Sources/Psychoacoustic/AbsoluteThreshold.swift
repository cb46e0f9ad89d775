import SignalProcessing

/// The threshold in quiet of ISO 11172-3: the sound pressure level of a just audible tone.
///
/// The tables D.1 of the standard hold Terhardt's formula (`BarkScale.thresholdInQuiet`) within
/// 0.03 dB, and not above 68 dB at the high end.
public enum AbsoluteThreshold {
    /// Above 10 kHz no level is above this, dB SPL: the end of the tables of the standard.
    public static let highest = 68.0

    /// dB SPL; frequencies below 20 Hz count as 20 Hz.
    public static func level(hertz: Double) -> Double {
        let level = BarkScale.thresholdInQuiet(hertz: hertz)
        // The low end of the formula is above the limit of the high end.
        return hertz > 10_000 ? min(level, highest) : level
    }
}
