import BuiltInModel
import CMRLCodec
import NeuralNetwork
import TestSupport
import Testing

@Suite struct ModelPatchTests {
    private static func model(seed: UInt64 = 7) throws -> CodecModel {
        try CodecModel(bytes: TinyModel.fileBytes(seed: seed), keepsParameters: true)
    }

    /// Numbers of a shape, many of them zero, multiples of `step`.
    private static func numbers(_ shape: AdapterShape, _ model: CodecModel, step: Float) throws
        -> [Float]
    {
        let (network, _) = try model.makeNetwork()
        var random = RandomSource(seed: 11)
        return shape.parts(of: network).enumerated().flatMap { index, part in
            (0..<part.count).map { _ in
                index == 1 || random.below(3) > 0 ? 0 : Float(random.below(9) - 4) * step
            }
        }
    }

    @Test(arguments: NetworkAdapterTests.shapes) func roundTrip(shape: AdapterShape) throws {
        let model = try Self.model()
        let numbers = try Self.numbers(shape, model, step: 0.25)
        let patch = try ModelPatch(shape, numbers: numbers, step: 0.25, of: model)
        let read = try ModelPatch(bytes: patch.bytes)
        #expect(read == patch && read.modelID == model.codecID && read.shape == shape)
        #expect(try read.numbers(of: model) == numbers)
        // Entropy coded: well below a byte a number.
        #expect(patch.bytes.count < 40 + numbers.count / 2)
        let adapted = try model.adapted(by: patch)
        let sound = [SpeechLikeSignal.samples(seconds: 1, rate: model.signal.sampleRate, seed: 3)]
        let stream = try adapted.encode(sound)
        #expect(try adapted.decode(stream) == model.adapted(by: read).decode(stream))
        #expect(try stream != model.encode(sound))
    }

    /// A built-in model's weights are read when the first such stream comes, whichever of several
    /// threads it is on.
    @Test func builtInModelsReadTheirWeightsWhenTheyAreNeeded() throws {
        let model = try #require(try BuiltInModels.load(name: "default"))
        let numbers = try Self.numbers(AdapterShape(.bands), model, step: 0.25)
        let patch = try ModelPatch(AdapterShape(.bands), numbers: numbers, step: 0.25, of: model)
        let stream = try model.adapted(by: patch).encode([SpeechLikeSignal.samples(seconds: 1)])
        let expected = try model.decode(stream)
        let other = try #require(try BuiltInModels.load(name: "default"))
        let sounds = try Threads.run(4) { _ in try other.decode(stream) }.map { try $0.get() }
        #expect(sounds.allSatisfy { $0 == expected })
        #expect(try sounds[0] != other.decode(model.encode([SpeechLikeSignal.samples(seconds: 1)])))
    }

    @Test func whatDoesNotFitIsRefused() throws {
        let model = try Self.model()
        let shape = AdapterShape(.bands)
        let numbers = try Self.numbers(shape, model, step: 0.5)
        #expect(throws: CodecError.patch(.numberCount(1, expected: numbers.count))) {
            try ModelPatch(shape, numbers: [1], step: 0.5, of: model)
        }
        let patch = try ModelPatch(shape, numbers: numbers, step: 0.5, of: model)
        let other = try Self.model(seed: 8)
        #expect(
            throws: CodecError.patch(.wrongModel(expected: model.codecID, found: other.codecID))
        ) { try other.adapted(by: patch) }
        let plain = try CodecModel(bytes: TinyModel.fileBytes())
        #expect(throws: CodecError.parametersNotKept) { try plain.adapted(by: patch) }
        #expect(throws: CodecError.patch(.notAPatch)) { try ModelPatch(bytes: [1, 2, 3, 4, 5]) }
        #expect(throws: CodecError.patch(.truncated(8))) {
            try ModelPatch(bytes: Array(patch.bytes.prefix(8)))
        }
        #expect(throws: CodecError.patch(.version(2))) {
            var bytes = patch.bytes
            bytes[4] = 2
            _ = try ModelPatch(bytes: bytes)
        }
    }

    /// What is too large is limited where a patch is made, and refused where one is read.
    @Test func largeNumbers() throws {
        let model = try Self.model()
        let shape = AdapterShape(.bands)
        let count = try Self.numbers(shape, model, step: 1).count
        let large = try ModelPatch(
            shape, numbers: Array(repeating: 1e9, count: count), step: 0.75, of: model)
        #expect(try large.numbers(of: model) == Array(repeating: 63.75, count: count))
        var bytes = Array(large.bytes.dropLast(4))
        bytes.replaceSubrange(15..<19, with: [0, 0, 0x80, 0x3F])
        let checksum = CRC32.checksum(of: bytes)
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) }
        #expect(throws: CodecError.patch(.number(85, limit: 64))) {
            try model.adapted(by: ModelPatch(bytes: bytes))
        }
        for step: Float in [0, -1, .infinity, .nan, 17] {
            #expect(throws: CodecError.self) {
                try ModelPatch(
                    shape, numbers: Array(repeating: 1, count: count), step: step, of: model)
            }
        }
    }

    /// Every bit flipped is noticed; with the checksum made right again it is refused or read, and
    /// what is read is applied or refused, but nothing breaks.
    @Test func damagedPatches() throws {
        let model = try Self.model()
        let shape = AdapterShape(.tensorTrain, rank: 2)
        let patch = try ModelPatch(
            shape, numbers: Self.numbers(shape, model, step: 0.5), step: 0.5, of: model)
        var refused = 0
        var applied = 0
        for bit in 0..<8 * patch.bytes.count {
            var bytes = patch.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: CodecError.self) { try ModelPatch(bytes: bytes) }
            guard bit % 3 == 0, bit / 8 < bytes.count - 4 else { continue }
            let checksum = CRC32.checksum(of: bytes.dropLast(4))
            bytes.replaceSubrange(
                (bytes.count - 4)...,
                with: (0..<4).map { UInt8(truncatingIfNeeded: checksum >> UInt32(8 * $0)) })
            do {
                _ = try model.adapted(by: ModelPatch(bytes: bytes))
                applied += 1
            } catch { refused += 1 }
        }
        #expect(refused > 20 && applied > 20)
    }
}
