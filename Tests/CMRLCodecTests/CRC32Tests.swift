import CMRLCodec
import Testing

@Suite struct CRC32Tests {
    @Test func knownChecksums() {
        #expect(CRC32.checksum(of: []) == 0)
        #expect(CRC32.checksum(of: "123456789".utf8) == 0xCBF4_3926)
        #expect(CRC32.checksum(of: "a".utf8) == 0xE8B7_BE43)
        #expect(
            CRC32.checksum(of: "The quick brown fox jumps over the lazy dog".utf8) == 0x414F_A339)
        #expect(CRC32.checksum(of: [UInt8](repeating: 0, count: 32)) == 0x190A_55AD)
    }

    @Test func piecesGiveTheSameChecksum() {
        var generator = SeededGenerator(seed: 1)
        let bytes = generator.bytes(1000)
        var crc = CRC32()
        var position = 0
        while position < bytes.count {
            let end = min(bytes.count, position + generator.below(20))
            crc.update(bytes[position..<end])
            crc = CRC32(resuming: crc.value)
            position = end
        }
        #expect(crc.value == CRC32.checksum(of: bytes))
    }

    @Test func checksumsOfRangesWhileBytesComeAndGo() {
        var generator = SeededGenerator(seed: 2)
        let all = generator.bytes(600_000)
        let base = 1234
        var index = CRC32RangeIndex(base: base)
        var origin = base
        var end = base
        var compared = 0
        while end < all.count {
            end = min(all.count, end + generator.below(20_000))
            let bytes = Array(all[origin..<end])
            var lower = origin
            for _ in 0..<20 where lower < end {
                lower += generator.below(min(700, end - lower))
                let upper = lower + generator.below(end - lower + 1)
                #expect(
                    index.checksum(of: lower..<upper, in: bytes, origin: origin)
                        == CRC32.checksum(of: all[lower..<upper]))
                compared += 1
            }
            let kept = index.discard(before: lower, in: bytes, origin: origin)
            #expect(kept <= lower && kept > lower - 64)
            origin = kept
        }
        #expect(compared > 500)
    }
}
