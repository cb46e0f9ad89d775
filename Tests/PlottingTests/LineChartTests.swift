import Foundation
import Plotting
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Reads an SVG file: its elements with their attributes, and its texts.
private final class SVGReader: NSObject, XMLParserDelegate {
    var elements: [(name: String, attributes: [String: String])] = []
    var texts: [String] = []
    private var text = ""

    static func read(_ svg: String) -> SVGReader? {
        let reader = SVGReader()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        return parser.parse() ? reader : nil
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        elements.append((name, attributes))
        text = ""
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        if name == "text" { texts.append(text) }
    }

    func points(_ index: Int) -> [[Double]] {
        let lines = elements.filter { $0.name == "polyline" }
        return (lines[index].attributes["points"] ?? "").split(separator: " ").map {
            $0.split(separator: ",").compactMap { Double($0) }
        }
    }
}

private func trainingChart() -> LineChart {
    var state = UInt64(1)
    func noise() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 33) / Double(1 << 31) - 0.5
    }
    let steps = (1...40_000).map { Double($0) }
    let loss = steps.map { 2.5 * pow($0 / 100 + 1, -0.4) + 0.12 * noise() }
    var smooth = loss[0]
    let smoothed = loss.map { value -> Double in
        smooth += 0.005 * (value - smooth)
        return smooth
    }
    let evaluations = stride(from: 1000.0, through: 40_000, by: 3000).map {
        LineChart.Point($0, 2.6 * pow($0 / 100 + 1, -0.39))
    }
    return LineChart(
        title: "Training of 'nwc-16k': loss", xAxis: .init("step"), yAxis: .init("loss"),
        series: [
            .init("each step", x: steps, y: loss, style: .faint),
            .init("smoothed", x: steps, y: smoothed, place: 0),
            .init("validation", evaluations, style: .markedLine, place: 1),
        ])
}

private func rateChart() -> LineChart {
    let opus = [
        (5.6, 2.21), (7.4, 2.90), (9.7, 3.38), (11.6, 3.84), (15.4, 4.21), (19.1, 4.33),
        (22.8, 4.41), (32.2, 4.42), (39.9, 4.48),
    ]
    let amr = [(7.2, 2.59), (9.6, 3.05), (13.2, 3.49), (16.4, 3.67), (20.4, 3.79), (24.4, 3.90)]
    let lyra = [(3.2, 2.31), (6.0, 2.87), (9.2, 3.09)]
    func series(_ name: String, _ points: [(Double, Double)]) -> LineChart.Series {
        .init(
            name, points.map { .init($0.0, $0.1, interval: ($0.1 - 0.09)...($0.1 + 0.09)) },
            style: .markedLine)
    }
    return LineChart(
        title: "Quality over rate, 38 clips, 95 % intervals",
        xAxis: .init("payload, kbit/s", scale: .logarithmic),
        yAxis: .init("PESQ-WB, MOS-LQO", range: 1...4.7),
        series: [
            series("Opus 1.3.1", opus), series("AMR-WB (vo-amrwbenc)", amr),
            series("Lyra v2", lyra),
        ])
}

@Suite struct LineChartTests {
    @Test func svgIsWellFormedAndComplete() throws {
        var chart = rateChart()
        chart.title = "a < b & \"c\" \u{1} ü"
        let svg = try chart.svg()
        let reader = try #require(SVGReader.read(svg))
        #expect(reader.texts.contains("a < b & \"c\" \u{FFFD} ü"))
        for text in [
            "payload, kbit/s", "PESQ-WB, MOS-LQO", "Opus 1.3.1", "AMR-WB (vo-amrwbenc)", "Lyra v2",
            "10", "20", "4", "1.0", "4.5",
        ] {
            #expect(reader.texts.contains(text), "\(text)")
        }
        // Marks: one for each of the 18 points, one for each of 3 legend entries.
        let marks = reader.elements.count { ["circle", "polygon"].contains($0.name) }
        #expect(marks == 18 + 3)
        #expect(try rateChart().svg() == rateChart().svg())
        try keepSample("rate.svg", Array(try rateChart().svg().utf8))
        try keepSample("rate.png", try rateChart().png())
        try keepSample("training.png", try trainingChart().png())
        try keepSample("training.svg", Array(try trainingChart().svg().utf8))
    }

    @Test func pointsLieWhereTheAxesSay() throws {
        let chart = LineChart(
            title: "", xAxis: .init("x", range: 0...10),
            yAxis: .init("y", scale: .logarithmic, range: 1...100),
            series: [
                .init(
                    "", [.init(0, 1), .init(5, 10), .init(10, 100)], style: .markedLine,
                    place: 1)
            ], width: 600, height: 400)
        let reader = try #require(SVGReader.read(try chart.svg()))
        let points = reader.points(0)
        #expect(points.count == 3)
        // Equal steps on both axes.
        #expect(
            abs(points[0][0] + points[2][0] - 2 * points[1][0]) < 0.02
                && abs(points[0][1] + points[2][1] - 2 * points[1][1]) < 0.02)
        let clip = try #require(
            reader.elements.first { $0.name == "rect" && $0.attributes["fill"] == nil }
        ).attributes
        let plot = ["x", "y", "width", "height"].compactMap { clip[$0].flatMap { Double($0) } }
        #expect(points[0] == [plot[0], plot[1] + plot[3]])
        #expect(points[2] == [plot[0] + plot[2], plot[1]])
        // The pixels have the mark at the same place.
        let image = try chart.image()
        let red = Theme.light.series[1]
        #expect(image[Int(points[1][0]), Int(points[1][1])] == red)
        #expect(image[Int(points[1][0]) + 40, Int(points[1][1]) + 40] != red)
    }

    @Test func unusablePointsInterruptTheLine() throws {
        let x = (0..<9).map { Double($0) }
        let y = [1, 2, .nan, 3, 4, .infinity, 5, -1, 6]
        var chart = LineChart(
            title: "", xAxis: .init("x"), yAxis: .init("y"), series: [.init("s", x: x, y: y)])
        #expect(
            try #require(SVGReader.read(try chart.svg())).elements.count { $0.name == "polyline" }
                == 3)
        chart.yAxis.scale = .logarithmic
        #expect(
            try #require(SVGReader.read(try chart.svg())).elements.count { $0.name == "polyline" }
                == 4)
    }

    @Test func manyPointsKeepTheirExtremes() throws {
        let count = 300_000
        let x = (0..<count).map { Double($0) }
        var y = x.map { sin($0 / 20_000) }
        y[123_456] = 7
        y[234_567] = -5
        let chart = LineChart(
            title: "", xAxis: .init("x"), yAxis: .init("y"), series: [.init("s", x: x, y: y)])
        let svg = try chart.svg()
        #expect(svg.utf8.count < 150_000)
        let reader = try #require(SVGReader.read(svg))
        let heights = reader.points(0).map { $0[1] }
        #expect(heights.min() ?? 0 < heights.sorted()[10] - 100)
        #expect(heights.max() ?? 0 > heights.sorted()[heights.count - 10] + 50)
    }

    /// However many series there are and however long their names: the plot keeps its room, names
    /// stay inside the picture, and those without room are counted.
    @Test func longLegends() throws {
        let long = String(repeating: "folder/", count: 40) + "name.flac"
        for names in [(1...60).map { "codec \($0)" }, [long, "short"]] {
            let chart = LineChart(
                title: "t", xAxis: .init("x"), yAxis: .init("y"),
                series: names.map { .init($0, x: [0, 1], y: [0, 1], style: .markedLine) },
                width: 500, height: 300)
            let reader = try #require(SVGReader.read(try chart.svg()))
            let clip = try #require(
                reader.elements.first { $0.name == "rect" && $0.attributes["fill"] == nil })
            #expect((clip.attributes["height"].flatMap { Double($0) } ?? 0) > 100)
            if names.count > 2 {
                let shown = names.count { reader.texts.contains($0) }
                #expect(shown > 5 && reader.texts.contains("and \(60 - shown) more"))
            } else {
                let text = try #require(reader.texts.first { $0.hasPrefix("folder/") })
                #expect(text.contains("…") && text.hasSuffix("name.flac") && text.count < 70)
            }
        }
    }

    /// Names of points hide no mark where there is room beside them.
    @Test func pointLabelsKeepClear() throws {
        let marks = [LineChart.Point(5, 5, label: "w"), .init(5.2, 5), .init(4.8, 5)]
        let chart = LineChart(
            title: "", xAxis: .init("x", range: 0...10), yAxis: .init("y", range: 0...10),
            series: [.init("", marks, style: .marks)], width: 400, height: 400)
        let reader = try #require(SVGReader.read(try chart.svg()))
        let label = try #require(
            zip(reader.elements.filter { $0.name == "text" }, reader.texts).first { $1 == "w" })
        let x = try #require(label.0.attributes["x"].flatMap { Double($0) })
        let y = try #require(label.0.attributes["y"].flatMap { Double($0) })
        let circles = reader.elements.filter { $0.name == "circle" }
        #expect(circles.count == 3)
        for circle in circles {
            let cx = try #require(circle.attributes["cx"].flatMap { Double($0) })
            let cy = try #require(circle.attributes["cy"].flatMap { Double($0) })
            #expect(abs(cy - y) > 11 || cx + 4.5 <= x || cx - 4.5 >= x + 10)
        }
    }

    @Test func chartsWithoutPointsAreErrors() throws {
        let empty = LineChart(title: "t", xAxis: .init("x"), yAxis: .init("y"), series: [])
        #expect(throws: PlottingError.nothingToDraw) { try empty.svg() }
        let unusable = LineChart(
            title: "t", xAxis: .init("x"), yAxis: .init("y", scale: .logarithmic),
            series: [.init("s", x: [1, 2], y: [0, -1])])
        #expect(throws: PlottingError.nothingToDraw) { try unusable.png() }
        var tiny = rateChart()
        tiny.width = 100
        #expect(throws: PlottingError.unsupportedSize(width: 100, height: 540)) { try tiny.svg() }
    }

    /// Extreme data must give a picture, not a crash.
    @Test(arguments: [
        [0.0], [5, 5, 5], [1e300, -1e300],
        [Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude], [3e-308, 5e-308],
        [1e15, 1e15 + 1],
        [-1e-9, 1e-9],
        [1e-300, 1e300],
    ])
    func extremeValues(_ y: [Double]) throws {
        for scale in [LineChart.Axis.Scale.linear, .logarithmic]
        where scale == .linear || y.contains(where: { $0 > 0 }) {
            let chart = LineChart(
                title: "t", xAxis: .init("x"), yAxis: .init("y", scale: scale),
                series: [.init("s", x: y.indices.map { Double($0 + 1) }, y: y, style: .markedLine)])
            #expect(SVGReader.read(try chart.svg()) != nil)
            #expect(try chart.image().width == 900)
            let turned = LineChart(
                title: "t", xAxis: .init("x", scale: scale), yAxis: .init("y"),
                series: [.init("s", x: y, y: y.indices.map { Double($0) })])
            #expect(SVGReader.read(try turned.svg()) != nil)
        }
    }
}

@Suite struct ChartGridTests {
    @Test func cellsHoldTheirCharts() throws {
        let charts = (0..<3).map { index in
            LineChart(
                title: "\(index)", xAxis: .init("x"), yAxis: .init("y"),
                series: [.init("", x: [0, 1], y: [0, Double(index)])], width: 300, height: 200)
        }
        let picture = try ChartGrid(charts, columns: 2).image()
        #expect(picture.width == 600 && picture.height == 400)
        for (index, chart) in charts.enumerated() {
            let alone = try chart.image()
            let left = index % 2 * 300
            let top = index / 2 * 200
            var equal = true
            for y in 0..<200 {
                for x in 0..<300 where alone[x, y] != picture[left + x, top + y] { equal = false }
            }
            #expect(equal, "chart \(index)")
        }
        #expect(try ChartGrid([charts[0]], columns: 3).image() == charts[0].image())
        #expect(throws: PlottingError.nothingToDraw) { try ChartGrid([], columns: 2).image() }
        #expect(throws: PlottingError.nothingToDraw) { try ChartGrid(charts, columns: 0).image() }
    }
}
