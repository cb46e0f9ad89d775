import CMRLCodec
import Foundation
import NeuralNetwork
import Testing

/// Streams of a few bytes whose header asks for a lot: nwc-dec within a limit of memory, and no
/// trap.
@Suite struct HostileHeaderTests {
    /// Kilobytes of address space: far less than one packet of all channels takes at the source's
    /// rate.
    private static let limit = 800_000

    private let modelID: ModelID

    /// The identity of the built-in model, as a stream of it tells.
    init() throws {
        let folder = try TestFolder()
        try folder.write(WaveFile(channels: [[0.1]]).data, "in.wav")
        _ = try Program.run("nwc-enc", ["-q", "in.wav"], in: folder)
        var reader = BitstreamReader()
        reader.push([UInt8](try folder.data("in.nwc")))
        _ = try reader.next()
        modelID = try #require(reader.header?.modelID)
    }

    private func header(rate: Int, channels: Int, blocks: Int, samples: UInt64? = nil) throws
        -> StreamHeader
    {
        try StreamHeader(
            modelID: modelID, sampleRate: rate, channelCount: channels, blocksPerPacket: blocks,
            layerCount: 1, sampleCount: samples)
    }

    /// A length that is none where the first packet should be: a gap, which is concealed by packets
    /// of the declared size. The last hop of the last block has no second half.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["NWC_SANITIZER"] == nil),
        arguments: [(1, 3000), (8, 3000), (255, 94)])
    func aGapOfManyChannels(channels: Int, blocks: Int) throws {
        let folder = try TestFolder()
        try folder.write(
            Data(
                header(rate: 768_000, channels: channels, blocks: blocks).bytes + [
                    0x80, 0x00, 1, 2, 3, 4,
                ]), "x.nwc")
        let run = try Program.shell(
            "ulimit -v \(Self.limit); nwc-dec --conceal x.nwc --raw - | wc -c", in: folder)
        #expect(run.status == 0, "\(run.status) \(run.errors)")
        #expect(
            run.text.trimmingCharacters(in: .whitespacesAndNewlines)
                == "\(2 * 48 * channels * (blocks * 320 - 160))")
    }

    /// However much garbage follows, a gap stands for ten minutes at most.
    @Test func aLongGapIsNotTakenForHours() throws {
        let folder = try TestFolder()
        let garbage = [UInt8](repeating: 0x80, count: 100_000)
        try folder.write(
            Data(header(rate: 1000, channels: 1, blocks: 3000).bytes + garbage), "x.nwc")
        let run = try Program.run("nwc-dec", ["--conceal", "x.nwc", "x.wav"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.data("x.wav").count <= 44 + 36 + 2 * 1000 * 600)
    }

    @Test(arguments: [8000, 32_000, 48_000, 768_000])
    func declaredLengths(rate: Int) throws {
        let folder = try TestFolder()
        for (source, channels) in [(1, 1), (1, 255), (768_000, 1)] {
            try folder.write(
                Data(
                    header(
                        rate: source, channels: channels, blocks: 1,
                        samples: StreamHeader.maximumSampleCount
                    ).bytes), "x.nwc")
            for option in [[], ["--conceal"]] {
                let run = try Program.run(
                    "nwc-dec", option + ["--rate", "\(rate)", "x.nwc", "x.wav"], in: folder)
                #expect(run.status < 2, "\(source) Hz, \(option): \(run.status) \(run.errors)")
                #expect(!option.isEmpty || run.status == 1)
                try? FileManager.default.removeItem(at: folder.url("x.wav"))
            }
        }
    }
}
