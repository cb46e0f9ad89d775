import CMRLCodec
import Foundation
import NeuralNetwork

/// The checkpoint of a default codec.
public typealias Checkpoint = TrainingCheckpoint<TrainingConfiguration>

/// Everything a run needs to go on exactly where it stopped.
public struct TrainingCheckpoint<Configuration: Codable & Sendable & Equatable> {
    /// The part that is stored as JSON.
    public struct State: Codable, Equatable {
        public var configuration: Configuration
        public var step: Int
        public var random: RandomSource
        public var updates: Int
        public var secondsTrained: Double
        public var parameterNames: [String]
        public var parameterCounts: [Int]
        /// Numbers besides the weights that training moves (entropy weights); nil = none.
        public var controls: [Double]?
    }

    public var state: State
    public var values: [Float]
    public var firstMoment: [Float]
    public var secondMoment: [Float]
    public var average: [Float]

    private static var magic: [UInt8] { Array("NWCCKPT1".utf8) }

    /// Layout: magic, UInt64 length of JSON, JSON, then values, first moment, second moment, average as little-endian Float32.
    public func write(to path: String) throws {
        var data = Data(Self.magic)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let json = try encoder.encode(state)
        withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(json)
        for array in [values, firstMoment, secondMoment, average] { array.withUnsafeBytes { data.append(contentsOf: $0) } }
        try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    public init(state: State, values: [Float], optimiser: Optimiser) {
        self.state = state
        self.values = values
        firstMoment = optimiser.firstMoment.array
        secondMoment = optimiser.secondMoment.array
        average = optimiser.average.array
    }

    public init(path: String) throws {
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
            throw TrainingError.badCheckpoint(path: path, reason: error.localizedDescription)
        }
        guard data.count >= 16, Array(data.prefix(8)) == Self.magic else {
            throw TrainingError.badCheckpoint(path: path, reason: "not a checkpoint of nwc-train")
        }
        let length = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self) }
        guard length <= UInt64(data.count - 16) else {
            throw TrainingError.badCheckpoint(path: path, reason: "truncated: header of \(length) bytes in a file of \(data.count)")
        }
        let start = 16 + Int(length)
        do { state = try JSONDecoder().decode(State.self, from: data[16..<start]) } catch {
            throw TrainingError.badCheckpoint(path: path, reason: "unreadable header: \(error)")
        }
        let counts = state.parameterCounts
        guard counts.allSatisfy({ $0 >= 0 && $0 < 1 << 28 }) else { throw TrainingError.badCheckpoint(path: path, reason: "parameter counts \(counts)") }
        let count = counts.reduce(0, +)
        guard data.count == start + 16 * count else {
            throw TrainingError.badCheckpoint(path: path, reason: "\(data.count) bytes, expected \(start + 16 * count)")
        }
        func array(_ index: Int) -> [Float] {
            [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                let at = start + index * count * 4
                _ = data.copyBytes(to: UnsafeMutableRawBufferPointer(buffer), from: at..<at + count * 4)
                initialized = count
            }
        }
        values = array(0)
        firstMoment = array(1)
        secondMoment = array(2)
        average = array(3)
    }
}
