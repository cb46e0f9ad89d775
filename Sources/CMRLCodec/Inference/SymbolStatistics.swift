import NeuralNetwork

/// Counts symbols of real speech under a network's integer context models, and makes the frequency
/// tables of a model file from them.
package struct SymbolStatistics: Sendable {
    private let core: ModelCore
    private var counts: CountingChannel

    package init(network: CodecNetwork<Float>, store: ParameterStore<Float>) {
        core = ModelCore(network, store)
        counts = CountingChannel(modules: network.modules.count)
    }

    /// Codes samples of a group, at the network's rate and interleaved, with given rate indices
    /// (one per module that runs) and counts what would be sent.
    package mutating func add(_ samples: [Float], rateIndices: [UInt8]) throws(EntropyCodingError) {
        let layers = rateIndices.count
        let rates = PacketRates(core, rateIndices, .residual)
        let encoder = GroupEncoder(core, layers: layers)
        let block = core.configuration.frameWidth * core.configuration.framesPerBlock
        encoder.push(samples + Array(repeating: 0, count: block + core.configuration.frameWidth))
        while encoder.availableBlocks > 0 {
            // Without gains before attacks: the tables of the models that ship were counted so.
            try encoder.codeFirst(
                encoder.analyse(blocks: min(encoder.availableBlocks, 50)), rates: rates,
                isKey: true, channel: &counts)
            try drain(encoder, layers)
        }
        encoder.finish()
        try drain(encoder, layers)
    }

    private mutating func drain(_ encoder: GroupEncoder, _ layers: Int)
        throws(EntropyCodingError)
    {
        while layers > 1, encoder.upperIsReady {
            var channels = (1..<layers).map { _ in CountingChannel(modules: core.contexts.count) }
            try encoder.codeUpper(channels: &channels)
            for channel in channels { counts.merge(channel) }
        }
    }

    package mutating func merge(_ other: SymbolStatistics) { counts.merge(other.counts) }

    /// Tables: counts with the weight of `prior` symbols of a logistic distribution of the table's
    /// scale, so that rare contexts are sensible too.
    package func tables(prior: Double = 300) throws(EntropyCodingError) -> SymbolTables {
        let envelope = try SignedTableSet(
            counts: counts.envelope.enumerated().map { index, row in
                let scale = TableLayout.envelopeScale(table: index / TableLayout.envelopePhases)
                let mean = TableLayout.envelopePhaseMean(index % TableLayout.envelopePhases)
                let limit = TableLayout.envelopeLimit
                return row.indices.map {
                    row[$0]
                        + Logistic.weight(
                            symbol: $0 - limit - 1, limit: limit, mean: mean, scale: scale,
                            total: prior)
                }
            })
        var coefficients: [MagnitudeTableSet] = []
        for rows in counts.coefficients {
            coefficients.append(
                try MagnitudeTableSet(
                    counts: rows.enumerated().map { table, row in
                        let step = Double(1 << TableLayout.rawBits(table: table))
                        let scale = TableLayout.coefficientScale(table: table) / step
                        return row.indices.map {
                            row[$0]
                                + Logistic.magnitudeWeight(
                                    $0, escape: TableLayout.magnitudes, scale: scale,
                                    coarse: step > 1, total: prior)
                        }
                    }))
        }
        return SymbolTables(envelope: envelope, coefficients: coefficients)
    }
}

extension CountingChannel {
    mutating func merge(_ other: CountingChannel) {
        for i in envelope.indices {
            for j in envelope[i].indices { envelope[i][j] += other.envelope[i][j] }
        }
        for m in coefficients.indices {
            for i in coefficients[m].indices {
                for j in coefficients[m][i].indices {
                    coefficients[m][i][j] += other.coefficients[m][i][j]
                }
            }
        }
    }
}

extension TableLayout {
    static func coefficientScale(table: Int) -> Double {
        scale(table, EntropySpecification.Coefficients.logScaleBound)
    }
    static func envelopeScale(table: Int) -> Double {
        scale(table, EntropySpecification.Envelope.tableBound)
    }
    private static func scale(_ table: Int, _ bound: Double) -> Double {
        Approximation.exp2(
            EntropySpecification.logScale(table: table, bound: bound) * 1.4426950408889634)
    }
    /// Middle of a phase: the prediction's distance from the nearest integer.
    static func envelopePhaseMean(_ phase: Int) -> Double { (Double(phase) + 0.5) / 8 - 0.5 }
}

/// Pseudo-counts of a logistic distribution, used at export only.
enum Logistic {
    static func cumulative(_ x: Double) -> Double {
        1 / (1 + Approximation.exp2(-1.4426950408889634 * max(-500, min(500, x))))
    }

    /// Weight of a signed symbol; those beyond +-limit stand for all further ones.
    static func weight(symbol: Int, limit: Int, mean: Double, scale: Double, total: Double)
        -> UInt64
    {
        let low = symbol < -limit ? 0 : cumulative((Double(symbol) - 0.5 - mean) / scale)
        let high = symbol > limit ? 1 : cumulative((Double(symbol) + 0.5 - mean) / scale)
        return UInt64(max(0, (high - low) * total).rounded())
    }

    /// Weight of a magnitude of a symmetric variable; `coarse` magnitudes are those left after
    /// removing low bits.
    static func magnitudeWeight(_ m: Int, escape: Int, scale: Double, coarse: Bool, total: Double)
        -> UInt64
    {
        func tail(_ x: Double) -> Double { 2 * (1 - cumulative(x / scale)) }
        let low = m == 0 ? 1 : tail(coarse ? Double(m) : Double(m) - 0.5)
        let high = m >= escape ? 0 : tail(coarse ? Double(m) + 1 : Double(m) + 0.5)
        return UInt64(max(0, (low - high) * total).rounded())
    }
}
