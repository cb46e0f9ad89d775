/// What the layers of a stream above the first add. Streams of one layer are the same in both.
public enum Layering: String, Sendable, CaseIterable, Codable {
    /// Layer m holds the symbols of module m of the cascade, which codes what the modules below it
    /// left (cascaded multi-stage residual learning; Zhen et al., Interspeech 2019). A model has as
    /// many layers as modules.
    case residual
    /// Every layer divides the quantiser's steps of the one below by three: successive refinement
    /// (Equitz and Cover 1991) of the symbols of module 1, which decodes whatever layers came.
    /// Every model has eight.
    case nested
}

extension Layering {
    /// Number of the module whose symbols a layer holds; both count from 0.
    func module(ofLayer layer: Int) -> Int { self == .nested ? 0 : layer }

    /// What a stream of so many layers has; `.residual` for one, where both are the same.
    func among(_ layers: Int) -> Layering { layers > 1 ? self : .residual }
}
