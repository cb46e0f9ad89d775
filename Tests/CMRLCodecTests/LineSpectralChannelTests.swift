import CMRLCodec
import Foundation
import LPCModule
import NeuralNetwork
import Testing

@Suite struct LineSpectralChannelTests {
    /// Slowly moving spectra around the flat one.
    static func frames(_ count: Int) throws -> [LineSpectralFrequencies] {
        let flat = try LineSpectralFrequencies(flat: 16).values
        return try (0..<count).map { t in
            let moved: [Double] = flat.indices.map { (i: Int) -> Double in flat[i] + 0.06 * sin(0.2 * Double(t) + 2 * Double(i)) }
            return try LineSpectralFrequencies(separating: moved, minimumGap: 0.02)
        }
    }

    static func model() throws -> LineSpectralSymbolModel {
        let store = ParameterStore<Float>(seed: 5)
        return try LineSpectralSymbolModel(LineSpectralQuantiser(store, "q", units: 8), store)
    }

    static func centroidModel() throws -> CentroidSymbolModel {
        let store = ParameterStore<Float>(seed: 5), flat = try LineSpectralFrequencies(flat: 16).values
        let initial: [[Double]] = flat.map { (centre: Double) -> [Double] in (0..<16).map { centre + 0.015 * (Double($0) - 7.5) } }
        return try CentroidSymbolModel(SoftToHardLineSpectralQuantiser(store, "s", initial: initial), store)
    }

    static func tables<M: LineSpectralCodingModel>(_ model: M, _ frames: [LineSpectralFrequencies]) throws -> SignedTableSet {
        var counts = LineSpectralCounts(), state = model.makeState()
        for frame in frames {
            var symbols = try model.symbols(of: frame)
            _ = model.pass(&symbols, state: &state, channel: &counts)
        }
        return try SignedTableSet(counts: counts.counts, prior: 1)
    }

    static func roundTrip<M: LineSpectralCodingModel>(_ model: M, worst: Double) throws {
        let frames = try frames(200), tables = try tables(model, frames)
        var encoder = LineSpectralEncoder(tables), state = model.makeState(), sent: [LineSpectralFrequencies] = [], all: [[Int]] = []
        for frame in frames {
            var symbols = try model.symbols(of: frame)
            sent.append(try model.pass(&symbols, state: &state, channel: &encoder))
            all.append(symbols)
        }
        let bytes = encoder.finish()
        #expect(!bytes.isEmpty && bytes.count < frames.count * 16)
        var decoder = LineSpectralDecoder(tables, bytes)
        state = model.makeState()
        for (t, frame) in frames.enumerated() {
            var symbols: [Int] = []
            let decoded = try model.pass(&symbols, state: &state, channel: &decoder)
            #expect(decoded == sent[t] && symbols == all[t])
            for (a, b) in zip(decoded.values, frame.values) { #expect(abs(a - b) < worst) }
        }
    }

    @Test func bytesGiveTheFramesBack() throws {
        // Half a step, and half a distance of centroids.
        try Self.roundTrip(Self.model(), worst: 0.0151)
        try Self.roundTrip(Self.centroidModel(), worst: 0.0076)
    }

    /// Context and trained tables are worth their while: fewer bytes than without tables.
    @Test func tablesSaveBytes() throws {
        let model = try Self.model(), frames = try Self.frames(200)
        func size(_ tables: SignedTableSet) throws -> Int {
            var encoder = LineSpectralEncoder(tables), state = model.makeState()
            for frame in frames {
                var symbols = try model.symbols(of: frame)
                _ = try model.pass(&symbols, state: &state, channel: &encoder)
            }
            return encoder.finish().count
        }
        let uniform = try SignedTableSet(counts: LineSpectralCounts().counts, prior: 1)
        #expect(try size(Self.tables(model, frames)) * 2 < size(uniform))
    }

    /// Any bytes decode to ordered frames, or throw.
    @Test func damagedBytesDoNotTrap() throws {
        let model = try Self.model(), other = try Self.centroidModel(), tables = try Self.tables(model, Self.frames(50))
        var random = RandomSource(seed: 11)
        for length in [0, 1, 5, 40, 400] {
            for _ in 0..<20 {
                let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                var decoder = LineSpectralDecoder(tables, bytes), state = model.makeState(), second = other.makeState()
                var symbols: [Int] = []
                do {
                    for _ in 0..<30 {
                        #expect(try model.pass(&symbols, state: &state, channel: &decoder).smallestGap > 0.009)
                        #expect(try other.pass(&symbols, state: &second, channel: &decoder).smallestGap > 0.009)
                    }
                } catch let error as EntropyCodingError { #expect(!"\(error)".isEmpty) }
            }
        }
    }
}
