import AudioFile
import Foundation
import Plotting

/// One recording in the listening part of a report, with everything embedded.
struct ReportClip: Encodable {
    struct Item: Encodable {
        /// Of the condition, as results and listening scores have it.
        var name: String
        /// What people read.
        var title: String
        /// Data address of the sound.
        var source: String
    }

    var name: String
    /// Data address of the original; absent where it was not kept.
    var reference: String?
    var items: [Item] = []
    /// Data addresses of the spectrograms, for light and for dark surroundings.
    var spectrograms: (light: String, dark: String)?

    private enum CodingKeys: String, CodingKey { case name, reference, items }

    /// Of spectrograms, Hz.
    private static let highestFrequency = 20_000

    /// - Parameters:
    ///   - rows: of one file.
    ///   - folder: where decoded sounds were kept.
    ///   - panels: at most so many spectrograms.
    ///   - shown: names of rows that have one, beside the original; empty = the lowest rates
    ///   - title: what a row's condition is called
    init(
        _ name: String, rows: [ComparisonRow], folder: String, panels: Int, shown: [String],
        title: (ComparisonRow) -> String
    ) throws {
        self.name = name
        var signals: [SpectrogramFigure.Signal] = []
        for row in Self.ordered(rows) {
            guard let path = row.decoded else { continue }
            // Results may come from anybody: only sounds below the folder.
            guard !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
                throw ComparisonError.cannotRead(
                    path: path, reason: "the results name a sound outside \(folder)")
            }
            let file = "\(folder)/\(path)"
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw ComparisonError.cannotRead(path: file, reason: "no such file")
            }
            let address = "data:audio/flac;base64," + bytes.base64EncodedString()
            let title = title(row)
            if row.codec == Anchor.original.rawValue {
                reference = address
            } else {
                items.append(Item(name: row.name, title: title, source: address))
            }
            let isShown =
                shown.isEmpty
                ? signals.count < panels && row.isShownFirst
                : row.codec == Anchor.original.rawValue || shown.contains(row.name)
            guard isShown else { continue }
            let recording = try Recording(path: file)
            guard !recording.samples.isEmpty else { continue }
            let rate =
                row.payloadKbps.map {
                    " (payload \(CodecDescription.text(($0 * 100).rounded() / 100)) kbit/s)"
                } ?? ""
            signals.append(
                .init(
                    label: title + rate, samples: recording.samples,
                    sampleRate: recording.sampleRate))
        }
        guard !signals.isEmpty else { return }
        var figure = SpectrogramFigure(signals)
        figure.width = 1000
        figure.panelHeight = 140
        // Nothing is heard above.
        let highest = signals.map(\.sampleRate).max() ?? 0
        if highest > 2 * Self.highestFrequency {
            figure.maximumFrequency = Double(Self.highestFrequency)
        }
        func address(_ theme: Theme) throws -> String {
            figure.theme = theme
            return "data:image/png;base64," + Data(try figure.png()).base64EncodedString()
        }
        spectrograms = (try address(.light), try address(.dark))
    }

    /// The original first, then codecs by their rate, anchors last: so the first spectrograms show
    /// different codecs.
    private static func ordered(_ rows: [ComparisonRow]) -> [ComparisonRow] {
        func place(_ row: ComparisonRow) -> Double {
            if row.codec == Anchor.original.rawValue { return -1 }
            return row.rate ?? .infinity
        }
        return rows.enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }.map(\.element)
    }
}

extension ComparisonRow {
    /// The original or what a codec made of it.
    fileprivate var isShownFirst: Bool {
        codec == Anchor.original.rawValue || Anchor(rawValue: codec) == nil
    }
}
