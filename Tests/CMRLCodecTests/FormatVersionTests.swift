import CMRLCodec
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Every version of the format has a stream and a model in `TestVectors/versions.tsv` that decode
/// for ever, and versions to come are refused by name.
@Suite struct FormatVersionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors")

    private struct Vector {
        var name: String
        var streamVersion: UInt8
        var modelVersion: UInt8
        var stream: [UInt8]
        var model: [UInt8]
        /// Hexadecimal.
        var symbols: String
        /// CRC-32 of the samples as bits of floats, channel by channel, lowest byte first;
        /// hexadecimal.
        var samples: String
    }

    private static func vectors() throws -> [Vector] {
        try String(contentsOf: folder.appendingPathComponent("versions.tsv"), encoding: .utf8)
            .split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
                line in
                let cells = line.split(separator: "\t").map(String.init)
                try #require(cells.count == 6)
                func bytes(_ name: String) throws -> [UInt8] {
                    [UInt8](try Data(contentsOf: folder.appendingPathComponent(name)))
                }
                return Vector(
                    name: cells[2], streamVersion: try #require(UInt8(cells[0])),
                    modelVersion: try #require(UInt8(cells[1])), stream: try bytes(cells[2]),
                    model: try bytes(cells[3]), symbols: cells[4], samples: cells[5])
            }
    }

    /// The stream of version 2: that of version 1 with tags and a record of a kind to come.
    /// `NWC_WRITE_TEST_VECTORS=1` writes it.
    @Test func tagsAreAddedToTheSamePackets() throws {
        let old = [UInt8](
            try Data(contentsOf: Self.folder.appendingPathComponent("codec/stereo-2-layers.nwc")))
        let read = ReadResult.read(old)
        guard case .header(let header)? = read.events.first, case .end(let end)? = read.events.last
        else {
            Issue.record("no stream")
            return
        }
        var writer = BitstreamWriter(
            try StreamHeader(
                modelID: header.modelID, sampleRate: header.sampleRate,
                channelCount: header.channelCount, blocksPerPacket: header.blocksPerPacket,
                keyInterval: header.keyInterval, layerCount: header.layerCount,
                sampleCount: header.sampleCount, formatVersion: 2))
        var bytes = writer.headerBytes()
        for record in try StreamSample.auxiliary() { bytes += try writer.auxiliary(record) }
        for packet in read.packets { bytes += try writer.packet(packet) }
        bytes += try writer.end(sampleCount: end.sampleCount)
        let url = Self.folder.appendingPathComponent("codec/tags-2-layers.nwc")
        if ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil {
            try Data(bytes).write(to: url)
        }
        #expect(try [UInt8](Data(contentsOf: url)) == bytes)
    }

    /// The stream of version 4: packets of a model with a patch, which stands behind the header.
    /// `NWC_WRITE_TEST_VECTORS=1` writes it.
    @Test func aPatchTravelsWithItsStream() throws {
        let model = try CodecModel(
            bytes: [UInt8](
                Data(contentsOf: Self.folder.appendingPathComponent("codec/tiny.nwm"))),
            keepsParameters: true)
        let shape = AdapterShape(.tensorTrain, rank: 2)
        let (network, _) = try model.makeNetwork()
        let count = shape.parts(of: network).reduce(0) { $0 + $1.count }
        let patch = try ModelPatch(
            shape, numbers: (0..<count).map { $0 % 3 > 0 ? 0 : Float($0 % 7 - 3) / 2 }, step: 0.5,
            of: model)
        let sound = (0..<2).map {
            SpeechLikeSignal.samples(seconds: 0.5, rate: 16_000, seed: UInt64($0))
        }
        let bytes = try model.adapted(by: patch).encode(
            sound, rate: .indices([90, 200]), layers: 2)
        #expect(bytes[4] == 4 && bytes.count > patch.bytes.count)
        let url = Self.folder.appendingPathComponent("codec/patched.nwc")
        if ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil {
            try Data(bytes).write(to: url)
        }
        #expect(try [UInt8](Data(contentsOf: url)) == bytes)
        // Whoever has the model decodes it, and a reader keeps the patch where layers are dropped.
        let decoded = try model.decode(bytes)
        #expect(try decoded == model.adapted(by: patch).decode(bytes))
        var stripper = try LayerStripper(layers: 1)
        let stripped = try stripper.push(bytes) + stripper.finish()
        guard case .header(let header)? = ReadResult.read(stripped).events.first else {
            Issue.record("no header")
            return
        }
        #expect(header.patch == patch && header.layerCount == 1)
        #expect(try model.decode(stripped) != model.decode(bytes))
        // Without the weights, or with a patch of another model, it says so.
        let plain = try CodecModel(
            bytes: [UInt8](Data(contentsOf: Self.folder.appendingPathComponent("codec/tiny.nwm"))))
        #expect(throws: CodecError.parametersNotKept) { try plain.decode(bytes) }
        #expect(throws: CodecError.patch(.alreadyPatched)) {
            let other = try ModelPatch(
                AdapterShape(.bands),
                numbers: Array(
                    repeating: 1,
                    count: AdapterShape(.bands).parts(of: network).reduce(0) { $0 + $1.count }),
                step: 1, of: model)
            _ = try model.adapted(by: other).decode(bytes)
        }
    }

    @Test func everyVersionDecodes() throws {
        let vectors = try Self.vectors()
        #expect(
            Set(vectors.map(\.streamVersion)) == Set(1...StreamHeader.version)
                && Set(vectors.map(\.modelVersion)) == Set(1...WeightFile.version))
        for vector in vectors {
            #expect(
                vector.stream[4] == vector.streamVersion && vector.model[4] == vector.modelVersion)
            let model = try CodecModel(bytes: vector.model, keepsParameters: true)
            let read = ReadResult.read(vector.stream)
            guard read.error == nil, case .header(let header)? = read.events.first else {
                Issue.record("\(vector.name): \(String(describing: read.error))")
                continue
            }
            let decoded = try CodedSignal.decode(model, header, read.packets)
            let bytes = decoded.samples.joined().flatMap { sample in
                (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> (8 * $0)) }
            }
            #expect(String(decoded.checksum, radix: 16) == vector.symbols, "\(vector.name)")
            #expect(
                String(CRC32.checksum(of: bytes), radix: 16) == vector.samples, "\(vector.name)")
        }
    }

    @Test func versionsToComeAreRefusedByName() throws {
        let vector = try #require(try Self.vectors().last)
        var stream = vector.stream
        var model = vector.model
        stream[4] += 1
        model[4] += 1
        #expect(ReadResult.read(stream).error == .unsupportedVersion(stream[4]))
        #expect(ReadResult.read(stream, mode: .conceal).error == .unsupportedVersion(stream[4]))
        #expect(throws: CodecError.self) { try CodecModel(bytes: model) }
        let text =
            """
            model file: model file version \(model[4]) is not supported, only \
            \(WeightFile.version)
            """
        do { _ = try CodecModel(bytes: model) } catch { #expect("\(error)" == text) }
    }
}
