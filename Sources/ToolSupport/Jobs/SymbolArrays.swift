import CMRLCodec
import System

/// The symbols of a stream and their lengths as NumPy arrays: `envelope.npy` and
/// `envelope-bits.npy` of [block, group, band], `layer1.npy` and `layer1-bits.npy` of
/// [block, group, frame, coefficient], and so on. Blocks that could not be read are zeros of NaN
/// bits.
package final class SymbolArrays {
    /// Symbols and lengths.
    private typealias Pair = (symbols: ArrayFile, bits: ArrayFile)

    private let envelope: Pair
    private let layers: [Pair]
    private let groups: Int
    /// What stands for a block's envelope, and for one of its layers, that could not be read.
    private let noEnvelope: SymbolTracer.Layer
    private let noLayer: SymbolTracer.Layer
    private var blocks = 0

    /// - Parameters:
    ///   - folder: made where it is missing
    ///   - traced: a packet, whose sizes are those of all
    ///   - input: the stream, which is not overwritten
    package init(
        folder: String, header: StreamHeader, like traced: [[SymbolTracer.Block]], force: Bool,
        input: String
    ) throws {
        let block = traced.first?.first
        groups = traced.count
        let bands = block?.envelope.count ?? 0
        let coefficients = block?.layers.first?.symbols.count ?? 0
        noEnvelope = SymbolTracer.Layer(missing: bands)
        noLayer = SymbolTracer.Layer(missing: coefficients)
        let frames = max(block?.frames ?? 1, 1)
        let inputs = [FileIdentity(input: input)].compactMap { $0 }
        try OutputFolder.make(parentOf: folder + "/x")
        func pair(_ name: String, _ shape: [Int]) throws -> Pair {
            func file(_ name: String, _ element: ArrayFile.Element) throws -> ArrayFile {
                try ArrayFile(
                    path: "\(folder)/\(name).npy", element, rowShape: shape, force: force,
                    inputs: inputs)
            }
            return (try file(name, .int32), try file(name + "-bits", .float32))
        }
        envelope = try pair("envelope", [groups, bands])
        let shape = [groups, frames, coefficients / frames]
        layers = try (0..<header.layerCount).map { try pair("layer\($0 + 1)", shape) }
    }

    /// Adds the blocks of a packet.
    /// - Parameters:
    ///   - traced: nil = they could not be read
    ///   - count: of blocks
    package func append(_ traced: [[SymbolTracer.Block]]?, blocks count: Int) throws {
        for block in 0..<count {
            for group in 0..<groups {
                let found = traced.map { $0[group][block] }
                try envelope.symbols.append(found?.envelope ?? noEnvelope.symbols)
                try envelope.bits.append(found?.envelopeBits ?? noEnvelope.bits)
                for (index, pair) in layers.enumerated() {
                    let layer = found.flatMap { index < $0.layers.count ? $0.layers[index] : nil }
                    try pair.symbols.append((layer ?? noLayer).symbols)
                    try pair.bits.append((layer ?? noLayer).bits)
                }
            }
        }
        blocks += count
    }

    /// - Returns: the names of all files
    package func finish() throws -> [String] {
        let files = ([envelope] + layers).flatMap { [$0.symbols, $0.bits] }
        for file in files { try file.finish(rows: blocks) }
        return files.map(\.path)
    }
}
