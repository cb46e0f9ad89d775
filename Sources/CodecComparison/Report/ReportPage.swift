import Foundation
import Plotting
import ToolSupport

/// A report of a comparison: one HTML page that needs nothing else, and its curves as pictures.
public struct ReportPage: Sendable {
    /// What to put in.
    public struct Settings: Sendable {
        public var title = "Codec comparison"
        /// Folder with decoded sounds (`Comparison.Settings.decodedFolder`); nil leaves listening
        /// out.
        public var decodedFolder: String?
        /// Recordings to listen to, spread over those with sound.
        public var clips = 4
        /// Spectrograms a recording.
        public var panels = 5
        /// Conditions (`codec@rate`) that have spectrograms and that the blind test begins with;
        /// empty = the lowest rates.
        public var shown: [String] = []
        /// Codec of the BD-rates.
        public var reference: String?
        /// What listeners said, for table and curves.
        public var ratings: ListeningScores?
        /// What codecs of the results are called (`CodecCatalogue.titles`); others keep their
        /// names.
        public var names: [String: String] = [:]

        public init() {}
    }

    /// The browser itself refuses whatever is not in the page.
    private static let policy =
        """
        default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; \
        script-src 'unsafe-inline'
        """

    public let summary: Summary
    public let charts: [ReportChart]
    private let settings: Settings
    private let rows: [ComparisonRow]

    public init(_ rows: [ComparisonRow], settings: Settings = Settings()) {
        self.rows = rows
        self.settings = settings
        summary = Summary(rows, ratings: settings.ratings)
        charts = ReportChart.all(summary, names: settings.names)
    }

    /// The page.
    /// - Throws: `ComparisonError` where a kept sound cannot be read; `PlottingError`.
    public func html() throws -> String {
        let clips = try clips()
        let style = String(decoding: PackageResources.page_css, as: UTF8.self)
        let script = String(decoding: PackageResources.page_js, as: UTF8.self)
        var parts = [
            """
            <!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta \
            name="viewport" content="width=device-width, initial-scale=1">
            """,
            "<meta http-equiv=\"Content-Security-Policy\" content=\"\(Self.policy)\">",
            "<title>\(MarkupText.escaped(settings.title))</title>",
            "<style>\n\(style)</style>\n</head>\n<body>\n<main>",
            "<h1>\(MarkupText.escaped(settings.title))</h1>",
            introduction(listening: !clips.isEmpty), warnings, try curves(), table, differences,
        ]
        if !clips.isEmpty { parts += [players(clips), blindTest(clips)] }
        parts.append(notes)
        parts.append("</main>")
        parts.append(
            """
            <script type="application/json" \
            id="clips">\(HTMLText.scriptData(try JSONReport.line(clips)))</script>
            """
        )
        parts.append("<script>\n\(script)</script>\n</body>\n</html>\n")
        return parts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Conditions of the results, as `Settings.shown` names them.
    public var conditions: [String] {
        var names: [String] = []
        for row in rows where row.rate != nil && !names.contains(row.name) {
            names.append(row.name)
        }
        return names
    }

    private func clips() throws -> [ReportClip] {
        guard let folder = settings.decodedFolder else { return [] }
        let names = Set(rows.filter { $0.decoded != nil }.map(\.file)).sorted()
        let count = min(max(settings.clips, 0), names.count)
        return try (0..<count).map { index in
            let name = names[index * names.count / count]
            return try ReportClip(
                name, rows: rows.filter { $0.file == name }, folder: folder,
                panels: settings.panels, shown: settings.shown
            ) { title($0.name) }
        }
    }

    private func introduction(listening: Bool) -> String {
        let seconds = Dictionary(rows.map { ($0.file, $0.sourceSeconds) }, uniquingKeysWith: max)
            .values.reduce(0, +)
        let links =
            [("curves", "Curves"), ("table", "Table"), ("differences", "BD-rate")]
            + (listening ? [("listen", "Listen"), ("blind", "Blind test")] : [])
        return
            """
            <p>\(NumberText.count(summary.files.count, "recording")), \
            \(NumberText.time(seconds)); compared \(form), each codec's fixed delay \
            removed. 
            """
                + """
                Rates are measured: all bits divided by all seconds, 1 k = 1000; payload leaves \
                containers out.</p>\n<nav>
                """
                + (links + [("notes", "Notes")]).map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined()
                + "</nav>"
    }

    private var form: String {
        switch ComparisonMode(rawValue: summary.mode) {
        case .audio: "at the recordings' own rate and channels"
        case .monoAudio: "at the recordings' own rate, channels mixed to one"
        case .speech, nil: "at 16 kHz"
        }
    }

    private var warnings: String {
        guard !summary.warnings.isEmpty else { return "" }
        let headline = summary.headline.map { "<p>\(MarkupText.escaped($0))</p>" } ?? ""
        return "<section class=\"warnings\" aria-label=\"Warnings\"><h2>Look at this first</h2>"
            + headline + "<ul>"
            + summary.warnings.map { "<li>\(MarkupText.escaped(titled($0)))</li>" }.joined()
            + "</ul></section>"
    }

    /// A warning with what its conditions are called in the place of their names.
    private func titled(_ warning: String) -> String {
        let parts = warning.split(separator: ": ", maxSplits: 1)
        let names = parts.first?.split(separator: ", ").map(String.init) ?? []
        guard parts.count == 2,
            names.allSatisfy({ name in summary.points.contains { $0.name == name } })
        else { return warning }
        return names.map(title).joined(separator: ", ") + ": " + parts[1]
    }

    private func curves() throws -> String {
        let figures = try charts.map { chart in
            let address =
                "data:image/svg+xml;base64,"
                + Data(try chart.chart.svg().utf8).base64EncodedString()
            let title = MarkupText.escaped(chart.column.title)
            return
                """
                <figure><img src="\(address)" alt="\(title) over payload rate; the numbers \
                are in the table"></figure>
                """
        }
        return
            """
            <h2 id="curves">Quality over rate</h2><p>Means over files with 95 % bootstrap \
            intervals.</p><div class="curves">\n
            """
                + figures.joined(separator: "\n") + "\n</div>"
    }

    private var table: String {
        let head =
            ["codec", "files", "payload kbit/s", "file kbit/s"]
            + summary.columns.map { MarkupText.escaped($0.title) }
            + ["enc &times; real time", "dec &times; real time"]
        let rows = summary.points.map { point -> [String] in
            let rates = [point.payloadKbps, point.fileKbps].map {
                $0.map { NumberText.fixed($0, 2) } ?? "-"
            }
            let speeds = [point.encodeSpeed, point.decodeSpeed].map {
                $0.map { NumberText.fixed($0, 0) } ?? "-"
            }
            let measures = summary.columns.map { column -> String in
                guard let measure = point.measures[column.identifier] else { return "-" }
                return "\(SummaryText.text(measure.mean, column))<span class=\"spread\">"
                    + """
                    [\(SummaryText.text(measure.low, column)), \
                    \(SummaryText.text(measure.high, column))]\
                    \(SummaryText.remarks(measure, column))</span>
                    """
            }
            let files =
                point.failures > 0 ? "\(point.files), \(point.failures) failed" : "\(point.files)"
            return [MarkupText.escaped(title(point.name)), files] + rates + measures + speeds
        }
        return "<h2 id=\"table\">Table</h2>\n" + HTMLText.table(head: head, rows: rows)
            + """
            <p>Brackets: 95 % bootstrap intervals over files. Speeds are wall clock with the \
            programs' start, several running at once.
            """
            + summary.columns.compactMap { column in
                column.implementation.map {
                    " \(MarkupText.escaped(column.title)): \(MarkupText.escaped($0))."
                }
            }.joined()
            + "</p>"
            + summary.unmeasured.map { "<p>\(MarkupText.escaped($0)).</p>" }.joined()
    }

    /// What a condition is called.
    private func title(_ condition: String) -> String {
        ConditionName(condition).title(settings.names)
    }

    private var differences: String {
        guard let table = RateTable(summary, against: settings.reference) else { return "" }
        let rows = table.rows(settings.names).map { $0.map(MarkupText.escaped) }
        return "<h2 id=\"differences\">Rate at equal quality</h2>\n"
            + HTMLText.table(head: rows[0], rows: Array(rows.dropFirst()), left: RateTable.texts)
            + "<p>\(MarkupText.escaped(RateTable.note)).</p>"
            + table.disagreements(settings.names).map { "<p>\(MarkupText.escaped($0)).</p>" }
            .joined()
    }

    private func players(_ clips: [ReportClip]) -> String {
        // The sounds stand once in the page, in the data of the script, which fills the players.
        let sections = clips.enumerated().map { index, clip -> String in
            let sounds =
                (clip.reference == nil ? [] : [("original", -1)])
                + clip.items.indices.map { (clip.items[$0].title, $0) }
            let rows = sounds.map { name, item in
                let label = MarkupText.escaped("\(name), \(clip.name)")
                return [
                    MarkupText.escaped(name),
                    """
                    <audio controls preload="metadata" aria-label="\(label)" \
                    data-clip="\(index)" data-item="\(item)"></audio>
                    """,
                ]
            }
            let picture =
                clip.spectrograms.map {
                    """
                    <figure><picture><source media="(prefers-color-scheme: dark)" \
                    srcset="\($0.dark)"><img src="\($0.light)" alt="Spectrograms of original and \
                    decoded sound"></picture></figure>
                    """
                } ?? ""
            let loop = [("from", "Loop from"), ("to", "to")].map { end, label in
                """
                <label>\(label) <input type="number" min="0" step="0.1" data-loop="\(end)" \
                data-clip="\(index)"> s</label>
                """
            }.joined(separator: " ")
            return "<h3>\(MarkupText.escaped(clip.name))</h3>\n\(picture)\n<p>\(loop)</p>\n"
                + HTMLText.table(head: ["condition", "sound"], rows: rows)
        }
        let how =
            """
            <p>Switching to another sound of the same recording while one plays goes on at the \
            same place.</p>
            """
        return "<h2 id=\"listen\">Listen</h2>\n\(how)\n" + sections.joined(separator: "\n")
    }

    private func blindTest(_ clips: [ReportClip]) -> String {
        var names: [String] = []
        var titles: [String: String] = [:]
        for item in clips.flatMap(\.items) where !names.contains(item.name) {
            names.append(item.name)
            titles[item.name] = item.title
        }
        // Eight stimuli at once are as many as a listener can keep apart; the low anchor is always
        // among the first choice.
        let wanted =
            settings.shown.isEmpty
            ? Array(names.filter { Anchor(rawValue: $0) == nil }.prefix(6)) : settings.shown
        let first = Set(wanted + [Anchor.lowPass.rawValue])
        let boxes = names.map { name in
            """
            <label><input type="checkbox" \
            value="\(MarkupText.escaped(name))"\(first.contains(name) ? " checked" : "")> \
            \(MarkupText.escaped(titles[name] ?? name))</label>
            """
        }
        return """
            <h2 id="blind">Blind test</h2>
            <div id="setup">
            <p>In the manner of MUSHRA (ITU-R BS.1534): in every trial the original is there \
            openly and once more hidden; the order is shuffled and names are \
            hidden. Keys: 0 plays the reference, A, B, C, ... a stimulus, which the arrow keys \
            then rate; Tab goes on to the button for the next clip.</p>
            <fieldset id="conditions" \
            class="conditions"><legend>Conditions</legend>\
            \(boxes.joined(separator: "\n"))</fieldset>
            <p><label>Listener <input type="text" id="listener" autocomplete="off"></label> \
            <button type="button" id="begin">Begin</button></p>
            </div>
            <p id="status" role="status"></p>
            <div id="run" hidden><div id="trial" class="trial"></div><p><button type="button" \
            id="next">Next clip</button></p></div>
            <div id="results" hidden>
            <table><thead><tr><th scope="col">condition</th><th scope="col">mean</th><th \
            scope="col">clips</th></tr></thead><tbody id="means"></tbody></table>
            <p><a id="save" href="#blind">Save the scores (JSON)</a></p>
            <label>Scores <textarea id="json" readonly></textarea></label>
            </div>
            """
    }

    private var notes: String {
        var items: [String] = summary.columns.compactMap { column in
            column.implementation.map { "\(column.title): \($0)" }
        }
        var seen: Set<String> = []
        for row in rows
        where row.rate != nil && seen.insert(row.codec + "\n" + row.version).inserted {
            let commands = [row.encodeCommand, row.decodeCommand].compactMap { $0 }.joined(
                separator: " ; ")
            let codec = settings.names[row.codec] ?? row.codec
            items.append("\(codec): \(row.version); for example \(commands)")
        }
        return "<h2 id=\"notes\">Notes</h2>\n<ul>"
            + items.map { "<li>\(MarkupText.escaped($0))</li>" }.joined(separator: "\n") + "</ul>"
    }
}
