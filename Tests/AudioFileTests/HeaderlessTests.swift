import AudioFile
import CSndfile
import Foundation
import Testing

/// Codings of speech without a header.
@Suite("Headerless codings")
struct HeaderlessTests {
    /// Frames of GSM 06.10 as libsndfile writes them.
    private func gsm(_ samples: [Float], in folder: TemporaryFolder) throws -> [UInt8] {
        var info = SF_INFO()
        (info.samplerate, info.channels) = (8000, 1)
        info.format = CInt(SF_FORMAT_RAW | SF_FORMAT_GSM610)
        let handle = try #require(sf_open(folder.file("x.gsm"), CInt(SFM_WRITE), &info))
        sf_writef_float(handle, samples, sf_count_t(samples.count))
        sf_close(handle)
        return try bytes(of: folder.file("x.gsm"))
    }

    @Test("GSM 06.10 as file and pipe; bytes behind the last frame are said")
    func fullRate() throws {
        let folder = try TemporaryFolder()
        let samples = (0..<3200).map { sin(Float($0) * 0.3) * 0.4 }
        let coded = try gsm(samples, in: folder)
        #expect(coded.count == 20 * 33)
        let options = AudioReader.Options(headerless: .gsm)
        for reader in try readers(coded + [1, 2, 3], in: folder, options: options) {
            #expect(reader.sampleRate == 8000 && reader.channels == 1)
            #expect(reader.formatName == "raw, GSM 6.10")
            let decoded = try readAll(reader)[0]
            #expect(decoded.count == 3200)
            // The coder has its own noise, but no delay.
            let noise = zip(samples, decoded).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let power = samples.reduce(0) { $0 + $1 * $1 }
            #expect(noise < power / 4, "\(noise) of \(power)")
            #expect(reader.warnings == [.brokenLastFrame(bytes: 3)])
        }
    }

    @Test("G.722 goes through FFmpeg, and says so where there is none")
    func wideBand() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 0x7A, count: 800), to: "x")
        #expect(throws: AudioFileError.needsFFmpeg(path: path, format: "G.722")) {
            try AudioReader(path: path, options: .init(headerless: .g722, ffmpeg: nil))
        }
    }

    @Test(
        "G.722 has two samples a byte",
        .enabled(if: FFmpeg.installed != nil, "ffmpeg is not installed"))
    func wideBandLength() throws {
        let folder = try TemporaryFolder()
        let coded = [UInt8](repeating: 0x7A, count: 8000)
        for reader in try readers(coded, in: folder, options: .init(headerless: .g722)) {
            #expect(reader.sampleRate == 16_000 && reader.channels == 1)
            #expect(try readAll(reader)[0].count == 16_000)
        }
    }
}
