import CMRLCodec
import EncoderRefinement
import Foundation
import TestSupport
import Testing

/// Several encoders that refine in one process, all with one model: each gives the bytes that it gives alone. Also under `make sanitize-thread`.
@Suite struct RefinementConcurrencyTests {
    /// What one of the workers does, unlike the others.
    private static func encode(_ index: Int, _ model: CodecModel) throws -> [Packet] {
        let configuration = AnalysisBySynthesisTests.configuration(index: UInt8(60 + 15 * index), blocks: 5 + 3 * index, keyInterval: 1 + index % 3)
        let refiner = try AnalysisBySynthesis(model: model, rounds: 1 + index % 3)
        let signal = SpeechLikeSignal.samples(seconds: 0.6, seed: UInt64(300 + index))
        return try AnalysisBySynthesisTests.encode(signal, model, configuration, piece: 700 + 100 * index, refiner).packets
    }

    @Test func eachGivesWhatItGivesAlone() throws {
        let model = try AnalysisBySynthesisTests.model(), found = FoundPackets(count: 8)
        // Threads of their own, so that all run at a time however many processors there are.
        let threads = (0..<8).map { index in Thread { found.set(index, Result { try Self.encode(index, model) }) } }
        threads.forEach { $0.start() }
        for (index, result) in found.wait().enumerated() {
            let alone = try Self.encode(index, model)
            #expect(try result.get() == alone && alone.count > 1, "worker \(index)")
        }
    }
}

/// What threads found.
private final class FoundPackets: @unchecked Sendable {
    private let lock = NSCondition()
    private var found: [Int: Result<[Packet], any Error>] = [:]
    private let count: Int

    init(count: Int) { self.count = count }

    func set(_ index: Int, _ result: Result<[Packet], any Error>) {
        lock.withLock {
            found[index] = result
            lock.signal()
        }
    }

    func wait() -> [Result<[Packet], any Error>] {
        lock.withLock {
            while found.count < count { lock.wait() }
            return (0..<count).compactMap { found[$0] }
        }
    }
}
