import AudioFile
import CMRLCodec
import Foundation
import TestSupport
import Testing
import ToolSupport

/// A small file cut at every byte: a clear error, or with concealment all the sound before the cut.
@Suite struct TruncationTests {
    private static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors/codec/tiny.nwm").path

    /// Decodes bytes into samples, one array per channel.
    private func decode(_ bytes: ArraySlice<UInt8>, conceals: Bool, in folder: TemporaryFolder)
        throws -> [[Float]]
    {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("x.nwc")))
        var job = DecodeJob(model: Self.model)
        job.format.encoding = .float32
        job.conceals = conceals
        job.force = true
        _ = try job.run(Job(input: folder.file("x.nwc"), output: folder.file("x.wav")))
        return try AudioReader(path: folder.file("x.wav")).readPlanar(frames: 1 << 20)
    }

    /// What a stream is like.
    struct Kind: Sendable, CustomTestStringConvertible {
        var channels: Int
        var rates: [UInt8]
        /// As files have it, and pipes that end early; longer pipes do not know it when the header
        /// leaves.
        var declaresSampleCount: Bool
        var testDescription: String {
            """
            \(channels) channels, \(rates.count) layers, \
            \(declaresSampleCount ? "length in the header" : "made through a pipe")
            """
        }
    }

    static let kinds = [
        Kind(channels: 1, rates: [0], declaresSampleCount: true),
        Kind(channels: 1, rates: [0], declaresSampleCount: false),
        Kind(channels: 2, rates: [0, 60], declaresSampleCount: true),
        Kind(channels: 2, rates: [0, 60], declaresSampleCount: false),
    ]

    @Test(arguments: kinds) func everyCut(_ kind: Kind) throws {
        let folder = try TemporaryFolder()
        let model = try CodecModel(
            bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.model))))
        let signal = (0..<kind.channels).map {
            SpeechLikeSignal.samples(seconds: 0.3, seed: 4 + UInt64($0), level: 0.4)
        }
        let coded = try CodedSignal(
            model, signal, rates: kind.rates, blocksPerPacket: 2, keyInterval: 2)
        let header = try StreamHeader(
            modelID: model.id, sampleRate: model.signal.sampleRate, channelCount: kind.channels,
            blocksPerPacket: 2, keyInterval: 2,
            layerCount: kind.rates.count,
            sampleCount: kind.declaresSampleCount ? UInt64(coded.samples) : nil)
        var writer = BitstreamWriter(header)
        var bytes = writer.headerBytes()
        // Where records begin, and the samples of the packets before.
        var starts = [(offset: 0, samples: 0)]
        var samples = 0
        for packet in coded.packets {
            starts.append((bytes.count, samples))
            bytes += try writer.packet(packet)
            samples += packet.blockCount * model.signal.blockSamples
        }
        starts.append((bytes.count, samples))
        bytes += try writer.end(sampleCount: UInt64(coded.samples))
        let whole = try decode(bytes[...], conceals: false, in: folder)
        let length = coded.samples
        let hop = model.signal.hop
        #expect(
            whole.count == kind.channels && whole.allSatisfy { $0.count == length }
                && bytes.count > 150)
        for count in bytes.indices {
            let record = starts.last { $0.offset <= count } ?? starts[0]
            try? FileManager.default.removeItem(atPath: folder.file("x.wav"))
            do {
                _ = try decode(bytes[..<count], conceals: false, in: folder)
                Issue.record("cut at \(count) is not an error")
            } catch {
                let text = "\(error)"
                #expect(
                    text.contains(
                        "the stream is truncated in the record at byte \(record.offset): at least"),
                    "cut at \(count): \(text)")
                #expect(try folder.names == ["x.nwc"])
            }
            if record.offset == 0 {
                #expect(throws: (any Error).self) {
                    try decode(bytes[..<count], conceals: true, in: folder)
                }
                continue
            }
            let decoded = try decode(bytes[..<count], conceals: true, in: folder)
            // The last two frames depend on what would have followed. Without a length in the
            // header nothing follows them; the last half of a frame has no other to overlap with.
            let exact = max(min(record.samples - 2 * hop, length), 0)
            let expected = kind.declaresSampleCount ? length : max(record.samples - hop, 0)
            #expect(
                decoded.count == kind.channels && decoded.allSatisfy { $0.count == expected },
                "cut at \(count): \(decoded.map(\.count))")
            for (found, right) in zip(decoded, whole) {
                #expect(found.prefix(exact) == right.prefix(exact), "cut at \(count)")
            }
        }
    }
}
