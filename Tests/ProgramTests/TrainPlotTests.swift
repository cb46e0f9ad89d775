import Foundation
import Testing

/// `nwc-train plot` on the tables of a run.
@Suite struct TrainPlotTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("a<b"), withIntermediateDirectories: true)
        let curve =
            ["step\tphase\tloss\tkbps"]
            + (1...60).map {
                "\($0 * 50)\tone\t\(3.0 / Double($0))\t\($0 == 30 ? "nan" : "\(20 - $0 / 10)")"
            }
        let validation = [
            "step\tlayers\tposition\tkbps\tsnr_db", "1000\t1\t0.1\t8\t3", "1000\t1\t0.9\t30\t12",
            "2000\t1\t0.1\t7\t4", "2000\t1\t0.9\t31\t13",
        ]
        for (name, lines) in [("curve", curve), ("validation", validation)] {
            try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), "a<b/\(name).tsv")
        }
    }

    @Test func svgHoldsTheCurves() throws {
        #expect(try Program.run("nwc-train", ["plot", "a<b"], in: folder).text == "a<b/loss.svg\n")
        let loss = try String(decoding: folder.data("a<b/loss.svg"), as: UTF8.self)
        #expect(
            loss.hasPrefix("<svg") && loss.contains("a&lt;b: loss") && loss.contains(">smoothed<")
                && !loss.contains(">validation"))
        #expect(
            try Program.run(
                "nwc-train", ["plot", "a<b", "--column", "kbps", "-o", "k.svg"], in: folder
            ).status == 0)
        let rate = try String(decoding: folder.data("k.svg"), as: UTF8.self)
        #expect(
            rate.contains(">validation, 1 layers, position 0.1<")
                && rate.contains(">validation, 1 layers, position 0.9<"))
        #expect(
            try Program.run(
                "nwc-train", ["plot", "a<b", "--column", "snr_db", "-o", "s.svg"], in: folder
            ).status == 0)
        #expect(try !String(decoding: folder.data("s.svg"), as: UTF8.self).contains(">training<"))
    }

    /// All that a run tells, in one picture.
    @Test func overview() throws {
        #expect(
            try Program.run("nwc-train", ["plot", "a<b", "--overview"], in: folder).text
                == "a<b/overview.svg\n")
        let picture = try String(decoding: folder.data("a<b/overview.svg"), as: UTF8.self)
        #expect(
            picture.contains(">a&lt;b: snr_db over rate, validation<")
                && picture.contains(">step 1000<") && picture.contains(">step 2000<")
                && picture.contains(">rate, kbit/s<"))
        // Clips of different charts have different names.
        let names = picture.matches(of: /clipPath id="([^"]*)"/).map { String($0.1) }
        #expect(names.count > 2 && Set(names).count == names.count)
        #expect(
            try Program.run("nwc-train", ["plot", "a<b", "--overview", "-o", "o.png"], in: folder)
                .status == 0)
    }

    @Test func pngAndFailures() throws {
        #expect(
            try Program.run("nwc-train", ["plot", "a<b", "-o", "loss.PNG"], in: folder).status == 0)
        #expect(try folder.data("loss.PNG").starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let unknown = try Program.run("nwc-train", ["plot", "a<b", "--column", "pesq"], in: folder)
        #expect(
            unknown.status == 64 && unknown.errors.contains("no column pesq")
                && unknown.errors.contains("snr_db"))
        let format = try Program.run("nwc-train", ["plot", "a<b", "-o", "loss.gif"], in: folder)
        #expect(format.status == 64 && format.errors.contains("loss.gif"))
        // Without a name the picture is the run's own; a file that was named may be anybody's.
        #expect(
            try Program.run("nwc-train", ["plot", "a<b"], in: folder).status == 0
                && Program.run("nwc-train", ["plot", "a<b"], in: folder).status == 0)
        let taken = try Program.run("nwc-train", ["plot", "a<b", "-o", "loss.PNG"], in: folder)
        #expect(taken.status == 1 && taken.errors.contains("loss.PNG"))
        #expect(
            try Program.run("nwc-train", ["plot", "a<b", "-f", "-o", "loss.PNG"], in: folder).status
                == 0)
        try folder.write(Data("step\tloss\n1\n".utf8), "a<b/curve.tsv")
        let broken = try Program.run("nwc-train", ["plot", "a<b"], in: folder)
        #expect(broken.status != 0 && broken.errors.contains("line 2 has 1 columns"))
        #expect(
            try Program.run("nwc-train", ["plot", "nowhere"], in: folder).errors.contains(
                "cannot be read"))
        for (name, missing) in [("curve", "step"), ("validation", "step")] {
            let tables = [
                "curve": "step\tphase\tloss\n1\tone\t2\n",
                "validation": "step\tlayers\tloss\n1\t1\t2\n",
            ]
            for (table, text) in tables {
                try folder.write(
                    Data(
                        (table == name ? text.replacingOccurrences(of: missing, with: "x") : text)
                            .utf8), "a<b/\(table).tsv")
            }
            let run = try Program.run("nwc-train", ["plot", "a<b"], in: folder)
            #expect(
                run.status == 1 && run.errors.contains("\(name).tsv: no column \(missing)"),
                "\(run)")
        }
    }
}
