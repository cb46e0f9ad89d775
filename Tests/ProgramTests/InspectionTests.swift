import Foundation
import TestSupport
import Testing

/// `nwc-info` on what the bits of a stream are spent on.
@Suite struct InspectionTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            WaveFile(rate: 16_000, channels: [SpeechLikeSignal.samples(seconds: 2.5)]).data,
            "in.wav")
        let run = try Program.run(
            "nwc-enc", ["-q", "--layers", "2", "--bitrate", "40", "in.wav"], in: folder)
        try #require(run.status == 0)
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(
                JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func packetsAndBlocks() throws {
        let run = try Program.run("nwc-info", ["--json", "-v", "in.nwc"], in: folder)
        let lines = try objects(run.text)
        let report = try #require(lines.last)
        let packets = lines.dropLast()
        #expect(run.status == 0 && packets.count == report["packets"] as? Int)
        #expect(packets.allSatisfy { $0["kind"] as? String == "packet" })
        let payload = packets.reduce(0) { $0 + ($1["payloadBytes"] as? Int ?? 0) }
        #expect(payload == report["payloadBytes"] as? Int)
        var sum = 0.0
        for packet in packets {
            let blocks = try #require(packet["blockBits"] as? [[String: Any]])
            #expect(blocks.count == packet["blocks"] as? Int)
            for block in blocks {
                let layers = try #require(block["layerBits"] as? [Double])
                #expect(layers.count == 2)
                sum += try #require(block["envelopeBits"] as? Double) + layers.reduce(0, +)
            }
        }
        // The range coder's own losses, ends of chunks, and what escapes save.
        #expect(abs(sum / Double(8 * payload) - 1) < 0.01, "\(sum) of \(8 * payload)")
        let spending = try #require(report["spending"] as? [String: Any])
        let bands = try #require(spending["bands"] as? [[String: Any]])
        #expect(bands.count == 16)
        for band in bands {
            let usage = try #require(band["usage"] as? [Double])
            #expect(abs(usage.reduce(0, +) - 1) < 1e-9 && band["zeros"] as? Double == usage[0])
        }
        let text = try Program.run("nwc-info", ["-v", "in.nwc"], in: folder).text
        #expect(text.contains("bits: envelope ") && text.contains("1.0 ... 2.0 kHz: "))
    }

    @Test func arrays() throws {
        let run = try Program.run("nwc-info", ["--symbols", "a/b", "in.nwc"], in: folder)
        #expect(run.status == 0, "\(run)")
        func array(_ name: String) throws -> (header: String, count: Int) {
            let data = try folder.data("a/b/\(name).npy")
            #expect(Array(data.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
            let length = Int(data[8]) | Int(data[9]) << 8
            #expect((10 + length) % 64 == 0 && data[9 + length] == UInt8(ascii: "\n"))
            return (
                String(decoding: data[10..<10 + length], as: UTF8.self), data.count - length - 10
            )
        }
        let blocks = 126
        for (name, shape, count, type) in [
            ("envelope", "(\(blocks), 1, 20,)", 20, "<i4"),
            ("envelope-bits", "(\(blocks), 1, 20,)", 20, "<f4"),
            ("layer1", "(\(blocks), 1, 2, 160,)", 320, "<i4"),
            ("layer2-bits", "(\(blocks), 1, 2, 160,)", 320, "<f4"),
        ] {
            let found = try array(name)
            #expect(
                found.header.hasPrefix(
                    "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"),
                "\(name): \(found.header)")
            #expect(found.count == 4 * blocks * count, "\(name)")
        }
        let again = try Program.run("nwc-info", ["--symbols", "a/b", "in.nwc"], in: folder)
        #expect(again.status == 1 && again.errors.contains("a/b/envelope.npy"))
        #expect(
            try Program.run("nwc-info", ["--symbols", "a/b", "-f", "in.nwc"], in: folder).status
                == 0)
        let two = try Program.run("nwc-info", ["--symbols", "c", "in.nwc", "in.nwc"], in: folder)
        #expect(two.status == 64)
    }

    /// Bytes of a damaged packet are neither payload nor framing.
    @Test func damage() throws {
        var bytes = try folder.data("in.nwc")
        bytes[bytes.count / 2] ^= 0x55
        try folder.write(bytes, "bad.nwc")
        let run = try Program.run("nwc-info", ["--json", "bad.nwc"], in: folder)
        let report = try #require(objects(run.text).last)
        let damaged = try #require(report["damagedBytes"] as? Int)
        #expect(run.status == 1 && damaged > 1000)
        let rates = ["payloadKbps", "framingKbps", "damagedKbps"].compactMap {
            report[$0] as? Double
        }
        #expect(rates.count == 3)
        #expect(abs(rates.reduce(0, +) - (report["fileKbps"] as? Double ?? 0)) < 1e-6)
        #expect(rates[1] < 1)
    }

    @Test func pictureOfTheRate() throws {
        let run = try Program.run("nwc-eval", ["rate", "r.png", "in.nwc"], in: folder)
        #expect(run.status == 0, "\(run)")
        #expect(try folder.data("r.png").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let wave = try Program.run("nwc-eval", ["rate", "s.png", "in.wav"], in: folder)
        #expect(wave.status == 1 && wave.errors.contains("in.wav"))
    }
}
