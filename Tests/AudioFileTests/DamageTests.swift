import AudioFile
import CSndfile
import Foundation
import Testing

@Suite("Damaged, foreign and odd files")
struct DamageTests {
    func error(_ path: String, _ options: AudioReader.Options = .init()) -> AudioFileError? {
        do throws(AudioFileError) {
            let reader = try AudioReader(path: path, options: options)
            while try !reader.readPlanar(frames: 4096)[0].isEmpty {}
            return nil
        } catch { return error }
    }

    @Test("What is not a sound file")
    func foreign() throws {
        let folder = try TemporaryFolder()
        #expect(
            error(folder.file("missing")) == .cannotOpen(path: folder.file("missing"), code: ENOENT)
        )
        #expect(error(folder.path) == .notAFile(path: folder.path))
        let empty = try folder.write([], to: "empty")
        #expect(error(empty) == .emptyFile(path: empty))
        let text = try folder.write("Hello, this is no sound.\n".utf8, to: "text.wav")
        #expect(error(text) == .unrecognised(path: text, reason: "Format not recognised"))
        #expect(
            error(text)?.description
                == "\(text): not a sound file that can be read: Format not recognised")
        let short = try folder.write("RIFF".utf8, to: "short")
        guard case .unrecognised = error(short) else {
            Issue.record("\(String(describing: error(short)))")
            return
        }
        // The same from pipes.
        #expect(throws: AudioFileError.emptyFile(path: "-")) {
            try AudioReader(fileDescriptor: pipe(delivering: []), closes: true, path: "-")
        }
        #expect(throws: AudioFileError.unrecognised(path: "-", reason: "Format not recognised")) {
            try AudioReader(
                fileDescriptor: pipe(delivering: Array("Hello, this is no sound.\n".utf8)),
                closes: true, path: "-")
        }
    }

    @Test("A file that is no sound leaves a descriptor that belongs to the caller open")
    func ownership() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("Hello, this is no sound.\n".utf8, to: "text.wav")
        let number = open(path, O_RDONLY | O_CLOEXEC)
        var before = stat()
        var after = stat()
        try #require(fstat(number, &before) == 0)
        defer { close(number) }
        #expect(throws: AudioFileError.self) {
            try AudioReader(fileDescriptor: number, closes: false, path: "-")
        }
        // Tests run in parallel: a closed number may already belong to another file.
        #expect(fstat(number, &after) == 0)
        #expect(after.st_ino == before.st_ino && after.st_dev == before.st_dev)
    }

    @Test(
        "A truncated WAV file is read as far as it goes, with a warning",
        arguments: [SampleEncoding.signed16, .float32])
    func truncated(encoding: SampleEncoding) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 2, frames: 1000, encoding: encoding)
        let settings = AudioWriter.Settings(
            encoding: encoding, sampleRate: 16_000, channels: 2, expectedFrameCount: 1000)
        _ = try write(samples, to: folder.file("x"), settings)
        let whole = try bytes(of: folder.file("x"))
        let header = whole.count - 2000 * encoding.byteCount
        let cut = Array(whole[..<(header + 600 * encoding.byteCount + 3)])
        for reader in [
            try AudioReader(path: folder.write(cut, to: "cut")),
            try AudioReader(fileDescriptor: pipe(delivering: cut), closes: true, path: "-"),
        ] {
            #expect(reader.declaredFrameCount == 1000)
            #expect(try readAll(reader) == samples.map { Array($0[..<300]) })
            #expect(reader.warnings.first == .truncated(declaredFrames: 1000, framesRead: 300))
        }
        let bare = Array(whole[..<header])
        for reader in [
            try AudioReader(path: folder.write(bare, to: "bare")),
            try AudioReader(fileDescriptor: pipe(delivering: bare), closes: true, path: "-"),
        ] {
            #expect(try readAll(reader) == [[], []])
            #expect(reader.warnings == [.truncated(declaredFrames: 1000, framesRead: 0)])
        }
    }

    @Test("A truncated FLAC file is an error behind the last good frame")
    func truncatedFLAC() throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 1, frames: 20_000, encoding: .signed16)
        _ = try write(
            samples, to: folder.file("x"), .init(container: .flac, sampleRate: 16_000, channels: 1))
        let cut = try folder.write(bytes(of: folder.file("x"))[..<20_000], to: "cut")
        let reader = try AudioReader(path: cut)
        var received: [Float] = []
        #expect(
            throws: AudioFileError.damaged(
                path: cut, frame: 8192, reason: "no frame where one should begin")
        ) {
            while true {
                let block = try reader.readPlanar(frames: 1000)[0]
                if block.isEmpty { break }
                received += block
            }
        }
        #expect(received.count == 8192)
        #expect(received == Array(samples[0][..<8192]))
    }

    @Test("Raw PCM: no bytes are no frames, and half a frame is reported")
    func raw() throws {
        let folder = try TemporaryFolder()
        let options = AudioReader.Options(raw: try RawFormat(sampleRate: 8000, channels: 2))
        let empty = try AudioReader(path: folder.write([], to: "empty"), options: options)
        #expect(try readAll(empty) == [[], []])
        #expect(empty.warnings == [.noSamples])
        let odd = try AudioReader(
            path: folder.write([0, 0x40, 0, 0xC0, 1], to: "odd"), options: options)
        #expect(try readAll(odd) == [[0.5], [-0.5]])
        #expect(odd.warnings == [.brokenLastFrame(bytes: 1)])
        #expect(throws: AudioFileError.self) { try RawFormat(sampleRate: 0) }
        #expect(throws: AudioFileError.self) { try RawFormat(sampleRate: 16_000, channels: 1025) }
    }

    @Test("NaN and infinities become 0 and are counted", arguments: [false, true])
    func nonFinite(throughPipe: Bool) throws {
        let folder = try TemporaryFolder()
        var info = SF_INFO()
        (info.samplerate, info.channels, info.format) = (
            16_000, 1, CInt(SF_FORMAT_WAV | SF_FORMAT_FLOAT)
        )
        let handle = try #require(sf_open(folder.file("x"), CInt(SFM_WRITE), &info))
        let values: [Float] = [0.5, .nan, -.infinity, 3, .infinity, -0.25]
        #expect(sf_write_float(handle, values, 6) == 6)
        sf_close(handle)
        let reader =
            throughPipe
            ? try AudioReader(
                fileDescriptor: pipe(delivering: bytes(of: folder.file("x"))), closes: true,
                path: "-")
            : try AudioReader(path: folder.file("x"))
        #expect(try readAll(reader) == [[0.5, 0, 0, 3, 0, -0.25]])
        #expect(reader.warnings == [.nonFiniteSamples(count: 3)])
    }

    @Test(
        "Codings that only libsndfile knows",
        arguments: [SF_FORMAT_ULAW, SF_FORMAT_ALAW, SF_FORMAT_IMA_ADPCM], [false, true])
    func otherCodings(coding: Int, throughPipe: Bool) throws {
        let folder = try TemporaryFolder()
        var info = SF_INFO()
        (info.samplerate, info.channels, info.format) = (8000, 1, CInt(SF_FORMAT_WAV | coding))
        let handle = try #require(sf_open(folder.file("x"), CInt(SFM_WRITE), &info))
        let values = (0..<8000).map { 0.5 * Float.sine(Double($0) * 200 / 8000) }
        #expect(sf_write_float(handle, values, 8000) == 8000)
        sf_close(handle)
        let reader =
            throughPipe
            ? try AudioReader(
                fileDescriptor: pipe(delivering: bytes(of: folder.file("x"))), closes: true,
                path: "-")
            : try AudioReader(path: folder.file("x"))
        let decoded = try readAll(reader)[0]
        #expect(decoded.count >= 8000)
        // ADPCM needs a few samples to find its step.
        #expect(zip(decoded, values).dropFirst(100).allSatisfy { abs($0 - $1) < 0.1 })
        #expect(reader.warnings == [])
    }

    @Test(
        "Samples beyond full scale are limited and counted",
        arguments: [AudioContainer.wav, .aiff, .flac, .raw])
    func clipping(container: AudioContainer) throws {
        let folder = try TemporaryFolder()
        let values: [Float] = [
            1.2, -1.2, 1, -1, 0.99999, 32767.4 / 32768, .nan, -0.000_01, 0.5 / 32768, 1.5 / 32768,
        ]
        let writer = try write(
            [values], to: folder.file("x"),
            .init(container: container, sampleRate: 16_000, channels: 1))
        #expect(writer.clippedSampleCount == 4)
        #expect(writer.nonFiniteSampleCount == 1)
        let raw = container == .raw ? try RawFormat(sampleRate: 16_000) : nil
        let codes = try readAll(AudioReader(path: folder.file("x"), options: .init(raw: raw)))[0]
            .map { Int($0 * 32768) }
        #expect(codes == [32767, -32768, 32767, -32768, 32767, 32767, 0, 0, 0, 2])
    }

    @Test(
        "RF64 above the limit, plain WAV below it", arguments: [false, true],
        [SampleEncoding.signed16, .float32])
    func rf64(known: Bool, encoding: SampleEncoding) throws {
        let folder = try TemporaryFolder()
        for (frames, tag) in [(400, "RIFF"), (401, "RF64")] {
            let samples = noise(channels: 2, frames: frames, encoding: encoding)
            let path = folder.file("x")
            let number = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o666)
            let settings = AudioWriter.Settings(
                encoding: encoding, sampleRate: 16_000, channels: 2,
                expectedFrameCount: known ? frames : nil)
            let writer = try AudioWriter(
                fileDescriptor: number, closes: true, path: path, settings: settings,
                riffLimit: 800 * encoding.byteCount)
            try write(samples, with: writer)
            let file = try bytes(of: path)
            #expect(Array(file[..<4]) == Array(tag.utf8))
            let reader = try AudioReader(path: path)
            #expect(reader.declaredFrameCount == frames)
            #expect(try readAll(reader) == samples)
            #expect(reader.warnings == [])
            let piped = try AudioReader(
                fileDescriptor: pipe(delivering: file), closes: true, path: "-")
            #expect(piped.formatName.hasPrefix(tag == "RF64" ? "RF64" : "WAV"))
            #expect(try readAll(piped) == samples)
            #expect(piped.declaredFrameCount == frames)
        }
    }
}
