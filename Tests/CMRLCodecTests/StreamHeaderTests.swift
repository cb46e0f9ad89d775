import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

@Suite struct StreamHeaderTests {
    /// A header with its checksum made right again after `change`.
    private func changed(_ header: StreamHeader, _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = Array(header.bytes.dropLast(4))
        change(&bytes)
        let crc = CRC32.checksum(of: bytes)
        return bytes + (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
    }

    private func header(sampleCount: UInt64? = nil) throws -> StreamHeader {
        try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1, layerCount: 2,
            sampleCount: sampleCount)
    }

    private func error(_ bytes: [UInt8]) -> BitstreamError? { ReadResult.read(bytes).error }

    @Test func layoutOfTheBytes() throws {
        let bytes = try header().bytes
        #expect(
            bytes.dropLast(4) == [
                0x4E, 0x57, 0x43, 0x1A, 1, 15, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                0x80, 0x7D, 1, 50, 1, 2,
            ])
        #expect(bytes.count == 25)
        #expect(try header(sampleCount: 160_000).bytes.count == 28)
    }

    /// Version 2 says what a block holds; a header that version 1 can say is version 1.
    @Test func layoutOfVersion2() throws {
        let header = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 3, layerCount: 2,
            sampleCount: 5, block: BlockFormat(sampleRate: 44_100, samples: 960, channels: 2))
        #expect(
            header.bytes.dropLast(4) == [
                0x4E, 0x57, 0x43, 0x1A, 2, 22, 1, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                0x80, 0x7D, 3, 50, 1, 2, 0xC4, 0xD8, 0x02, 0xC0, 0x07, 2, 5,
            ])
        #expect(header.formatVersion == 2 && header.groupCount == 2)
        // Six times the samples of a block of version 1, in each of two groups and layers.
        #expect(header.maximumBodyLength == 32 + 2 * 2 * (4 + 6 * 4096 * 50))
        #expect(header.block.units(channels: 2) == 6)
        let stripped = try header.stripped(toLayers: 1)
        #expect(stripped.block == header.block && stripped.layerCount == 1)
        #expect(try self.header().formatVersion == 1)
        #expect(
            error(changed(header) { $0[21] = 0xC3 })
                == .truncated(missing: 7, offset: 32), "the header is read, records are missing")
        #expect(
            error(changed(header) { $0.replaceSubrange(21..<24, with: [0x80, 0x80, 0x7F]) })
                == .headerField(.codedRate, value: 2_080_768, minimum: 8_000, maximum: 96_000))
        #expect(
            error(changed(header) { $0.replaceSubrange(24..<26, with: [0x81, 0x10]) })
                == .headerField(.blockSamples, value: 2_049, minimum: 32, maximum: 2_048))
        #expect(
            error(changed(header) { $0[26] = 9 })
                == .headerField(.groupChannels, value: 9, minimum: 1, maximum: 8))
        // Fields of version 2 in version 1, and the other way round.
        #expect(error(changed(header) { $0[4] = 1 }) == .headerLength(22))
        #expect(error(changed(try self.header()) { $0[4] = 2 }) == .headerLength(15))
    }

    /// Version 3 says in its flags that layers are nested.
    @Test func layoutOfVersion3() throws {
        let header = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1, layerCount: 2,
            layering: .nested)
        #expect(
            header.bytes.dropLast(4) == [
                0x4E, 0x57, 0x43, 0x1A, 3, 20, 2, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                0x80, 0x7D, 1, 50, 1, 2, 0x80, 0x7D, 0xC0, 0x02, 1,
            ])
        #expect(header.formatVersion == 3)
        // What is left of one layer any decoder of version 2 reads.
        let one = try header.stripped(toLayers: 1)
        #expect(one.layering == .residual && one.formatVersion == 2)
        #expect(try header.stripped(toLayers: 2) == header)
        #expect(error(changed(header) { $0[4] = 2 }) == .reservedHeaderFlags(2))
        #expect(error(changed(header) { $0[6] = 6 }) == .reservedHeaderFlags(6))
        #expect(error(changed(header) { $0[20] = 1 }) == .reservedHeaderFlags(2))
    }

    /// Version 4 says how long the patch behind it is; without one it says 0.
    @Test func layoutOfVersion4() throws {
        let plain = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1, layerCount: 2,
            formatVersion: 4)
        #expect(
            plain.bytes.dropLast(4) == [
                0x4E, 0x57, 0x43, 0x1A, 4, 21, 0, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF,
                0x80, 0x7D, 1, 50, 1, 2, 0x80, 0x7D, 0xC0, 0x02, 1, 0,
            ])
        let model = try CodecModel(bytes: TinyModel.fileBytes(), keepsParameters: true)
        let (network, _) = try model.makeNetwork()
        let shape = AdapterShape(.bands)
        let count = shape.parts(of: network).reduce(0) { $0 + $1.count }
        let patch = try ModelPatch(
            shape, numbers: (0..<count).map { Float($0 % 3) }, step: 1, of: model)
        let header = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 16_000, channelCount: 1, layerCount: 2,
            patch: patch)
        #expect(header.formatVersion == 4 && header.bytes.suffix(patch.bytes.count) == patch.bytes)
        for piece in [1, 7, 1000] {
            var reader = BitstreamReader()
            for start in stride(from: 0, to: header.bytes.count, by: piece) {
                #expect(try reader.next() == nil)
                reader.push(header.bytes[start..<min(start + piece, header.bytes.count)])
            }
            #expect(try reader.next() == .header(header))
        }
        #expect(try header.stripped(toLayers: 1).patch == patch)
        var damaged = header.bytes
        damaged[header.bytes.count - 10] ^= 1
        guard case .patch(.checksum)? = error(damaged) else {
            Issue.record("\(String(describing: error(damaged)))")
            return
        }
        #expect(
            error(Array(header.bytes.dropLast(3))) == .truncated(missing: 3, offset: 0))
        // A length that no patch has.
        var long = Array(header.bytes.dropLast(patch.bytes.count + 4))
        long[5] += 2
        long.replaceSubrange((long.count - 1)..., with: [0x81, 0x80, 1])
        let crc = CRC32.checksum(of: long)
        long += (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * UInt32($0))) }
        #expect(
            error(long)
                == .headerField(.patchLength, value: 16_385, minimum: 0, maximum: 16_384))
    }

    @Test func anyValuesRoundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let count =
                generator.below(2) == 0 ? nil : generator.next() >> UInt64(16 + generator.below(48))
            let channels = 1 + generator.below(255)
            let block =
                generator.below(2) == 0
                ? BlockFormat.version1
                : BlockFormat(
                    sampleRate: 8_000 + generator.below(88_001),
                    samples: 32 + generator.below(2_017), channels: 1 + generator.below(8))
            let blocks = StreamHeader.blocksPerPacketRange(channels: channels, block: block)
            let header = try StreamHeader(
                modelID: ModelID(rawValue: generator.next()),
                sampleRate: 1 + generator.below(768_000), channelCount: channels,
                blocksPerPacket: 1 + generator.below(blocks.upperBound),
                keyInterval: 1 + generator.below(65_535), layerCount: 1 + generator.below(8),
                layering: generator.below(2) == 0 ? .residual : .nested, sampleCount: count,
                block: block)
            var reader = BitstreamReader()
            reader.push(header.bytes)
            #expect(try reader.next() == .header(header))
            #expect(reader.header == header)
            #expect(header.bytes.count <= (header.formatVersion == 1 ? 37 : 43))
        }
    }

    @Test func valuesOutsideTheLimits() throws {
        func make(
            _ rate: Int, _ channels: Int, _ blocks: Int, _ interval: Int, _ layers: Int,
            _ count: UInt64? = nil
        ) -> BitstreamError? {
            do throws(BitstreamError) {
                _ = try StreamHeader(
                    modelID: StreamSample.modelID, sampleRate: rate, channelCount: channels,
                    blocksPerPacket: blocks, keyInterval: interval,
                    layerCount: layers, sampleCount: count)
                return nil
            } catch {
                return error
            }
        }
        #expect(make(1, 1, 1, 1, 1, 0) == nil)
        #expect(
            make(768_000, 8, 3000, 65_535, 8, 1 << 48 - 1) == nil
                && make(768_000, 255, 94, 65_535, 8, 1 << 48 - 1) == nil)
        #expect(
            make(16_000, 255, 95, 1, 1)
                == .headerField(.blocksPerPacket, value: 95, minimum: 1, maximum: 94))
        #expect(
            make(16_000, 9, 3000, 1, 1)
                == .headerField(.blocksPerPacket, value: 3000, minimum: 1, maximum: 2666))
        #expect(
            make(0, 1, 1, 1, 1) == .headerField(.sampleRate, value: 0, minimum: 1, maximum: 768_000)
        )
        #expect(
            make(768_001, 1, 1, 1, 1)
                == .headerField(.sampleRate, value: 768_001, minimum: 1, maximum: 768_000))
        #expect(
            make(8000, 0, 1, 1, 1)
                == .headerField(.channelCount, value: 0, minimum: 1, maximum: 255))
        #expect(
            make(8000, 256, 1, 1, 1)
                == .headerField(.channelCount, value: 256, minimum: 1, maximum: 255))
        #expect(
            make(8000, 1, 3001, 1, 1)
                == .headerField(.blocksPerPacket, value: 3001, minimum: 1, maximum: 3000))
        #expect(
            make(8000, 1, 1, 0, 1)
                == .headerField(.keyInterval, value: 0, minimum: 1, maximum: 65_535))
        #expect(
            make(8000, 1, 1, 1, 9) == .headerField(.layerCount, value: 9, minimum: 1, maximum: 8))
        #expect(
            make(8000, 1, 1, 1, 1, 1 << 48)
                == .headerField(.sampleCount, value: 1 << 48, minimum: 0, maximum: 1 << 48 - 1))
    }

    @Test func limitOfTheBody() throws {
        #expect(try header().maximumBodyLength == 32 + 2 * (4 + 4096 * 50))
        let large = try StreamHeader(
            modelID: StreamSample.modelID, sampleRate: 8000, channelCount: 255, blocksPerPacket: 94,
            layerCount: 8)
        #expect(large.maximumBodyLength == 67_108_864)
    }

    @Test func foreignBytes() throws {
        #expect(error([]) == .truncated(missing: 6, offset: 0))
        #expect(error(Array("RIFF".utf8)) == .badMagic(found: Array("RIFF".utf8)))
        #expect(error([0x4E, 0x58]) == .badMagic(found: [0x4E, 0x58]))
        #expect(error(Array("OggS and more".utf8)) == .badMagic(found: Array("OggS".utf8)))
        #expect(error([0x4E, 0x57, 0x43, 0x1A, 5]) == .unsupportedVersion(5))
        #expect(error([0x4E, 0x57, 0x43, 0x1A, 0, 9, 9, 9]) == .unsupportedVersion(0))
    }

    @Test func truncatedHeaders() throws {
        let bytes = try header().bytes
        for count in 0..<bytes.count {
            let missing = count < 6 ? 6 - count : bytes.count - count
            #expect(error(Array(bytes.prefix(count))) == .truncated(missing: missing, offset: 0))
        }
    }

    @Test func damagedHeaders() throws {
        let bytes = try header().bytes
        var flipped = bytes
        flipped[9] ^= 4
        let declared = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[21 + $1]) << (8 * UInt32($1)) }
        let computed = CRC32.checksum(of: flipped.dropLast(4))
        #expect(error(flipped) == .headerChecksum(declared: declared, computed: computed))
        let base = try header()
        #expect(error(changed(base) { $0[6] = 2 }) == .reservedHeaderFlags(2))
        #expect(error(changed(base) { $0[6] = 0x81 }) == .reservedHeaderFlags(0x81))
        // The sample count is announced but not there.
        #expect(error(changed(base) { $0[6] = 1 }) == .headerLength(15))
        #expect(
            error(
                changed(base) {
                    $0[5] = 16
                    $0.append(0)
                }) == .headerLength(16))
        #expect(
            error(
                changed(base) {
                    $0[5] = 3
                    $0.removeLast(12)
                }) == .headerLength(3))
        #expect(
            error(
                changed(base) {
                    $0[5] = 0
                    $0.removeLast(15)
                }) == .headerLength(0))
        // A padded number.
        #expect(
            error(
                changed(base) {
                    $0[5] = 16
                    $0[17] = 0x81
                    $0.insert(0, at: 18)
                }) == .headerLength(16))
        #expect(
            error(changed(base) { $0[17] = 0 })
                == .headerField(.channelCount, value: 0, minimum: 1, maximum: 255))
        #expect(
            error(changed(base) { $0[18] = 0 })
                == .headerField(.blocksPerPacket, value: 0, minimum: 1, maximum: 3000))
        #expect(
            error(changed(base) { $0[19] = 0 })
                == .headerField(.keyInterval, value: 0, minimum: 1, maximum: 65_535))
        #expect(
            error(changed(base) { $0[20] = 9 })
                == .headerField(.layerCount, value: 9, minimum: 1, maximum: 8))
        #expect(
            error(
                changed(base) {
                    $0[5] = 17
                    $0.replaceSubrange(15..<17, with: [0xFF, 0xFF, 0xFF, 1])
                })
                == .headerField(.sampleRate, value: 4_194_303, minimum: 1, maximum: 768_000))
    }
}
