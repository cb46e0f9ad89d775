/// A packet of one channel before the first module's coefficients are rounded: what an encoder
/// needs that tries its choices out.
public struct UnroundedPacket: Sendable {
    /// Whether all context is reset before it.
    public let isKey: Bool
    public let rateIndex: UInt8
    public let frames: Int
    /// Values before rounding, rows of a frame's coefficients.
    public let values: [Float]
    /// Samples that the frames see, full scale 1: (frames + 1) hops.
    public let samples: [Float]
    /// Rows [envelope / 4 | rate weights].
    public let side: [Float]
    /// What decoders multiply coefficients by, random signs included, rows.
    public let restore: [Float]
    /// Log amplitude that the envelope leaves in coefficients, rows.
    public let spread: [Float]
    /// Noise of unit variance that decoders fill in, rows.
    public let filling: [Float]
}

/// Chooses the symbols of a channel's packets, in the order of the stream. Decoders need not know:
/// every choice is a valid stream.
public protocol SymbolRefiner: AnyObject {
    /// - Returns: one symbol for every value.
    func symbols(for packet: UnroundedPacket) -> [Int32]
}
