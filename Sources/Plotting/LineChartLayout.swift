import Foundation

/// The places of everything in a line chart: title, legend in rows below it, plot area with grid,
/// ticks and axis labels.
struct LineChartLayout {
    private let chart: LineChart
    private let plot: Area
    private let x: AxisMapping
    private let y: AxisMapping
    private let xTicks: [AxisTicks.Tick]
    private let yTicks: [AxisTicks.Tick]
    private let legend: ChartLegend

    init(_ chart: LineChart) throws(PlottingError) {
        guard chart.width >= 240, chart.height >= 160, chart.width <= 20_000, chart.height <= 20_000
        else {
            throw .unsupportedSize(width: chart.width, height: chart.height)
        }
        self.chart = chart
        let usable = chart.series.flatMap(\.points).filter {
            AxisMapping.isUsable($0.x, chart.xAxis.scale)
                && AxisMapping.isUsable($0.y, chart.yAxis.scale)
        }
        guard let xRange = AxisMapping.range(of: chart.xAxis, values: usable.map(\.x)),
            let yRange = AxisMapping.range(
                of: chart.yAxis,
                values: usable.flatMap {
                    [$0.y, $0.interval?.lowerBound ?? $0.y, $0.interval?.upperBound ?? $0.y]
                })
        else { throw .nothingToDraw }

        let head = chart.title.isEmpty ? 12.0 : 40.0
        let bottom = Double(chart.height) - 56
        // The plot keeps more than half of what the title leaves.
        legend = ChartLegend(chart, height: 0.45 * (bottom - head) - 6)
        let top = head + (legend.height > 0 ? legend.height + 6 : 0)
        y = AxisMapping(scale: chart.yAxis.scale, range: yRange, start: bottom, end: top)
        // Ticks are 2 to 2.5 times as far apart where the next round step is that much larger.
        yTicks = y.ticks(limit: max(2, Int((bottom - top) / 30)))
        let widest = yTicks.map { ChartFont.width(of: $0.label) }.max() ?? 0
        let left = 46 + widest
        let right = Double(chart.width) - 24
        plot = Area(x: left, y: top, width: right - left, height: bottom - top)
        x = AxisMapping(scale: chart.xAxis.scale, range: xRange, start: left, end: right)
        xTicks = x.ticks(
            limit: max(2, Int((right - left) / 60)), margin: 12)
    }

    func draw(on canvas: inout some Canvas) {
        if !chart.title.isEmpty {
            canvas.text(
                chart.title, at: Position(Double(chart.width) / 2, 22), anchor: .middle, bold: true)
        }
        drawLegend(on: &canvas)
        drawAxes(on: &canvas)
        // Pale lines lie behind all others.
        let order = chart.series.indices.sorted {
            chart.series[$0].style == .faint && chart.series[$1].style != .faint
        }
        for index in order { draw(index, on: &canvas) }
        drawPointLabels(on: &canvas)
        canvas.border(plot, .frame)
    }

    private func drawLegend(on canvas: inout some Canvas) {
        let everywhere = Area(x: 0, y: 0, width: Double(chart.width), height: Double(chart.height))
        let sample = ChartLegend.sample
        for (row, entries) in legend.rows.enumerated() {
            let middle = (chart.title.isEmpty ? 16.0 : 44.0) + Double(row) * ChartLegend.row
            for entry in entries {
                guard let index = entry.series else {
                    canvas.text(entry.text, at: Position(entry.x, middle), anchor: .start)
                    continue
                }
                let series = chart.series[index]
                let paint = paint(of: index)
                if series.style != .marks {
                    let ends = [Position(entry.x, middle), Position(entry.x + sample, middle)]
                    canvas.line(
                        ends, paint, width: series.style == .faint ? 1 : 2, clip: everywhere)
                }
                if series.style == .marks || series.style == .markedLine {
                    canvas.marker(
                        marker(of: index), at: Position(entry.x + sample / 2, middle), paint,
                        size: 4.5)
                }
                canvas.text(
                    entry.text, at: Position(entry.x + sample + 7, middle), anchor: .start)
            }
        }
    }

    private func drawAxes(on canvas: inout some Canvas) {
        for tick in xTicks {
            guard let place = x.position(tick.value) else { continue }
            canvas.rectangle(
                Area(x: place.rounded(), y: plot.y, width: 1, height: plot.height), fill: .grid)
            canvas.rectangle(
                Area(x: place.rounded(), y: plot.bottom, width: 1, height: 5), fill: .frame)
            canvas.text(tick.label, at: Position(place, plot.bottom + 16), anchor: .middle)
        }
        for tick in yTicks {
            guard let place = y.position(tick.value) else { continue }
            canvas.rectangle(
                Area(x: plot.x, y: place.rounded(), width: plot.width, height: 1), fill: .grid)
            canvas.rectangle(
                Area(x: plot.x - 5, y: place.rounded(), width: 5, height: 1), fill: .frame)
            canvas.text(tick.label, at: Position(plot.x - 9, place), anchor: .end)
        }
        canvas.text(
            chart.xAxis.label, at: Position(plot.x + plot.width / 2, Double(chart.height) - 18),
            anchor: .middle)
        canvas.text(
            chart.yAxis.label, at: Position(18, plot.y + plot.height / 2), anchor: .middle,
            rotated: true)
    }

    private func draw(_ index: Int, on canvas: inout some Canvas) {
        let series = chart.series[index]
        let paint = paint(of: index)
        if series.style != .marks {
            for run in runs(of: series) {
                canvas.line(
                    Self.thinned(run), paint, width: series.style == .faint ? 1 : 2, clip: plot)
            }
        }
        for point in series.points {
            guard let px = x.position(point.x), let py = y.position(point.y), px >= plot.x - 0.5,
                px <= plot.right + 0.5
            else { continue }
            if let interval = point.interval, interval.lowerBound < interval.upperBound,
                let low = y.position(interval.lowerBound),
                let high = y.position(interval.upperBound)
            {
                canvas.line(
                    [Position(px, low), Position(px, high)], paint, width: 1.2, clip: plot)
                for end in [low, high] {
                    canvas.line(
                        [Position(px - 4, end), Position(px + 4, end)], paint, width: 1.2,
                        clip: plot)
                }
            }
            if series.style == .marks || series.style == .markedLine, py >= plot.y - 0.5,
                py <= plot.bottom + 0.5
            {
                canvas.marker(marker(of: index), at: Position(px, py), paint, size: 4.5)
            }
        }
    }

    /// Names of points beside them, where they hide neither each other nor marks, if there is such
    /// a place.
    private func drawPointLabels(on canvas: inout some Canvas) {
        var taken: [Area] = []
        let marks = chart.series.filter { $0.style == .marks || $0.style == .markedLine }
            .flatMap(\.points).compactMap { point -> Area? in
                guard let px = x.position(point.x), let py = y.position(point.y) else { return nil }
                return Area(x: px - 4.5, y: py - 4.5, width: 9, height: 9)
            }
        for point in chart.series.flatMap(\.points) {
            guard let label = point.label, let px = x.position(point.x),
                let py = y.position(point.y), (plot.x...plot.right).contains(px),
                (plot.y...plot.bottom).contains(py)
            else { continue }
            let width = ChartFont.width(of: label)
            // Nearest places first: right, left, below, above, then higher and lower ones.
            let places = [
                (9, -8), (-9 - width, -8), (-width / 2, 6), (-width / 2, -22), (7, 3), (7, -19),
                (-7 - width, 3), (-7 - width, -19), (9, -38), (9, 22), (-9 - width, -38),
                (-9 - width, 22),
            ].map { Area(x: px + $0.0, y: py + $0.1, width: width, height: 15) }
                .filter { $0.x >= plot.x && $0.right <= plot.right }
            func hidden(_ area: Area) -> Int {
                taken.count { $0.meets(area) } * marks.count + marks.count { $0.meets(area) }
            }
            // The first of the best; the point's own mark is met by none of them.
            guard let place = places.min(by: { hidden($0) < hidden($1) }) else { continue }
            taken.append(place)
            canvas.text(label, at: Position(place.x, place.y + 8), anchor: .start)
        }
    }

    /// The uninterrupted stretches of a series.
    private func runs(of series: LineChart.Series) -> [[Position]] {
        var runs: [[Position]] = [[]]
        for point in series.points {
            if let px = x.position(point.x), let py = y.position(point.y) {
                runs[runs.count - 1].append(Position(px, py))
            } else if !runs[runs.count - 1].isEmpty {
                runs.append([])
            }
        }
        // A lone point is drawn as a dot.
        return runs.filter { !$0.isEmpty }.map {
            $0.count == 1 ? [$0[0], Position($0[0].x + 0.01, $0[0].y)] : $0
        }
    }

    /// At most four points for each half pixel along x (first, lowest, highest, last): looks the
    /// same and keeps files of long trainings small.
    static func thinned(_ run: [Position]) -> [Position] {
        var result: [Position] = []
        var index = 0
        while index < run.count {
            let column = (run[index].x * 2).rounded(.down)
            var end = index
            var low = index
            var high = index
            while end + 1 < run.count, (run[end + 1].x * 2).rounded(.down) == column {
                end += 1
                if run[end].y < run[low].y { low = end }
                if run[end].y > run[high].y { high = end }
            }
            var last = -1
            for chosen in [index, low, high, end].sorted() where chosen != last {
                result.append(run[chosen])
                last = chosen
            }
            index = end + 1
        }
        return result
    }

    private func place(of index: Int) -> Int { max(0, chart.series[index].place ?? index) }

    private func paint(of index: Int) -> Paint {
        chart.series[index].style == .faint
            ? .faint(place(of: index)) : .series(place(of: index))
    }

    private func marker(of index: Int) -> Marker {
        Marker.allCases[place(of: index) % Marker.allCases.count]
    }
}
