import AudioFile
import Foundation

@testable import CodecComparison

/// A folder that disappears with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent(
                "nwc-comparison-\(UUID().uuidString)"
            ).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// A recording of tones with a slow envelope, 16 kHz.
    func recording(_ name: String, seconds: Double, pitch: Double) throws {
        let samples = (0..<Int(seconds * 16_000)).map { n -> Float in
            let t = Double(n) / 16_000
            let tone = sin(2 * .pi * pitch * t) + 0.5 * sin(2 * .pi * 5.3 * pitch * t + 1)
            return Float((0.3 * tone * abs(sin(2 * .pi * 1.7 * t)) * 32768).rounded() / 32768)
        }
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let writer = try AudioWriter(
            path: url.path, settings: .init(container: .flac, sampleRate: 16_000, channels: 1))
        try writer.write(planar: [samples])
        try writer.finish()
    }

    /// A recording of two different channels.
    func stereo(_ name: String, seconds: Double, rate: Int, channels: Int = 2) throws {
        let planes = (0..<channels).map { channel in
            (0..<Int((seconds * Double(rate)).rounded())).map { n -> Float in
                let t = Double(n) / Double(rate)
                let high = 9_000 + 500 * Double(channel)
                let tone = sin(2 * .pi * 440 * t) + 0.3 * sin(2 * .pi * high * t)
                let envelope = 0.2 * abs(sin(2 * .pi * (1.1 + Double(channel)) * t))
                return Float((envelope * tone * 32768).rounded() / 32768)
            }
        }
        let writer = try AudioWriter(
            path: file(name),
            settings: .init(container: .flac, sampleRate: rate, channels: channels))
        try writer.write(planar: planes)
        try writer.finish()
    }

    /// A WAV file of floats, as given: the package's own writer takes no NaN.
    func floats(_ name: String, _ samples: [Float]) throws {
        var data = Data("RIFF".utf8)
        func append<Word: FixedWidthInteger>(_ word: Word) {
            withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
        }
        append(UInt32(36 + 4 * samples.count))
        data += Data("WAVEfmt ".utf8)
        append(UInt32(16))
        append(UInt16(3))
        append(UInt16(1))
        append(UInt32(16_000))
        append(UInt32(64_000))
        append(UInt16(4))
        append(UInt16(32))
        data += Data("data".utf8)
        append(UInt32(4 * samples.count))
        for sample in samples { append(sample.bitPattern) }
        try data.write(to: URL(fileURLWithPath: file(name)))
    }
}

/// Descriptions of codecs made of programs that every system has.
enum FakeCodec {
    /// Raw PCM, copied.
    static func json(
        name: String = "copy", decode: String = #"["cp", "{coded}", "{output}"]"#, delay: Int = 0,
        version: String = #"["cp", "--version"]"#
    ) -> String {
        """
        {"name": "\(name)", "title": "Copy", "note": "", "packages": [], "version": \(version), \
        "rates": {"list": [64, 256]},
         "options": {"note": {"file": true}},
         "input": {"sampleRate": 16000, "raw": true}, "coded": "coded", "encode": ["cp", \
        "{input}", "{coded}"], "decode": \(decode),
         "output": {"sampleRate": 16000, "raw": true}, "delaySamples": \(delay), "payload": \
        {"method": "file", "headerBytes": 0}}
        """
    }

    /// WAV of 44.1 or 48 kHz, copied. Only the setting "fine", 256 kbit/s, works.
    static func audio(channels: Int, decode: String = #"["cp", "{coded}", "{output}"]"#) -> String {
        """
        {"name": "copy", "title": "Copy", "note": "", "packages": [], "version": ["cp", \
        "--version"], "rates": {"list": [64, 256], "settings": ["coarse", "fine"]},
         "input": {"sampleRates": [44100, 48000], "channels": \(channels)}, "coded": "coded",
         "encode": ["sh", "-c", "test $2 = fine && cp $0 $1", "{input}", "{coded}", "{setting}"],
         "decode": \(decode), "output": {"sampleRates": [44100, 48000], "channels": \(channels)},
         "delaySamples": 0, "payload": {"method": "file", "headerBytes": 44}}
        """
    }

    static func catalogue(_ json: String, in folder: TemporaryFolder) throws -> CodecCatalogue {
        try json.write(toFile: folder.file("codec.json"), atomically: false, encoding: .utf8)
        return try CodecCatalogue(files: [folder.file("codec.json")])
    }
}
