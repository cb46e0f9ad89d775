import CMRLCodec
import Testing

@Suite struct LayerStripperTests {
    private func strip(_ bytes: [UInt8], layers: Int, size: () -> Int = { .max }) throws -> [UInt8]
    {
        var stripper = try LayerStripper(layers: layers)
        var output: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let end = position + min(size(), bytes.count - position)
            output += try stripper.push(bytes[position..<end])
            position = end
        }
        return try output + stripper.finish()
    }

    @Test func lowerLayersAreKeptByteForByte() throws {
        for sample in try BitstreamTests.samples() {
            for layers in 1...8 {
                let result = ReadResult.read(try strip(sample.bytes, layers: layers))
                #expect(result.error == nil)
                #expect(
                    try result.events.first == .header(sample.header.stripped(toLayers: layers)))
                #expect(
                    result.packets == (try sample.packets.map { try $0.stripped(toLayers: layers) })
                )
                #expect(try result.events.last == sample.events.last)
            }
        }
    }

    @Test func keepingAllLayersChangesNothing() throws {
        for sample in try BitstreamTests.samples() {
            #expect(try strip(sample.bytes, layers: 8) == sample.bytes)
        }
    }

    @Test func strippingTwiceEqualsStrippingOnce() throws {
        let sample = try StreamSample.make(seed: 8, channels: 2, layers: 5, packets: 4)
        #expect(
            try strip(strip(sample.bytes, layers: 4), layers: 2) == strip(sample.bytes, layers: 2))
    }

    @Test func outputDoesNotDependOnThePieces() throws {
        var generator = SeededGenerator(seed: 1)
        let sample = try StreamSample.make(seed: 9, layers: 3, packets: 6)
        let whole = try strip(sample.bytes, layers: 2)
        #expect(try strip(sample.bytes, layers: 2) { 1 } == whole)
        #expect(try strip(sample.bytes, layers: 2) { 1 + generator.below(50) } == whole)
    }

    @Test func errorsOfTheSource() throws {
        let sample = try StreamSample.make(seed: 10, layers: 2)
        let bytes = try sample.bytes
        #expect(throws: BitstreamError.layerSelection(layers: 0, minimum: 1, maximum: 8)) {
            try LayerStripper(layers: 0)
        }
        #expect(throws: BitstreamError.layerSelection(layers: 9, minimum: 1, maximum: 8)) {
            try LayerStripper(layers: 9)
        }
        #expect(throws: BitstreamError.layerSelection(layers: 0, minimum: 1, maximum: 8)) {
            try sample.header.stripped(toLayers: 0)
        }
        #expect(throws: BitstreamError.truncated(missing: 1, offset: try sample.offsets[4])) {
            try strip(bytes.dropLast(), layers: 1)
        }
        #expect(throws: BitstreamError.dataAfterEnd(offset: bytes.count)) {
            try strip(bytes + [7], layers: 1)
        }
    }
}
