import CMRLCodec
import Foundation
import TestSupport
import Testing

/// `nwc-enc` and `nwc-dec` with a model of another sample rate that codes two channels together.
@Suite struct ChannelGroupTests {
    private static let model = Result {
        Data(
            try TinyModel.fileBytes(
                signal: SignalFormat(sampleRate: 44_100, hop: 64, framesPerBlock: 3, channels: 2)))
    }

    @Test(arguments: [(44_100, 2), (44_100, 3), (48_000, 1)])
    func roundTrip(rate: Int, channels: Int) throws {
        let folder = try TestFolder()
        try folder.write(Self.model.get(), "stereo.nwm")
        let sound = (0..<channels).map {
            SpeechLikeSignal.samples(seconds: 0.6, rate: rate, seed: UInt64($0 + 1))
        }
        try folder.write(WaveFile(rate: rate, channels: sound).data, "in.wav")
        let encoded = try Program.run(
            "nwc-enc",
            ["-q", "--model", "stereo.nwm", "--rate-index", "230", "in.wav", "-o", "a.nwc"],
            in: folder)
        #expect(encoded.status == 0 && encoded.errors.isEmpty, "\(encoded.errors)")
        let decoded = try Program.run(
            "nwc-dec", ["-q", "--model", "stereo.nwm", "a.nwc", "-o", "out.wav"], in: folder)
        #expect(decoded.status == 0 && decoded.errors.isEmpty, "\(decoded.errors)")
        let heard = try #require(WaveFile(folder.data("out.wav")))
        #expect(heard.rate == rate && heard.channels.map(\.count) == sound.map(\.count))
        for (own, back) in zip(sound, heard.channels) { #expect(signalToNoise(own, back) > 8) }
        let info = try Program.run("nwc-info", ["a.nwc"], in: folder)
        #expect(info.status == 0, "\(info.errors)")
        let other = try Program.run("nwc-dec", ["a.nwc", "-o", "other.wav"], in: folder)
        #expect(try other.status == 1 && !folder.names.contains("other.wav"), "\(other.errors)")
    }

    /// A bitrate is met, and is that of all channels.
    @Test func bitrate() throws {
        let folder = try TestFolder()
        try folder.write(Self.model.get(), "stereo.nwm")
        let sound = (0..<2).map {
            SpeechLikeSignal.samples(seconds: 2, rate: 44_100, seed: UInt64($0 + 5))
        }
        try folder.write(WaveFile(rate: 44_100, channels: sound).data, "in.wav")
        let low = try Program.run(
            "nwc-enc", ["--model", "stereo.nwm", "--rate-index", "25", "in.wav", "-o", "low.nwc"],
            in: folder)
        #expect(low.status == 0, "\(low.errors)")
        let bits = try Double(8 * folder.data("low.nwc").count) / 2
        let target = (bits * 1.3 / 1000).rounded()
        let encoded = try Program.run(
            "nwc-enc",
            ["--model", "stereo.nwm", "--bitrate", "\(target)", "in.wav", "-o", "a.nwc"],
            in: folder)
        #expect(encoded.status == 0, "\(encoded.errors)")
        let found = try Double(8 * folder.data("a.nwc").count) / 2000
        #expect(abs(found / target - 1) < 0.03, "\(found) for \(target) kbit/s")
    }
}
