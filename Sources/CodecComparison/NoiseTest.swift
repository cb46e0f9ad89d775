import Foundation
import QualityMetrics

/// White noise through a codec: how far the decoded noise is from being white
/// (`NoiseRipple`).
public struct NoiseTest: Sendable, Encodable {
    /// The codec with its rate.
    public var name: String
    public var payloadKbps: Double?
    /// dB above and below the smooth spectrum.
    public var highest: Double
    public var lowest: Double

    /// Codes noise with a codec at each of its rates.
    /// - Parameters:
    ///   - seconds: of noise, 2 ... 600.
    ///   - programFolders: looked into before PATH.
    /// - Throws: what keeps the codec from running, and `QualityMetricError`.
    public static func run(_ selection: CodecSelection, seconds: Int, programFolders: [String])
        throws -> [NoiseTest]
    {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-eval-" + UUID().uuidString, isDirectory: true)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let codec = try InstalledCodec(selection, programFolders: programFolders, folder: place)
        let rate = 16_000
        let noise = NoiseRipple.noise(samples: seconds * rate)
        let source = Recording(path: "white noise", planes: [noise], sampleRate: rate)
            .roundedTo16Bits
        return try selection.rates.map { kbps in
            var row = ComparisonRow(
                file: source.path, sourceSHA256: "", sourceSamples: noise.count,
                sourceSeconds: Double(seconds), codec: selection.label, rate: kbps,
                version: codec.version)
            let decoded = try codec.roundTrip(source, rate: kbps, row: &row, in: place)
            // Without the first and last quarter of a second.
            let inside = decoded[0].dropFirst(rate / 4).dropLast(rate / 4).map(Double.init)
            let ripple = try NoiseRipple(of: inside, sampleRate: rate)
            return NoiseTest(
                name: row.name, payloadKbps: row.payloadKbps, highest: ripple.highest,
                lowest: ripple.lowest)
        }
    }
}
