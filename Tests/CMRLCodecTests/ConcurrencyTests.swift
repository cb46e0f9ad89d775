import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Many encoders and decoders in one process, all with one model: each gives what it gives alone.
/// Also under `make sanitize-thread`.
@Suite struct ConcurrencyTests {
    /// What one of the workers does, unlike the others.
    private struct Work: Sendable {
        var signal: [[Float]]
        var rates: [UInt8]?
        var bitrate: Double?
        var blocksPerPacket: Int
        var keyInterval: Int
        /// Every so many packets one is lost.
        var loss: Int

        init(_ index: Int, seconds: Double) {
            signal = (0..<1 + index % 2).map {
                SpeechLikeSignal.samples(seconds: seconds, seed: UInt64(100 + 2 * index + $0))
            }
            rates =
                index % 4 == 3
                ? nil : index % 4 == 1 ? [UInt8(40 + 5 * index)] : [UInt8(60 + index), 200]
            bitrate = rates == nil ? 9000 + 1000 * Double(index) : nil
            blocksPerPacket = 1 + index % 7
            keyInterval = 1 + index % 3
            loss = 3 + index % 4
        }
    }

    private struct Result: Equatable, Sendable {
        var packets: [Packet]
        var symbols: UInt64
        var samples: [[Float]]
        var samplesAfterLoss: [[Float]]

        init(_ model: CodecModel, _ work: Work) throws {
            let coded = try CodedSignal(
                model, work.signal, rates: work.rates, blocksPerPacket: work.blocksPerPacket,
                keyInterval: work.keyInterval, bitrate: work.bitrate)
            packets = coded.packets
            symbols = coded.symbolChecksum
            samples = try coded.decoded()
            let lossy: [Packet?] = coded.packets.enumerated().map {
                $0.offset % work.loss == 1 ? nil : $0.element
            }
            samplesAfterLoss = try CodedSignal.decode(model, coded.header, lossy).samples
        }
    }

    @Test(arguments: [(CodecModels.Kind.tiny, 16, 1.0), (.builtIn, 16, 0.4)])
    func eachGivesWhatItGivesAlone(kind: CodecModels.Kind, count: Int, seconds: Double) throws {
        let model = try CodecModels.load(kind)
        let works = (0..<count).map { Work($0, seconds: seconds) }
        let found = Threads.run(count) { try Result(model, works[$0]) }
        for (index, work) in works.enumerated() {
            #expect(try found[index].get() == Result(model, work), "worker \(index)")
        }
    }
}
