import CMRLCodec
import Foundation
import TestSupport
import Testing

/// What a model says about the sound that it codes.
@Suite struct SignalFormatTests {
    private func entries(_ configuration: NetworkConfiguration, all: Bool = false) throws
        -> [String: Any]
    {
        let encoder = JSONEncoder()
        if all, let key = NetworkConfiguration.writesAllEntries { encoder.userInfo[key] = true }
        let object = try JSONSerialization.jsonObject(with: encoder.encode(configuration))
        return try #require(object as? [String: Any])
    }

    private func read(_ entries: [String: Any]) throws -> NetworkConfiguration {
        try JSONDecoder().decode(
            NetworkConfiguration.self, from: JSONSerialization.data(withJSONObject: entries))
    }

    /// Files from before rates and groups mean 16 kHz and channels by themselves, and are written
    /// as they were.
    @Test func absentEntries() throws {
        var old = try entries(TinyModel.configuration)
        #expect(old["sampleRate"] == nil && old["channels"] == nil)
        #expect(try read(old).signal == SignalFormat(hop: 80, framesPerBlock: 4))
        #expect(try read(old).signal.block == .version1)
        let all = try entries(TinyModel.configuration, all: true)
        #expect(all["sampleRate"] as? Int == 16_000 && all["channels"] as? Int == 1)
        #expect(try read(all) == TinyModel.configuration)
        old["hop"] = nil
        #expect(throws: DecodingError.self) { try read(old) }
    }

    @Test func otherFormats() throws {
        var configuration = TinyModel.configuration
        configuration.signal = SignalFormat(
            sampleRate: 44_100, hop: 64, framesPerBlock: 3, channels: 2)
        try configuration.validate()
        #expect(try read(entries(configuration)) == configuration)
        let signal = configuration.signal
        #expect(signal.blockSamples == 192 && signal.width == 128)
        #expect(signal.block == BlockFormat(sampleRate: 44_100, samples: 192, channels: 2))
        #expect(abs(signal.block.seconds(blocks: 5) - 960 / 44_100.0) < 1e-15)
    }

    @Test(arguments: [
        ("sampleRate", 7_999), ("sampleRate", 96_001), ("channels", 0), ("channels", 3),
        ("hop", 15), ("hop", 1_025), ("hop", .min), ("framesPerBlock", 0), ("framesPerBlock", 9),
    ])
    func refused(entry: String, value: Int) throws {
        var entries = try entries(TinyModel.configuration, all: true)
        entries[entry] = value
        let configuration = try read(entries)
        #expect {
            try configuration.validate()
        } throws: {
            "\($0)".contains("\(entry) is \(value), allowed are ")
        }
    }

    /// Products of sizes that are possible one by one.
    @Test func blocksAreLimited() {
        var configuration = TinyModel.configuration
        configuration.signal = SignalFormat(hop: 1024, framesPerBlock: 3)
        #expect(
            throws: NetworkConfigurationError.outOfRange(
                name: "hop * framesPerBlock", value: 3072, allowed: SignalFormat.blockSamplesRange)
        ) { try configuration.validate() }
    }
}
