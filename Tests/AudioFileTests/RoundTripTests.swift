import AudioFile
import Testing

@Suite("Writing and reading back")
struct RoundTripTests {
    static let linear: [(AudioContainer, SampleEncoding)] = [
        (.wav, .unsigned8), (.wav, .signed16), (.wav, .signed24), (.wav, .signed32),
        (.wav, .float32), (.wav, .float64),
        (.aiff, .signed8), (.aiff, .signed16), (.aiff, .signed24), (.aiff, .signed32),
        (.aiff, .float32),
        (.au, .signed8), (.au, .signed16), (.au, .signed24), (.au, .signed32), (.au, .float32),
        (.caf, .signed16), (.caf, .signed24), (.caf, .float32), (.w64, .signed16),
        (.w64, .signed24), (.w64, .float32),
        (.flac, .signed8), (.flac, .signed16), (.flac, .signed24),
    ]

    @Test("Every sample comes back exactly", arguments: linear)
    func exact(container: AudioContainer, encoding: SampleEncoding) throws {
        let folder = try TemporaryFolder()
        for (channels, sampleRate, frames) in [
            (1, 16_000, 5000), (2, 44_100, 4097), (8, 48_000, 1000), (1, 8_000, 1),
            (3, 11_025, 333), (2, 96_000, 64),
        ] {
            let samples = noise(channels: channels, frames: frames, encoding: encoding)
            let path = folder.file("\(channels)-\(sampleRate)")
            let writer = try write(
                samples, to: path,
                .init(
                    container: container, encoding: encoding, sampleRate: sampleRate,
                    channels: channels))
            #expect(writer.clippedSampleCount == 0)
            #expect(writer.framesWritten == frames)
            let reader = try AudioReader(path: path)
            #expect(reader.sampleRate == sampleRate)
            #expect(reader.channels == channels)
            #expect(reader.declaredFrameCount == frames)
            #expect(try readAll(reader) == samples)
            #expect(reader.framesRead == frames)
            #expect(reader.warnings == [])
            try reader.rewind()
            #expect(try readAll(reader, piece: 4096) == samples)
        }
    }

    @Test("A file without frames is audio of length 0", arguments: linear)
    func noFrames(container: AudioContainer, encoding: SampleEncoding) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("empty")
        _ = try write(
            [[], []], to: path,
            .init(container: container, encoding: encoding, sampleRate: 22_050, channels: 2))
        let reader = try AudioReader(path: path)
        #expect(reader.channels == 2)
        #expect(reader.sampleRate == 22_050)
        #expect(try readAll(reader) == [[], []])
        #expect(reader.warnings == [.noSamples])
    }

    @Test(
        "Raw PCM in every encoding and byte order", arguments: SampleEncoding.allCases,
        ByteOrder.allCases)
    func raw(encoding: SampleEncoding, byteOrder: ByteOrder) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 3, frames: 1000, encoding: encoding)
        let path = folder.file("x.raw")
        _ = try write(
            samples, to: path,
            .init(
                container: .raw, encoding: encoding, byteOrder: byteOrder, sampleRate: 16_000,
                channels: 3))
        let stored = try bytes(of: path)
        #expect(stored.count == 3000 * encoding.byteCount)
        let format = try RawFormat(
            sampleRate: 16_000, channels: 3, encoding: encoding, byteOrder: byteOrder)
        let reader = try AudioReader(path: path, options: .init(raw: format))
        #expect(reader.declaredFrameCount == 1000)
        #expect(try readAll(reader) == samples)
        // Channel 0 starts with the smallest value: its bytes are known.
        if encoding == .signed24 {
            #expect(Array(stored[0..<3]) == (byteOrder == .big ? [0x80, 0, 0] : [0, 0, 0x80]))
        }
        if encoding == .unsigned16 { #expect(Array(stored[0..<2]) == [0, 0]) }
        if encoding == .signed16 {
            #expect(Array(stored[0..<2]) == (byteOrder == .big ? [0x80, 0] : [0, 0x80]))
        }
    }

    @Test("A 16-bit WAV header is the 44 bytes of the specification")
    func plainHeader() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x.wav")
        _ = try write(
            [[0.5, -1]], to: path, .init(sampleRate: 16_000, channels: 1, expectedFrameCount: 2))
        let expected: [UInt8] =
            Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WAVEfmt ".utf8) + [
                16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0,
            ]
            + Array("data".utf8) + [4, 0, 0, 0, 0, 0x40, 0, 0x80]
        #expect(try bytes(of: path) == expected)
    }

    @Test("The same samples give the same bytes", arguments: linear)
    func repeatable(container: AudioContainer, encoding: SampleEncoding) throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 2, frames: 3000, encoding: encoding)
        let settings = AudioWriter.Settings(
            container: container, encoding: encoding, sampleRate: 16_000, channels: 2)
        _ = try write(samples, to: folder.file("a"), settings, piece: 100)
        _ = try write(samples, to: folder.file("b"), settings, piece: 1700)
        #expect(try bytes(of: folder.file("a")) == bytes(of: folder.file("b")))
    }

    @Test("Pieces of any size, longer than what is handed over at a time")
    func pieces() throws {
        let folder = try TemporaryFolder()
        let samples = noise(channels: 2, frames: 40_001, encoding: .signed16)
        for container in [AudioContainer.flac, .caf, .w64, .ogg] {
            let settings = AudioWriter.Settings(
                container: container, sampleRate: 16_000, channels: 2)
            _ = try write(samples, to: folder.file("a"), settings, piece: 7)
            _ = try write(samples, to: folder.file("b"), settings, piece: 40_001)
            let read = try ["a", "b"].map { try readAll(AudioReader(path: folder.file($0))) }
            #expect(read[0] == read[1] && read[0][0].count == 40_001, "\(container)")
            if container != .ogg { #expect(read[0] == samples) }
        }
    }

    @Test("An AU length above 2 GiB, which others read as negative, is said to be unknown")
    func longAU() throws {
        func size(_ frames: Int) throws -> UInt64 {
            let header = try collecting { descriptor in
                _ = try AudioWriter(
                    fileDescriptor: descriptor, closes: false, path: "-",
                    settings: .init(
                        container: .au, sampleRate: 16_000, channels: 1,
                        expectedFrameCount: frames))
            }
            #expect(header.count == 24)
            return header[8..<12].reduce(0) { $0 << 8 | UInt64($1) }
        }
        #expect(try size(1 << 30 - 1) == 0x7FFF_FFFE)
        #expect(try size(1 << 30) == 0xFFFF_FFFF)
    }

    @Test("Vorbis is lossy but close, and exact in length")
    func vorbis() throws {
        let folder = try TemporaryFolder()
        let samples = [(0..<16_000).map { 0.5 * Float.sine(Double($0) * 440 / 16_000) }]
        _ = try write(
            samples, to: folder.file("x.ogg"),
            .init(container: .ogg, sampleRate: 16_000, channels: 1))
        let reader = try AudioReader(path: folder.file("x.ogg"))
        let decoded = try readAll(reader)
        #expect(decoded[0].count == 16_000)
        #expect(zip(decoded[0], samples[0]).allSatisfy { abs($0 - $1) < 0.1 })
    }

    @Test("Extensions")
    func extensions() {
        #expect(AudioContainer(path: "/a.b/c.FLAC") == .flac)
        #expect(AudioContainer(path: "x.aif") == .aiff)
        #expect(AudioContainer(path: "/dev/null") == .wav)
        #expect(AudioContainer(path: ".hidden") == .wav)
        #expect(AudioContainer(path: "x.mp4") == nil)
    }

    @Test("Combinations that a container cannot hold are refused")
    func refused() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("x")
        func error(_ settings: AudioWriter.Settings) -> AudioFileError? {
            do throws(AudioFileError) {
                _ = try AudioWriter(path: path, settings: settings)
                return nil
            } catch { return error }
        }
        for settings in [
            AudioWriter.Settings(
                container: .flac, encoding: .float32, sampleRate: 16_000, channels: 1),
            .init(container: .flac, sampleRate: 16_000, channels: 9),
            .init(container: .wav, encoding: .signed8, sampleRate: 16_000, channels: 1),
            .init(container: .au, encoding: .unsigned8, sampleRate: 16_000, channels: 1),
            .init(container: .ogg, sampleRate: 200_001, channels: 1),
            .init(sampleRate: 0, channels: 1),
            .init(sampleRate: 16_000, channels: 0),
        ] {
            #expect(
                error(settings)
                    == .unsupportedFormat(
                        path: path, container: settings.container, encoding: settings.encoding,
                        channels: settings.channels,
                        sampleRate: settings.sampleRate))
        }
        let rate = error(.init(container: .ogg, sampleRate: 250_000, channels: 1))
        #expect(
            rate?.description == """
                \(path): Ogg Vorbis cannot hold 1 channel, 250000 Hz; possible are \
                1 ... 255 channels, at most 200000 Hz
                """)
        #expect(throws: AudioFileError.channelMismatch(expected: 2, given: 1)) {
            try AudioWriter(path: path, settings: .init(sampleRate: 16_000, channels: 2)).write(
                planar: [[0]])
        }
    }
}
