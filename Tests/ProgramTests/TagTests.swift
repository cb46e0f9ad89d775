import Foundation
import TestSupport
import Testing

/// Texts of sound files on their way through a stream.
@Suite struct TagTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        let sound = WaveFile(channels: [SpeechLikeSignal.samples(seconds: 1.2)])
        try folder.write(sound.data, "plain.wav")
        try folder.write(
            Self.tagged(sound, [("INAM", "Grüße\u{1B}[31m"), ("IART", "A. N. Other")]), "in.wav")
        try folder.write(Self.tagged(sound, [("ICMT", Self.longText)]), "long.wav")
    }

    static let longText = String(repeating: "long ", count: 300)

    /// The file with a LIST chunk of kind INFO before its samples.
    static func tagged(_ sound: WaveFile, _ texts: [(String, String)]) -> Data {
        var list = Data("INFO".utf8)
        for (id, text) in texts {
            list += Data(id.utf8)
            WaveFile.append(UInt32(text.utf8.count + 1), 4, to: &list)
            list += Data(text.utf8) + Data(count: 2 - text.utf8.count % 2)
        }
        var data = sound.data
        var chunk = Data("LIST".utf8)
        WaveFile.append(UInt32(list.count), 4, to: &chunk)
        chunk += list
        let size = UInt32(data.count - 8 + chunk.count)
        data.insert(contentsOf: chunk, at: 36)
        var length = Data()
        WaveFile.append(size, 4, to: &length)
        data.replaceSubrange(4..<8, with: length)
        return data
    }

    func run(_ line: String) throws -> [String: Any] {
        let run = try Program.shell(line, in: folder)
        #expect(run.status == 0, "\(line): \(run.errors)")
        return object(run.text) ?? [:]
    }

    func tags(_ report: [String: Any]) -> [String: String] {
        let list = report["tags"] as? [[String: String]] ?? []
        return Dictionary(list.map { ($0["name"] ?? "", $0["value"] ?? "") }) { first, _ in first }
    }

    @Test func textsSurvive() throws {
        let expected = ["title": "Grüße\u{1B}[31m", "artist": "A. N. Other"]
        #expect(tags(try run("nwc-enc --verify --json in.wav")) == expected)
        let shown = try run("nwc-info --json in.nwc")
        #expect(tags(shown) == expected && shown["formatVersion"] as? Int == 2)
        for name in ["out.wav", "out.flac", "out.aiff", "out.ogg"] {
            #expect(tags(try run("nwc-dec --json in.nwc \(name)")) == expected)
            #expect(tags(try run("nwc-enc --json \(name) -f -o again.nwc")) == expected, "\(name)")
        }
        #expect(
            tags(try run("nwc-info strip --layers 1 in.nwc s.nwc && nwc-info --json s.nwc"))
                == expected)
        // No text commands the terminal.
        let text = try Program.shell("nwc-info in.nwc", in: folder)
        #expect(
            text.text.contains("title: Grüße?[31m") && text.text.contains("artist: A. N. Other")
                && !text.text.contains("\u{1B}"), "\(text.text)")
    }

    @Test func withoutTagsNothingChanges() throws {
        _ = try run("nwc-enc -q plain.wav && nwc-enc -q --no-tags in.wav")
        #expect(try folder.data("plain.nwc") == folder.data("in.nwc"))
        #expect(try folder.data("in.nwc")[4] == 1)
        _ = try run(
            "nwc-enc -q -f in.wav && nwc-dec -q --no-tags in.nwc a.wav && nwc-dec -q in.nwc b.wav")
        #expect(try folder.data("a.wav").range(of: Data("LIST".utf8)) == nil)
        #expect(try folder.data("b.wav").range(of: Data("LIST".utf8)) != nil)
    }

    /// A comment of 1.5 kB beside 2 kB of sound.
    @Test func longTextsDoNotSpoilTheSound() throws {
        let plain = try run("nwc-enc --json plain.wav")
        let long = try run("nwc-enc --json long.wav 2> warnings")
        #expect(tags(long)["comment"] == Self.longText.trimmingCharacters(in: .whitespaces))
        let bytes = { (report: [String: Any]) in Double(report["payloadBytes"] as? Int ?? 0) }
        #expect(bytes(long) > 0.85 * bytes(plain), "\(bytes(long)) \(bytes(plain))")
        // Of a usual length they count like everything else in the file.
        let usual = try run("nwc-enc --json in.wav")
        #expect(bytes(usual) < bytes(plain))
        let limit = 16_000.0 * 1.2 / 8 * 1.03
        #expect(Double(usual["fileBytes"] as? Int ?? .max) < limit)
    }

    @Test func damagedTagsCostNoSound() throws {
        _ = try run("nwc-enc -q in.wav && nwc-dec -q --no-tags in.nwc good.wav")
        var stream = try folder.data("in.nwc")
        let header = 6 + Int(stream[5]) + 4
        stream[header + 5] ^= 1
        try folder.write(stream, "bad.nwc")
        let strict = try Program.shell("nwc-dec bad.nwc x.wav", in: folder)
        #expect(
            strict.status == 1 && strict.errors.contains("at byte \(header)"), "\(strict.errors)")
        let concealed = try run("nwc-dec --json --conceal bad.nwc y.wav 2> warnings")
        #expect(concealed["concealedSeconds"] as? Double == 0)
        #expect(
            try WaveFile(folder.data("y.wav"))?.channels
                == WaveFile(folder.data("good.wav"))?.channels)
    }
}
