import AudioFile
import CSndfile
import Foundation
import Testing

@Suite("Headers as programs write them: a file and a pipe give the same")
struct HeaderTests {
    static let samples = noise(channels: 1, frames: 1001, encoding: .signed16)[0]
    static let data = chunk("data", pcm(samples))
    static let text = list(5, "abcd\0", padding: 2)

    static let odd: [(String, [UInt8])] = waves + others

    private static func list(_ size: Int, _ text: String, padding: Int) -> [UInt8] {
        chunk(
            "LIST", join(ascii("INFOISFT"), little(size, 4), ascii(text)), padding: padding)
    }
    private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    private static let cue = chunk("cue ", join(little(9, 4), zeros(24)))
    private static let lengths = chunk(
        "ds64", join(little(2100, 8), little(2002, 8), little(1001, 8), little(0, 4)))
    private static let endless = chunk("data", pcm(samples), size: 0xFFFF_FFFF)
    private static let noLength = chunk("data", pcm(samples), size: 0)
    private static let bigEndian: [UInt8] = samples.flatMap { big(Int($0 * 32768), 2) }

    private static let waves: [(String, [UInt8])] = [
        ("a list padded to 4", riff(pcmFormat(), list(5, "abcd\0", padding: 4), data)),
        ("an odd list without padding", riff(pcmFormat(), list(1, "a", padding: 1), data)),
        ("fact of 0 bytes", riff(pcmFormat(), chunk("fact", []), data)),
        ("smpl of 39 bytes", riff(pcmFormat(), chunk("smpl", zeros(39)), data)),
        ("a short PEAK", riff(pcmFormat(), chunk("PEAK", [1, 0, 0, 0]), data)),
        ("cue with a wrong count", riff(pcmFormat(), cue, data)),
        ("cue with a wrong count behind the samples", riff(pcmFormat(), data, cue)),
        ("extensible with a format of 16 bytes", riff(pcmFormat(tag: 0xFFFE), data)),
        ("BW64", riff(lengths, pcmFormat(), endless, magic: "BW64")),
        (
            "RF64 without lengths",
            riff(chunk("ds64", zeros(28)), pcmFormat(), endless, magic: "RF64")
        ),
        ("length 0", riff(pcmFormat(), noLength)),
        ("length 0, then a list", riff(pcmFormat(), noLength, text)),
        ("length -1, then two lists", riff(pcmFormat(), endless, text, text)),
        (
            "RIFX",
            join(
                ascii("RIFX"), big(2038, 4), ascii("WAVEfmt "), big(16, 4), big(1, 2), big(1, 2),
                big(16_000, 4), big(32_000, 4), big(2, 2), big(16, 2), ascii("data"), big(2002, 4),
                bigEndian)
        ),
        (
            "Wave64 without a length",
            join(
                ascii("riff"), riffTail, little(-1, 8), ascii("wave"), waveTail, ascii("fmt "),
                waveTail, little(40, 8), Array(pcmFormat()[8...]), ascii("data"), waveTail,
                little(Int.max, 8), pcm(samples))
        ),
    ]

    private static let others: [(String, [UInt8])] = [
        (
            "AIFF with its format behind the samples",
            join(
                ascii("FORM"), big(2052, 4), ascii("AIFFSSND"), big(2010, 4), zeros(8), bigEndian,
                aiffFormat)
        ),
        (
            "AIFF of length 0",
            join(
                ascii("FORM"), big(0, 4), ascii("AIFF"), aiffFormat, ascii("SSND"), big(0, 4),
                zeros(8), bigEndian)
        ),
        (
            "AU of length 0",
            join(
                ascii(".snd"), big(24, 4), big(0, 4), big(3, 4), big(16_000, 4), big(1, 4),
                bigEndian)
        ),
        (
            "CAF to the end of the file",
            join(
                ascii("caff"), [0, 1, 0, 0], ascii("desc"), big(32, 8), cafRate, ascii("lpcm"),
                big(2, 4), big(2, 4), big(1, 4), big(1, 4), big(16, 4), ascii("data"), big(-1, 8),
                big(0, 4), pcm(samples))
        ),
        (
            "VOC in blocks",
            join(
                ascii("Creative Voice File"), [0x1A, 26, 0, 0x14, 1, 0x1F, 0x11], block(0..<300),
                block(300..<301), block(301..<1001), [0])
        ),
        (
            "VOC as SoX counts",
            join(
                ascii("Creative Voice File"), [0x1A, 26, 0, 0x0A, 1, 0x29, 0x11],
                block(0..<1001, missing: 8), [0])
        ),
    ]

    private static func block(_ range: Range<Int>, missing: Int = 0) -> [UInt8] {
        let part = pcm(Array(samples[range]))
        return join(
            [9], little(part.count + 12 - missing, 3), little(16_000, 4), [16, 1], little(4, 2),
            little(0, 4), part)
    }

    private static let cafRate = big(Int(Double(16_000).bitPattern), 8)
    private static let aiffFormat = join(
        ascii("COMM"), big(18, 4), big(1, 2), big(1001, 4), big(16, 2),
        [0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0])
    private static let riffTail: [UInt8] = [
        0x2E, 0x91, 0xCF, 0x11, 0xA5, 0xD6, 0x28, 0xDB, 0x04, 0xC1, 0, 0,
    ]
    private static let waveTail: [UInt8] = [
        0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1, 0, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A,
    ]

    @Test("Every sample, no other, no warning", arguments: odd.indices)
    func whole(number: Int) throws {
        let (name, bytes) = Self.odd[number]
        let folder = try TemporaryFolder()
        for reader in try readers(bytes, in: folder) {
            #expect(reader.sampleRate == 16_000 && reader.channels == 1, "\(name)")
            #expect(try readAll(reader) == [Self.samples], "\(name)")
            #expect(reader.warnings == [], "\(name)")
        }
    }

    @Test("Bytes behind the length that are no chunk are told; --ignore-length reads them")
    func wrapped() throws {
        let folder = try TemporaryFolder()
        let bytes = riff(pcmFormat(), chunk("data", pcm(Self.samples), size: 1000))
        for reader in try readers(bytes, in: folder) {
            #expect(try readAll(reader) == [Array(Self.samples[..<500])])
            #expect(reader.warnings == [.bytesBehindLength(bytes: 1002)])
        }
        for reader in try readers(bytes, in: folder, options: .init(ignoresLength: true)) {
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [])
        }
    }

    @Test("A length of 0 with nothing but chunks behind it is a sound of length 0, which is told")
    func empty() throws {
        let folder = try TemporaryFolder()
        for reader in try readers(
            riff(pcmFormat(), chunk("data", []), Self.text), in: folder)
        {
            #expect(try readAll(reader) == [[]])
            #expect(reader.warnings == [.noSamples])
        }
    }

    @Test("A chunk behind samples of unknown length is found wherever a piece of the input ends")
    func everyPlace() throws {
        let folder = try TemporaryFolder()
        for base in [2010, 32_730] {
            for count in base..<base + 48 {
                let samples = (0..<count).map { Self.samples[$0 % Self.samples.count] }
                let data = chunk("data", pcm(samples), size: 0)
                for reader in try readers(riff(pcmFormat(), data, Self.text), in: folder) {
                    #expect(try readAll(reader)[0].count == count)
                }
            }
        }
    }

    @Test("AIFF with the length that SoX writes into pipes")
    func soxPipe() throws {
        let folder = try TemporaryFolder()
        let sound = join(
            ascii("SSND"), big(0x7F00_0008, 4), big(0, 8),
            Self.samples.flatMap { big(Int($0 * 32768), 2) })
        let file = join(
            ascii("FORM"), big(0x7F00_0050, 4), ascii("AIFF"), Self.aiffFormat, sound)
        for reader in try readers(file, in: folder) {
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [])
        }
    }

    @Test("What looks like a chunk among samples of unknown length is sound")
    func names() throws {
        let folder = try TemporaryFolder()
        let list = join(pcm(Self.samples), Self.text, pcm(Self.samples), ascii("LIST"))
        for reader in try readers(
            riff(pcmFormat(), chunk("data", list, size: 0xFFFF_FFFF, padding: 1)), in: folder)
        {
            #expect(try readAll(reader)[0].count == list.count / 2)
        }
    }

    @Test("What cannot be is refused with its value")
    func refused() throws {
        let folder = try TemporaryFolder()
        func format(_ channels: Int, _ rate: Int, _ bits: Int, _ frame: Int) -> [UInt8] {
            chunk(
                "fmt ",
                join(
                    little(1, 2), little(channels, 2), little(rate, 4), little(0, 4),
                    little(frame, 2), little(bits, 2)))
        }
        for (bytes, reason) in [
            (riff(format(0, 16_000, 16, 2), Self.data), "0 channels"),
            (riff(format(2000, 16_000, 16, 4000), Self.data), "2000 channels"),
            (riff(format(1, 0, 16, 2), Self.data), "a sampling rate of 0 Hz"),
            (
                riff(format(1, 0xFFFF_FFFF, 16, 2), Self.data),
                "a sampling rate of 4294967295 Hz"
            ),
            (riff(format(1, 16_000, 0, 0), Self.data), "0 bits in 0 bytes for 1 channels"),
            (riff(Self.data), "no format in front of the samples"),
            (riff(pcmFormat()), "no samples behind the format"),
        ] {
            let error = #expect(throws: AudioFileError.self) {
                try AudioReader(path: folder.write(bytes, to: "x"))
            }
            #expect(error == .malformedHeader(path: folder.file("x"), reason: reason))
        }
    }

    @Test("Tags in a WAV stream, in front of the samples and behind them")
    func tags() throws {
        let folder = try TemporaryFolder()
        let title = chunk("LIST", join(ascii("INFOINAM"), little(2, 4), ascii("T\0")))
        let artist = chunk("LIST", join(ascii("INFOIART"), little(2, 4), [0xFC, 0]))
        for size in [nil, 0, 0xFFFF_FFFF, 0x7FFF_F000] {
            let data = chunk("data", pcm(Self.samples), size: size)
            for reader in try readers(riff(pcmFormat(), title, data, artist), in: folder) {
                // Those of a file are there from the beginning.
                if reader.isSeekable { #expect(reader.tags[.artist] == "ü") }
                #expect(try readAll(reader) == [Self.samples])
                #expect(reader.tags[.title] == "T" && reader.tags[.artist] == "ü")
                #expect(reader.tags.names == [.title, .artist])
                #expect(reader.warnings == [])
            }
        }
    }

    @Test("AIFF and CAF: texts behind samples of unknown length")
    func otherTags() throws {
        let folder = try TemporaryFolder()
        let name = join(ascii("NAME"), big(2, 4), ascii("Ti"))
        let samples = Array(Self.samples.dropLast())
        let sound = join(
            ascii("SSND"), big(0, 4), big(0, 8),
            samples.flatMap { big(Int($0 * 32768), 2) })
        let format = join(
            ascii("COMM"), big(18, 4), big(1, 2), big(0, 4), big(16, 2),
            [0x40, 0x0C, 0xFA, 0, 0, 0, 0, 0, 0, 0])
        let body = join(ascii("AIFF"), format, sound, name)
        let file = join(ascii("FORM"), big(body.count, 4), body)
        for reader in try readers(file, in: folder) {
            #expect(try readAll(reader) == [samples])
            #expect(reader.tags[.title] == "Ti")
            #expect(reader.warnings == [])
        }
    }

    @Test("VOC: silence without samples, in front of sound, within it and behind it")
    func silence() throws {
        let folder = try TemporaryFolder()
        // 100 samples at 10 kHz are 160 at 16 kHz.
        let pause: [UInt8] = [3, 3, 0, 0] + little(99, 2) + [156]
        let file = join(
            ascii("Creative Voice File"), [0x1A, 26, 0, 0x14, 1, 0x1F, 0x11], pause,
            Self.block(0..<300), pause, Self.block(300..<1001), pause, [0])
        let zeros = [Float](repeating: 0, count: 160)
        let expected = zeros + Self.samples[..<300] + zeros + Self.samples[300...] + zeros
        for reader in try readers(file, in: folder) {
            #expect(reader.declaredFrameCount == expected.count)
            #expect(try readAll(reader) == [expected])
            #expect(reader.warnings == [])
            for place in [100, 160, 470, 700, expected.count - 1] {
                try reader.seek(toFrame: place)
                #expect(try readAll(reader) == [Array(expected[place...])], "\(place)")
            }
        }
    }

    @Test("ADPCM in WAV ends where its fact chunk says, if the blocks agree")
    func countedBlocks() throws {
        let folder = try TemporaryFolder()
        var info = SF_INFO()
        (info.samplerate, info.channels) = (16_000, 1)
        info.format = CInt(SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM)
        let handle = try #require(sf_open(folder.file("x"), CInt(SFM_WRITE), &info))
        let sound = (0..<10).flatMap { _ in Self.samples }
        sf_writef_float(handle, sound, 10_010)
        sf_close(handle)
        let file = try bytes(of: folder.file("x"))
        let fact = try #require(
            file.indices.first { file[$0...].starts(with: ascii("fact")) })
        func read(_ frames: Int) throws -> [(count: Int, warnings: [AudioWarning])] {
            var changed = file
            changed.replaceSubrange(fact + 8..<fact + 12, with: little(frames, 4))
            return try readers(changed, in: folder).map { reader in
                let count = try readAll(reader)[0].count
                let found = (count, reader.warnings)
                try reader.seek(toFrame: count - 1)
                #expect(try readAll(reader)[0].count == 1)
                return found
            }
        }
        let blocks = try #require(read(0).first).count
        #expect(blocks > 10_010 && blocks < 10_010 + 1100)
        for (count, warnings) in try read(10_010) { #expect(count == 10_010 && warnings == []) }
        for (count, warnings) in try read(0) { #expect(count == blocks && warnings == []) }
        for (count, warnings) in try read(100) {
            #expect(count == blocks && warnings == [.longer(declaredFrames: 100)])
        }
        for (count, warnings) in try read(19_000) {
            #expect(
                count == blocks
                    && warnings == [.truncated(declaredFrames: 19_000, framesRead: blocks)])
        }
    }

    @Test("Names of open descriptors")
    func descriptors() throws {
        #expect(DescriptorName.number("/dev/stdin") == 0)
        #expect(DescriptorName.number("/dev/fd/12") == 12)
        #expect(DescriptorName.number("/proc/self/fd/3") == 3)
        for name in ["/dev/fd/", "/dev/fd/-1", "/dev/fd/3x", "/dev/fd/99999999999", "/dev/null"] {
            #expect(DescriptorName.number(name) == nil)
        }
        let input = try pipe(delivering: riff(pcmFormat(), Self.data))
        defer { close(input) }
        #expect(try readAll(AudioReader(path: "/dev/fd/\(input)")) == [Self.samples])
    }
}
