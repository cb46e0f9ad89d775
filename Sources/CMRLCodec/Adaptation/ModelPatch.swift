import NeuralNetwork

/// A few numbers that change a model, small enough to travel with a stream: an adapter's numbers,
/// quantised.
///
///     "NWP" 0x1A, version 1, kind, rank, identity of the model's weights (8 bytes),
///     step (4 bytes, IEEE 754 binary32), a table for each part (255 = all of it zero),
///     numbers / step as symbols of the model's module 1 under these tables (range coder),
///     CRC-32 of all that
///
/// Multi-byte numbers have their lowest byte first, apart from the identity.
public struct ModelPatch: Sendable, Equatable {
    package static let magic: [UInt8] = [0x4E, 0x57, 0x50, 0x1A]
    static let version: UInt8 = 1
    /// Longest patch.
    public static let maximumByteCount = 16_384
    /// Bytes before the tables: magic, version, kind, rank, identity, step.
    private static let headByteCount = 19
    private static let emptyPart: UInt8 = 255
    /// Largest magnitude of a number: what decoders give out stays finite, whatever a patch says.
    static let largestNumber: Float = 64

    /// Possible steps.
    static let steps: ClosedRange<Float> = 0x1p-12...16

    /// The file.
    public let bytes: [UInt8]
    /// Of the weights that it changes.
    public let modelID: ModelID
    package let shape: AdapterShape
    /// What a symbol of 1 means.
    package let step: Float

    /// Identity of the patch: its checksum.
    public var id: UInt32 { bytes.littleEndian(at: bytes.count - 4) }
    /// What it changes, in words.
    public var kind: String {
        shape.kind.rawValue + (shape.rank > 0 ? " of rank \(shape.rank)" : "")
    }

    /// Reads a patch; whether its numbers fit a model is seen when it is applied.
    /// - Throws: `CodecError.patch`
    public init(bytes: [UInt8]) throws(CodecError) {
        do throws(PatchProblem) { try self.init(parsing: bytes) } catch { throw .patch(error) }
    }

    init(parsing bytes: [UInt8]) throws(PatchProblem) {
        guard bytes.starts(with: Self.magic) else { throw .notAPatch }
        guard bytes.count <= Self.maximumByteCount else {
            throw .tooLong(bytes.count, limit: Self.maximumByteCount)
        }
        if bytes.count > 4, bytes[4] != Self.version { throw .version(bytes[4]) }
        guard bytes.count >= Self.headByteCount + 4 else { throw .truncated(bytes.count) }
        let declared = bytes.littleEndian(at: bytes.count - 4)
        let computed = CRC32.checksum(of: bytes.dropLast(4))
        guard declared == computed else {
            throw .checksum(declared: declared, computed: computed)
        }
        let kinds = AdapterShape.Kind.allCases
        guard Int(bytes[5]) < kinds.count, let id = ModelID(bytes: bytes[7..<15]) else {
            throw .shape(kind: Int(bytes[5]), rank: Int(bytes[6]))
        }
        shape = AdapterShape(kinds[Int(bytes[5])], rank: Int(bytes[6]))
        guard shape.isPossible, shape.rank == Int(bytes[6]) else {
            throw .shape(kind: Int(bytes[5]), rank: Int(bytes[6]))
        }
        step = Float(bitPattern: bytes.littleEndian(at: 15))
        guard step >= Self.steps.lowerBound, step <= Self.steps.upperBound else {
            throw .step(step)
        }
        modelID = id
        self.bytes = bytes
    }

    /// A patch of a model.
    /// - Parameters:
    ///   - numbers: of all parts, in the order of `AdapterShape.parts`; rounded to the step
    ///   - step: what they are rounded to multiples of
    /// - Throws: `CodecError.patch` where the numbers are not those of the shape, or too large
    package init(
        _ shape: AdapterShape, numbers: [Float], step: Float, of model: CodecModel
    ) throws(CodecError) {
        let lapped = try model.lapped
        let parts = shape.parts(of: lapped.core.network)
        let count = parts.reduce(0) { $0 + $1.count }
        guard numbers.count == count else {
            throw .patch(.numberCount(numbers.count, expected: count))
        }
        guard step >= Self.steps.lowerBound, step <= Self.steps.upperBound else {
            throw .patch(.step(step))
        }
        let limit = (Self.largestNumber / step).rounded(.down)
        let symbols = numbers.map { number -> Int in
            let scaled = (number / step).rounded(.toNearestOrEven)
            return scaled.isFinite ? Int(max(-limit, min(limit, scaled))) : 0
        }
        var bytes = Self.magic + [Self.version, shape.kind.code, UInt8(shape.rank)]
        bytes += model.codecID.bytes
        bytes.appendLittleEndian(step.bitPattern)
        var next = 0
        var channel = EncodingChannel(lapped.tables, .residual, packet: 0, layer: 0)
        do throws(EntropyCodingError) {
            for part in parts {
                let own = symbols[next..<next + part.count]
                next += part.count
                guard own.contains(where: { $0 != 0 }) else {
                    bytes.append(Self.emptyPart)
                    continue
                }
                let table = try Self.cheapestTable(own, lapped.tables)
                bytes.append(UInt8(table))
                for symbol in own {
                    _ = try channel.coefficient(symbol, table: table, module: 0)
                }
            }
        } catch { throw .entropy(error) }
        bytes += channel.encoder.finish()
        bytes.appendLittleEndian(CRC32.checksum(of: bytes))
        try self.init(bytes: bytes)
    }

    private static func cheapestTable(
        _ symbols: ArraySlice<Int>, _ tables: SymbolTables
    ) throws(EntropyCodingError) -> Int {
        var best = (table: 0, bits: Double.infinity)
        for table in 0..<TableLayout.coefficientTables {
            var cost = CostChannel(tables: tables)
            for symbol in symbols {
                _ = try cost.coefficient(symbol, table: table, module: 0)
            }
            if cost.bits < best.bits { best = (table, cost.bits) }
        }
        return best.table
    }

    /// The numbers for a model.
    /// - Throws: `CodecError.patch`, `.entropy`
    package func numbers(of model: CodecModel) throws(CodecError) -> [Float] {
        let lapped = try model.lapped
        let parts = shape.parts(of: lapped.core.network)
        let first = Self.headByteCount + parts.count
        guard first + 4 <= bytes.count else { throw .patch(.truncated(bytes.count)) }
        var channel = DecodingChannel(
            lapped.tables, .residual, Array(bytes[first..<bytes.count - 4]), packet: 0, layer: 0)
        var result: [Float] = []
        result.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for (index, part) in parts.enumerated() {
            let table = bytes[Self.headByteCount + index]
            guard table != Self.emptyPart else {
                result += repeatElement(0, count: part.count)
                continue
            }
            guard Int(table) < TableLayout.coefficientTables else {
                throw .patch(.table(Int(table), limit: TableLayout.coefficientTables - 1))
            }
            for _ in 0..<part.count {
                let symbol: Int
                do throws(EntropyCodingError) {
                    symbol = try channel.coefficient(0, table: Int(table), module: 0)
                } catch { throw .entropy(error) }
                let number = Float(symbol) * step
                guard number.magnitude <= Self.largestNumber else {
                    throw .patch(.number(number, limit: Self.largestNumber))
                }
                result.append(number)
            }
        }
        return result
    }
}

/// What is wrong with a patch.
public enum PatchProblem: Error, Equatable, Sendable {
    case notAPatch
    case version(UInt8)
    case truncated(Int)
    case tooLong(Int, limit: Int)
    case checksum(declared: UInt32, computed: UInt32)
    case shape(kind: Int, rank: Int)
    case step(Float)
    case table(Int, limit: Int)
    case number(Float, limit: Float)
    case numberCount(Int, expected: Int)
    /// It was made for another model.
    case wrongModel(expected: ModelID, found: ModelID)
    /// The model was changed by another patch before, or the stream needs none.
    case alreadyPatched
    /// The model would have values that are no weights.
    case weights(parameter: String)
}

extension PatchProblem: CustomStringConvertible {
    public var description: String {
        let text =
            switch self {
            case .notAPatch: "it does not begin as a patch does"
            case .version(let version): "version \(version) is not supported, possible is 1"
            case .truncated(let count): "truncated: \(count) bytes"
            case .tooLong(let count, let limit): "\(count) bytes, the limit is \(limit)"
            case .checksum(let declared, let computed):
                "damaged: checksum \(hexadecimal(declared)), computed \(hexadecimal(computed))"
            case .shape(let kind, let rank): "kind \(kind) and rank \(rank) are not known"
            case .step(let step):
                """
                a step of \(step), possible are \(ModelPatch.steps.lowerBound) to \
                \(ModelPatch.steps.upperBound)
                """
            case .table(let table, let limit): "table \(table), possible are 0 to \(limit)"
            case .number(let number, let limit): "a number of \(number), the limit is \(limit)"
            case .numberCount(let count, let expected): "\(count) numbers instead of \(expected)"
            case .wrongModel(let expected, let found):
                "it is for model \(expected), this is model \(found)"
            case .alreadyPatched: "the model is changed by another patch already"
            case .weights(let parameter): "\(parameter) would have values that are no weights"
            }
        return "patch: \(text)"
    }
}
