import CSHA256
import Crypto
import NeuralNetwork
import Testing

/// The digest of model files against swift-crypto's, with and without the processor's help.
@Suite struct SHA256Tests {
    @Test func everyLengthOfTheLastBlocks() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 7) }
        for count in 0...bytes.count { check(Array(bytes[..<count])) }
    }

    @Test func long() {
        var state: UInt32 = 1
        check(
            (0..<1_000_003).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24)
            })
    }

    private func check(_ bytes: [UInt8]) {
        let expected = Array(SHA256.hash(data: bytes))
        #expect(bytes.withUnsafeBytes { SHA256Digest.of($0) } == expected, "\(bytes.count) bytes")
        var portable = [UInt8](repeating: 0, count: 32)
        nwc_sha256_portable(bytes, bytes.count, &portable)
        #expect(portable == expected, "\(bytes.count) bytes")
    }
}
