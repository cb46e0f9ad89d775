import NeuralNetwork

/// Symbols of real speech under the modules of a cascade: what the tables of a model file are made
/// from, and how many bits other tables would take.
package struct TimeDomainStatistics: Sendable {
    private let coder: TimeDomainCoder
    /// Of each module, packet by packet.
    private var symbols: [[[UInt8]]]

    /// Frames of a packet, as encoders choose them.
    private static let packetBlocks = 50
    /// Weight of what all contexts with the same activity, and all contexts, say, in symbols.
    private static let prior = 24.0

    package init(_ coder: TimeDomainCoder) {
        self.coder = coder
        symbols = coder.configuration.modules.map { _ in [] }
    }

    /// Codes samples of a channel in key packets of the usual size.
    package mutating func add(_ samples: [Float]) {
        let graph = coder.makeGraph()
        var meter = LevelMeter()
        let hop = PaperFraming.hop
        let padded = samples + Array(repeating: 0, count: hop + PaperFraming.overlap)
        let frames = (samples.count + hop - 1) / hop
        for first in stride(from: 0, to: frames, by: Self.packetBlocks) {
            let end = min(first + Self.packetBlocks, frames)
            let unit = PaperLevel.unit(
                index: meter.level(padded[first * hop..<min(end * hop, padded.count)]))
            var packet = symbols.map { _ in [UInt8]() }
            for frame in first..<end {
                let x = padded[frame * hop..<frame * hop + PaperFraming.frame].map { $0 / unit }
                let own = coder.symbols(x, layers: symbols.count, graph)
                for module in own.indices { packet[module] += own[module] }
            }
            for module in symbols.indices { symbols[module].append(packet[module]) }
        }
    }

    package mutating func merge(_ other: TimeDomainStatistics) {
        for module in symbols.indices { symbols[module] += other.symbols[module] }
    }

    /// The symbol that came most often, of each module.
    package var restSymbols: [Int] {
        symbols.indices.map { module in
            let counts = counts(module, contexts: 1) { _, _ in 0 }[0]
            return counts.indices.reduce(0) { counts[$1] > counts[$0] ? $1 : $0 }
        }
    }

    /// The tables of each module.
    package func tables() throws(EntropyCodingError) -> [SymbolTableSet] {
        let rest = restSymbols
        var result: [SymbolTableSet] = []
        for module in symbols.indices { result.append(try tables(module, rest: rest[module])) }
        return result
    }

    private func tables(_ module: Int, rest: Int) throws(EntropyCodingError) -> SymbolTableSet {
        let own = contextCounts(module, rest: rest)
        let all = Self.sum(own)
        let uniform = [Double](repeating: 1 / Double(all.count), count: all.count)
        let general = Self.mixed(all, uniform)
        var rows: [[UInt64]] = []
        for activity in 0..<TimeDomainSymbolModel.activityCount {
            let contexts = Array(own[activity * all.count..<(activity + 1) * all.count])
            let shared = Self.mixed(Self.sum(contexts), general)
            rows += contexts.map { Self.mixed($0, shared).map { UInt64($0 * 0x1p40) } }
        }
        return try SymbolTableSet(counts: rows)
    }

    /// Probabilities: counts, and a few symbols more that are distributed as given.
    private static func mixed(_ counts: [Double], _ prior: [Double]) -> [Double] {
        let total = counts.reduce(Self.prior, +)
        return counts.indices.map { (counts[$0] + Self.prior * prior[$0]) / total }
    }

    private static func sum(_ rows: [[Double]]) -> [Double] {
        rows.dropFirst().reduce(rows.first ?? []) { a, b in zip(a, b).map { $0 + $1 } }
    }

    private func contextCounts(_ module: Int, rest: Int) -> [[Double]] {
        let count = coder.configuration.modules[module].centroids
        var state = TimeDomainSymbolModel.State(rest: rest)
        return counts(
            module, contexts: TimeDomainSymbolModel.tableCount(centroids: count)
        ) { place, symbol in
            if place == 0 { state = TimeDomainSymbolModel.State(rest: rest) }
            defer { state.add(symbol) }
            return state.table(symbolCount: count)
        }
    }

    /// How often each symbol came in each context.
    /// - Parameter context: of a place in a packet, with the symbol there
    private func counts(
        _ module: Int, contexts: Int, _ context: (_ place: Int, _ symbol: Int) -> Int
    ) -> [[Double]] {
        let count = coder.configuration.modules[module].centroids
        var result = [[Double]](
            repeating: Array(repeating: 0, count: count), count: contexts)
        for packet in symbols[module] {
            for (place, symbol) in packet.enumerated() {
                result[context(place, Int(symbol))][Int(symbol)] += 1
            }
        }
        return result
    }

    /// Mean bits of a symbol with tables that were made of other speech.
    package struct SymbolLengths: Sendable {
        /// One table for all symbols of the module, one for each place in a frame, and those of
        /// the model file.
        package let one: Double
        package let byPlace: Double
        package let byContext: Double
    }

    /// Bits of these symbols, of each module, with tables made of others.
    package func lengths(_ other: TimeDomainStatistics) -> [SymbolLengths] {
        let rest = other.restSymbols
        return symbols.indices.map { module in
            func bits(_ counts: (TimeDomainStatistics) -> [[Double]]) -> Double {
                let known = counts(other)
                let total = Self.sum(known)
                let general = Self.mixed(
                    total, [Double](repeating: 1 / Double(total.count), count: total.count))
                var sum = 0.0
                var number = 0.0
                for (own, row) in zip(counts(self), known) {
                    let p = Self.mixed(row, general)
                    for symbol in own.indices where own[symbol] > 0 {
                        sum -= own[symbol] * Approximation.log2(p[symbol])
                        number += own[symbol]
                    }
                }
                return sum / max(number, 1)
            }
            let length = coder.configuration.modules[module].codeLength
            return SymbolLengths(
                one: bits { $0.counts(module, contexts: 1) { _, _ in 0 } },
                byPlace: bits {
                    $0.counts(module, contexts: length) { place, _ in place % length }
                },
                byContext: bits { $0.contextCounts(module, rest: rest[module]) })
        }
    }
}
