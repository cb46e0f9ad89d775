import AudioFile
import Foundation
import Testing

@Suite("Folders of recordings")
struct SoundFolderTests {
    private func make(_ names: [String], in folder: TemporaryFolder) throws {
        for name in names {
            let url = URL(filePath: folder.file(name))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data([1]).write(to: url)
        }
    }

    private func link(_ name: String, to target: String, in folder: TemporaryFolder) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.file(name), withDestinationPath: target)
    }

    private func reasons(_ list: SoundFolder) -> [String: Omissions.Reason] {
        Dictionary(
            list.omissions.entries.map { ($0.path, $0.reason) }, uniquingKeysWith: { $1 })
    }

    @Test(
        "Recordings are listed in order with their subfolders; a limit takes them from everywhere")
    func order() throws {
        let folder = try TemporaryFolder()
        try make(["d/a.wav", "d/b.flac", "c.WAV", "e.txt", "f/g.ogg"], in: folder)
        let list = try SoundFolder(folder.path)
        #expect(list.files == ["c.WAV", "d/a.wav", "d/b.flac", "f/g.ogg"])
        #expect(list.spread(2) == ["c.WAV", "d/b.flac"])
        #expect(list.spread(9) == list.files && list.spread(nil) == list.files)
        #expect(reasons(list) == ["e.txt": .otherFormat])
        #expect(list.omissions.faults.isEmpty)
    }

    @Test("A folder may be a link, and so may subfolders and files")
    func links() throws {
        let folder = try TemporaryFolder()
        try make(["real/a.wav", "elsewhere/x/b.wav", "one.wav"], in: folder)
        try link("linked", to: "real", in: folder)
        try link("real/sub", to: "../elsewhere", in: folder)
        try link("real/two.wav", to: "../one.wav", in: folder)
        let list = try SoundFolder(folder.file("linked"))
        #expect(list.files == ["a.wav", "sub/x/b.wav", "two.wav"])
        #expect(list.omissions.isEmpty)
    }

    @Test("Links cannot lead in a circle, and no folder counts twice")
    func circles() throws {
        let folder = try TemporaryFolder()
        try make(["in/z/a.wav", "out/b.wav"], in: folder)
        try link("in/a-link", to: "z", in: folder)
        try link("in/z/up", to: "../..", in: folder)
        try link("in/z/self", to: ".", in: folder)
        try link("in/q", to: "../out", in: folder)
        try link("in/r", to: "../out", in: folder)
        try link("out/back", to: "../in", in: folder)
        let list = try SoundFolder(folder.file("in"))
        #expect(list.files == ["q/b.wav", "z/a.wav"])
        #expect(
            reasons(list) == [
                "a-link": .repeatedFolder, "z/up": .repeatedFolder, "z/self": .repeatedFolder,
                "r": .repeatedFolder, "q/back": .repeatedFolder,
            ])
        #expect(list.omissions.faults.isEmpty)
    }

    @Test("Bad entries are named with their reasons and do not stop the walk")
    func badEntries() throws {
        let folder = try TemporaryFolder()
        try make(["a.wav", "._a.wav", "notes.txt", ".DS_Store"], in: folder)
        try Data().write(to: URL(filePath: folder.file("empty.flac")))
        try link("gone.wav", to: "no/such/file.wav", in: folder)
        try link("loop.wav", to: "loop.wav", in: folder)
        #expect(mkfifo(folder.file("pipe.wav"), 0o600) == 0)
        let list = try SoundFolder(folder.path)
        #expect(list.files == ["a.wav"])
        #expect(
            reasons(list) == [
                "._a.wav": .sidecar, "notes.txt": .otherFormat, ".DS_Store": .otherFormat,
                "empty.flac": .empty, "gone.wav": .danglingLink, "loop.wav": .danglingLink,
                "pipe.wav": .unreadable,
            ])
        #expect(
            list.omissions.faults.map(\.path) == [
                "._a.wav", "empty.flac", "gone.wav", "loop.wav", "pipe.wav",
            ])
        #expect(
            list.omissions.summary
                == "2 of other formats, 1 macOS sidecar (._), 2 broken link, 1 empty, 1 unreadable")
        #expect(list.omissions.faults[1].description == "empty.flac: empty: 0 bytes")
    }

    /// Root reads everything.
    @Test("What must not be read is a fault", .enabled(if: geteuid() != 0))
    func permissions() throws {
        let folder = try TemporaryFolder()
        try make(["a.wav", "b.wav", "sub/c.wav"], in: folder)
        #expect(chmod(folder.file("b.wav"), 0) == 0 && chmod(folder.file("sub"), 0) == 0)
        defer { chmod(folder.file("sub"), 0o700) }
        let list = try SoundFolder(folder.path)
        #expect(list.files == ["a.wav"])
        #expect(reasons(list) == ["b.wav": .unreadable, "sub": .unreadable])
    }

    @Test("What is no folder is refused")
    func noFolder() throws {
        let folder = try TemporaryFolder()
        try make(["a.wav"], in: folder)
        let missing = folder.file("missing")
        let file = folder.file("a.wav")
        #expect(throws: AudioFileError.cannotOpen(path: missing, code: ENOENT)) {
            try SoundFolder(missing)
        }
        #expect(throws: AudioFileError.cannotOpen(path: file, code: ENOTDIR)) {
            try SoundFolder(file)
        }
    }

    @Test("Recordings that only FFmpeg reads are counted apart and are no fault")
    func withoutFFmpeg() {
        var omissions = Omissions()
        omissions.add("a.m4a", .needsFFmpeg)
        omissions.add("b.webm", .needsFFmpeg)
        omissions.add("c.txt", .otherFormat)
        #expect(
            omissions.summary
                == "1 of other formats, 2 that need ffmpeg, which is not installed")
        #expect(omissions.faults.isEmpty)
        // Where it is installed they are recordings like all others.
        for name in ["a.m4a", "b.WEBM", "c.amr"] {
            let isRead = FFmpeg.installed != nil
            #expect(SoundFileNames.isRecording(name) == isRead)
            #expect(SoundFileNames.needsFFmpeg(name) == !isRead)
        }
        #expect(!SoundFileNames.needsFFmpeg("c.txt") && !SoundFileNames.needsFFmpeg("a.wav"))
    }
}
