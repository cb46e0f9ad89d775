import Foundation
import System
import ToolSupport
import Training

/// The tables of a run as event files that TensorBoard reads: a folder for training and one for
/// each number of layers and rate that was validated, so that the same column of all of them is one
/// chart.
struct TensorBoardLog {
    private let curves: CurveChart
    /// What is no measurement.
    private static let places: Set = [
        "step", "phase", "seconds", "layers", "position", "rate_index",
    ]

    init(_ curves: CurveChart) { self.curves = curves }

    /// - Returns: The files that were written.
    /// - Throws: where one cannot be written; `ToolFailure` where the run has no curve yet
    func write(_ folder: String) throws -> [String] {
        var files = [("training", events(of: curves.training, rows: nil))]
        let names = curves.validated
        for name in names where !files.contains(where: { $0.0 == name }) {
            let rows = names.indices.filter { names[$0] == name }
            files.append((name, events(of: curves.validation, rows: rows)))
        }
        files.removeAll { $0.1.isEmpty }
        guard !files.isEmpty else { throw ToolFailure.runtime("\(curves.name): no curve yet") }
        return try files.map { name, events in
            let part = name.replacing(",", with: "").replacing(" ", with: "-")
            let place = "\(folder)/\(curves.name)/\(part)"
            try FileManager.default.createDirectory(
                atPath: place, withIntermediateDirectories: true)
            // TensorBoard takes files with this in their names.
            let path = place + "/events.out.tfevents.nwc"
            let file = try AtomicOutput(path: path, force: true)
            defer { file.discard() }
            try file.write(EventRecord.file(events))
            try file.commit()
            return path
        }
    }

    /// - Parameter rows: nil for all
    private func events(of table: TrainingTable, rows: [Int]?) -> [EventRecord] {
        let steps = table.numbers("step")
        let seconds = table.numbers("seconds")
        let columns = table.columns.filter { !Self.places.contains($0) }
            .map { (name: $0, values: table.numbers($0)) }
        return (rows ?? Array(steps.indices)).compactMap { row in
            guard let step = Int64(exactly: steps[row]) else { return nil }
            let values = columns.compactMap { column in
                column.values[row].isFinite ? (tag: column.name, value: column.values[row]) : nil
            }
            let time = row < seconds.count && seconds[row].isFinite ? seconds[row] : 0
            return values.isEmpty ? nil : EventRecord(seconds: time, step: step, values: values)
        }
    }
}

/// Values at a step, as a record of TensorBoard's event files: a protocol buffer (`Event` with a
/// `Summary` of `simple_value`s; event.proto and summary.proto of TensorFlow) in the frame of
/// TFRecord files.
struct EventRecord {
    /// Of training, in the place of the time of day.
    var seconds: Double
    var step: Int64
    var values: [(tag: String, value: Double)]

    /// A file of records, with the record that names its version first.
    static func file(_ records: [EventRecord]) -> [UInt8] {
        framed(bytes(3, Array("brain.Event:2".utf8))) + records.flatMap { framed($0.message) }
    }

    private var message: [UInt8] {
        let summary = values.flatMap { tag, value in
            Self.bytes(1, Self.bytes(1, Array(tag.utf8)) + Self.float(2, Float(value)))
        }
        // Two's complement, as protocol buffers have negative numbers.
        return Self.double(1, seconds) + [2 << 3] + Self.varint(UInt64(bitPattern: step))
            + Self.bytes(5, summary)
    }

    // Fields of protocol buffers: number and wire type, then the value, low bytes first.

    private static func varint(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    private static func double(_ field: UInt8, _ value: Double) -> [UInt8] {
        [field << 3 | 1] + little(value.bitPattern)
    }

    private static func float(_ field: UInt8, _ value: Float) -> [UInt8] {
        [field << 3 | 5] + little(value.bitPattern)
    }

    private static func bytes(_ field: UInt8, _ value: [UInt8]) -> [UInt8] {
        [field << 3 | 2] + varint(UInt64(value.count)) + value
    }

    /// Length and bytes, each with its masked checksum.
    private static func framed(_ message: [UInt8]) -> [UInt8] {
        let length = little(UInt64(message.count))
        return length + little(masked(length)) + message + little(masked(message))
    }

    /// CRC-32C (Castagnoli, reflected), turned and shifted as TFRecord files want it.
    private static func masked(_ bytes: [UInt8]) -> UInt32 {
        var crc = ~UInt32(0)
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
        }
        crc = ~crc
        return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
    }
}
