import CMRLCodec
import LPCModule
import NeuralNetwork
import Testing

/// Line spectral frequencies through the range coder.
@Suite struct LineSpectralCodingTests {
    static func model(trellis: Bool) throws -> LineSpectralSymbolModel {
        let store = ParameterStore<Float>(seed: 5)
        let quantiser = LineSpectralQuantiser(store, "q", step: 0.04, units: 8)
        var random = RandomSource(seed: 2)
        for p in store.parameters where p.name != "q.log_step" {
            store.set(p, store.array(p).map { $0 + Float(random.uniform(-0.1, 0.1)) })
        }
        var model = try LineSpectralSymbolModel(quantiser, store, trellis: trellis)
        model.search.lambda = 0.1
        return model
    }

    /// Frames that wander about the flat spectrum.
    static func frames(_ count: Int) throws -> [LineSpectralFrequencies] {
        var random = RandomSource(seed: 9)
        var shift = [Double](repeating: 0, count: 16)
        return try (0..<count).map { _ in
            shift = shift.map { 0.9 * $0 + random.uniform(-0.05, 0.05) }
            return try LineSpectralFrequencies(
                separating: (0..<16).map { .pi * Double($0 + 1) / 17 + shift[$0] }, minimumGap: 0.02
            )
        }
    }

    static func tables(_ model: LineSpectralSymbolModel, _ frames: [LineSpectralFrequencies]) throws
        -> SignedTableSet
    {
        var counts = LineSpectralCounts()
        var state = model.makeState()
        for var symbols in try model.symbols(of: frames, costs: .logistic) {
            _ = model.pass(&symbols, state: &state, channel: &counts)
        }
        return try SignedTableSet(counts: counts.counts, prior: 1)
    }

    @Test(arguments: [false, true]) func decodingGivesTheEncodersFrames(trellis: Bool) throws {
        let model = try Self.model(trellis: trellis)
        let frames = try Self.frames(200)
        let tables = try Self.tables(model, frames)
        let costs = try LineSpectralCosts(tables)
        let chosen = try model.symbols(of: frames, costs: costs)
        #expect(chosen.count == frames.count)
        var encoder = LineSpectralEncoder(tables)
        var state = model.makeState()
        var expected: [LineSpectralFrequencies] = []
        for symbols in chosen {
            var symbols = symbols
            let given = symbols
            expected.append(try model.pass(&symbols, state: &state, channel: &encoder))
            #expect(symbols == given)
        }
        let bytes = encoder.finish()
        var decoder = LineSpectralDecoder(tables, bytes)
        var worst = 0.0
        state = model.makeState()
        for t in frames.indices {
            var symbols: [Int] = []
            let decoded = try model.pass(&symbols, state: &state, channel: &decoder)
            #expect(decoded == expected[t] && symbols == chosen[t])
            worst = max(
                worst, zip(decoded.values, frames[t].values).reduce(0) { max($0, abs($1.0 - $1.1)) }
            )
        }
        #expect(worst < 0.25, "\(worst)")
        #expect(bytes.count < 200 * 16 * 4 / 8, "\(bytes.count) bytes")
    }

    /// Bytes that no encoder wrote give frames or an error.
    @Test func anyBytesAreHarmless() throws {
        let model = try Self.model(trellis: true)
        let tables = try Self.tables(model, Self.frames(50))
        var random = RandomSource(seed: 4)
        var decoded = 0
        for _ in 0..<50 {
            var decoder = LineSpectralDecoder(
                tables, (0..<40).map { _ in UInt8(random.below(256)) })
            var state = model.makeState()
            for _ in 0..<60 {
                var symbols: [Int] = []
                guard let frame = try? model.pass(&symbols, state: &state, channel: &decoder) else {
                    break
                }
                decoded += 1
                #expect(frame.smallestGap > 0.0099)
            }
        }
        #expect(decoded > 200)
    }

    /// Costs are those of the tables, escapes included.
    @Test func costsAreThoseOfTheTables() throws {
        let tables = try Self.tables(Self.model(trellis: false), Self.frames(50))
        let costs = try LineSpectralCosts(tables)
        for table in stride(from: 0, to: LineSpectralTableLayout.tables, by: 17) {
            for value in [-1000, -15, -13, -12, -3, 0, 1, 12, 13, 14, 20, 400] {
                #expect(
                    abs(
                        costs.bits(value, table: table)
                            - Double(try tables.costBits(value, table: table))) < 1e-5, "\(value)")
            }
        }
    }
}
