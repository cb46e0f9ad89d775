/// Finds the rate index with which a signal meets a bitrate, by encoding it (or pieces of it) with several indices.
public struct RatePlanner: Sendable {
    private let model: CodecModel
    private let configuration: Encoder.Configuration

    /// - Parameter configuration: `bitrate` is what is aimed at; fixed `rateIndices` are ignored.
    public init(model: CodecModel, configuration: Encoder.Configuration) {
        self.model = model
        self.configuration = configuration
    }

    /// A plan: the index, and what it would cost.
    public struct Plan: Sendable, Equatable {
        public var index: UInt8
        /// Bit/s of the pieces with this index, framing included.
        public var bitrate: Double
    }

    /// The highest index whose cost does not exceed the bitrate, by bisection.
    ///
    /// - Parameter pieces: stretches of the signal, each planar at 16 kHz. The whole signal gives an exact plan.
    public func plan(_ pieces: [[[Float]]]) throws(CodecError) -> Plan {
        let target = configuration.bitrate ?? 16_000
        var low = 0, high = 255
        while low < high {
            let middle = (low + high + 1) / 2
            if try cost(pieces, UInt8(middle)) <= target { low = middle } else { high = middle - 1 }
        }
        return Plan(index: UInt8(low), bitrate: try cost(pieces, UInt8(low)))
    }

    private func cost(_ pieces: [[[Float]]], _ index: UInt8) throws(CodecError) -> Double {
        var bits = 0.0, seconds = 0.0
        for piece in pieces {
            var fixed = configuration
            fixed.bitrate = nil
            fixed.rateIndices = Encoder.rateIndices(top: index, layers: configuration.layers ?? 1)
            let encoder = try Encoder(model: model, configuration: fixed)
            try encoder.push(piece)
            try encoder.finish()
            let layers = fixed.layers ?? 1
            while let packet = encoder.pull() { bits += Double(8 * encoder.recordBytes(packet, layers: layers)) }
            seconds += Double(piece.first?.count ?? 0) / Double(CodecModel.sampleRate)
        }
        // Header and end record count for a whole signal only; pieces stand for a long one.
        return (bits + (pieces.count == 1 ? Encoder.streamOverheadBits : 0)) / max(seconds, 1e-3)
    }
}
