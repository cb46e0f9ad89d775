import AudioFile
import Foundation
import QualityMetrics

/// What is done for one recording and the coders that it is measured with.
extension Comparison {
    func emptyRow(_ file: String, _ sha256: String, _ coder: Coder) -> ComparisonRow {
        var row = ComparisonRow(
            file: file, sourceSHA256: sha256, sourceSamples: 0, sourceSeconds: 0, codec: "",
            rate: nil, version: "1")
        row.mode = settings.mode.rawValue
        switch coder {
        case .anchor(let anchor): row.codec = anchor.rawValue
        case .codec(let codec, let rate):
            row.codec = codec.selection.label
            row.rate = rate
            row.version = codec.version
            row.encodeCommand = CommandText.quoted(codec.encodeCommand(rate: rate))
            row.decodeCommand = CommandText.quoted(codec.decodeCommand(rate: rate))
        }
        return row
    }

    /// A recording as the codecs get it.
    /// - Throws: `OmittedRecording`.
    func source(_ file: String) throws -> Recording {
        func omitted(_ reason: Omissions.Reason, _ detail: String) -> OmittedRecording {
            OmittedRecording(file: file, reason: reason, detail: detail)
        }
        let source: Recording
        do {
            source = try Recording(path: "\(settings.folder)/\(file)", as: settings.mode)
        } catch {
            throw omitted(.damaged, "\(error)")
        }
        if source.nonFiniteSamples > 0 {
            throw omitted(.nonFinite, "\(source.nonFiniteSamples)")
        }
        if source.samples.isEmpty { throw omitted(.empty, "0 samples") }
        if settings.isStrict, !source.warnings.isEmpty {
            throw omitted(
                .damaged, source.warnings.map(\.description).joined(separator: ", "))
        }
        return source
    }

    func measure(_ batch: Batch, _ recording: Recording, in folder: URL) throws
        -> [ComparisonRow]
    {
        var rows = batch.coders.map { emptyRow(batch.file, batch.sha256, $0) }
        let source = recording.roundedTo16Bits
        for index in rows.indices {
            rows[index].warnings = recording.warnings.map { "source: \($0)" }
        }
        let seconds = Double(source.samples.count) / Double(source.sampleRate)
        // Long recordings are judged a few at a time, so that the decoded sounds do not fill the
        // memory.
        let size = seconds * Double(source.planes.count * source.sampleRate) / 16_000
        let together = max(1, min(Self.batchRows, Int(Self.batchSeconds / max(size, 0.1))))
        for start in stride(from: 0, to: rows.count, by: together) {
            var pairs: [(index: Int, pair: SoundPair)] = []
            for index in start..<min(start + together, rows.count) {
                rows[index].sourceSamples = source.samples.count
                rows[index].sourceSeconds = seconds
                rows[index].sampleRate = source.sampleRate
                rows[index].channels = source.planes.count
                do {
                    pairs.append(
                        (
                            index,
                            try pair(batch.coders[index], source, row: &rows[index], in: folder)
                        ))
                } catch {
                    fail(&rows[index], "\(error)")
                }
            }
            for ((index, _), scores) in zip(pairs, sheet.score(pairs.map(\.pair))) {
                rows[index].metrics = scores.values
                rows[index].pools = scores.pools
                rows[index].reasons.merge(scores.reasons) { $1 }
                rows[index].judges = sheet.implementations
            }
        }
        return rows
    }

    private func fail(_ row: inout ComparisonRow, _ reason: String) {
        row.reasons[ComparisonRow.codingReason] = reason
        for column in sheet.columns {
            row.metrics[column.identifier] = .some(nil)
            row.reasons[column.identifier] = "nothing was decoded"
        }
    }

    /// The source and what a coder makes of it.
    private func pair(_ coder: Coder, _ source: Recording, row: inout ComparisonRow, in folder: URL)
        throws -> SoundPair
    {
        let decoded: [[Float]]
        switch coder {
        case .anchor(let anchor):
            decoded = source.planes.map { anchor.apply(to: $0, sampleRate: source.sampleRate) }
        case .codec(let codec, let rate):
            decoded = try codec.roundTrip(source, rate: rate, row: &row, in: folder)
        }
        if let root = settings.decodedFolder {
            row.decoded = try keep(decoded, source.sampleRate, row: row, below: root)
        }
        let pair = try aligned(source, decoded, row: &row)
        row.comparedSamples = pair.count
        return pair
    }

    /// The signals side by side: a delay that is left, as of codecs whose modes differ in it, is
    /// taken out where the correlation makes it certain. All waveform measures need that.
    private func aligned(_ source: Recording, _ decoded: [[Float]], row: inout ComparisonRow)
        throws(QualityMetricError) -> SoundPair
    {
        let pair = try SoundPair(
            reference: zip(source.planes, decoded).map { $0.prefix($1.count) },
            degraded: decoded.map { $0[...] }, sampleRate: source.sampleRate)
        row.alignedSamples = 0
        guard let aligned = try? DelayEstimator.align(pair) else { return pair }
        row.residualDelaySamples = aligned.delay.samples
        row.residualCorrelation = aligned.delay.correlation
        guard aligned.delay.correlation > Self.certainCorrelation else { return pair }
        row.alignedSamples = aligned.delay.samples
        return aligned.pair
    }

    /// From here on a delay by cross-correlation is believed.
    public static let certainCorrelation = 0.7

    static func stem(_ file: String) -> String { (file as NSString).deletingPathExtension }

    /// Writes a decoded sound as FLAC. Sounds of anchors are kept as well, so that a folder is
    /// complete in itself.
    private func keep(
        _ planes: [[Float]], _ sampleRate: Int, row: ComparisonRow, below root: String
    ) throws -> String {
        let name = String(
            row.codec.map { (letter: Character) -> Character in
                letter.isLetter || letter.isNumber || "-_.".contains(letter) ? letter : "_"
            })
        let rate = row.rate.map { "@" + CodecDescription.text($0) } ?? ""
        // Recordings that differ in the extension only keep it.
        let stem = Self.stem(row.file)
        let path = "\(name)\(rate)/\(sharedStems.contains(stem) ? row.file : stem).flac"
        let target = URL(fileURLWithPath: "\(root)/\(path)")
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw ComparisonError.cannotWrite(path: target.path, reason: error.localizedDescription)
        }
        let writer = try AudioWriter(
            path: target.path,
            settings: .init(container: .flac, sampleRate: sampleRate, channels: planes.count))
        try writer.write(planar: planes)
        try writer.finish()
        return path
    }
}
