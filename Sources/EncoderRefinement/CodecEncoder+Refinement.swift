import CMRLCodec

extension CodecEncoder {
    /// An encoder that tries its choices out (`AnalysisBySynthesis`): better sound at the same rate
    /// for more time; decoders need not know.
    /// - Parameters:
    ///   - model: with its parameters (`CodecModel.init(bytes:keepsParameters:)`), for one channel
    ///     at a time
    ///   - configuration: of streams of one layer; upper layers are rounded, and module 1 with them
    ///   - rounds: how often a packet is decoded and corrected,
    ///     `AnalysisBySynthesis.roundsRange`
    /// - Throws: `CodecError.rounds`, `.parametersNotKept`, `.refinement` and what
    ///   `CodecEncoder.init` throws
    public convenience init(model: CodecModel, configuration: Configuration, rounds: Int)
        throws(CodecError)
    {
        // Settings are refused before anything is allocated for them.
        _ = try CodecEncoder(model: model, configuration: configuration)
        var refiners: [any SymbolRefiner] = []
        for _ in 0..<model.signal.block.groupCount(channels: configuration.channels) {
            refiners.append(try AnalysisBySynthesis(model: model, rounds: rounds))
        }
        try self.init(model: model, configuration: configuration, refiners: refiners)
    }
}
