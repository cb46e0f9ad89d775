import GainFilter

/// Why a post-filter cannot be made or used.
public enum PostFilterError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Its network cannot be made.
    case network(GainFilterError)
    /// The file is no post-filter.
    case model(String)
    /// It was made for the decoder of another model.
    case wrongCodec(expected: String, found: String)

    public var description: String {
        switch self {
        case .network(let error): "post-filter: \(error)"
        case .model(let reason): "post-filter: \(reason)"
        case .wrongCodec(let expected, let found):
            "this post-filter is for the model \(expected), not for \(found)"
        }
    }
}
