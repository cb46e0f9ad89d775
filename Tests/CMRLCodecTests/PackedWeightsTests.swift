import CMRLCodec
import Foundation
import ModelWriting
import NeuralNetwork
import TestSupport
import Testing

/// Integers without tables, and model files made of them.
@Suite struct PackedWeightsTests {
    /// Two-sided geometric with probabilities p^|v|, each row with a spread of its own.
    private static func laplacian(_ count: Int, row: Int, seed: UInt64) -> [Int32] {
        var random = RandomSource(seed: seed)
        var spread = 0.0
        return (0..<count).map { i in
            if i % row == 0 { spread = random.uniform(0.2, 3) }
            let magnitude = -log(random.uniform(1e-9, 1)) * spread
            return Int32(magnitude.rounded()) * (random.uniform(0, 1) < 0.5 ? -1 : 1)
        }
    }

    @Test(arguments: [1, 5, 64, 100_000]) func integersComeBack(rowLength: Int) throws {
        var values = Self.laplacian(5000, row: 50, seed: 3)
        values += [Int32](repeating: 0, count: 3000)
        let largest = Int32(AdaptiveIntegers.largestMagnitude)
        values += [largest, -largest, 1, -1, 0, 65535, 65536, -65537, largest]
        let bytes = try AdaptiveIntegers.encode(values, rowLength: rowLength)
        let decoded = try AdaptiveIntegers.decode(
            bytes, count: values.count, rowLength: rowLength)
        #expect(decoded == values)
    }

    @Test func nothingIsNothing() throws {
        #expect(try AdaptiveIntegers.encode([], rowLength: 3).isEmpty)
        #expect(try AdaptiveIntegers.decode([], count: 0, rowLength: 3).isEmpty)
        // Bytes that say nothing are there for readers who limit what a byte may become.
        let zeros = PackedWeights(
            integers: [Int32](repeating: 0, count: 100_000),
            scales: [Float](repeating: 1, count: 100))
        let file = try Self.file { try $0.add("zeros", packed: zeros) }
        #expect(file.index.descriptor("zeros.packed")?.shape == [98])
        #expect(try file.packedWeights("zeros", [1000, 100]) == zeros)
    }

    @Test func tooLargeIsRefused() {
        let value = Int32(AdaptiveIntegers.largestMagnitude + 1)
        for odd in [value, -value, .min] {
            #expect(throws: EntropyCodingError.self) {
                try AdaptiveIntegers.encode([0, odd], rowLength: 1)
            }
        }
    }

    /// Against the entropy of the histogram, which a table of its own would need: what
    /// neighbourhoods tell is more than what learning costs.
    @Test func bytesAreFewerThanTheEntropy() throws {
        let values = Self.laplacian(40_000, row: 100, seed: 8)
        let counts = values.reduce(into: [Int32: Double]()) { $0[$1, default: 0] += 1 }
        let entropy = counts.values.reduce(0) { $0 - $1 * log2($1 / Double(values.count)) } / 8
        let bytes = try AdaptiveIntegers.encode(values, rowLength: 100)
        #expect(Double(bytes.count) < 0.985 * entropy, "\(bytes.count) \(entropy)")
        #expect(Double(bytes.count) > 0.5 * entropy)
    }

    @Test func anyBytesDecode() {
        var random = RandomSource(seed: 12)
        for _ in 0..<200 {
            let bytes = (0..<random.below(60)).map { _ in UInt8(random.below(256)) }
            do {
                let values = try AdaptiveIntegers.decode(bytes, count: 300, rowLength: 7)
                #expect(
                    values.count == 300
                        && values.allSatisfy {
                            $0.magnitude <= AdaptiveIntegers.largestMagnitude
                        })
            } catch { #expect(error == .escapeTooLong(limit: AdaptiveIntegers.mostBits)) }
        }
    }

    private static func file(_ fill: (inout WeightFileWriter) throws -> Void) throws -> WeightFile {
        var writer = try WeightFileWriter(metadata: Array("{}".utf8))
        try fill(&writer)
        return try WeightFile(writer.bytes())
    }

    @Test func matricesComeBack() throws {
        let integers = Self.laplacian(600, row: 20, seed: 2).map { max(-3, min(3, $0)) }
        let scales = (0..<20).map { Float(0.01) * Float($0 + 1) }
        let steps = PackedWeights(integers: integers, scales: scales)
        let book = PackedWeights(
            integers: integers, scales: scales, levels: [-9, -4, -1, 0, 2, 5, 11])
        let usual = PackedWeights(
            integers: integers, scales: Array(repeating: 1 / 4096, count: 20))
        let file = try Self.file {
            try $0.add("steps", packed: steps)
            try $0.add("book", packed: book)
            try $0.add("usual", packed: usual)
        }
        for (name, weights) in [("steps", steps), ("book", book), ("usual", usual)] {
            let read = try file.packedWeights(name, [2, 15, 20])
            #expect(read == weights, "\(name)")
            #expect(try file.floats(name, [2, 15, 20]) == weights.values)
        }
        #expect(file.index.descriptor("usual.scales") == nil)
        let place = try #require(integers.firstIndex(of: -3))
        #expect(book.values[place] == -9 * book.scales[place % 20])
        #expect(steps.values[place] == -3 * steps.scales[place % 20])
    }

    @Test func damageIsNamed() throws {
        let file = try Self.file {
            try $0.add("short.packed", shape: [2], int8s: [0, 0])
            try $0.add(
                "book",
                packed: PackedWeights(
                    integers: [0, 1, 2, 3], scales: [1, 1], levels: [0, 1, 2]))
            try $0.add(
                "scales", packed: PackedWeights(integers: [0, 1, 2, 3], scales: [1, 1]))
            try $0.add("wide.packed", shape: [40], int8s: [Int8](repeating: -1, count: 40))
        }
        func problem(_ name: String, _ shape: [Int]) -> TensorProblem? {
            do {
                _ = try file.packedWeights(name, shape)
                return nil
            } catch CodecError.modelTensor(let found, let problem) where found == name {
                return problem
            } catch { return nil }
        }
        #expect(problem("short", [3, 1000]) == .tooFewBytes(2, values: 3000))
        #expect(problem("book", [2, 2]) == .level(2, count: 3))
        #expect(
            problem("scales", [4, 1])
                == .file(.shapeMismatch(tensor: "scales.scales", expected: [1], found: [2])))
        #expect(problem("wide", [40, 2]) == .tables(.escapeTooLong(limit: 24)))
        #expect(problem("none", [40, 2]) == .file(.missingTensor("none.packed")))
    }

    @Test func tablesComeBack() throws {
        let model = try CodecModels.load(.builtIn)
        let words = try model.tables.envelope.words
        let file = try Self.file { try $0.add("tables.envelope", packedTables: words) }
        #expect(try file.packedWords("tables.envelope") == words)
        #expect(file.bytes.count < words.count * 2 / 3)
    }

    /// A model whose matrices are packed is a model like any other, and the same sound as one that
    /// holds the same values as plain numbers.
    @Test func aPackedModelCodes() throws {
        let (bytes, plain) = try TinyModel.packedFileBytes()
        #expect(bytes == (try TinyModel.packedFileBytes().packed))
        #expect(bytes.count < plain.count / 2, "\(bytes.count) \(plain.count)")
        let signal = [SpeechLikeSignal.samples(seconds: 1, seed: 8)]
        let model = try CodecModel(bytes: bytes)
        let coded = try CodedSignal(model, signal, rates: [200])
        let decoded = try CodedSignal.decode(
            model, coded.header, coded.packets, sampleCount: signal[0].count)
        #expect(decoded.checksum == coded.symbolChecksum)
        let other = try CodedSignal(CodecModel(bytes: plain), signal, rates: [200])
        #expect(other.symbolChecksum == coded.symbolChecksum)
    }
}
