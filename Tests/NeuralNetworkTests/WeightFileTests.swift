import SignalProcessing
import Foundation
import NeuralNetwork
import Testing

@Suite struct WeightFileTests {
    private static let metadata = Array(#"{"name":"test"}"#.utf8)

    /// One tensor of each type.
    private func writer() throws -> WeightFileWriter {
        var writer = try WeightFileWriter(metadata: Self.metadata)
        try writer.add("a.weight", shape: [2, 3], floats: [0, -1.5, .pi, 1e-38, 3e38, -0.0])
        try writer.add("a.half", shape: [5], halves: [0, 1, -2.5, 65_504, 1e-7])
        try writer.add("int8", shape: [3, 1], int8s: [-128, 0, 127])
        try writer.add("int16", shape: [], int16s: [-32_768])
        try writer.add("tables", shape: [1, 2, 2], uint16s: [0, 1, 65_535, 256])
        try writer.add("größe", shape: [2], int32s: [.min, .max])
        return writer
    }

    private func error(_ bytes: [UInt8]) -> WeightFileError? {
        do throws(WeightFileError) {
            _ = try WeightFile(bytes)
            return nil
        } catch {
            return error
        }
    }

    private func failure<Value>(_ body: () throws(WeightFileError) -> Value) -> WeightFileError? {
        do throws(WeightFileError) {
            _ = try body()
            return nil
        } catch {
            return error
        }
    }

    /// A file with length and checksum made right again after a change.
    private func repaired(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var body = Array(bytes.dropLast(32))
        change(&body)
        let length = UInt64(body.count + 32)
        for index in 0..<8 {
            body[8 + index] = UInt8(truncatingIfNeeded: length >> (8 * UInt64(index)))
        }
        return body + body.withUnsafeBytes { SHA256Digest.of($0) }
    }

    @Test func tensorsRoundTrip() throws {
        let bytes = try writer().bytes()
        let file = try WeightFile(bytes)
        #expect(file.metadata == Self.metadata)
        #expect(
            file.tensors.map(\.name) == ["a.weight", "a.half", "int8", "int16", "tables", "größe"])
        #expect(file.tensors.map(\.type) == [.float32, .float16, .int8, .int16, .uint16, .int32])
        #expect(file.tensors.map(\.shape) == [[2, 3], [5], [3, 1], [], [1, 2, 2], [2]])
        #expect(file.tensors.allSatisfy { $0.offset % 16 == 0 })
        let weights: [Float] = [0, -1.5, .pi, 1e-38, 3e38, -0.0]
        #expect(
            try file.floats("a.weight", shape: [2, 3]).map(\.bitPattern)
                == weights.map(\.bitPattern))
        #expect(try file.floats("a.half") == [0, 1, -2.5, 65_504, 0x1p-23])
        #expect(try file.int8s("int8") == [-128, 0, 127])
        #expect(try file.int16s("int16", shape: []) == [-32_768])
        #expect(try file.uint16s("tables") == [0, 1, 65_535, 256])
        #expect(try file.int32s("größe") == [.min, .max])
        #expect(file.index.descriptor("int8")?.byteCount == 3)
        #expect(bytes.count % 16 == 0)
    }

    @Test func filesAreReadInPlace() throws {
        let bytes = try writer().bytes()
        try bytes.withUnsafeBytes { buffer in
            let index = try WeightFileIndex(parsing: buffer)
            #expect(try index.int8s("int8", in: buffer) == [-128, 0, 127])
            #expect(try WeightFile(copying: buffer).bytes == bytes)
            #expect(
                failure { () throws(WeightFileError) in
                    try index.floats("a.weight", in: UnsafeRawBufferPointer(rebasing: buffer[1...]))
                }
                    == .fileLength(declared: UInt64(bytes.count), found: bytes.count - 1))
        }
        // A place in memory that is not aligned.
        let shifted = [0] + bytes
        try shifted.withUnsafeBytes { buffer in
            let part = UnsafeRawBufferPointer(rebasing: buffer[1...])
            let values = try WeightFileIndex(parsing: part).int32s("größe", in: part)
            #expect(values == [.min, .max])
        }
    }

    @Test func identityIsTheStartOfTheDigest() throws {
        let bytes = try writer().bytes()
        #expect(try writer().bytes() == bytes)
        let digest = bytes.dropLast(32).withUnsafeBytes { SHA256Digest.of($0) }
        let file = try WeightFile(bytes)
        #expect(Array(bytes.suffix(32)) == digest)
        #expect(file.modelID.bytes == Array(digest.prefix(8)))
        #expect(
            file.modelID.description == digest.prefix(8).map { String(format: "%02x", $0) }.joined()
        )
        #expect(ModelID(bytes: file.modelID.bytes) == file.modelID)
        #expect(ModelID(bytes: [1, 2, 3]) == nil)
        #expect(ModelID(rawValue: 0xAB).description == "00000000000000ab")
    }

    @Test func randomFilesRoundTrip() throws {
        var generator = SplitMix64(seed: 1)
        for _ in 0..<200 {
            var writer = try WeightFileWriter(metadata: [])
            var expected: [[Float]] = []
            for tensor in 0..<Int.random(in: 0..<6, using: &generator) {
                let shape = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                    Int.random(in: 1...5, using: &generator)
                }
                let values = (0..<shape.reduce(1, *)).map { _ in
                    Float.random(in: -10...10, using: &generator)
                }
                expected.append(values)
                try writer.add("t\(tensor)", shape: shape, floats: values)
            }
            let file = try WeightFile(writer.bytes())
            for (tensor, values) in expected.enumerated() {
                #expect(try file.floats("t\(tensor)") == values)
            }
        }
    }

    @Test func committedFile() throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/bitstream/small.nwm")
        if ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil {
            try Data(writer().bytes()).write(to: url)
        }
        let bytes = try [UInt8](Data(contentsOf: url))
        #expect(try bytes == writer().bytes())
        #expect(try WeightFile(bytes).int32s("größe") == [.min, .max])
    }

    @Test func wrongAccess() throws {
        let file = try WeightFile(writer().bytes())
        #expect(
            failure { () throws(WeightFileError) in try file.floats("b") } == .missingTensor("b"))
        #expect(
            failure { () throws(WeightFileError) in try file.floats("int8") }
                == .typeMismatch(tensor: "int8", found: .int8))
        #expect(
            failure { () throws(WeightFileError) in try file.uint16s("int16") }
                == .typeMismatch(tensor: "int16", found: .int16))
        #expect(
            failure { () throws(WeightFileError) in try file.floats("a.weight", shape: [3, 2]) }
                == .shapeMismatch(tensor: "a.weight", expected: [3, 2], found: [2, 3]))
        // A number that is not finite, written by somebody else.
        let tensor = try #require(file.index.descriptor("a.half"))
        let forged = try WeightFile(
            repaired(file.bytes) {
                $0.replaceSubrange(tensor.offset + 4..<tensor.offset + 6, with: [0, 0x7C])
            })
        #expect(
            failure { () throws(WeightFileError) in try forged.floats("a.half") }
                == .notFinite(tensor: "a.half", index: 2))
    }

    @Test func whatTheWriterRefuses() throws {
        var writer = try writer()
        let before = writer.bytes()
        func refused(_ name: String = "new", _ shape: [Int] = [1], _ values: [Float] = [1])
            -> WeightFileError?
        {
            failure { () throws(WeightFileError) in
                try writer.add(name, shape: shape, floats: values)
            }
        }
        #expect(refused("") == .tensorName(index: 6))
        #expect(refused(String(repeating: "x", count: 256)) == .tensorName(index: 6))
        #expect(refused("int8") == .duplicateName("int8"))
        #expect(refused("new", [1, 1, 1, 1, 1, 1, 1, 1, 1]) == .rank(9, tensor: "new"))
        #expect(refused("new", [0], []) == .shape([0], tensor: "new"))
        #expect(refused("new", [-1]) == .shape([-1], tensor: "new"))
        #expect(refused("new", [.max, .max]) == .shape([.max, .max], tensor: "new"))
        #expect(refused("new", [1 << 30]) == .shape([1 << 30], tensor: "new"))
        #expect(refused("new", [2]) == .elementCount(tensor: "new", expected: 2, found: 1))
        #expect(refused("new", [2], [1, .nan]) == .notFinite(tensor: "new", index: 1))
        #expect(
            failure { () throws(WeightFileError) in
                try writer.add("new", shape: [2], halves: [1, 65_520])
            } == .notFinite(tensor: "new", index: 1))
        #expect(writer.bytes() == before)
        #expect(
            failure { () throws(WeightFileError) in
                try WeightFileWriter(metadata: [UInt8](repeating: 0x20, count: 1 << 20 + 1))
            }
                == .metadataLength(declared: 1_048_577, limit: 1_048_576))
        #expect(
            failure { () throws(WeightFileError) in try WeightFileWriter(metadata: [0xC0]) }
                == .metadataEncoding)
    }
}
