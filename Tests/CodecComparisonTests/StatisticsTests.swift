import Foundation
import Testing

@testable import CodecComparison

@Suite("Statistics")
struct StatisticsTests {
    @Test("PCHIP agrees with SciPy 1.17.1's PchipInterpolator")
    func pchip() throws {
        func check(_ x: [Double], _ y: [Double], _ at: [Double], _ expected: [Double]) throws {
            let curve = try #require(MonotoneCubic(zip(x, y).map { (x: $0, y: $1) }))
            for (place, value) in zip(at, expected) { #expect(abs(curve(place) - value) < 1e-12) }
            for (place, value) in zip(x, y) { #expect(abs(curve(place) - value) < 1e-12) }
        }
        try check(
            [0, 1, 3, 4, 7], [0, 2, 2.5, 6, 6.1], [0.3, 1.7, 2.9, 3.5, 5, 6.9],
            [
                0.7811013513513513, 2.2025177226406734, 2.452081302614089, 4.304680759275238,
                6.061013645224171, 6.099928460038986,
            ])
        try check(
            [0, 1, 5], [0, 3, 3.2], [0.5, 2, 4],
            [1.9335060975609757, 3.09984756097561, 3.191615853658537])
        try check([0, 2], [1, 4], [0.5], [1.75])
    }

    @Test("The integral is that of a fine sum, also between points")
    func integral() throws {
        let curve = try #require(MonotoneCubic([(0, 0), (1, 2), (3, 2.5), (4, 6), (7, 6.1)]))
        let n = 200_000
        let low = 0.4
        let high = 6.2
        let sum =
            (0..<n).reduce(0) { $0 + curve(low + (Double($1) + 0.5) * (high - low) / Double(n)) }
            * (high - low) / Double(n)
        #expect(abs(curve.integral(from: low, to: high) - sum) < 1e-8)
        #expect(MonotoneCubic([(0, 1)]) == nil)
        #expect(MonotoneCubic([(0, 1), (0, 2)]) == nil)
        #expect(MonotoneCubic([(0, 1), (1, .nan)]) == nil)
    }

    /// Curves of the manual of the package, and of speech codecs: PESQ-WB and ESTOI over kbit/s.
    static let curves: [String: [BDRate.Point]] = [
        "anchor": [(9487.76, 40.037), (4593.60, 38.615), (2486.44, 36.845), (1358.24, 34.851)],
        "test": [(9787.80, 40.121), (4469.00, 38.651), (2451.52, 36.970), (1356.24, 34.987)],
        "opus": [
            (5.4, 2.02), (7.2, 2.65), (9.6, 3.25), (11.5, 3.70), (15.5, 4.11), (19.4, 4.28),
            (23.4, 4.41),
        ],
        "nwc": [
            (3.9, 3.22), (5.8, 3.65), (7.9, 3.92), (9.8, 4.05), (11.8, 4.13), (15.8, 4.26),
            (19.8, 4.35), (23.8, 4.38), (31.6, 4.44),
        ],
        "amrwb": [
            (7.2, 2.54), (9.6, 2.97), (13.2, 3.37), (14.8, 3.47), (16.4, 3.55), (20.4, 3.66),
            (23.6, 3.74),
        ],
        "opus, ESTOI": [
            (5.4, 0.776), (7.2, 0.867), (9.6, 0.875), (11.5, 0.908), (15.5, 0.944), (19.4, 0.962),
            (23.4, 0.973),
        ],
        "nwc, ESTOI": [
            (3.9, 0.870), (5.8, 0.901), (7.9, 0.920), (9.8, 0.933), (11.8, 0.943), (15.8, 0.960),
            (19.8, 0.969), (23.8, 0.975), (31.6, 0.984),
        ],
        "amrwb, ESTOI": [
            (7.2, 0.809), (9.6, 0.859), (13.2, 0.913), (14.8, 0.922), (16.4, 0.928), (20.4, 0.944),
            (23.6, 0.954),
        ],
        "two points": [(6, 2.5), (24, 4.3)],
    ]

    /// By `bjontegaard.bd_rate(..., "pchip", require_matching_points=False)` of PyPI bjontegaard
    /// 1.3.0, per cent.
    @Test(
        "BD-rate agrees with the bjontegaard package",
        arguments: [
            ("anchor", "test", -4.417485350589045), ("opus", "nwc", -40.74205528444047),
            ("opus", "amrwb", 26.51865013908694),
            ("nwc", "amrwb", 215.29691741921516), ("amrwb", "nwc", -68.28386372485807),
            ("opus, ESTOI", "nwc, ESTOI", -37.25287241582329),
            ("opus, ESTOI", "amrwb, ESTOI", 24.911398277749306),
            ("amrwb, ESTOI", "nwc, ESTOI", -49.80560969849049),
            ("nwc", "two points", 125.57697068806672),
        ])
    func publishedImplementation(reference: String, tested: String, expected: Double) throws {
        let a = try #require(Self.curves[reference])
        let b = try #require(Self.curves[tested])
        let rate = try BDRate(reference: a, tested: b)
        #expect(abs(rate.change * 100 - expected) < 1e-9)
        #expect(
            rate.points == min(a.count, b.count) && rate.droppedReference.isEmpty
                && rate.droppedTested.isEmpty)
        let low = max(a.map(\.quality).min() ?? 0, b.map(\.quality).min() ?? 0)
        let high = min(a.map(\.quality).max() ?? 0, b.map(\.quality).max() ?? 0)
        #expect(rate.qualities == low...high)
    }

    @Test(
        """
        Points that a lower rate equals or beats are left out and named, whichever codec \
        they belong to and in whatever order they come
        """
    )
    func dropped() throws {
        let opus = try #require(Self.curves["opus"])
        let nwc = try #require(Self.curves["nwc"])
        let plain = try BDRate(reference: opus, tested: nwc)
        // A point that falls, one that only equals, one at the same rate, and one in the middle.
        let more: [BDRate.Point] = [(32.3, 4.39), (48, 4.41), (23.4, 4.40), (10, 3.2)]
        let reference = try BDRate(reference: more + opus, tested: nwc)
        let tested = try BDRate(reference: nwc, tested: opus + more.reversed())
        #expect(
            reference.change == plain.change && reference.overlap == plain.overlap
                && reference.points == plain.points)
        #expect(
            reference.droppedReference == [10, 23.4, 32.3, 48] && reference.droppedTested.isEmpty)
        #expect(tested.droppedTested == [10, 23.4, 32.3, 48] && tested.droppedReference.isEmpty)
        // What still rises above everything before is kept, after a fall too.
        let again = try BDRate(reference: more + opus + [(64, 4.6)], tested: nwc)
        #expect(
            again.droppedReference == [10, 23.4, 32.3, 48] && again.qualities.upperBound == 4.44)
        // A first point that all others fall short of leaves nothing to compare.
        #expect(throws: BDRate.Failure.tooFewPoints(1)) {
            try BDRate(reference: opus + [(1, 4.5)], tested: nwc)
        }
    }

    @Test(
        """
        BD-rate of hand-made curves: half the rate everywhere is -50 %, whatever the order \
        of points
        """
    )
    func handMade() throws {
        let a: [BDRate.Point] = [(6, 1), (9, 2), (15, 2.7), (30, 3.9)]
        let b = a.map { (rate: $0.rate / 2, quality: $0.quality) }
        let half = try BDRate(reference: a, tested: b.reversed())
        #expect(abs(half.change + 0.5) < 1e-12 && half.overlap == 1)
        #expect(abs(try BDRate(reference: a, tested: a).change) < 1e-12)
    }

    @Test("BD-rate that cannot be had")
    func failures() {
        let a: [BDRate.Point] = [(6, 1), (9, 2)]
        #expect(throws: BDRate.Failure.tooFewPoints(1)) {
            try BDRate(reference: a, tested: [(6, 1)])
        }
        #expect(throws: BDRate.Failure.tooFewPoints(1)) {
            try BDRate(reference: a, tested: [(6, 2), (9, 2), (12, 1)])
        }
        #expect(throws: BDRate.Failure.noOverlap) {
            try BDRate(reference: a, tested: [(6, 2), (9, 3)])
        }
        #expect(throws: BDRate.Failure.tooFewPoints(1)) {
            try BDRate(reference: a, tested: [(6, .nan), (9, 3), (-1, 1)])
        }
    }

    @Test("The bootstrap: repeatable, around the mean, as wide as theory says")
    func bootstrap() throws {
        let values = (0..<400).map { sin(Double($0) * 12.9898) * 3 + 5 }
        let interval = try #require(BootstrapInterval(values))
        #expect(try #require(BootstrapInterval(values)) == interval)
        #expect(try #require(BootstrapInterval(values, seed: 2)) != interval)
        let mean = values.reduce(0, +) / 400
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
        #expect(abs(interval.mean - mean) < 1e-12 && interval.count == 400)
        // The normal approximation of the mean's error: 1.96 standard errors each way.
        let expected = 1.96 * (variance / 400).squareRoot()
        #expect(
            abs((interval.high - mean) / expected - 1) < 0.1
                && abs((mean - interval.low) / expected - 1) < 0.1)
        #expect(BootstrapInterval([]) == nil)
        #expect(BootstrapInterval([7]).map { [$0.low, $0.mean, $0.high] } == [7, 7, 7])
    }
}

@Suite("Summaries")
struct SummaryTests {
    func row(
        _ file: String, _ codec: String, _ rate: Double?, bytes: Int?, _ metrics: [String: Double?],
        failed: Bool = false
    ) -> ComparisonRow {
        var row = ComparisonRow(
            file: file, sourceSHA256: "00", sourceSamples: 32_000, sourceSeconds: 2, codec: codec,
            rate: rate, version: "1")
        row.payloadBytes = bytes
        row.fileBytes = bytes.map { $0 + 100 }
        row.metrics = metrics
        row.residualDelaySamples = 0
        row.residualCorrelation = 0.9
        if failed { row.reasons["codec"] = "it fell over" }
        return row
    }

    func good() -> [ComparisonRow] {
        var rows: [ComparisonRow] = []
        for (index, file) in ["a", "b", "c"].enumerated() {
            let shift = Double(index) * 0.1
            rows.append(row(file, "original", nil, bytes: nil, ["pesq_wb": 4.64, "estoi": 1]))
            for (rate, pesq) in [(8.0, 2.5), (12.0, 3.1), (16.0, 3.6), (24.0, 4.0)] {
                rows.append(
                    row(
                        file, "x", rate, bytes: Int(rate * 250),
                        ["pesq_wb": pesq + shift, "estoi": pesq / 5]))
                rows.append(
                    row(
                        file, "opus", rate, bytes: Int(rate * 250 * 1.1),
                        ["pesq_wb": pesq + shift, "estoi": pesq / 5]))
            }
        }
        return rows
    }

    @Test("Means, rates, counts, order, and no warnings for sound results")
    func numbers() throws {
        let summary = Summary(good())
        #expect(summary.warnings == [])
        #expect(summary.codecs == ["x", "opus"])
        #expect(summary.points.last?.codec == "original")
        let point = try #require(summary.points.first { $0.codec == "x" && $0.rate == 12 })
        #expect(point.files == 3 && point.failures == 0)
        #expect(
            abs((point.payloadKbps ?? 0) - 12) < 1e-9 && abs((point.fileKbps ?? 0) - 12.4) < 1e-9)
        let pesq = try #require(point.measures["pesq_wb"])
        #expect(
            abs(pesq.mean - 3.2) < 1e-9 && pesq.count == 3 && pesq.nulls == 0 && pesq.low < 3.2
                && pesq.high > 3.2)
        let column = try #require(summary.columns.first { $0.identifier == "pesq_wb" })
        #expect(abs(try summary.bdRate("x", against: "opus", column).change - (1 / 1.1 - 1)) < 1e-9)
        let text = SummaryText(summary)
        #expect(text.table.contains("x@12") && text.table.contains("3.200 ±"))
        let line = text.rates(against: nil).first?.split(separator: "\n").first {
            $0.hasPrefix("x ") && $0.contains("PESQ-WB")
        }
        #expect(line?.contains(/\ -9\.1 % +100 % +2\.600 \.\.\. 4\.100 +4$/) == true)
    }

    @Test("What looks wrong is said")
    func warnings() {
        func warnings(_ change: (inout ComparisonRow) -> Void) -> String {
            var rows = good()
            for index in rows.indices where rows[index].codec == "x" && rows[index].rate == 12 {
                change(&rows[index])
            }
            return Summary(rows).warnings.joined(separator: "\n")
        }
        #expect(
            warnings { $0.reasons["codec"] = "no" }.contains("x@12: coding failed in 3 of 3 rows"))
        #expect(warnings { $0.metrics["pesq_wb"] = 1.1 }.contains("called in the right way"))
        #expect(
            warnings { $0.metrics["pesq_wb"] = 4.7 }.contains("better than that of the original"))
        #expect(
            warnings { if $0.file == "a" { $0.metrics["pesq_wb"] = .some(nil) } }.contains(
                "PESQ-WB is missing in 1 of 3 rows"))
        #expect(
            warnings { $0.residualDelaySamples = 95 }.contains("a delay of 95.0 samples is left"))
        #expect(
            warnings { if $0.file == "a" { $0.residualDelaySamples = 95 } }.contains(
                "x@12: a delay is left in 1 of 3 files"))
        #expect(warnings { if $0.file == "a" { $0.residualDelaySamples = 16 } }.isEmpty)
        #expect(warnings { $0.payloadBytes = 6000 }.contains("payload is 24.00 kbit/s"))
        #expect(warnings { $0.payloadBytes = 6000 }.contains("more payload than file"))
        #expect(
            warnings { if $0.file == "a" { $0.version = "2" } }.contains("mixes versions: 1 / 2"))
        #expect(
            Summary(good().filter { $0.codec != "x" || $0.file != "a" }).warnings.contains(
                "x@8, x@12, x@16, x@24: only 2 of 3 files"))
    }

    @Test("The same of several conditions is said once, and much of it under one headline")
    func manyWarnings() {
        var rows = good()
        for index in rows.indices where rows[index].codec == "x" {
            rows[index].reasons["codec"] = "no"
        }
        let summary = Summary(rows)
        let failures = summary.warnings.filter { $0.contains("coding failed") }
        let names = Set(rows.filter { $0.codec == "x" }.map(\.name))
        #expect(failures.count == 1)
        for name in names { #expect(failures.first?.contains(name) == true) }
        #expect(summary.headline == nil)
        let texts = (1...5).map { "x@\($0): payload is \(3 * $0).25 kbit/s" } + ["y: else"]
        #expect(
            Suspicion.headline(texts)?.hasSuffix("; 5 of them like: x@1: payload is 3.25 kbit/s")
                == true)
        #expect(
            Suspicion.headline(["a", "b", "c", "d", "e"].map { "x: \($0)" })
                == "5 warnings, listed with these numbers; the first: x: a")
    }

    @Test("The table of BD-rates names what it leaves out")
    func leavesOut() throws {
        var rows = good()
        for index in rows.indices where rows[index].rate == 24 && rows[index].codec == "opus" {
            rows[index].metrics["pesq_wb"] = 3.0
        }
        let table = try #require(RateTable(Summary(rows), against: nil))
        let pesq = try #require(table.lines.first { $0.measure == "pesq_wb" })
        let estoi = try #require(table.lines.first { $0.measure == "estoi" })
        #expect(
            pesq.without == ["opus@24"] && pesq.points == 3 && pesq.codec == "x"
                && table.reference == "opus")
        #expect(estoi.without == [] && estoi.points == 4)
        #expect(table.rows().contains { $0[1] == "PESQ-WB" && $0.last == "! without opus@24" })
        #expect(table.rows()[0][0] == "BD-rate against opus")
        let named = table.rows(["opus": "Opus"])
        #expect(named[0][0] == "BD-rate against Opus")
        #expect(named.contains { $0[0] == "x" && $0.last == "! without Opus@24" })
        // With one point left there is a reason instead of a number.
        let few = try #require(
            RateTable(Summary(rows.filter { $0.codec != "x" || $0.rate == 8 }), against: nil)
        ).lines[0]
        #expect(few.bdRate == nil && few.reason?.contains("there is 1") == true)
    }

    @Test("A distance is better when smaller")
    func distances() throws {
        var rows: [ComparisonRow] = []
        for (rate, lsd) in [(8.0, 6.0), (12.0, 5.0), (16.0, 4.0), (24.0, 3.0)] {
            for (codec, factor) in [("x", 250.0), ("y", 500.0)] {
                rows.append(row("a", codec, rate, bytes: Int(rate * factor), ["lsd_db": lsd]))
            }
        }
        let summary = Summary(rows)
        let column = try #require(summary.columns.first)
        #expect(!column.higherIsBetter)
        #expect(abs(try summary.bdRate("y", against: "x", column).change - 1) < 1e-9)
        let line = try #require(RateTable(summary, against: "x")).lines[0]
        #expect(line.worst == 6 && line.best == 3)
    }
}
