import CMRLCodec
import Foundation
import HostileInput
import NeuralNetwork

/// Broken files, each made from a good one by one fault.
enum BrokenFiles {
    private static let vectors = BrokenFileTests.folder.deletingLastPathComponent()

    private static func good(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: vectors.appendingPathComponent(name)))
    }

    static func all() throws -> [(String, [UInt8])] {
        try streams() + packets() + models() + patches() + sounds() + configurations()
            + checkpoints()
    }

    private static func changed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var copy = bytes
        change(&copy)
        return copy
    }

    private static func little(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    private static func streams() throws -> [(String, [UInt8])] {
        let stream = try good("codec/mono.nwc")
        let header = 6 + Int(stream[5]) + 4
        let patched = try good("codec/patched.nwc")
        let patchStart = 6 + Int(patched[5]) + 4
        guard case .header(let patchedHeader, let patchEnd) = try StreamHeader.read(patched) else {
            return []
        }
        // Of the varint in front of the header's checksum.
        let lengthBytes = (patchedHeader.patch?.bytes.count ?? 0) < 128 ? 1 : 2
        let length = patchStart - 4 - lengthBytes
        let end = stream.count
        let body = Array(stream[header...])
        return [
            ("stream.empty.nwc", []), ("stream.one-byte.nwc", [0x4E]),
            ("stream.another-format.nwc", Array("OggS".utf8) + Array(stream[4...])),
            ("stream.future-version.nwc", changed(stream) { $0[4] = 9 }),
            ("stream.header-bit.nwc", changed(stream) { $0[9] ^= 1 }),
            ("stream.header-only.nwc", Array(stream[..<header])),
            ("stream.packet-bit.nwc", changed(stream) { $0[header + 50] ^= 0x80 }),
            ("stream.checksum-bit.nwc", changed(stream) { $0[end - 1] ^= 1 }),
            ("stream.cut.nwc", Array(stream[..<(end - 20)])),
            (
                "stream.terabytes.nwc",
                stream[..<header] + [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F] + body
            ),
            ("stream.endless-length.nwc", stream[..<header] + [UInt8](repeating: 0xFF, count: 20)),
            ("stream.zero-in-long-form.nwc", stream[..<header] + [0x80, 0x00] + body),
            ("stream.twice.nwc", stream + stream),
            ("stream.text-behind.nwc", stream + Array("\n".utf8)),
            ("checked-stream.reserved-header-flag.nwc", changed(stream) { $0[6] |= 0x80 }),
            ("checked-stream.no-channels.nwc", changed(stream) { $0[17] = 0 }),
            ("checked-stream.reserved-packet-flag.nwc", changed(stream) { $0[header + 2] |= 0x40 }),
            ("checked-stream.no-key.nwc", try withoutKeyPackets("codec/mono.nwc")),
            ("checked-stream.many-layers.nwc", changed(stream) { $0[header + 2] |= 0x1C }),
            ("checked-stream.tags.nwc", try tagged(stream, [0x81, 1, 0x61, 1, 0x62])),
            ("checked-stream.no-tags.nwc", try tagged(stream, [0x81])),
            ("checked-stream.unknown-record.nwc", try tagged(stream, [0xFF, 0, 0xFF])),
            ("checked-stream.tags-version-1.nwc", try tagged(stream, [0x81, 1, 0x61, 1, 0x62], 1)),
            ("checked-stream.tag-name.nwc", try tagged(stream, [0x81, 1, 0x41, 1, 0x62])),
            ("checked-stream.tag-without-name.nwc", try tagged(stream, [0x81, 0, 1, 0x62])),
            ("checked-stream.tag-value.nwc", try tagged(stream, [0x81, 1, 0x61, 0])),
            ("checked-stream.tag-nul.nwc", try tagged(stream, [0x81, 1, 0x61, 1, 0])),
            ("checked-stream.tag-no-text.nwc", try tagged(stream, [0x81, 1, 0x61, 1, 0xFF])),
            (
                "checked-stream.tag-length.nwc",
                try tagged(stream, [0x81, 1, 0x61, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])
            ),
            ("checked-stream.tag-cut.nwc", try tagged(stream, [0x81, 1, 0x61])),
            ("checked-stream.patched.nwc", patched),
            ("stream.patch-bit.nwc", changed(patched) { $0[patchStart + 20] ^= 1 }),
            ("stream.cut-in-patch.nwc", Array(patched[..<(patchStart + 20)])),
            ("checked-stream.patch-length.nwc", changed(patched) { $0[length] -= 1 }),
            (
                "checked-stream.patch-too-long.nwc",
                changed(
                    patched[..<length] + [0x81, 0x80, 1] + patched[(length + lengthBytes)...]
                ) { $0[5] += UInt8(3 - lengthBytes) }
            ),
            ("played-stream.patched.nwc", patched),
            ("played-stream.patch-step.nwc", changed(patched) { $0[patchStart + 18] = 0x41 }),
            (
                "played-stream.patch-wild.nwc",
                changed(patched) { for i in patchStart + 25..<patchEnd - 4 { $0[i] = 0xA5 } }
            ),
            ("stream.tag-checksum.nwc", try tagged(stream, [0x81, 1, 0x61, 1, 0x62])),
            (
                "played-stream.wild-symbols.nwc",
                changed(stream) { for i in header + 5..<header + 400 { $0[i] = 0 } }
            ),
        ]
    }

    /// A stream with a record behind its header, whose checksum is wrong.
    private static func tagged(
        _ stream: [UInt8], _ body: [UInt8], _ version: UInt8 = 2
    ) throws -> [UInt8] {
        var reader = BitstreamReader()
        reader.push(stream)
        guard case .header(let old)? = try reader.next() else { return [] }
        let header = try StreamHeader(
            modelID: old.modelID, sampleRate: old.sampleRate, channelCount: old.channelCount,
            blocksPerPacket: old.blocksPerPacket, keyInterval: old.keyInterval,
            layerCount: old.layerCount, sampleCount: old.sampleCount, formatVersion: version)
        let record = [UInt8(body.count)] + body + [0, 0, 0, 0]
        return header.bytes + record + stream[old.bytes.count...]
    }

    /// Header and packets of a good stream.
    private static func read(_ name: String) throws -> (header: StreamHeader?, packets: [Packet]) {
        var reader = BitstreamReader()
        var found: [Packet] = []
        reader.push(try good(name))
        reader.finish()
        while let event = try reader.next() {
            if case .packet(let packet, _) = event { found.append(packet) }
        }
        return (reader.header, found)
    }

    /// The stream with every packet written as one that goes on from the packet before; the writer
    /// itself refuses that.
    private static func withoutKeyPackets(_ name: String) throws -> [UInt8] {
        let stream = try good(name)
        let (header, packets) = try read(name)
        guard let header else { return [] }
        let length = packets.reduce(0) {
            $0 + $1.recordByteCount(blocksPerPacket: header.blocksPerPacket)
        }
        let records = try packets.map { packet in
            try Packet(
                isKey: false, blockCount: packet.blockCount, rateIndices: [], chunks: packet.chunks
            ).record(header: header)
        }
        return header.bytes + records.joined() + stream[(header.bytes.count + length)...]
    }

    /// See `PacketInput` for the bytes.
    private static func packets() throws -> [(String, [UInt8])] {
        // One block of each channel at a time: the chunks of the golden streams hold more, and go
        // on where a decoder of one block stops.
        func short(_ name: String, channels: Int) throws -> [UInt8] {
            PacketInput.bytes(
                try read(name).packets.map { packet in
                    Packet(
                        isKey: packet.isKey, blockCount: 1, rateIndices: packet.rateIndices,
                        chunks: packet.chunks)
                },
                channels: channels)
        }
        let mono = try short("codec/mono.nwc", channels: 1)
        let stereo = try short("codec/stereo-2-layers.nwc", channels: 2)
        let zeros = [UInt8](repeating: 0, count: 60)
        return [
            ("packets.mono.bin", mono), ("packets.stereo.bin", stereo),
            ("packets.one-layer-of-two.bin", [stereo[0] | 4] + stereo[1...]),
            ("packets.low-delay-and-loss.bin", [2] + mono[1...] + [0x88, 1 | 0x10, 0]),
            ("packets.no-such-layer.bin", [12] + mono[1...]),
            ("packets.no-key.bin", [0, mono[1] & ~4] + mono[2...]),
            ("packets.no-blocks.bin", [0, mono[1] & ~3] + mono[2...]),
            ("packets.no-layers.bin", [0, 1 | 4, 1 | 4]),
            ("packets.no-rate-index.bin", [0, mono[1] | 0x40] + mono[2...]),
            ("packets.wild-symbols.bin", [0, 1 | 4 | 0x10, 200, 60] + zeros),
            (
                "packets.empty-chunks.bin",
                [1, 2 | 4 | 0x20, 0, 255, 0, 0, 0, 0, 1 | 0x20, 0, 0, 0, 0]
            ),
            (
                "packets.all-ones.bin",
                [1, 3 | 4 | 0x20 | 0x80, 255, 255] + [UInt8](repeating: 255, count: 300)
            ),
        ]
    }

    /// A model file of metadata and tensors as given.
    private static func model(metadata: String, tensors: [(String, [Int], [Float])]) throws
        -> [UInt8]
    {
        var writer = try WeightFileWriter(metadata: Array(metadata.utf8))
        for (name, shape, values) in tensors { try writer.add(name, shape: shape, floats: values) }
        return writer.bytes()
    }

    private static func models() throws -> [(String, [UInt8])] {
        let model = try good("codec/tiny.nwm")
        let end = model.count
        let file = try WeightFile(model)
        let metadata = String(decoding: file.metadata, as: UTF8.self)
        let large = metadata.replacingOccurrences(of: "\"hidden\":4", with: "\"hidden\":512")
        let few = try Self.model(metadata: large, tensors: [("x", [1], [1])])
        let odd = file.metadata.firstIndex(of: UInt8(ascii: "{")).map { 32 + $0 } ?? 32
        return [
            ("model.empty.nwm", []),
            ("model.another-format.nwm", Array("RIFF".utf8) + Array(model[4...200])),
            ("model.future-version.nwm", changed(model) { $0[4] = 2 }),
            ("model.reserved-byte.nwm", changed(model) { $0[6] = 1 }),
            ("model.cut.nwm", Array(model[..<1000])), ("model.longer.nwm", model + [0]),
            ("model.bit.nwm", changed(Array(model)) { $0[end / 2] ^= 4 }),
            (
                "model.terabytes.nwm",
                changed(Array(model[..<200])) {
                    $0.replaceSubrange(8..<16, with: little(1 << 42, 8))
                }
            ),
            (
                "checked-model.metadata-length.nwm",
                changed(Array(model[..<200])) {
                    $0.replaceSubrange(16..<20, with: little(1 << 30, 4))
                }
            ),
            (
                "checked-model.tensor-count.nwm",
                changed(Array(model[..<200])) {
                    $0.replaceSubrange(20..<24, with: little(0xFFFF_FFFF, 4))
                }
            ),
            (
                "checked-model.table-length.nwm",
                changed(Array(model[..<200])) {
                    $0.replaceSubrange(24..<28, with: little(0x7FFF_FFFF, 4))
                }
            ),
            ("checked-model.metadata-no-text.nwm", changed(few) { $0[40] = 0xFF }),
            ("checked-model.metadata-no-json.nwm", changed(few) { $0[odd] = UInt8(ascii: "[") }),
            ("checked-model.element-type.nwm", changed(few) { $0[32 + large.utf8.count + 2] = 9 }),
            ("checked-model.rank.nwm", changed(few) { $0[32 + large.utf8.count + 3] = 200 }),
            (
                "checked-model.huge-tensor.nwm",
                changed(few) {
                    $0.replaceSubrange(
                        36 + large.utf8.count..<40 + large.utf8.count, with: little(1 << 31, 4))
                }
            ),
            ("checked-model.large-network.nwm", few),
            ("checked-model.no-tensors.nwm", try Self.model(metadata: metadata, tensors: [])),
            ("changed-model.nothing.bin", []),
            ("changed-model.weight.bin", little(40_001, 3) + [0x7C]),
            ("changed-model.table.bin", little(end - 100, 3) + [1]),
            ("changed-model.name.bin", little(Int(odd) + metadata.utf8.count + 1, 3) + [0x21]),
            ("checked-model.name-length.nwm", changed(few) { $0[32 + large.utf8.count] = 0 }),
        ]
    }

    private static func patches() throws -> [(String, [UInt8])] {
        let model = try CodecModel(bytes: good("codec/tiny.nwm"), keepsParameters: true)
        let shape = AdapterShape(.bands)
        let count = shape.parts(of: try model.makeNetwork().network).reduce(0) { $0 + $1.count }
        let patch = try ModelPatch(
            shape, numbers: (0..<count).map { Float($0 % 5 - 2) / 2 }, step: 0.5, of: model
        ).bytes
        let end = patch.count
        return [
            ("patch.empty.nwp", []), ("patch.another-format.nwp", Array("RIFF".utf8) + patch[4...]),
            ("patch.future-version.nwp", changed(patch) { $0[4] = 2 }),
            ("patch.cut.nwp", Array(patch[..<20])), ("patch.good.nwp", patch),
            ("patch.bit.nwp", changed(patch) { $0[end / 2] ^= 4 }),
            ("patch.long.nwp", patch + [UInt8](repeating: 0, count: 16_384)),
            ("checked-patch.kind.nwp", changed(patch) { $0[5] = 5 }),
            ("checked-patch.rank-without-products.nwp", changed(patch) { $0[6] = 1 }),
            ("checked-patch.no-rank.nwp", changed(patch) { $0[5] = 3 }),
            ("checked-patch.rank.nwp", changed(patch) { $0.replaceSubrange(5...6, with: [4, 9]) }),
            (
                "checked-patch.step-0.nwp",
                changed(patch) { $0.replaceSubrange(15..<19, with: [0, 0, 0, 0]) }
            ),
            (
                "checked-patch.step-infinite.nwp",
                changed(patch) { $0.replaceSubrange(15..<19, with: [0, 0, 0x80, 0x7F]) }
            ),
            (
                "checked-patch.step-large.nwp",
                changed(patch) { $0.replaceSubrange(15..<19, with: little(0x4900_0000, 4)) }
            ),
            ("checked-patch.table.nwp", changed(patch) { $0[19] = 254 }),
            ("checked-patch.no-tables.nwp", Array(patch[..<21]) + patch[(end - 4)...]),
            ("checked-patch.no-symbols.nwp", Array(patch[..<25]) + patch[(end - 4)...]),
            (
                "checked-patch.wild-symbols.nwp",
                changed(patch) { for i in 25..<end - 4 { $0[i] = 0xFF } }
            ),
        ]
    }

    private static func sounds() throws -> [(String, [UInt8])] {
        let samples = (0..<400).flatMap { little($0 * 80 % 20_000, 2) }
        func wave(
            _ rate: Int = 16_000, channels: Int = 1, bits: Int = 16, tag: Int = 1, data: Int? = nil,
            riff: Int? = nil, before: [UInt8] = []
        ) -> [UInt8] {
            let format =
                little(tag, 2) + little(channels, 2) + little(rate, 4)
                + little(rate * channels * bits / 8, 4)
                + little(channels * bits / 8, 2) + little(bits, 2)
            let chunks =
                Array("WAVEfmt ".utf8) + little(16, 4) + format + before + Array("data".utf8)
                + little(data ?? samples.count, 4) + samples
            return Array("RIFF".utf8) + little(riff ?? chunks.count, 4) + chunks
        }
        let longer = wave(data: 0x7000_0000)
        let junk = Array("JUNK".utf8) + little(0xFFFF_FFF0, 4)
        var rf64 = wave(data: 0xFFFF_FFFF, before: [])
        rf64.replaceSubrange(0..<4, with: Array("RF64".utf8))
        rf64.insert(
            contentsOf: Array("ds64".utf8) + little(28, 4) + little(-1, 8) + little(Int.max, 8)
                + little(-1, 8) + little(0, 4), at: 12)
        let files: [(String, [UInt8])] = [
            ("empty.wav", []), ("text.wav", Array("no sound\n".utf8)),
            ("riff-only.wav", Array("RIFF".utf8)), ("header-only.wav", Array(wave()[..<44])),
            ("cut-in-format.wav", Array(wave()[..<30])),
            (
                "no-format.wav",
                Array("RIFF".utf8) + little(100, 4) + Array("WAVEdata".utf8) + little(8, 4)
                    + samples
            ),
            ("longer-than-it-is.wav", longer), ("odd-length.wav", wave(data: 799)),
            ("no-channels.wav", wave(channels: 0)),
            ("many-channels.wav", wave(channels: 65_535)), ("no-rate.wav", wave(0)),
            ("large-rate.wav", wave(0xFFFF_FFFF)),
            ("no-bits.wav", wave(bits: 0)), ("17-bits.wav", wave(bits: 17)),
            ("unknown-coding.wav", wave(tag: 0x7777)),
            ("huge-chunk.wav", wave(before: junk)), ("huge-rf64.wav", rf64),
            ("half-frame.wav", Array(wave(channels: 2)[..<(44 + 7)])),
            (
                "au-offset.au",
                Array(".snd".utf8) + [
                    0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 8, 0, 0, 0, 3, 0, 0, 0x3E, 0x80, 0, 0, 0, 1,
                ] + samples
            ),
            ("flac-cut.flac", Array("fLaC".utf8) + [0x80, 0, 0, 0x22, 0x10]),
        ]
        return files.map { ("sound.\($0)", $1) } + files.map { ("sound-pipe.\($0)", $1) }
    }

    private static func checkpoints() throws -> [(String, [UInt8])] {
        let checkpoint = try CheckpointInput.state().checkpoint().bytes()
        let end = checkpoint.count
        let older = changed(Array(checkpoint.dropLast(32))) { $0[7] = UInt8(ascii: "1") }
        let length = checkpoint[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        let json = String(decoding: checkpoint[16..<16 + length], as: UTF8.self)
        func with(_ old: String, _ new: String) -> [UInt8] {
            precondition(json.contains(old), "\(old)")
            let text = Array(json.replacingOccurrences(of: old, with: new).utf8)
            return checkpoint[..<8] + little(text.count, 8) + text + checkpoint[(16 + length)...]
        }
        let random = json.split(separator: "\"random\":{\"state\":[")[1].prefix { $0 != "]" }
        return [
            ("checkpoint.tiny.nwck", checkpoint), ("checkpoint.version-1.nwck", older),
            ("checkpoint.empty.nwck", []),
            ("checkpoint.another-format.nwck", changed(checkpoint) { $0[0] = 0 }),
            ("checkpoint.future-version.nwck", changed(checkpoint) { $0[7] = 0x33 }),
            (
                "checkpoint.header-length.nwck",
                changed(checkpoint) { $0.replaceSubrange(8..<16, with: little(-1, 8)) }
            ),
            ("checkpoint.cut.nwck", Array(older[..<(older.count - 1)])),
            ("checkpoint.random-words.nwck", with(String(random), "1")),
            ("checkpoint.random-zeros.nwck", with(String(random), "0,0,0,0")),
            ("checkpoint.updates.nwck", with("\"updates\":0", "\"updates\":\(Int.max)")),
            ("checkpoint.step.nwck", with("\"step\":3", "\"step\":-1")),
            ("checkpoint.lambda.nwck", with("\"lambda\":0.035", "\"lambda\":-1")),
            (
                "checkpoint.count.nwck",
                with("\"parameterCounts\":[2,3]", "\"parameterCounts\":[-2,7]")
            ),
            ("checkpoint.order.nwck", with("[\"a\",\"b\"]", "[\"b\",\"a\"]")),
            ("checkpoint.names.nwck", with("[\"a\",\"b\"]", "[\"a\"]")),
            (
                "checkpoint.infinite.nwck",
                changed(checkpoint) {
                    $0.replaceSubrange((end - 36)..<(end - 32), with: [0, 0, 0x80, 0x7F])
                }
            ),
        ]
    }

    private static func configurations() throws -> [(String, [UInt8])] {
        let root = vectors.deletingLastPathComponent().appendingPathComponent("Configs")
        let standard = try String(
            contentsOf: root.appendingPathComponent("default.json"), encoding: .utf8)
        let paper = try String(
            contentsOf: root.appendingPathComponent("paper-cmrl.json"), encoding: .utf8)
        func with(_ old: String, _ new: String) -> [UInt8] {
            precondition(standard.contains(old), "\(old)")
            return Array(standard.replacingOccurrences(of: old, with: new).utf8)
        }
        return [
            ("configuration.empty.json", []), ("configuration.list.json", Array("[]".utf8)),
            ("configuration.cut.json", Array(standard.utf8.prefix(300))),
            ("configuration.no-text.json", [0x7B, 0xFF, 0xFE, 0x7D]),
            ("configuration.deep.json", [UInt8](repeating: UInt8(ascii: "["), count: 100_000)),
            ("configuration.missing-key.json", with("\"seed\": 1,", "")),
            ("configuration.text-for-number.json", with("\"batch\": 16", "\"batch\": \"16\"")),
            ("configuration.negative-seed.json", with("\"seed\": 1,", "\"seed\": -1,")),
            ("configuration.no-batch.json", with("\"batch\": 16", "\"batch\": 0")),
            ("configuration.uneven-batch.json", with("\"batch\": 16", "\"batch\": 15")),
            ("configuration.no-shards.json", with("\"shards\": 2", "\"shards\": 0")),
            (
                "configuration.endless-segments.json",
                with("\"segmentFrames\": 100", "\"segmentFrames\": 9000000000000000000")
            ),
            (
                "configuration.odd-segments.json",
                with("\"segmentFrames\": 100", "\"segmentFrames\": 101")
            ),
            (
                "configuration.never-validates.json",
                with("\"validateEvery\": 2000", "\"validateEvery\": 0")
            ),
            (
                "configuration.endless-steps.json",
                with("\"steps\": 15250", "\"steps\": 9223372036854775807")
            ),
            ("configuration.negative-steps.json", with("\"steps\": 15250", "\"steps\": -5")),
            ("configuration.no-layers.json", with("\"layers\": 1", "\"layers\": 0")),
            ("configuration.many-layers.json", with("\"layers\": 2", "\"layers\": 3")),
            ("configuration.wide.json", with("\"hop\": 160", "\"hop\": 1000000000")),
            ("configuration.no-rate.json", with("\"lowestRate\": 3", "\"lowestRate\": 0")),
            (
                "configuration.infinite-rate.json",
                with("\"learningRate\": 0.0006", "\"learningRate\": 1e999")
            ),
            (
                "configuration.exponent.json",
                with(
                    "\"clippedLoudness\": true, \"prefix\": 0.3, \"exponent\": 0.6",
                    "\"prefix\": 0.3, \"exponent\": 3")
            ),
            (
                "configuration.negative-lambda.json",
                with("\"lambda\": 0.0353", "\"lambda\": -0.0353")
            ),
            (
                "configuration.unknown-family.json",
                Array(paper.replacingOccurrences(of: "\"paper\"", with: "\"papyrus\"").utf8)
            ),
            (
                "configuration.unknown-name.json",
                with("\"batch\": 16", "\"batchSize\": 16, \"batch\": 16")
            ),
            (
                "configuration.paper-batch.json",
                Array(
                    paper.replacingOccurrences(of: "\"name\"", with: "\"batch\": -1, \"name\"").utf8
                )
            ),
        ]
    }
}
