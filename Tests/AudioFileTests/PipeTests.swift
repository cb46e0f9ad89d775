import AudioFile
import Foundation
import Testing

@Suite("Pipes")
struct PipeTests {
    @Test(
        "A file through a pipe gives what the file gives", arguments: RoundTripTests.linear,
        [3, 65_536])
    func samples(format: (AudioContainer, SampleEncoding), piece: Int) throws {
        let folder = try TemporaryFolder()
        let (container, encoding) = format
        let samples = noise(channels: 2, frames: 3001, encoding: encoding)
        let path = folder.file("x")
        _ = try write(
            samples, to: path,
            .init(container: container, encoding: encoding, sampleRate: 44_100, channels: 2))
        let input = try pipe(delivering: bytes(of: path), piece: piece)
        let reader = try AudioReader(fileDescriptor: input, closes: true, path: "-")
        #expect(reader.sampleRate == 44_100)
        #expect(reader.isSeekable == (container == .flac))
        #expect(try readAll(reader) == samples)
        #expect(reader.declaredFrameCount == 3001)
        #expect(reader.warnings == [])
        if !reader.isSeekable {
            #expect(throws: AudioFileError.notSeekable(path: "-")) { try reader.rewind() }
        }
    }

    @Test("Ogg through a pipe has no false length")
    func vorbis() throws {
        let folder = try TemporaryFolder()
        _ = try write(
            [[Float](repeating: 0.25, count: 9000)], to: folder.file("x"),
            .init(container: .ogg, sampleRate: 16_000, channels: 1))
        let reader = try AudioReader(
            fileDescriptor: pipe(delivering: bytes(of: folder.file("x"))), closes: true, path: "-")
        #expect(try readAll(reader)[0].count == 9000)
        #expect(reader.warnings == [])
    }

    @Test(
        "Lengths that programs write into pipes are no lengths",
        arguments: [0xFFFF_FFFF, 0xFFFF_FFDB, 0x7FFF_F000, 0x7FFF_FFFF] as [UInt32])
    func falseLength(length: UInt32) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 1, frames: 2000, encoding: .signed16)
        _ = try write(
            samples, to: folder.file("x"),
            .init(sampleRate: 16_000, channels: 1, expectedFrameCount: 2000))
        var file = try bytes(of: folder.file("x"))
        withUnsafeBytes(of: length.littleEndian) {
            for (index, byte) in $0.enumerated() { file[40 + index] = byte }
        }
        let reader = try AudioReader(
            fileDescriptor: pipe(delivering: file), closes: true, path: "-")
        #expect(reader.declaredFrameCount == nil)
        #expect(try readAll(reader) == samples)
        #expect(reader.warnings == [])
        // The same bytes as a file.
        let seekable = try AudioReader(path: folder.write(file, to: "y"))
        #expect(try readAll(seekable) == samples)
        #expect(seekable.warnings == [])
    }

    @Test("Lengths that no file can have are refused", arguments: [-1, .min, .max, Int.max / 2])
    func impossibleLength(frames: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x")
        for container in [AudioContainer.wav, .au, .aiff, .raw] {
            #expect(throws: AudioFileError.impossibleLength(path: path, frames: frames)) {
                try AudioWriter(
                    path: path,
                    settings: .init(
                        container: container, sampleRate: 16_000, channels: 2,
                        expectedFrameCount: frames))
            }
        }
    }

    @Test("A header may lie about the length in both directions; --ignore-length reads on")
    func ignoredLength() throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 1, frames: 2000, encoding: .signed16)
        _ = try write(
            samples, to: folder.file("x"),
            .init(sampleRate: 16_000, channels: 1, expectedFrameCount: 2000))
        var file = try bytes(of: folder.file("x"))
        (file[40], file[41]) = (100, 0)
        let path = try folder.write(file, to: "y")
        #expect(try readAll(AudioReader(path: path))[0].count == 50)
        #expect(
            try readAll(
                AudioReader(fileDescriptor: pipe(delivering: file), closes: true, path: "-"))[0]
                .count == 50)
        let options = AudioReader.Options(ignoresLength: true)
        #expect(try readAll(AudioReader(path: path, options: options)) == samples)
        #expect(
            try readAll(
                AudioReader(
                    fileDescriptor: pipe(delivering: file), closes: true, path: "-",
                    options: options)) == samples)
    }

    @Test("Text chunks before and after the samples are no samples")
    func chunks() throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 1, frames: 500, encoding: .signed16)
        _ = try write(
            samples, to: folder.file("x"),
            .init(sampleRate: 16_000, channels: 1, expectedFrameCount: 500))
        let file = try bytes(of: folder.file("x"))
        let list = Array("LIST".utf8) + [5, 0, 0, 0] + Array("INFO!".utf8) + [0]
        let odd = file[0..<12] + list + file[12..<36] + list + file[36...] + list
        let reader = try AudioReader(
            fileDescriptor: pipe(delivering: Array(odd), piece: 7), closes: true, path: "-")
        #expect(try readAll(reader) == samples)
        #expect(reader.declaredFrameCount == 500)
    }

    @Test(
        "A WAV stream to a pipe", arguments: [SampleEncoding.signed16, .signed24, .float32], [1, 3])
    func writing(encoding: SampleEncoding, channels: Int) throws {
        let samples = noise(channels: channels, frames: 1001, encoding: encoding)
        let unknown = try collecting { descriptor in
            try write(
                samples,
                with: AudioWriter(
                    fileDescriptor: descriptor, closes: false, path: "-",
                    settings: .init(encoding: encoding, sampleRate: 48_000, channels: channels))
            )
        }
        #expect(Array(unknown[4..<8]) == [255, 255, 255, 255])
        let reader = try AudioReader(
            fileDescriptor: pipe(delivering: unknown), closes: true, path: "-")
        #expect(reader.declaredFrameCount == nil)
        #expect(try readAll(reader) == samples)
        let known = try collecting { descriptor in
            try write(
                samples,
                with: AudioWriter(
                    fileDescriptor: descriptor, closes: false, path: "-",
                    settings: .init(
                        encoding: encoding, sampleRate: 48_000, channels: channels,
                        expectedFrameCount: 1001)))
        }
        // With a known length the stream is the file.
        let folder = try TemporaryFolder()
        _ = try write(
            samples, to: folder.file("x"),
            .init(
                encoding: encoding, sampleRate: 48_000, channels: channels, expectedFrameCount: 1001
            ))
        #expect(try bytes(of: folder.file("x")) == known)
        #expect(try readAll(AudioReader(path: folder.file("x"))) == samples)
    }

    @Test("A file that is open for appending is a stream: its header cannot be corrected")
    func appending() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], to: "x")
        let number = open(path, O_WRONLY | O_APPEND)
        try write(
            [[0.5]],
            with: AudioWriter(
                fileDescriptor: number, closes: true, path: "-",
                settings: .init(sampleRate: 16_000, channels: 1)))
        let file = try bytes(of: path)
        #expect(file.count == 3 + 44 + 2)
        #expect(Array(file[43..<47]) == [255, 255, 255, 255])
    }

    @Test("A promise that was sent cannot be broken in silence")
    func brokenPromise() throws {
        #expect(throws: AudioFileError.lengthMismatch(path: "-", promised: 10, written: 9)) {
            _ = try collecting { descriptor in
                let settings = AudioWriter.Settings(
                    sampleRate: 16_000, channels: 1, expectedFrameCount: 10)
                try write(
                    [[Float](repeating: 0, count: 9)],
                    with: AudioWriter(
                        fileDescriptor: descriptor, closes: false, path: "-", settings: settings))
            }
        }
        // A file is corrected.
        let folder = try TemporaryFolder()
        _ = try write(
            [[0, 0, 0]], to: folder.file("x"),
            .init(sampleRate: 16_000, channels: 1, expectedFrameCount: 10))
        #expect(try AudioReader(path: folder.file("x")).declaredFrameCount == 3)
    }

    @Test(
        "Containers that need to seek refuse a pipe",
        arguments: [AudioContainer.flac, .aiff, .caf, .w64, .ogg])
    func refusal(container: AudioContainer) throws {
        #expect(throws: AudioFileError.needsSeekableOutput(path: "-", container: container)) {
            _ = try collecting { descriptor in
                _ = try AudioWriter(
                    fileDescriptor: descriptor, closes: false, path: "-",
                    settings: .init(container: container, sampleRate: 16_000, channels: 1))
            }
        }
    }

    @Test("A reader that has gone is told apart from other failures")
    func brokenPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        #expect(throws: AudioFileError.brokenPipe(path: "-")) {
            _ = try AudioWriter(
                fileDescriptor: ends[1], closes: true, path: "-",
                settings: .init(sampleRate: 16_000, channels: 1))
        }
        #expect(AudioFileError.brokenPipe(path: "-").isBrokenPipe)
    }

    @Test("A live source is not held up")
    func live() throws {
        var ends: [CInt] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[1]) }
        let format = try RawFormat(sampleRate: 16_000)
        let reader = try AudioReader(
            fileDescriptor: ends[0], closes: true, path: "-", options: .init(raw: format))
        let half: [UInt8] = [0, 0x40, 0]  // a sample and a half
        #expect(half.withUnsafeBytes { Foundation.write(ends[1], $0.baseAddress, 3) } == 3)
        #expect(try reader.readPlanar(frames: 1000) == [[0.5]])
        let rest: [UInt8] = [0xC0]
        #expect(rest.withUnsafeBytes { Foundation.write(ends[1], $0.baseAddress, 1) } == 1)
        #expect(try reader.readPlanar(frames: 1000) == [[-0.5]])
    }
}
