import Foundation
import NeuralNetwork

/// Checkpoints as files: "NWCCKPT" and the version as a digit, UInt64 length of the JSON, JSON,
/// then values, first moment, second moment and average as Float32, all little-endian, without the
/// parameters that the JSON names as omitted; behind them the SHA-256 of everything before it,
/// which version 1 does not have.
struct CheckpointFile {
    static var magic: [UInt8] { Array("NWCCKPT".utf8) }
    static var checksumLength: Int { 32 }

    /// The state as JSON, and the numbers behind it.
    let json: ArraySlice<UInt8>
    let numbers: ArraySlice<UInt8>

    /// - Parameters:
    ///   - bytes: a file of version 1 or 2
    ///   - path: for messages
    /// - Throws: `TrainingError.badCheckpoint` for what is no checkpoint, or damaged
    init(_ bytes: [UInt8], path: String) throws(TrainingError) {
        func refuse(_ reason: String) -> TrainingError {
            .badCheckpoint(path: path, reason: reason)
        }
        guard bytes.starts(with: Self.magic), bytes.count >= 16 else {
            throw refuse("not a checkpoint of nwc-train")
        }
        var end = bytes.count
        switch bytes[7] {
        case UInt8(ascii: "1"): break
        case UInt8(ascii: "2"):
            end -= Self.checksumLength
            guard end >= 16 else { throw refuse("truncated: \(bytes.count) bytes") }
            let declared = Array(bytes[end...])
            let computed = bytes[..<end].withUnsafeBytes { SHA256Digest.of($0) }
            guard declared == computed else {
                let begin = [declared, computed].map { ModelID(bytes: $0)?.description ?? "" }
                throw refuse("damaged: SHA-256 begins \(begin[0]), computed \(begin[1])")
            }
        default:
            throw refuse(
                """
                version "\(Character(Unicode.Scalar(bytes[7])))" is not supported, possible \
                are 1 and 2
                """
            )
        }
        let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 + $1]) << UInt64(8 * $1) }
        guard length <= UInt64(end - 16) else {
            throw refuse("truncated: header of \(length) bytes in a file of \(bytes.count)")
        }
        json = bytes[16..<16 + Int(length)]
        numbers = bytes[(16 + Int(length))..<end]
    }

    /// - Throws: `TrainingError.badCheckpoint` where it cannot be read
    static func read(_ path: String) throws(TrainingError) -> [UInt8] {
        do { return try [UInt8](Data(contentsOf: URL(fileURLWithPath: path))) } catch {
            throw .badCheckpoint(path: path, reason: error.localizedDescription)
        }
    }
}

extension TrainingCheckpoint {
    /// As a file of the latest version.
    package func bytes() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var state = state
        let omitted = unmoved
        state.omitted = omitted.isEmpty ? nil : omitted
        let kept = Self.places(state).filter { !omitted.contains($0.name) }.map(\.range)
        let json = try encoder.encode(state)
        var bytes = CheckpointFile.magic + [UInt8(ascii: "2")]
        bytes.reserveCapacity(16 + json.count + 16 * values.count + CheckpointFile.checksumLength)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes += json
        for array in arrays {
            array.withUnsafeBufferPointer { all in
                for range in kept {
                    bytes.append(contentsOf: UnsafeRawBufferPointer(.init(rebasing: all[range])))
                }
            }
        }
        bytes += bytes.withUnsafeBytes { SHA256Digest.of($0) }
        return bytes
    }

    /// Replaces the file: it holds the old checkpoint or the new one, never a part, whatever
    /// happens meanwhile.
    /// - Throws: `TrainingError.writeFailed`
    public func write(to path: String) throws { try TrainingError.replacing(path, with: bytes()) }

    /// - Throws: `TrainingError.badCheckpoint` when the file cannot be read, is damaged or holds
    ///   what no run writes
    public init(path: String) throws(TrainingError) {
        try self.init(CheckpointFile.read(path), path: path)
    }

    /// - Parameters:
    ///   - bytes: a file of version 1 or 2
    ///   - path: for messages
    /// - Throws: `TrainingError.badCheckpoint`
    public init(_ bytes: [UInt8], path: String) throws(TrainingError) {
        func refuse(_ reason: String) -> TrainingError {
            .badCheckpoint(path: path, reason: reason)
        }
        let file = try CheckpointFile(bytes, path: path)
        var state: State
        do {
            state = try JSONDecoder().decode(State.self, from: Data(file.json))
        } catch let error as DecodingError {
            throw refuse("unreadable header: \(error.reason)")
        } catch { throw refuse("unreadable header: \(error)") }
        do { try state.validate() } catch { throw refuse("\(error)") }
        let omitted = Set(state.omitted ?? [])
        let computed = omitted.isEmpty ? [:] : state.configuration.computedParameters()
        let places = Self.places(state)
        for place in places where omitted.contains(place.name) {
            guard computed[place.name]?.count == place.range.count else {
                throw refuse("\(place.name) is left out, and is not what its network computes")
            }
        }
        let kept = places.filter { !omitted.contains($0.name) }
        let count = kept.reduce(0) { $0 + $1.range.count }
        guard file.numbers.count == 16 * count else {
            let expected = bytes.count - file.numbers.count + 16 * count
            throw refuse("\(bytes.count) bytes, expected \(expected)")
        }
        let start = file.numbers.startIndex
        let arrays = (0..<4).map {
            Self.floats(file.numbers[(start + 4 * count * $0)..<(start + 4 * count * ($0 + 1))])
        }
        for (array, name) in zip(arrays, ["values", "first moment", "second moment", "average"]) {
            if let index = array.firstIndex(where: { !$0.isFinite }) {
                throw refuse("number \(index) of the \(name) is \(array[index])")
            }
        }
        state.omitted = nil
        guard !omitted.isEmpty else {
            self.init(state: state, arrays: arrays)
            return
        }
        self.init(
            state: state,
            arrays: arrays.enumerated().map { number, array in
                var next = 0
                return places.flatMap { place -> [Float] in
                    if let values = computed[place.name], omitted.contains(place.name) {
                        // Both moments are zero.
                        return number == 1 || number == 2
                            ? Array(repeating: 0, count: values.count) : values
                    }
                    defer { next += place.range.count }
                    return Array(array[next..<next + place.range.count])
                }
            })
    }

    private static func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
        [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, initialized in
            bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            initialized = bytes.count / 4
        }
    }
}
