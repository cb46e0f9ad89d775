/// A part of a spectrum that hides other parts.
public struct Masker: Sendable, Equatable {
    public enum Kind: Sendable { case tonal, noise }

    public var kind: Kind
    /// The spectral line at which it stands.
    public var bin: Int
    /// Its place on the critical-band scale.
    public var bark: Double
    /// dB SPL.
    public var level: Double

    public init(kind: Kind, bin: Int, bark: Double, level: Double) {
        self.kind = kind
        self.bin = bin
        self.bark = bark
        self.level = level
    }
}
