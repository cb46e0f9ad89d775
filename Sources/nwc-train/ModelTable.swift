import CMRLCodec
import Foundation
import QualityMetrics
import Synchronization
import ToolSupport
import Training

/// Quality and rate of models beside each other, one row a bitrate and model.
struct ModelTable {
    /// Means over clips.
    private struct Row: Encodable {
        var model: String
        /// Asked for, kbit/s.
        var kbps: Double
        var payloadKbps: Double
        var clips: Int
        var snr_db: Double
        /// Absent where no clip has a value.
        var estoi: Double?
        var pesq_wb: Double?
        var encodeTimesRealTime: Double
        var decodeTimesRealTime: Double
    }

    private let corpus: Corpus
    private let input: String
    private let json: Bool
    private let judge: ExternalJudge?
    /// Clips that are judged by one process.
    private static let judgedTogether = 16

    init(corpus: Corpus, input: String, json: Bool) {
        self.corpus = corpus
        self.input = input
        self.json = json
        do throws(QualityMetricError) { judge = try ExternalJudge(.pesqWideband) } catch {
            judge = nil
            Console.warning("PESQ-WB will be empty: \(error)")
        }
    }

    /// - Parameters:
    ///   - bitrates: bit/s
    ///   - output: folder for decoded files, in a folder for each model and rate; nil = none
    func run(
        _ models: [(name: String, codec: CodecModel)], bitrates: [Double], layers: Int,
        decodedLayers: Int?, output: String?, force: Bool
    ) throws {
        // What would go wrong with outputs is said before anything is coded.
        let folders = try output.map { output in
            try bitrates.map { rate in
                try models.indices.map { index in
                    try DecodedFolder(
                        "\(output)/\(index + 1)-\(name(models[index].name))-\(text(rate))",
                        of: corpus, input: input, force: force)
                }
            }
        }
        let names = models.map { name($0.name) }
        let width = max(5, names.map(\.count).max() ?? 0)
        if !json {
            try Output.line(
                line(["model", "asked", "kbit/s", "SNR dB", "ESTOI", "PESQ-WB"], width))
        }
        let progress = ProgressLine(totalSeconds: nil, isEnabled: Console.isInteractive)
        let count = bitrates.count * models.count
        for (r, rate) in bitrates.enumerated() {
            for (m, model) in models.enumerated() {
                progress.update(done: r * models.count + m, of: count)
                let row = try row(
                    model, rate, layers, decodedLayers, folders?[r][m])
                progress.clear()
                if json {
                    try JSONReport.write(row)
                } else {
                    let cells = [
                        names[m], text(rate), NumberText.fixed(row.payloadKbps, 2),
                        NumberText.fixed(row.snr_db, 2),
                        row.estoi.map { NumberText.fixed($0, 3) } ?? "-",
                        row.pesq_wb.map { NumberText.fixed($0, 3) } ?? "-",
                    ]
                    try Output.line(line(cells, width))
                }
            }
        }
    }

    private func row(
        _ model: (name: String, codec: CodecModel), _ rate: Double, _ layers: Int,
        _ decodedLayers: Int?, _ folder: DecodedFolder?
    ) throws -> Row {
        let sounds = Mutex<[String: [Float]]>([:])
        let result = try ModelEvaluation(model: model.codec).run(
            corpus: corpus, rate: .bitrate(rate), layers: layers, decodedLayers: decodedLayers
        ) { clip, samples in
            try folder?.write(clip, samples)
            sounds.withLock { $0[clip.path] = samples }
        }
        let decoded = sounds.withLock { $0 }
        var estoi: [Double] = []
        var pesq: [Double] = []
        let measure = STOI(extended: true)
        for start in stride(from: 0, to: corpus.clips.count, by: Self.judgedTogether) {
            let end = min(start + Self.judgedTogether, corpus.clips.count)
            let pairs = corpus.clips[start..<end].compactMap { clip in
                decoded[clip.path].flatMap {
                    try? SignalPair(
                        reference: clip.floats, degraded: $0, sampleRate: corpus.sampleRate)
                }
            }
            estoi += pairs.compactMap { try? measure.score($0) }
            if let judge { pesq += try judge.scores(pairs).compactMap { try? $0.get() } }
        }
        return Row(
            model: model.name, kbps: rate / 1000, payloadKbps: result.payloadKbps,
            clips: corpus.clips.count, snr_db: result.snr, estoi: mean(estoi),
            pesq_wb: mean(pesq), encodeTimesRealTime: result.seconds / result.encodeSeconds,
            decodeTimesRealTime: result.seconds / result.decodeSeconds)
    }

    private func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The last part of a path, which tells models apart as a rule.
    private func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private func text(_ bitrate: Double) -> String {
        let kbps = bitrate / 1000
        return kbps == kbps.rounded() ? NumberText.fixed(kbps, 0) : NumberText.fixed(kbps, 2)
    }

    /// The first cell to the left, the others to the right.
    private func line(_ cells: [String], _ width: Int) -> String {
        cells.enumerated().map { index, cell in
            let space = String(
                repeating: " ", count: max(0, (index == 0 ? width : 9) - cell.count))
            return index == 0 ? cell + space : space + cell
        }.joined()
    }
}
