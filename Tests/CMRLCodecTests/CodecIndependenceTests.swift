import CKernels
import CMRLCodec
import Foundation
import TestSupport
import Testing

/// What must not change packets or samples: how samples are cut, how packets are cut, the SIMD
/// path, other threads.
@Suite(.serialized) struct CodecIndependenceTests {
    @Test(arguments: CodecModels.Kind.allCases)
    func packetsDoNotDependOnThePiecesOfTheInput(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = (1...2).map { SpeechLikeSignal.samples(seconds: 1.5, seed: UInt64($0)) }
        var random = SeededGenerator(seed: 8)
        for (rates, blocks, interval) in [
            ([UInt8(130)], 50, 1), ([90, 160], 50, 1), ([90, 160], 1, 5), ([100], 3, 2),
        ] {
            let whole = try CodedSignal(
                model, signal, rates: rates, blocksPerPacket: blocks, keyInterval: interval)
            for largest in [1, 37, 320, 7000] where largest > 1 || blocks == 50 {
                let pieces = (0..<97).map { _ in random.below(largest + 1) + (largest == 1 ? 1 : 0)
                }
                let cut = try CodedSignal(
                    model, signal, rates: rates, blocksPerPacket: blocks, keyInterval: interval,
                    pieces: pieces)
                #expect(
                    cut.packets == whole.packets && cut.symbolChecksum == whole.symbolChecksum,
                    "pieces up to \(largest), \(blocks) blocks")
            }
        }
        let paced = try CodedSignal(model, signal, bitrate: 24_000, pieces: [333])
        let atOnce = try CodedSignal(model, signal, bitrate: 24_000)
        #expect(paced.packets == atOnce.packets)
    }

    @Test(arguments: CodecModels.Kind.allCases)
    func samplesDoNotDependOnPacketSizeOrPulling(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 2.5, seed: 9)]
        for rates in [[UInt8(120)], [80, 170]] {
            // Context is reset every 50 blocks each time.
            let whole = try CodedSignal(
                model, signal, rates: rates, blocksPerPacket: 50, keyInterval: 1)
            let expected = try whole.decoded()
            for (blocks, interval) in [(1, 50), (2, 25), (10, 5), (25, 2)] {
                let coded = try CodedSignal(
                    model, signal, rates: rates, blocksPerPacket: blocks, keyInterval: interval)
                #expect(try coded.decoded() == expected, "\(blocks) blocks a packet")
                let once = try CodedSignal.decode(
                    model, coded.header, coded.packets, sampleCount: coded.samples, pullsOnce: true)
                #expect(once.samples == expected)
                #expect(once.checksum == coded.symbolChecksum)
            }
        }
    }

    @Test(arguments: CodecModels.Kind.allCases)
    func everySIMDPathGivesTheSameBits(kind: CodecModels.Kind) throws {
        let model = try CodecModels.load(kind)
        let signal = [SpeechLikeSignal.samples(seconds: 1.2, seed: 4)]
        let before = nwc_simd_current()
        defer { nwc_simd_select(Int32(before.rawValue)) }
        for rates in [[UInt8(110)], [70, 200]] {
            var first: (packets: [Packet], checksum: UInt64, samples: [[Float]])?
            for path in 0..<Int32(NWC_SIMD_COUNT) where nwc_simd_available(path) != 0 {
                #expect(nwc_simd_select(path) == 0)
                let coded = try CodedSignal(model, signal, rates: rates)
                let result = try CodedSignal.decode(
                    model, coded.header, first?.packets ?? coded.packets, sampleCount: coded.samples
                )
                let name = String(cString: nwc_simd_name(path))
                if let first {
                    #expect(coded.packets == first.packets, "packets on \(name)")
                    #expect(result.checksum == first.checksum, "symbols on \(name)")
                    #expect(result.samples == first.samples, "samples on \(name)")
                } else {
                    first = (coded.packets, result.checksum, result.samples)
                }
            }
        }
    }

    @Test func threadsDoNotDisturbEachOther() throws {
        let model = try CodecModels.load(.tiny)
        let signal = [SpeechLikeSignal.samples(seconds: 1, seed: 6)]
        let expected = try CodedSignal(model, signal, rates: [60, 180])
        let samples = try expected.decoded()
        let wrong = LockedCount()
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let coded = try? CodedSignal(model, signal, rates: [60, 180])
            if coded?.packets != expected.packets || (try? coded?.decoded()) != samples {
                wrong.increment()
            }
        }
        #expect(wrong.value == 0)
    }
}

/// A count that threads share.
private final class LockedCount: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func increment() { lock.withLock { count += 1 } }
    var value: Int { lock.withLock { count } }
}
