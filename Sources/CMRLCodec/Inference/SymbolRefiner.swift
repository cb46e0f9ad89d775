/// A packet of one channel before the first module's coefficients are rounded: what an encoder
/// needs that tries its choices out.
package struct UnroundedPacket: Sendable {
    /// Whether all context is reset before it.
    package let isKey: Bool
    package let rateIndex: UInt8
    package private(set) var frames = 0
    /// Values before rounding, rows of a frame's coefficients.
    package private(set) var values: [Float] = []
    /// Samples that the frames see, full scale 1: (frames + 1) hops.
    package let samples: [Float]
    /// Rows [envelope / 4 | rate weights].
    package private(set) var side: [Float] = []
    /// What decoders multiply coefficients by, random signs included, rows.
    package private(set) var restore: [Float] = []
    /// Log amplitude that the envelope leaves in coefficients, rows.
    package private(set) var spread: [Float] = []
    /// Noise of unit variance that decoders fill in, rows.
    package private(set) var filling: [Float] = []

    init(isKey: Bool, rateIndex: UInt8, samples: [Float]) {
        self.isKey = isKey
        self.rateIndex = rateIndex
        self.samples = samples
    }

    /// Adds frames.
    mutating func append(
        values: [Float], side: [Float], restore: [Float], spread: [Float], filling: [Float],
        frames: Int
    ) {
        self.values += values
        self.side += side
        self.restore += restore
        self.spread += spread
        self.filling += filling
        self.frames += frames
    }
}

/// Chooses the symbols of a channel's packets, in the order of the stream. Decoders need not know:
/// every choice is a valid stream.
package protocol SymbolRefiner: AnyObject {
    /// - Returns: one symbol for every value.
    func symbols(for packet: UnroundedPacket) -> [Int32]
}
