import Foundation
import Testing

@testable import Plotting

/// Pictures for light and for dark surroundings.
@Suite struct ThemeTests {
    /// Relative luminance of sRGB (IEC 61966-2-1).
    private func luminance(_ colour: Colour) -> Double {
        func linear(_ value: UInt8) -> Double {
            let v = Double(value) / 255
            return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722
            * linear(colour.blue)
    }

    /// Contrast by WCAG 2.
    private func contrast(_ a: Colour, _ b: Colour) -> Double {
        let levels = [luminance(a), luminance(b)].sorted()
        return (levels[1] + 0.05) / (levels[0] + 0.05)
    }

    @Test(arguments: [Theme.light, .dark])
    func contrasts(_ theme: Theme) {
        #expect(contrast(theme.ink, theme.background) > 7)
        #expect(theme.series.count == Theme.places)
        // Two of the set for any colour vision are pale on white; marks tell them apart, too.
        for colour in theme.series { #expect(contrast(colour, theme.background) > 2.1) }
        #expect(theme.series.count { contrast($0, theme.background) > 3 } >= Theme.places - 3)
        for (index, colour) in theme.series.enumerated() {
            for other in theme.series[..<index] { #expect(colour != other) }
        }
    }

    private let chart = LineChart(
        title: "t", xAxis: .init("x"), yAxis: .init("y"),
        series: [
            .init("a", x: [0, 1], y: [0, 1], style: .markedLine),
            .init("b", x: [0, 1], y: [1, 0], style: .faint, place: 12),
        ], width: 300, height: 200)

    @Test func pixels() throws {
        for theme in [Theme.light, .dark] {
            let image = try chart.image(theme)
            #expect(image[0, 0] == theme.background)
            var seen: Set<[UInt8]> = []
            for y in 0..<200 {
                for x in 0..<300 {
                    if let c = image[x, y] { seen.insert([c.red, c.green, c.blue]) }
                }
            }
            let first = theme.series[0]
            #expect(seen.contains([first.red, first.green, first.blue]))
            let other = theme == .light ? Theme.dark : .light
            #expect(
                !seen.contains([
                    other.background.red, other.background.green, other.background.blue,
                ]))
        }
        #expect(try ChartGrid([chart], columns: 1).image(.dark) == chart.image(.dark))
    }

    /// One SVG serves both: every class that is used has a rule.
    @Test func svg() throws {
        for svg in [try chart.svg(), try ChartGrid([chart, chart], columns: 2).svg()] {
            let parts = svg.components(separatedBy: "<style>")
            #expect(parts.count == 2)
            let style = parts[1].prefix { $0 != "<" }
            #expect(style.hasPrefix("@media(prefers-color-scheme:dark)"))
            var used: Set<String> = []
            for part in svg.components(separatedBy: "class=\"").dropFirst() {
                used.insert(String(part.prefix { $0 != "\"" }))
            }
            #expect(used.count > 5)
            for name in used { #expect(style.contains(".\(name){"), "\(name)") }
        }
    }

    /// Small differences do not look large.
    @Test func leastSpan() throws {
        func ticks(_ span: Double) throws -> ClosedRange<Double> {
            let axis = LineChart.Axis("y", leastSpan: span)
            return try #require(AxisMapping.range(of: axis, values: [3.01, 3.02]))
        }
        let narrow = try ticks(0)
        let wide = try ticks(0.5)
        #expect(narrow.upperBound - narrow.lowerBound < 0.02)
        #expect(abs(wide.upperBound - wide.lowerBound - 0.5) < 1e-9)
        #expect(abs((wide.upperBound + wide.lowerBound) / 2 - 3.015) < 1e-9)
        // More than that stays as it is.
        #expect(try ticks(0.001) == narrow)
        // An axis has enough marks.
        for low in stride(from: 1.0, through: 4, by: 0.37) {
            for span in [0.5, 0.7, 1.1, 1.9, 3.3] {
                #expect(AxisTicks.linear(low...(low + span), limit: 11).ticks.count >= 4)
            }
        }
    }

    @Test func labels() throws {
        var labelled = chart
        labelled.series[0].points = (0..<4).map {
            .init(0.5, 0.5 + 0.001 * Double($0), label: "clip \($0)")
        }
        labelled.series[0].points.append(.init(1, 0.5, label: "right"))
        let svg = try labelled.svg()
        var places: Set<String> = []
        for name in ["clip 0", "clip 1", "clip 2", "clip 3", "right"] {
            let line = try #require(svg.split(separator: "\n").last { $0.contains(">\(name)<") })
            places.insert(String(line.components(separatedBy: " y=\"")[1].prefix { $0 != "\"" }))
            let x = try #require(
                Double(line.components(separatedBy: " x=\"")[1].prefix { $0 != "\"" }))
            // All of it inside the picture.
            #expect(x > 0 && x + ChartFont.width(of: name) < 300)
        }
        #expect(places.count == 4 || places.count == 5)
    }
}
