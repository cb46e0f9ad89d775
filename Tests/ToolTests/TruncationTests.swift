import AudioFile
import CMRLCodec
import Foundation
import TestSupport
import Testing
import ToolSupport

/// A small file cut at every byte: a clear error, or with concealment all the sound before the cut.
@Suite struct TruncationTests {
    private static let model = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors/codec/tiny.nwm").path

    /// Decodes bytes into samples.
    private func decode(_ bytes: ArraySlice<UInt8>, conceals: Bool, in folder: TemporaryFolder) throws -> [Float] {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file("x.nwc")))
        var job = DecodeJob()
        job.modelChoice = Self.model
        job.encoding = .float32
        job.conceals = conceals
        job.force = true
        _ = try job.run(Job(input: folder.file("x.nwc"), output: folder.file("x.wav")))
        return try AudioReader(path: folder.file("x.wav")).readPlanar(frames: 1 << 20)[0]
    }

    @Test func everyCut() throws {
        let folder = try TemporaryFolder(), model = try CodecModel(bytes: [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.model))))
        let signal = SpeechLikeSignal.samples(seconds: 0.3, seed: 4, level: 0.4)
        let coded = try CodedSignal(model, [signal], rates: [0], blocksPerPacket: 2, keyInterval: 2), bytes = try coded.bytes
        let whole = try decode(bytes[...], conceals: false, in: folder)
        #expect(whole.count == signal.count && bytes.count > 150)
        // Where records begin, and the samples of the packets before.
        var starts = [(offset: 0, samples: 0)], position = coded.header.bytes.count, samples = 0
        for packet in coded.packets {
            starts.append((position, samples))
            position += packet.recordByteCount(blocksPerPacket: coded.header.blocksPerPacket)
            samples += packet.blockCount * CodecModel.blockSamples
        }
        starts.append((position, samples))
        for count in bytes.indices {
            let record = starts.last { $0.offset <= count } ?? starts[0]
            try? FileManager.default.removeItem(atPath: folder.file("x.wav"))
            do {
                _ = try decode(bytes[..<count], conceals: false, in: folder)
                Issue.record("cut at \(count) is not an error")
            } catch {
                let text = "\(error)"
                #expect(text.contains("the stream is truncated in the record at byte \(record.offset): at least"), "cut at \(count): \(text)")
                #expect(try folder.names == ["x.nwc"])
            }
            if record.offset == 0 {
                #expect(throws: (any Error).self) { try decode(bytes[..<count], conceals: true, in: folder) }
                continue
            }
            let decoded = try decode(bytes[..<count], conceals: true, in: folder)
            // The last two frames of 80 samples depend on what would have followed.
            let exact = max(record.samples - 160, 0)
            #expect(decoded.count == whole.count && decoded.prefix(exact) == whole.prefix(exact), "cut at \(count)")
        }
    }
}
