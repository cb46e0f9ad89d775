import AudioFile
import Foundation
import NeuralNetwork
import System
import ToolSupport

/// A codec whose programs were found and have said their version.
public struct InstalledCodec: Sendable {
    public let selection: CodecSelection
    /// What its programs say, and the hashes of files among its options.
    public let version: String
    /// By name, as commands call them.
    private let programs: [String: URL]
    private let timeLimit: Double

    /// - Parameters:
    ///   - programFolders: looked into before PATH.
    ///   - folder: a folder to run in.
    ///   - timeLimit: seconds that one program may run.
    /// - Throws: `programMissing`, `noVersion`, `cannotRead` for a file among the options.
    public init(
        _ selection: CodecSelection, programFolders: [String], folder: URL, timeLimit: Double = 600
    ) throws(ComparisonError) {
        self.selection = selection
        self.timeLimit = timeLimit
        let description = selection.description
        var programs: [String: URL] = [:]
        for command in [
            description.version, description.encode, description.decode,
            description.payload.command ?? [],
        ] {
            guard let name = command.first else { continue }
            guard let program = ChildProcess.find(name, first: programFolders) else {
                throw .programMissing(name, codec: description.name, remedy: description.remedy)
            }
            programs[name] = program
        }
        self.programs = programs
        var version: String
        do throws(ChildProcessError) {
            guard let name = description.version.first, let program = programs[name] else {
                throw .cannotRun(program: "", reason: "no program")
            }
            let output = try ChildProcess.run(
                program, Array(description.version.dropFirst()), in: folder, timeLimit: 60)
            let text = output.standardOutput.isEmpty ? output.standardError : output.standardOutput
            let lines = text.split(whereSeparator: \.isNewline).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            version = lines.filter { !$0.isEmpty }.prefix(description.versionLines ?? 1).joined(
                separator: "; ")
            guard output.succeeded else { throw .cannotRun(program: name, reason: output.failure) }
        } catch {
            throw .noVersion(codec: description.name, reason: error.description)
        }
        guard !version.isEmpty else {
            throw .noVersion(codec: description.name, reason: "it prints nothing")
        }
        for option in selection.options where description.options?[option.name]?.file == true {
            guard let bytes = FileManager.default.contents(atPath: option.value) else {
                throw .cannotRead(path: option.value, reason: "no such file")
            }
            version += "; \(option.name) sha256 \(Digest.text(bytes).prefix(16))"
        }
        self.version = version
    }

    private var inputName: String {
        selection.description.input.raw == true ? "input.raw" : "input.wav"
    }
    private var outputName: String {
        selection.description.output.raw == true ? "output.raw" : "output.wav"
    }

    /// The command with everything filled in.
    private func fill(
        _ template: [String], rate: Double, options: KeyPath<CodecDescription.Option, [String]?>
    ) -> [String] {
        var extra: [String] = []
        for option in selection.options {
            guard let meaning = selection.description.options?[option.name] else { continue }
            let value =
                meaning.file == true
                ? URL(fileURLWithPath: option.value).absoluteURL.path : option.value
            extra += (meaning[keyPath: options] ?? []).map {
                $0.replacingOccurrences(of: "{value}", with: value)
            }
        }
        let values = [
            "{input}": inputName, "{coded}": selection.description.coded, "{output}": outputName,
            "{kbps}": CodecDescription.text(rate),
            "{bps}": String(Int((rate * 1000).rounded())),
            "{setting}": selection.description.rates.setting(rate) ?? "",
        ]
        let filled = template.map { word in
            values.reduce(word) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
        }
        return Array(filled.prefix(1)) + extra + filled.dropFirst()
    }

    func encodeCommand(rate: Double) -> [String] {
        fill(selection.description.encode, rate: rate, options: \.encode)
    }
    func decodeCommand(rate: Double) -> [String] {
        fill(selection.description.decode, rate: rate, options: \.decode)
    }

    private func run(_ command: [String], in folder: URL) throws -> ChildProcess.Output {
        guard let name = command.first, let program = programs[name] else {
            throw ComparisonError.programMissing(
                command.first ?? "", codec: selection.label, remedy: selection.description.remedy)
        }
        let output = try ChildProcess.run(
            program, Array(command.dropFirst()), in: folder, timeLimit: timeLimit)
        guard output.succeeded else {
            throw ChildProcessError.cannotRun(program: name, reason: output.failure)
        }
        return output
    }

    /// Codes and decodes a recording, removes the codec's delay, and says in the row what that
    /// took.
    /// - Parameters:
    ///   - source: in the form of the comparison.
    ///   - row: takes sizes, times and delay as far as things went.
    ///   - folder: emptied and used.
    /// - Returns: the decoded channels at the rate of the source, at most as long.
    func roundTrip(_ source: Recording, rate: Double, row: inout ComparisonRow, in folder: URL)
        throws -> [[Float]]
    {
        let description = selection.description
        guard source.planes.count <= description.input.mostChannels else {
            throw ComparisonError.cannotCode(
                codec: description.name, channels: source.planes.count,
                most: description.input.mostChannels)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
        let inputRate = description.input.rate(for: source.sampleRate)
        let planes = try source.resampled(to: inputRate)
        let settings = AudioWriter.Settings(
            container: description.input.raw == true ? .raw : .wav, sampleRate: inputRate,
            channels: planes.count, expectedFrameCount: planes[0].count)
        let writer = try AudioWriter(
            path: folder.appendingPathComponent(inputName).path, settings: settings)
        try writer.write(planar: planes)
        try writer.finish()

        row.encodeSeconds = try run(encodeCommand(rate: rate), in: folder).seconds
        let coded = folder.appendingPathComponent(description.coded)
        guard let bytes = FileManager.default.contents(atPath: coded.path) else {
            throw ComparisonError.cannotRead(
                path: description.coded, reason: "the encoder wrote no such file")
        }
        row.fileBytes = bytes.count
        row.payloadBytes = try description.payload.count([UInt8](bytes), path: description.coded) {
            command in
            try run(fill(command, rate: rate, options: \.noArguments), in: folder).standardOutput
        }
        row.decodeSeconds = try run(decodeCommand(rate: rate), in: folder).seconds

        let output = try output(of: source, in: folder)
        row.warnings += output.warnings.map { "decoded: \($0)" }
        let delay = description.delaySamples
        row.delayRemovedSeconds = Double(delay) / Double(output.sampleRate)
        let shifted = output.planes.map { plane in
            delay >= 0
                ? Array(plane.dropFirst(delay)) : [Float](repeating: 0, count: -delay) + plane
        }
        let decoded = try Recording(
            path: outputName, planes: shifted, sampleRate: output.sampleRate
        ).resampled(to: source.sampleRate)
        let count = source.planes[0].count
        let missing = count - decoded[0].count
        guard missing <= source.sampleRate / 10 else {
            throw ComparisonError.cannotRead(
                path: outputName, reason: "\(missing) of \(count) samples are missing at the end")
        }
        return decoded.map { Array($0.prefix(count)) }
    }

    /// What the decoder wrote, with the channels of the source.
    private func output(of source: Recording, in folder: URL) throws -> Recording {
        let description = selection.description
        var options = AudioReader.Options()
        if description.output.raw == true {
            options.raw = try RawFormat(
                sampleRate: description.output.rate(for: source.sampleRate), channels: 1,
                encoding: .signed16)
        }
        let output = try Recording(
            path: folder.appendingPathComponent(outputName).path, mixed: source.planes.count == 1,
            options: options)
        guard description.output.rates.contains(output.sampleRate) else {
            let rates = description.output.rates.map { "\($0)" }.joined(separator: " or ")
            throw ComparisonError.cannotRead(
                path: outputName,
                reason: "decoded at \(output.sampleRate) Hz, the description says \(rates) Hz")
        }
        guard output.planes.count == source.planes.count else {
            throw ComparisonError.cannotRead(
                path: outputName,
                reason: "decoded with \(NumberText.count(output.planes.count, "channel")), not "
                    + "\(source.planes.count)")
        }
        guard output.nonFiniteSamples == 0 else {
            throw ComparisonError.cannotRead(
                path: outputName,
                reason: "\(output.nonFiniteSamples) decoded samples are NaN or infinite")
        }
        return output
    }
}

extension CodecDescription.Option {
    fileprivate var noArguments: [String]? { nil }
}

/// SHA-256 in hexadecimal.
enum Digest {
    static func text(_ bytes: Data) -> String {
        bytes.withUnsafeBytes { SHA256Digest.of($0) }
            .map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// A command as a shell would take it.
enum CommandText {
    static func quoted(_ command: [String]) -> String {
        command.map { word in
            let plain =
                !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"),
                        UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"):
                        true
                    default: "-_./,:=+@%".utf8.contains(byte)
                    }
                }
            return plain ? word : "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
