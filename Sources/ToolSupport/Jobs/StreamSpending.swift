import CMRLCodec

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What the bits of a stream are spent on, and which symbols they are.
public struct StreamSpending: Encodable, Sendable {
    /// Coefficients of a band of frequencies in one layer.
    public struct Band: Encodable, Sendable {
        public var layer: Int
        public var lowHertz: Double
        public var highHertz: Double
        public var kbps: Double
        /// Share of symbols that are 0.
        public var zeros: Double
        /// Share of the magnitudes 0, 1, 2, ..., the last one of all larger ones.
        public var usage: [Double]
        /// Entropy of the symbols counted in this band, bits a symbol: what a table without
        /// context would need. `bitsPerSymbol` is what they did cost.
        public var entropy: Double
        public var bitsPerSymbol: Double
    }

    /// By the model's probabilities, of the blocks that could be read.
    public var envelopeKbps = 0.0
    /// Coefficients of each layer.
    public var layerKbps: [Double] = []
    /// What the chunks have beyond that: their ends, and the range coder's losses.
    public var chunkEndKbps = 0.0
    public var bands: [Band] = []
    /// Seconds that these are means over.
    public var seconds = 0.0

    public var text: String {
        var lines = [
            "  bits      envelope \(NumberText.fixed(envelopeKbps, 2))"
                + layerKbps.enumerated().map {
                    " + layer \($0.offset + 1) \(NumberText.fixed($0.element, 2))"
                }.joined() + " + ends of chunks \(NumberText.fixed(chunkEndKbps, 2)) kbit/s"
        ]
        lines += bands.map { band in
            """
              band      layer \(band.layer), \(NumberText.fixed(band.lowHertz / 1000, 1)) ... \
            \(NumberText.fixed(band.highHertz / 1000, 1)) kHz: \
            \(NumberText.fixed(band.kbps, 2)) kbit/s, \
            \(NumberText.fixed(100 * band.zeros, 0)) % zeros, \
            \(NumberText.fixed(band.bitsPerSymbol, 3)) bits a symbol \
            (\(NumberText.fixed(band.entropy, 3)) without context)
            """
        }
        return lines.joined(separator: "\n")
    }
}

/// Gathers `StreamSpending` packet by packet.
struct SpendingCount {
    private struct Cell {
        var bits = 0.0
        var symbols = 0
        /// By value, -limit ... limit, larger ones at the ends.
        var counts = [Int](repeating: 0, count: 2 * SpendingCount.limit + 1)
    }

    private static let limit = 40
    private static let shown = 6
    /// Hz.
    private static let bandWidth = 1000.0

    private let header: StreamHeader
    private let width: Int
    private var cells: [[Cell]]
    private var envelopeBits = 0.0
    private var chunkBytes = 0
    private var blocks = 0

    init(_ header: StreamHeader, model: CodecModel) {
        self.header = header
        width = model.signal.hop
        let bands = Int(
            (Double(model.signal.sampleRate) / 2 / Self.bandWidth).rounded(.up))
        cells = Array(
            repeating: Array(repeating: Cell(), count: max(bands, 1)), count: header.layerCount)
    }

    mutating func add(_ traced: [[SymbolTracer.Block]], payloadBytes: Int) {
        chunkBytes += payloadBytes
        blocks += traced.first?.count ?? 0
        let nyquist = Double(header.block.sampleRate) / 2
        for block in traced.joined() {
            envelopeBits += block.envelopeBits.reduce(0) { $0 + Double($1) }
            for (layer, values) in block.layers.enumerated() where layer < cells.count {
                for (i, symbol) in values.symbols.enumerated() {
                    // Channels of a group lie one behind the other in a frame.
                    let k = i % width
                    let band = min(
                        Int((Double(k) + 0.5) / Double(width) * nyquist / Self.bandWidth),
                        cells[layer].count - 1)
                    cells[layer][band].bits += Double(values.bits[i])
                    cells[layer][band].symbols += 1
                    let index = max(-Self.limit, min(Self.limit, Int(symbol))) + Self.limit
                    cells[layer][band].counts[index] += 1
                }
            }
        }
    }

    /// nil where nothing could be read.
    var result: StreamSpending? {
        guard blocks > 0 else { return nil }
        var result = StreamSpending()
        result.seconds = header.block.seconds(blocks: blocks)
        let toKbps = 1 / result.seconds / 1000
        let layers = cells.map { $0.reduce(0) { $0 + $1.bits } }
        result.envelopeKbps = envelopeBits * toKbps
        result.layerKbps = layers.map { $0 * toKbps }
        result.chunkEndKbps =
            (8 * Double(chunkBytes) - envelopeBits - layers.reduce(0, +)) * toKbps
        let nyquist = Double(header.block.sampleRate) / 2
        for (layer, bands) in cells.enumerated() {
            for (band, cell) in bands.enumerated() where cell.symbols > 0 {
                result.bands.append(
                    Self.band(
                        cell, layer: layer + 1, low: Double(band) * Self.bandWidth,
                        high: min(Double(band + 1) * Self.bandWidth, nyquist), toKbps: toKbps))
            }
        }
        return result
    }

    private static func band(
        _ cell: Cell, layer: Int, low: Double, high: Double, toKbps: Double
    ) -> StreamSpending.Band {
        let total = Double(cell.symbols)
        let shares = cell.counts.map { Double($0) / total }
        func magnitude(_ m: Int) -> Double {
            m == 0 ? shares[limit] : shares[limit - m] + shares[limit + m]
        }
        let usage = (0..<shown).map(magnitude)
        return StreamSpending.Band(
            layer: layer, lowHertz: low, highHertz: high, kbps: cell.bits * toKbps,
            zeros: shares[limit], usage: usage + [max(0, 1 - usage.reduce(0, +))],
            entropy: shares.reduce(0) { $0 - ($1 > 0 ? $1 * log2($1) : 0) },
            bitsPerSymbol: cell.bits / total)
    }
}
