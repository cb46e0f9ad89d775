import CKernels
import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Committed streams in `TestVectors/codec` with the model that they were made with: symbols and
/// samples that decoders must find for ever.
///
/// `NWC_WRITE_TEST_VECTORS=1 swift test --filter CodecGoldenTests` writes the streams that are not
/// there yet; to write one anew is right only together with a new format version.
@Suite(.serialized) struct CodecGoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("TestVectors/codec")
    private static let isWriting =
        ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil

    /// What `golden.json` says about a stream.
    private struct Entry: Codable, Equatable {
        var stream: String
        /// Model file; nil = `tiny`.
        var model: String?
        /// File of a post-filter that the samples go through; nil = none.
        var filter: String?
        /// Layers decoded at most.
        var layers: Int
        /// `CodecDecoder.symbolChecksum`, hexadecimal.
        var symbols: String
        /// CRC-32 of the samples as IEEE single precision, little endian, interleaved, hexadecimal.
        var samples: String

        /// Of the file with its samples.
        var name: String { "\(stream)\(filter == nil ? "" : "-filtered")-\(layers)" }
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appendingPathComponent(name)))
    }

    private static func decode(_ stream: [UInt8], _ model: CodecModel, layers: Int) throws -> (
        samples: [[Float]], checksum: UInt64
    ) {
        let read = ReadResult.read(stream)
        if let error = read.error { throw error }
        guard case .header(let header)? = read.events.first, case .end(let end)? = read.events.last
        else { throw CodecError.noKeyPacket }
        return try CodedSignal.decode(
            model, header, read.packets, layers: layers, sampleCount: Int(end.sampleCount),
            enhances: model.postFilter != nil)
    }

    private static func interleaved(_ channels: [[Float]]) -> [Float] {
        (channels.first ?? []).indices.flatMap { t in channels.map { $0[t] } }
    }

    private static func crc(_ channels: [[Float]]) -> String {
        let bytes = interleaved(channels).flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
        }
        return String(CRC32.checksum(of: bytes), radix: 16)
    }

    private static func words(_ channels: [[Float]]) -> [Int16] {
        interleaved(channels).map {
            Int16(max(-32768, min(32767, ($0 * 32768).rounded(.toNearestOrEven))))
        }
    }

    private static func write() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let speech = (1...2).map {
            SpeechLikeSignal.samples(seconds: 0.3, seed: UInt64($0), level: 0.4)
        }
        try write(model: "tiny", randomSigns: nil) { model in
            [
                ("mono", try CodedSignal(model, [speech[0]], rates: [130])),
                ("coarse", try CodedSignal(model, [speech[1]], rates: [0])),
                (
                    "stereo-2-layers",
                    try CodedSignal(
                        model, speech, rates: [100, 255], blocksPerPacket: 4, keyInterval: 3)
                ),
            ]
        }
        try write(model: "tiny-signs", randomSigns: true) { model in
            [
                (
                    "signs-2-layers",
                    try CodedSignal(
                        model, [speech[0]], rates: [60, 170], blocksPerPacket: 4, keyInterval: 2)
                )
            ]
        }
        let signal = SignalFormat(sampleRate: 44_100, hop: 48, framesPerBlock: 3, channels: 2)
        try write(model: "tiny-group", randomSigns: true, signal: signal) { model in
            [
                (
                    "group-3-channels",
                    try CodedSignal(
                        model, threeChannels, rates: [100, 255], blocksPerPacket: 8, keyInterval: 3)
                )
            ]
        }
        let single = SignalFormat(sampleRate: 44_100, hop: 48, framesPerBlock: 3)
        try write(model: "tiny-pairs", randomSigns: true, signal: single, hasPairs: true) { model in
            [
                (
                    "pairs-3-channels",
                    try CodedSignal(
                        model, strokes, rates: [100, 255], blocksPerPacket: 8, keyInterval: 3)
                )
            ]
        }
    }

    /// Writes a post-filter for `tiny` and what it makes of `mono`, unless it is there.
    private static func writeFilter() throws {
        let name = "tiny-filter"
        let path = folder.appendingPathComponent(name + ".nwm")
        guard !FileManager.default.fileExists(atPath: path.path) else { return }
        let model = try CodecModel(bytes: bytes("tiny.nwm"))
        let file = try PostFilterTests.filterBytes(for: model.id)
        try Data(file).write(to: path)
        let filtered = try model.adding(PostFilter(bytes: file))
        let result = try decode(bytes("mono.nwc"), filtered, layers: 1)
        let entry = Entry(
            stream: "mono", model: "tiny", filter: name, layers: 1,
            symbols: String(result.checksum, radix: 16), samples: crc(result.samples))
        try add(entry, result.samples)
    }

    /// Adds an entry, and the file of its samples.
    private static func add(_ entry: Entry, _ samples: [[Float]]) throws {
        var entries =
            (try? JSONDecoder().decode([Entry].self, from: Data(bytes("golden.json")))) ?? []
        entries.removeAll { $0.name == entry.name }
        entries.append(entry)
        let raw = words(samples).flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)]
        }
        try Data(raw).write(to: folder.appendingPathComponent(entry.name + ".s16"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(entries).write(to: folder.appendingPathComponent("golden.json"))
    }

    /// 0.1 s at 44.1 kHz.
    private static var threeChannels: [[Float]] {
        let two = (1...2).map {
            SpeechLikeSignal.samples(seconds: 0.1, rate: 44_100, seed: UInt64($0), level: 0.4)
        }
        return two + [two[1].reversed()]
    }

    /// The same behind silence, so that there are attacks.
    private static var strokes: [[Float]] {
        threeChannels.map { channel in
            channel.indices.map { $0 / 700 % 2 == 0 ? 0 : channel[$0] }
        }
    }

    /// Writes a model and its streams unless they are there.
    private static func write(
        model name: String, randomSigns: Bool?, signal: SignalFormat? = nil,
        hasPairs: Bool = false, _ streams: (CodecModel) throws -> [(String, CodedSignal)]
    ) throws {
        let path = folder.appendingPathComponent(name + ".nwm")
        guard !FileManager.default.fileExists(atPath: path.path) else { return }
        let file = try TinyModel.fileBytes(
            seed: 2026, smallTables: true, randomSigns: randomSigns, signal: signal,
            changesTransform: !hasPairs
        ) {
            guard hasPairs else { return }
            ($0.pairRotation, $0.attackGain) = (true, true)
        }
        let model = try CodecModel(bytes: file)
        try Data(file).write(to: path)
        try write(streams: streams(model), name, model)
    }

    /// A model of packed matrices, and a pair whose second channel has lower rate indices.
    private static func writeLater() throws {
        let packed = folder.appendingPathComponent("tiny-packed.nwm")
        if !FileManager.default.fileExists(atPath: packed.path) {
            let file = try TinyModel.packedFileBytes().packed
            try Data(file).write(to: packed)
            let model = try CodecModel(bytes: file)
            let speech = SpeechLikeSignal.samples(seconds: 0.3, seed: 1, level: 0.4)
            let coded = try CodedSignal(
                model, [speech], rates: [90, 200], blocksPerPacket: 4, keyInterval: 2)
            try write(streams: [("packed-2-layers", coded)], "tiny-packed", model)
        }
        for (name, model, sound, rates) in try nestedStreams {
            guard !FileManager.default.fileExists(atPath: folder.path + "/\(name).nwc") else {
                continue
            }
            let codec = try CodecModel(bytes: bytes(model + ".nwm"))
            let coded = try CodedSignal(
                codec, sound, rates: rates, blocksPerPacket: 8, keyInterval: 2, layering: .nested)
            try write(streams: [(name, coded)], model, codec)
        }
        let cascade = folder.appendingPathComponent("tiny-cascade.nwm")
        if !FileManager.default.fileExists(atPath: cascade.path) {
            let file = try TinyModel.timeDomainFileBytes(seed: 2026)
            try Data(file).write(to: cascade)
            let model = try CodecModel(bytes: file)
            let speech = SpeechLikeSignal.samples(seconds: 0.3, seed: 1, level: 0.4)
            let coded = try CodedSignal(
                model, [speech], rates: [0, 0], blocksPerPacket: 3, keyInterval: 2)
            try write(streams: [("cascade-2-layers", coded)], "tiny-cascade", model)
        }
        let offset = folder.appendingPathComponent("pairs-offset.nwc")
        if !FileManager.default.fileExists(atPath: offset.path) {
            let model = try CodecModel(bytes: bytes("tiny-pairs.nwm"))
            let coded = try CodedSignal(
                model, alike, rates: [200], blocksPerPacket: 8, keyInterval: 2)
            try write(streams: [("pairs-offset", coded)], "tiny-pairs", model)
        }
    }

    /// Streams of nested layers: name, model, sound, rate indices.
    private static var nestedStreams: [(String, String, [[Float]], [UInt8])] {
        get throws {
            let speech = SpeechLikeSignal.samples(seconds: 0.3, seed: 1, level: 0.4)
            return [
                ("nested-3-layers", "tiny-signs", [speech], [60, 150, 230]),
                ("nested-pairs", "tiny-pairs", strokes, [100, 200]),
            ]
        }
    }

    /// 0.1 s of two channels of which little is left when they are rotated.
    private static var alike: [[Float]] {
        let two = threeChannels
        return [1, -1].map { sign in zip(two[0], two[1]).map { $0 + sign * 0.02 * $1 } }
    }

    private static func write(
        streams: [(String, CodedSignal)], _ name: String, _ model: CodecModel
    ) throws {
        for (stream, coded) in streams {
            let bytes = try coded.bytes
            try Data(bytes).write(to: folder.appendingPathComponent(stream + ".nwc"))
            for layers in 1...coded.header.layerCount {
                let result = try decode(bytes, model, layers: layers)
                let entry = Entry(
                    stream: stream, model: name, layers: layers,
                    symbols: String(result.checksum, radix: 16), samples: crc(result.samples))
                try add(entry, result.samples)
            }
        }
    }

    @Test func decodersFindTheSameForEver() throws {
        if Self.isWriting {
            try Self.write()
            try Self.writeFilter()
            try Self.writeLater()
        }
        let entries = try JSONDecoder().decode([Entry].self, from: Data(Self.bytes("golden.json")))
        #expect(entries.count == 21)
        let before = nwc_simd_current()
        defer { nwc_simd_select(Int32(before.rawValue)) }
        for entry in entries {
            var model = try CodecModel(bytes: Self.bytes((entry.model ?? "tiny") + ".nwm"))
            if let filter = entry.filter {
                model = try model.adding(PostFilter(bytes: Self.bytes(filter + ".nwm")))
            }
            let stream = try Self.bytes(entry.stream + ".nwc")
            let raw = try Self.bytes(entry.name + ".s16")
            let stored = stride(from: 0, to: raw.count - 1, by: 2).map {
                Int16(bitPattern: UInt16(raw[$0]) | UInt16(raw[$0 + 1]) << 8)
            }
            for path in 0..<Int32(NWC_SIMD_COUNT) where nwc_simd_available(path) != 0 {
                #expect(nwc_simd_select(path) == 0)
                let result = try Self.decode(stream, model, layers: entry.layers)
                let found = Self.words(result.samples)
                let name =
                    """
                    \(entry.name), \
                    \(String(cString: nwc_simd_name(path)))
                    """
                #expect(String(result.checksum, radix: 16) == entry.symbols, "symbols of \(name)")
                #expect(
                    found.count == stored.count
                        && zip(found, stored).allSatisfy { abs(Int($0) - Int($1)) <= 1 },
                    "samples of \(name)")
                #expect(Self.crc(result.samples) == entry.samples, "bits of the samples of \(name)")
            }
        }
    }

    /// The tables of this model have few symbols: escapes are part of what the vectors test.
    @Test func theSignalIsThere() throws {
        let model = try CodecModel(bytes: Self.bytes("tiny.nwm"))
        let speech = SpeechLikeSignal.samples(seconds: 0.3, seed: 1, level: 0.4)
        let fine = try Self.decode(Self.bytes("stereo-2-layers.nwc"), model, layers: 2).samples
        #expect(
            fine.count == 2 && fine[0].count == speech.count && signalToNoise(speech, fine[0]) > 15)
        let signed = try CodecModel(bytes: Self.bytes("tiny-signs.nwm"))
        let other = try Self.decode(Self.bytes("signs-2-layers.nwc"), signed, layers: 2).samples
        #expect(
            other.count == 1 && other[0].count == speech.count
                && signalToNoise(speech, other[0]) > 10)
        let group = try CodecModel(bytes: Self.bytes("tiny-group.nwm"))
        let three = try Self.decode(Self.bytes("group-3-channels.nwc"), group, layers: 2).samples
        #expect(three.count == 3)
        for (own, channel) in zip(Self.threeChannels, three) {
            #expect(channel.count == own.count)
            #expect(signalToNoise(own, channel) > 8, "\(signalToNoise(own, channel)) dB")
        }
        let pairs = try CodecModel(bytes: Self.bytes("tiny-pairs.nwm"))
        let sound = try Self.decode(Self.bytes("pairs-3-channels.nwc"), pairs, layers: 2).samples
        for (own, channel) in zip(Self.strokes, sound) {
            #expect(signalToNoise(own, channel) > 6, "\(signalToNoise(own, channel)) dB")
        }
        let alike = try Self.decode(Self.bytes("pairs-offset.nwc"), pairs, layers: 1).samples
        for (own, channel) in zip(Self.alike, alike) {
            #expect(signalToNoise(own, channel) > 6, "\(signalToNoise(own, channel)) dB")
        }
        for (name, model, signal, rates) in try Self.nestedStreams {
            let codec = try CodecModel(bytes: Self.bytes(model + ".nwm"))
            let ratios = try (1...rates.count).map { layers in
                let decoded = try Self.decode(Self.bytes(name + ".nwc"), codec, layers: layers)
                return signalToNoise(signal[0], decoded.samples[0])
            }
            #expect(ratios == ratios.sorted() && (ratios.last ?? 0) > 6, "\(name): \(ratios) dB")
        }
        // The chunk of the first group begins with 1 and an angle of 0: 010000, and the offset.
        let packets = ReadResult.read(try Self.bytes("pairs-offset.nwc")).packets
        let start = try #require(packets.first?.chunks.first?.first?.first)
        #expect(start >> 2 == 0b010000)
    }
}
