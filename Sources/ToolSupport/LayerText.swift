import CMRLCodec

/// Words for the layers of a stream.
enum LayerText {
    /// As in "2 nested layers".
    static func layers(_ count: Int, _ layering: Layering?) -> String {
        guard let layering, count > 1 else { return NumberText.count(count, "layer") }
        return NumberText.count(count, "\(layering.rawValue) layer")
    }
}
