import AudioFile
import CSndfile
import Foundation
import Testing

@Suite("Sounds one behind another, and lengths that decoders guess")
struct ChainTests {
    static let samples = noise(channels: 1, frames: 20_001, encoding: .signed16)[0]

    func file(_ container: AudioContainer, in folder: TemporaryFolder, rate: Int = 16_000) throws
        -> [UInt8]
    {
        let path = folder.file("one")
        _ = try write(
            [Self.samples], to: path,
            .init(container: container, sampleRate: rate, channels: 1, expectedFrameCount: 20_001))
        return try bytes(of: path)
    }

    @Test(
        "Files that were put one behind another are read to the last sample",
        arguments: [AudioContainer.wav, .aiff, .au, .caf, .w64, .flac])
    func lossless(container: AudioContainer) throws {
        let folder = try TemporaryFolder()
        let one = try file(container, in: folder)
        for reader in try readers(one + one + one, in: folder) {
            #expect(
                try readAll(reader) == [Self.samples + Self.samples + Self.samples],
                "\(container)")
            #expect(reader.warnings == [])
        }
        let reader = try AudioReader(path: folder.write(one + one, to: "two"))
        #expect(reader.declaredFrameCount == 40_002)
        for place in [30_000, 40_001, 20_001] {
            try reader.seek(toFrame: place)
            #expect(
                try readAll(reader) == [Array(Self.samples[(place - 20_001)...])], "\(place)")
        }
        try reader.seek(toFrame: 50_000)
        #expect(try readAll(reader)[0].isEmpty)
        try reader.seek(toFrame: 20_000)
        let rest = try readAll(reader)[0]
        #expect(rest == [Self.samples[20_000]] + Self.samples, "\(reader.warnings)")
        try reader.rewind()
        #expect(try readAll(reader) == [Self.samples + Self.samples])
    }

    @Test("Ogg: all links of a chain")
    func ogg() throws {
        let folder = try TemporaryFolder()
        let one = try file(.ogg, in: folder)
        let single = try readAll(AudioReader(path: folder.write(one, to: "x")))[0]
        for reader in try readers(one + one, in: folder) {
            #expect(reader.declaredFrameCount == 40_002)
            #expect(try readAll(reader)[0] == single + single)
            #expect(reader.warnings == [])
            try reader.seek(toFrame: 30_000)
            #expect(try readAll(reader)[0].count == 10_002)
        }
    }

    @Test(
        "Another sound that cannot go on is left out with a word",
        arguments: [AudioContainer.wav, .au, .flac, .ogg])
    func other(container: AudioContainer) throws {
        let folder = try TemporaryFolder()
        let one = try file(container, in: folder)
        let two = try file(container, in: folder, rate: 48_000)
        for reader in try readers(one + two, in: folder) {
            #expect(try readAll(reader)[0].count == 20_001)
            #expect(
                reader.warnings == [
                    .otherSound("another sound of 48000 Hz, 1 channel", bytes: two.count)
                ])
        }
    }

    /// A FLAC file whose header says another number of samples.
    func flac(total: Int, in folder: TemporaryFolder) throws -> [UInt8] {
        var bytes = try file(.flac, in: folder)
        // The last 36 bits of the 8 bytes at 18.
        bytes[21] = bytes[21] & 0xF0 | UInt8(total >> 32 & 15)
        bytes.replaceSubrange(22..<26, with: big(total & 0xFFFF_FFFF, 4))
        return bytes
    }

    @Test("FLAC: more samples than the header says", arguments: [1, 4096, 5000, 20_000])
    func longer(total: Int) throws {
        let folder = try TemporaryFolder()
        for reader in try readers(flac(total: total, in: folder), in: folder) {
            #expect(reader.declaredFrameCount == total)
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [.longer(declaredFrames: total)])
        }
    }

    @Test("FLAC: fewer samples than the header says, an unknown number, garbage behind the end")
    func shorter() throws {
        let folder = try TemporaryFolder()
        for reader in try readers(flac(total: 30_000, in: folder), in: folder) {
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [.truncated(declaredFrames: 30_000, framesRead: 20_001)])
        }
        let unknown = try flac(total: 0, in: folder)
        for reader in try readers(unknown + unknown, in: folder) {
            #expect(try readAll(reader) == [Self.samples + Self.samples])
            #expect(reader.warnings == [])
        }
        let good = try file(.flac, in: folder)
        for reader in try readers(good + Array("garbage".utf8), in: folder) {
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [.bytesLeft(bytes: 7)])
        }
        let tag = join(ascii("TAG"), [UInt8](repeating: 0, count: 125))
        #expect(try AudioReader(path: folder.write(good + tag, to: "x")).warnings == [])
    }

    @Test("FLAC: the checksum of the samples is checked, also behind a rewind")
    func checksum() throws {
        let folder = try TemporaryFolder()
        var bytes = try file(.flac, in: folder)
        bytes[30] ^= 1
        for reader in try readers(bytes, in: folder) {
            #expect(try readAll(reader) == [Self.samples])
            #expect(reader.warnings == [.checksum])
            try reader.seek(toFrame: 100)
            #expect(try readAll(reader) == [Array(Self.samples[100...])])
            #expect(!reader.warnings.contains(.checksum))
            try reader.rewind()
            _ = try readAll(reader)
            #expect(reader.warnings == [.checksum])
        }
    }

    /// MP3 as libsndfile writes it.
    func mp3(_ samples: [Float], in folder: TemporaryFolder) throws -> [UInt8] {
        var info = SF_INFO()
        (info.samplerate, info.channels) = (16_000, 1)
        info.format = CInt(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III)
        let handle = try #require(sf_open(folder.file("x.mp3"), CInt(SFM_WRITE), &info))
        var variable = CInt(SF_BITRATE_MODE_VARIABLE)
        sf_command(handle, CInt(SFC_SET_BITRATE_MODE), &variable, CInt(MemoryLayout<CInt>.size))
        #expect(sf_write_float(handle, samples, sf_count_t(samples.count)) == samples.count)
        sf_close(handle)
        return try bytes(of: folder.file("x.mp3"))
    }

    @Test("MP3 with a variable rate and without a frame that says its length is read to the end")
    func variableRate() throws {
        let folder = try TemporaryFolder()
        // Silence first: a length guessed from the rate at the beginning is far too large, and with
        // noise first far too small.
        let quiet = [Float](repeating: 0, count: 160_000)
        let loud = (0..<10).flatMap { _ in Self.samples.prefix(16_000).map { $0 * 0.3 } }
        for sound in [quiet + loud, loud + quiet] {
            let whole = try mp3(sound, in: folder)
            let mark = try #require(
                whole.indices.first { whole[$0...].starts(with: Array("Xing".utf8)) }
                    ?? whole.indices.first { whole[$0...].starts(with: Array("Info".utf8)) })
            // The first frame ends where the next begins.
            let first = try #require(whole[..<mark].lastIndex(of: 0xFF))
            let next = try #require(
                (mark..<whole.count - 2).first {
                    whole[$0] == 0xFF && whole[$0 + 1] == whole[first + 1]
                })
            let bare = Array(whole[next...])
            for reader in try readers(bare, in: folder) {
                let read = try readAll(reader)[0]
                // Delay and padding of the encoder, about three frames of 576.
                #expect((320_000...322_500).contains(read.count), "\(read.count)")
                #expect(reader.declaredFrameCount == read.count)
                #expect(reader.warnings == [])
            }
            for reader in try readers(whole, in: folder) {
                #expect(try readAll(reader)[0].count == 320_000)
                #expect(reader.warnings == [])
            }
            for reader in try readers(Array(whole[..<(whole.count / 2)]), in: folder) {
                let count = try readAll(reader)[0].count
                #expect(
                    reader.warnings == [.truncated(declaredFrames: 320_000, framesRead: count)])
                #expect(count < 319_000)
            }
        }
    }

    @Test("MP3 one behind another, and within WAV")
    func mp3Chain() throws {
        let folder = try TemporaryFolder()
        let one = try mp3(Array(Self.samples.prefix(16_000)), in: folder)
        for reader in try readers(one + one, in: folder) {
            #expect(try readAll(reader)[0].count >= 32_000)
            #expect(reader.warnings == [])
        }
        let format = join(
            little(0x55, 2), little(1, 2), little(16_000, 4), little(4000, 4), little(1, 2),
            little(0, 2), little(12, 2), [UInt8](repeating: 0, count: 12))
        let wave = riff(chunk("fmt ", format), chunk("data", one), HeaderTests.text)
        for reader in try readers(wave, in: folder) {
            #expect(reader.formatName == "WAV, MP3")
            #expect(try readAll(reader)[0].count == 16_000)
            #expect(reader.warnings == [])
        }
    }
}
