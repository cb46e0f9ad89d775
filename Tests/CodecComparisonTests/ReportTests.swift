import Foundation
import Plotting
import Testing

@testable import CodecComparison

@Suite("Reports")
struct ReportTests {
    /// Results of a real run of a codec that copies, with decoded sounds.
    func results(_ folder: TemporaryFolder) throws -> [ComparisonRow] {
        try folder.recording("in/a <b> & 'c'.flac", seconds: 0.6, pitch: 210)
        try folder.recording("in/d.flac", seconds: 0.6, pitch: 150)
        let selection = try CodecSelection(
            "copy@64,256", catalogue: try FakeCodec.catalogue(FakeCodec.json(), in: folder))
        var settings = Comparison.Settings(
            folder: folder.file("in"), codecs: [selection], workFolder: folder.file("work"))
        settings.judgeFolder = folder.file("no-judges")
        settings.decodedFolder = folder.file("kept")
        _ = try Comparison(settings).run(
            results: try ResultsFile(appendingTo: folder.file("r.jsonl"))
        ) { _ in }
        return try ResultsFile.read(folder.file("r.jsonl"))
    }

    /// The JSON that the page's script reads.
    func clips(_ page: String) throws -> [[String: Any]] {
        let start = try #require(page.range(of: "id=\"clips\">"))
        let end = try #require(page.range(of: "</script>", range: start.upperBound..<page.endIndex))
        let json = page[start.upperBound..<end.lowerBound]
        return try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    }

    @Test("A page holds curves, table, players and the blind test, and needs nothing from outside")
    func page() throws {
        let folder = try TemporaryFolder()
        var settings = ReportPage.Settings()
        settings.decodedFolder = folder.file("kept")
        settings.title = "A < B & \"C\""
        let page = ReportPage(try results(folder), settings: settings)
        let html = try page.html()
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        #expect(html.contains("<title>A &lt; B &amp; &quot;C&quot;</title>"))
        #expect(!html.contains("a <b> & 'c'"))
        for wanted in [
            "copy@64", "data:image/svg+xml;base64,", "data:audio/flac;base64,",
            "data:image/png;base64,", "id=\"blind\"", "BS.1534",
        ] {
            #expect(html.contains(wanted), "\(wanted) is missing")
        }
        for outside in ["http://", "https://", "src=\"/", "@import", "url("] {
            #expect(!html.contains(outside), "\(outside) would be loaded")
        }
        let clips = try clips(html)
        #expect(html.components(separatedBy: "<audio ").count - 1 == 8)
        #expect(clips.map { $0["name"] as? String } == ["a <b> & 'c'.flac", "d.flac"])
        let items = try #require(clips[0]["items"] as? [[String: String]])
        #expect(items.map { $0["name"] } == ["copy@64", "copy@256", "lowpass-3.5k"])
        let reference = try #require(clips[0]["reference"] as? String)
        let bytes = try #require(
            Data(base64Encoded: String(reference.dropFirst("data:audio/flac;base64,".count))))
        #expect(bytes.prefix(4).elementsEqual("fLaC".utf8))
        #expect(items[0]["source"] == reference)
    }

    @Test("Without sounds there is no listening, and a sound that has gone is an error")
    func withoutSound() throws {
        let folder = try TemporaryFolder()
        let rows = try results(folder)
        let silent = try ReportPage(rows).html()
        #expect(!silent.contains("id=\"blind\"") && !silent.contains("<audio"))
        #expect(try clips(silent).isEmpty)
        var settings = ReportPage.Settings()
        settings.decodedFolder = folder.file("elsewhere")
        #expect(throws: ComparisonError.self) { try ReportPage(rows, settings: settings).html() }
    }

    @Test("A chart for each measure with values, over measured rates")
    func charts() throws {
        let folder = try TemporaryFolder()
        let page = ReportPage(try results(folder))
        let names = page.charts.map(\.column.identifier)
        #expect(names.contains("estoi") && names.contains("lsd_db"))
        #expect(!names.contains("pesq_wb") && !names.contains("snr_db"))
        let series = try #require(page.charts.first?.chart.series)
        #expect(series.map(\.name) == ["copy"])
        #expect(series[0].points.allSatisfy { abs($0.x - 256) < 1e-9 && $0.interval != nil })
        #expect(try page.charts[0].chart.png().count > 1000)
    }

    /// What the user wants to look at and hear, not always the lowest rates; judgements come first.
    @Test func chosenConditions() throws {
        let folder = try TemporaryFolder()
        var settings = ReportPage.Settings()
        settings.decodedFolder = folder.file("kept")
        settings.shown = ["copy@256"]
        let page = ReportPage(try results(folder), settings: settings)
        #expect(page.conditions == ["copy@64", "copy@256"])
        #expect(page.charts.first?.column.identifier == "estoi")
        let html = try page.html()
        #expect(html.contains("value=\"copy@256\" checked"))
        #expect(html.contains("value=\"copy@64\">"))
        settings.shown = []
        let usual = try ReportPage(ResultsFile.read(folder.file("r.jsonl")), settings: settings)
            .html()
        #expect(usual.contains("value=\"copy@64\" checked"))
        // Fewer panels make smaller pictures.
        func picture(_ html: String) -> Int {
            html.split(separator: "data:image/png;base64,").dropFirst().first?.prefix {
                $0 != "\""
            }.count ?? 0
        }
        #expect(picture(html) > 0 && picture(html) < picture(usual))
    }

    /// People read a codec's own name wherever a condition stands; scores keep that of the results.
    @Test func oneNameEverywhere() throws {
        let folder = try TemporaryFolder()
        var settings = ReportPage.Settings()
        settings.decodedFolder = folder.file("kept")
        settings.names = ["copy": "Plain Copy"]
        let html = try ReportPage(try results(folder), settings: settings).html()
        let items = try #require(try clips(html).first?["items"] as? [[String: String]])
        let item = try #require(items.first { $0["name"] == "copy@64" })
        #expect(item["title"] == "Plain Copy@64")
        // Out of the data, the old name is a value only.
        let page = html.replacing(/<script.*?<\/script>/.dotMatchesNewlines(), with: "")
        #expect(page.contains("aria-label=\"Plain Copy@64, "))
        #expect(page.contains(/value="copy@64"[^>]*>\s*Plain Copy@64</))
        #expect(!page.contains(">copy@64<"))
    }

    /// A codec has one colour, whatever it is compared with.
    @Test func colours() {
        let few = ReportChart.places(["opus", "nwc"])
        let many = ReportChart.places(["lc3", "nwc", "nwc:effort=20", "amrwb", "opus"])
        #expect(few["opus"] == many["opus"] && few["nwc"] == many["nwc"])
        #expect(many.count == 5 && Set(many.values).count == 5)
        #expect(ReportChart.places((0..<19).map { "c\($0)" }).count == 19)
    }

    /// Every codec that is described inside the program has a colour and a title of its own.
    @Test func codecsOfTheProgram() throws {
        let catalogue = try CodecCatalogue()
        #expect(catalogue.names.contains("nwc-plain") && catalogue.names.contains("nwc"))
        let places = ReportChart.places(catalogue.names)
        #expect(Set(places.values).count == min(catalogue.names.count, Theme.places))
        for name in catalogue.names { #expect(ReportChart.places([name])[name] == places[name]) }
        let titles = catalogue.titles(of: ["opus:complexity=5", "nwc-plain", "mine:a=b"])
        #expect(
            titles == [
                "opus:complexity=5": "Opus, complexity=5",
                "nwc-plain": "nwc without post-filter", "mine:a=b": "mine:a=b",
            ])
    }

    @Test(
        """
        A figure for documents: panels side by side, titles for names, and an error for what \
        is not there
        """
    )
    func figure() throws {
        let folder = try TemporaryFolder()
        let summary = Summary(try results(folder))
        func figure(_ measures: [String], _ codecs: [String]?) throws -> ChartGrid {
            try ReportChart.figure(
                summary, measures: measures, codecs: codecs, names: ["copy": "Copy"], width: 300,
                height: 200)
        }
        let grid = try figure(["lsd_db", "estoi"], ["copy"])
        #expect(grid.charts.map(\.title) == ["LSD (less is better), 2 files", "ESTOI, 2 files"])
        #expect(grid.charts.allSatisfy { $0.series.map(\.name) == ["Copy"] })
        let picture = try grid.image()
        #expect(picture.width == 600 && picture.height == 200)
        let wrapped = try ReportChart.figure(
            summary, measures: ["lsd_db", "estoi"], codecs: nil, names: [:], width: 300,
            height: 200, columns: 1
        ).image()
        #expect(wrapped.width == 300 && wrapped.height == 400)
        #expect(throws: ComparisonError.self) { try figure(["pesq_wb"], nil) }
        #expect(throws: ComparisonError.self) { try figure(["estoi"], ["opus"]) }
    }
}
