import Foundation
import Testing

/// `nwc-train plot` on the tables of a run.
@Suite struct TrainPlotTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("a<b"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: folder.url("s"), withIntermediateDirectories: true)
        let curve =
            ["step\tphase\tloss\tkbps"]
            + (1...120).map {
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
        // A short run has nothing to smooth.
        try folder.write(Data("step\tloss\n50\t3\n100\t2\n".utf8), "s/curve.tsv")
        try folder.write(Data("step\tloss\n".utf8), "s/validation.tsv")
        _ = try Program.run("nwc-train", ["plot", "s"], in: folder)
        let short = try String(decoding: folder.data("s/loss.svg"), as: UTF8.self)
        #expect(!short.contains(">smoothed<") && short.contains("<polyline"))
        #expect(
            rate.contains(">validation, 1 layer, position 0.1<")
                && rate.contains(">validation, 1 layer, position 0.9<"))
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
                && picture.contains(">rate, kbit/s<") && picture.contains(">position 0.9<"))
        // Clips of different charts have different names.
        let names = picture.matches(of: /clipPath id="([^"]*)"/).map { String($0.1) }
        #expect(names.count > 2 && Set(names).count == names.count)
        #expect(
            try Program.run("nwc-train", ["plot", "a<b", "--overview", "-o", "o.png"], in: folder)
                .status == 0)
    }

    /// Event files as the package tensorboard (2.21.0) writes them of the same numbers; a folder
    /// for each rate that was validated.
    @Test func tensorBoard() throws {
        let rows = """
            step\tphase\tseconds\tloss\tkbps
            50\tone\t12.5\t0.75\t21
            300\ttwo\t99.25\t-0.5\tnan

            """
        try FileManager.default.createDirectory(
            at: folder.url("t"), withIntermediateDirectories: true)
        try folder.write(Data(rows.utf8), "t/curve.tsv")
        try folder.write(Data("step\tseconds\tloss\n".utf8), "t/validation.tsv")
        let plot = ["plot", "t", "--tensorboard", "logs"]
        for _ in 1...2 {
            let run = try Program.run("nwc-train", plot, in: folder)
            #expect(
                run.status == 0 && run.text == "logs/t/training/events.out.tfevents.nwc\n",
                "\(run)")
        }
        let expected = """
            DwAAAAAAAABtUysJGg1icmFpbi5FdmVudDoy/JhRKScAAAAAAAAAu+GxRgkAAAAAAAApQBAyKhoKCwoEbG9zcx\
            UAAEA/CgsKBGticHMVAACoQasmmMUbAAAAAAAAABoNnhMJAAAAAADQWEAQrAIqDQoLCgRsb3NzFQAAAL8Db+At
            """
        let written = try folder.data("logs/t/training/events.out.tfevents.nwc")
        #expect(written.base64EncodedString() == expected)
        let other = try Program.run("nwc-train", ["plot", "a<b", "--tensorboard", "l"], in: folder)
        #expect(
            other.text.split(separator: "\n").map { $0.split(separator: "/")[2] } == [
                "training", "validation-1-layer-position-0.1", "validation-1-layer-position-0.9",
            ], "\(other)")
        let picture = try Program.run("nwc-train", plot + ["-o", "x.png"], in: folder)
        #expect(picture.status == 64 && picture.errors.contains("--tensorboard"))
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
