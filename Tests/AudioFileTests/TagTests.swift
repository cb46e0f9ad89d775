import AudioFile
import Foundation
import Testing

@Suite("Tags and names")
struct TagTests {
    static let all: SoundTags = {
        var tags = SoundTags()
        tags[.title] = "Grüße, 東京"
        tags[.artist] = "A"
        tags[.album] = "An album"
        tags[.trackNumber] = "3"
        tags[.date] = "2026-11-30"
        tags[.genre] = "Speech"
        tags[.comment] = "One line\nand another"
        tags[.copyright] = "None"
        tags[.license] = "CC0"
        return tags
    }()

    static func kept(_ names: [SoundTags.Name]) -> SoundTags {
        var tags = SoundTags()
        for name in names { tags[name] = all[name] }
        return tags
    }

    @Test(
        "Tags that a container has a place for come back",
        arguments: [
            (.wav, SoundTags.Name.allCases.filter { $0 != .license }),
            (.flac, SoundTags.Name.allCases), (.ogg, SoundTags.Name.allCases),
            (.aiff, [.title, .artist, .comment, .copyright]),
        ] as [(AudioContainer, [SoundTags.Name])])
    func written(container: AudioContainer, names: [SoundTags.Name]) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 1, frames: 3000, encoding: .signed16)
        let path = folder.file("x")
        _ = try write(
            samples, to: path,
            .init(container: container, sampleRate: 16_000, channels: 1, tags: Self.all))
        let reader = try AudioReader(path: path)
        #expect(reader.tags == Self.kept(names))
        let read = try readAll(reader)
        #expect(container == .ogg ? read[0].count == 3000 : read == samples)
        #expect(reader.warnings == [])
    }

    @Test("A file without tags has the bytes that it had before there were any")
    func none() throws {
        let folder = try TemporaryFolder()
        let settings = AudioWriter.Settings(sampleRate: 16_000, channels: 1, expectedFrameCount: 1)
        _ = try write([[0.5]], to: folder.file("x"), settings)
        #expect(try bytes(of: folder.file("x")).count == 46)
        #expect(try AudioReader(path: folder.file("x")).tags.isEmpty)
    }

    @Test("Values are tidied: padding off, zeros inside replaced, length limited")
    func values() {
        var tags = SoundTags()
        tags[.title] = " \0 x\0y \n\0\0"
        tags[.artist] = " \0"
        tags[.comment] = String(repeating: "ä", count: 40_000)
        #expect(tags[.title] == "x y")
        #expect(tags[.artist] == nil)
        #expect(tags[.comment]?.utf8.count == SoundTags.longestValue - 1)
        #expect(tags.names == [.title, .comment])
        tags[.title] = nil
        tags[.comment] = ""
        #expect(tags.isEmpty)
    }

    @Test("Names of recordings")
    func names() {
        for name in ["a.wav", "/x.y/B.FLAC", "a.b.mp3", "x.opus", "a.aifc", "a.W64"] {
            #expect(SoundFileNames.isRecording(name), "\(name)")
        }
        for name in ["wav", "a.txt", "._a.wav", "/x/.a.wav", "a.raw", "/a.wav/b", "", "a.", ".wav"]
        {
            #expect(!SoundFileNames.isRecording(name), "\(name)")
        }
    }
}
