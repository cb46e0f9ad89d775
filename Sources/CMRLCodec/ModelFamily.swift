/// How a model turns sound into symbols.
public enum ModelFamily: String, Codable, Sendable, CaseIterable {
    /// Lapped transform, envelope, cascade of modules on its coefficients (`CodecNetwork`): what a
    /// file that does not say it means.
    case lappedCascade = "lapped-transform-cascade"
    /// Cascade of convolutional modules on the samples themselves, as in the papers
    /// (`PaperCascade`).
    case timeDomainCascade = "time-domain-cascade"
    /// Linear prediction first, modules on what it leaves.
    case linearPrediction = "linear-prediction"

    /// Whether streams of the family exist.
    public var hasBitstream: Bool { self != .linearPrediction }
}
