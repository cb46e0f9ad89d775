import Foundation
import System

/// A measure computed by the program that the field uses for it, in a process of its own:
/// `nwc-eval judges --install` installs the PyPI packages.
///
/// What such a program says is the measure, so none of them is written anew here.
/// `implementation` names the package, its version and variant, and belongs in each report.
/// Signals of other rates are converted by `PolyphaseResampler` to the rate of the measure.
public struct ExternalJudge: QualityMetric {
    /// What a judge can measure.
    public enum Measure: String, Sendable, CaseIterable {
        /// PESQ P.862.2, wide-band, MOS-LQO 1.04 ... 4.64.
        case pesqWideband = "pesq_wb"
        /// The same with Corrigendum 2 (03/2018), which rates low rates up to a point higher.
        case pesqWidebandCorrigendum2 = "pesq_wb_c2"
        /// PESQ P.862.1, narrow-band, MOS-LQO 1.02 ... 4.55.
        case pesqNarrowband = "pesq_nb"
        /// ViSQOL v3 in speech mode, MOS-LQO 1 ... 5; blind to gain and polarity.
        case visqol
        /// ViSQOL v3 in audio mode, 48 kHz, MOS-LQO 1 ... 4.73: it cannot tell good from better
        /// above about 64 kbit/s of MP3, so no verdict comes from it alone.
        case visqolAudio = "visqol_audio"
        /// Zimtohrli, 48 kHz: a distance, 0 for the original; 0.0003 is near transparent.
        case zimtohrli
        /// DNSMOS, P.808: an opinion without looking at the reference, 1 ... 5.
        case dnsmosP808 = "dnsmos_p808"
        /// pystoi, to check `STOI`.
        case stoi
        /// pystoi, to check `STOI(extended: true)`.
        case estoi

        /// Those whose opinion stands in every comparison, in the order of reports.
        public static let reported: [Measure] = [
            .pesqWideband, .pesqWidebandCorrigendum2, .visqol, .dnsmosP808,
        ]

        /// Those of a comparison of audio.
        public static let reportedForAudio: [Measure] = [.visqolAudio, .zimtohrli]

        var sampleRate: Int? {
            switch self {
            case .pesqWideband, .pesqWidebandCorrigendum2, .visqol, .dnsmosP808: 16_000
            case .visqolAudio, .zimtohrli: 48_000
            case .pesqNarrowband: 8_000
            case .stoi, .estoi: nil
            }
        }

        /// The key in reports.
        public var identifier: String {
            switch self {
            case .stoi, .estoi: "pystoi_" + rawValue
            default: rawValue
            }
        }

        /// The heading of a table column.
        public var title: String {
            switch self {
            case .pesqWideband: "PESQ-WB"
            case .pesqWidebandCorrigendum2: "PESQ-WB c2"
            case .pesqNarrowband: "PESQ-NB"
            case .visqol: "ViSQOL"
            case .visqolAudio: "ViSQOL audio"
            case .zimtohrli: "Zimtohrli"
            case .dnsmosP808: "P.808"
            case .stoi: "pystoi"
            case .estoi: "pystoi-E"
            }
        }

        /// The folder of its Python environment below that of the judges, where it has one of its
        /// own: packages that ask for different versions of numpy cannot share one.
        var environment: String? {
            switch self {
            case .visqol, .visqolAudio: "visqol"
            case .dnsmosP808: "dnsmos"
            default: nil
            }
        }

        /// It looks at the degraded signal only.
        public var ignoresReference: Bool { self == .dnsmosP808 }
        public var higherIsBetter: Bool { self != .zimtohrli }
        /// Decimals that make sense in a table.
        public var decimals: Int { self == .zimtohrli ? 5 : 3 }
    }

    public let measure: Measure
    /// Package, version and variant.
    public let implementation: String
    public var identifier: String { measure.identifier }
    public var title: String { measure.title }
    public let unit = ""
    public var higherIsBetter: Bool { measure.higherIsBetter }
    public var decimals: Int { measure.decimals }
    public var originalIsBest: Bool { !measure.ignoresReference }

    private let python: URL
    private let script: URL

    /// Where judges are looked for and installed: the environment variable NWC_JUDGES, else
    /// `.build/judges` in the current folder where there are some, else the user's own folder,
    /// `$XDG_DATA_HOME/nwc/judges` (`~/.local/share/nwc/judges`).
    public static var defaultFolder: String {
        folder(ProcessInfo.processInfo.environment) {
            FileManager.default.fileExists(atPath: $0)
        }
    }

    /// - Parameters:
    ///   - environment: variables
    ///   - exists: whether there is a file
    package static func folder(_ environment: [String: String], exists: (String) -> Bool) -> String
    {
        func variable(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let folder = variable("NWC_JUDGES") { return folder }
        if exists(".build/judges/judge.py") { return ".build/judges" }
        // The specification asks for absolute paths, and that others are ignored.
        let data =
            variable("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? (variable("HOME") ?? NSHomeDirectory()) + "/.local/share"
        return data + "/nwc/judges"
    }

    /// Looks for the judge and asks for its version.
    /// - Throws: `judgeFailed` when it is not installed or does not answer.
    public init(_ measure: Measure, folder: String = ExternalJudge.defaultFolder)
        throws(QualityMetricError)
    {
        self.measure = measure
        // Absolute: the judge runs in a folder of its own.
        let place = URL(fileURLWithPath: folder, isDirectory: true).absoluteURL
        let own = measure.environment.map {
            place.appendingPathComponent($0).appendingPathComponent("bin/python")
        }
        let common = place.appendingPathComponent("bin/python")
        let python =
            own.flatMap {
                FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil
            } ?? common
        let script = place.appendingPathComponent("judge.py")
        guard FileManager.default.isExecutableFile(atPath: python.path),
            FileManager.default.fileExists(atPath: script.path)
        else {
            throw .judgeFailed("no judges in \(folder): run nwc-eval judges --install")
        }
        let output = try WorkFolder.with { (work) throws(QualityMetricError) in
            try Self.run(python, [script.path, "--version", measure.rawValue], in: work)
        }
        let answer = output.lines.first.flatMap { Answer($0) }
        if let reason = answer?.error {
            throw .judgeFailed("\(reason): run nwc-eval judges --install")
        }
        guard let text = answer?.implementation else {
            throw .judgeFailed("judge of \(measure.rawValue) does not answer: \(output.failure)")
        }
        self.python = python
        self.script = script
        implementation = text
    }

    public func score(_ pair: SignalPair) throws(QualityMetricError) -> Double {
        try scores([pair])[0].get()
    }

    /// The scores of many sounds by one process, each the mean over its channels: the judges hear
    /// one channel. Channels that are silent in the reference and in the degraded sound say nothing
    /// and do not count, unless all are.
    /// - Throws: as `scores` of pairs.
    public func scores(_ sounds: [SoundPair]) throws(QualityMetricError) -> [Result<
        Double, QualityMetricError
    >] {
        let heard = sounds.map { sound in
            let channels = sound.channels.filter {
                energy($0.reference) > 0 || energy($0.degraded) > 0
            }
            return channels.isEmpty ? [sound.channels[0]] : channels
        }
        var results = try scores(heard.flatMap { $0 })[...]
        return heard.map { channels in
            let own = results.prefix(channels.count)
            results = results.dropFirst(channels.count)
            return Result { () throws(QualityMetricError) in
                var sum = 0.0
                for result in own { sum += try result.get() }
                return sum / Double(own.count)
            }
        }
    }

    /// The scores of many pairs by one process, in order. A pair on which the judge crashes costs
    /// only its own score. Signals of zeros only, of which each judge makes something else, are
    /// `silent` for all.
    /// - Throws: `judgeFailed` when no process can be started or no temporary files can be written.
    public func scores(_ pairs: [SignalPair]) throws(QualityMetricError) -> [Result<
        Double, QualityMetricError
    >] {
        let silent = pairs.map { pair -> QualityMetricError? in
            if energy(pair.degraded) == 0 { return .silent(.degraded) }
            let looks = !measure.ignoresReference
            return looks && energy(pair.reference) == 0 ? .silent(.reference) : nil
        }
        let judged = zip(pairs, silent).filter { $0.1 == nil }.map(\.0)
        var results: ArraySlice<Result<Double, QualityMetricError>> = []
        if !judged.isEmpty { results = try judge(judged)[...] }
        return silent.map { $0.map { .failure($0) } ?? results.removeFirst() }
    }

    /// The scores of pairs that are not silent, at least one.
    private func judge(_ pairs: [SignalPair]) throws(QualityMetricError) -> [Result<
        Double, QualityMetricError
    >] {
        try WorkFolder.with { (work) throws(QualityMetricError) in
            var jobs: [String] = []
            for (index, pair) in pairs.enumerated() { jobs.append(try job(pair, index, in: work)) }
            var results: [Result<Double, QualityMetricError>] = []
            while results.count < jobs.count {
                let list = work.appendingPathComponent("jobs")
                do {
                    try (jobs[results.count...].joined(separator: "\n") + "\n").write(
                        to: list, atomically: false, encoding: .utf8)
                } catch {
                    throw .judgeFailed("cannot write \(list.path): \(error)")
                }
                let output = try Self.run(
                    python, [script.path, measure.rawValue, list.path], in: work)
                for line in output.lines.prefix(jobs.count - results.count) {
                    guard let answer = Answer(line) else { break }
                    results.append(answer.result)
                }
                if results.count < jobs.count {
                    results.append(
                        .failure(.judgeFailed("the judge ended early: \(output.failure)")))
                }
            }
            return results
        }
    }

    /// Writes the signals of a pair and gives its line of the job list.
    private func job(_ pair: SignalPair, _ index: Int, in work: URL) throws(QualityMetricError)
        -> String
    {
        let rate = measure.sampleRate ?? pair.sampleRate
        let resampler = try PolyphaseResampler(from: pair.sampleRate, to: rate)
        var fields = ["\(rate)"]
        for (name, signal) in [("r", pair.reference), ("d", pair.degraded)] {
            let file = work.appendingPathComponent("\(name)\(index)")
            let words = resampler.convert(signal).map { $0.bitPattern.littleEndian }
            do {
                try words.withUnsafeBytes { Data($0) }.write(to: file)
            } catch {
                throw .judgeFailed("cannot write \(file.path): \(error)")
            }
            fields.append(file.path)
        }
        return fields.joined(separator: "\t")
    }

    private struct Output {
        let lines: [Substring]
        /// Exit status and the last words on standard error.
        let failure: String
    }

    private static func run(_ program: URL, _ arguments: [String], in work: URL)
        throws(QualityMetricError) -> Output
    {
        do throws(ChildProcessError) {
            let output = try ChildProcess.run(program, arguments, in: work)
            return Output(
                lines: output.standardOutput.split(whereSeparator: \.isNewline),
                failure: output.failure)
        } catch {
            throw .judgeFailed(error.description)
        }
    }

    private struct Answer: Decodable {
        let implementation: String?
        let score: Double?
        let error: String?

        init?(_ line: Substring) {
            guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(line.utf8)) else {
                return nil
            }
            self = answer
        }

        var result: Result<Double, QualityMetricError> {
            if let score, score.isFinite { return .success(score) }
            return .failure(.judgeFailed(error ?? "the judge gave no score"))
        }
    }
}

/// A temporary folder that is gone afterwards.
private enum WorkFolder {
    static func with<T>(_ body: (URL) throws(QualityMetricError) -> T) throws(QualityMetricError)
        -> T
    {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-judge-" + UUID().uuidString, isDirectory: true)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .judgeFailed("cannot make a temporary folder: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
