import CMRLCodec
import Foundation
import TestSupport
import Testing

/// Every version of the format has a stream and a model in `TestVectors/versions.tsv` that decode for ever, and versions to come are refused by name.
@Suite struct FormatVersionTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors")

    private struct Vector {
        var version: UInt8
        var stream: [UInt8]
        var model: [UInt8]
        var symbols: String
    }

    private static func vectors() throws -> [Vector] {
        try String(contentsOf: folder.appendingPathComponent("versions.tsv"), encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            line in
            let cells = line.split(separator: "\t").map(String.init)
            try #require(cells.count == 4)
            func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))) }
            return Vector(version: try #require(UInt8(cells[0])), stream: try bytes(cells[1]), model: try bytes(cells[2]), symbols: cells[3])
        }
    }

    @Test func everyVersionDecodes() throws {
        let vectors = try Self.vectors()
        #expect(Set(vectors.map(\.version)) == Set(1...StreamHeader.version))
        for vector in vectors {
            #expect(vector.stream[4] == vector.version && vector.model[4] == vector.version)
            let model = try CodecModel(bytes: vector.model), read = ReadResult.read(vector.stream)
            guard read.error == nil, case .header(let header)? = read.events.first else {
                Issue.record("version \(vector.version): \(String(describing: read.error))")
                continue
            }
            #expect(String(try CodedSignal.decode(model, header, read.packets).checksum, radix: 16) == vector.symbols)
        }
    }

    @Test func versionsToComeAreRefusedByName() throws {
        let vector = try #require(try Self.vectors().last)
        var stream = vector.stream, model = vector.model
        stream[4] += 1
        model[4] += 1
        #expect(ReadResult.read(stream).error == .unsupportedVersion(stream[4]))
        #expect(ReadResult.read(stream, mode: .conceal).error == .unsupportedVersion(stream[4]))
        #expect(throws: CodecError.self) { try CodecModel(bytes: model) }
        do { _ = try CodecModel(bytes: model) } catch { #expect("\(error)" == "model file: model file version \(model[4]) is not supported, only 1") }
    }
}
