import Foundation
import TestSupport
import Testing

/// Wrong command lines, wrong files, wrong places: exact statuses, one message, nothing left
/// behind.
@Suite struct FailureTests {
    let folder: TestFolder
    let stream: Data

    init() throws {
        folder = try TestFolder()
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 2.2)]).data, "in.wav")
        guard try Program.run("nwc-enc", ["-q", "in.wav"], in: folder).status == 0 else {
            throw Failure.setUp
        }
        stream = try folder.data("in.nwc")
    }

    enum Failure: Error { case setUp }

    /// Runs, expects a status, a message on standard error and the names of the files that are
    /// there afterwards.
    func expect(
        _ status: Int32, _ program: String, _ arguments: String..., leaves names: [String],
        says text: String = "",
        location: SourceLocation = #_sourceLocation
    ) throws {
        let run = try Program.run(program, arguments, in: folder)
        #expect(run.status == status, "\(run.errors)", sourceLocation: location)
        let isSaid = text.isEmpty || run.errors.contains(text)
        #expect(
            run.output.isEmpty && run.errors.hasPrefix("\(program): ") && isSaid, "\(run.errors)",
            sourceLocation: location)
        #expect(try folder.names == names.sorted(), sourceLocation: location)
    }

    @Test func commandLines() throws {
        let names = ["in.nwc", "in.wav"]
        for program in ["nwc-enc", "nwc-dec", "nwc-info"] {
            try expect(64, program, "--no-such-option", "x", leaves: names, says: "no-such-option")
            try expect(64, program, leaves: names)
        }
        try expect(64, "nwc-enc", "--bitrate", "24000", "in.wav", leaves: names, says: "kbit/s")
        try expect(64, "nwc-enc", "--bitrate", "much", "in.wav", leaves: names)
        try expect(64, "nwc-enc", "--bitrate", "12", "--rate-index", "3", "in.wav", leaves: names)
        try expect(
            64, "nwc-enc", "--effort", "1001", "in.wav", "x.nwc", leaves: names, says: "1001")
        try expect(64, "nwc-enc", "--layers", "9", "in.wav", "x.nwc", leaves: names, says: "9")
        try expect(64, "nwc-enc", "--packet-blocks", "0", "in.wav", "x.nwc", leaves: names)
        try expect(64, "nwc-enc", "--raw", "in.wav", "x.nwc", leaves: names, says: "--raw-rate")
        try expect(64, "nwc-enc", "--json", "in.wav", "-", leaves: names)
        try expect(64, "nwc-dec", "--rate", "0", "in.nwc", "x.wav", leaves: names)
        try expect(64, "nwc-dec", "--layers", "0", "in.nwc", "x.wav", leaves: names)
        try expect(64, "nwc-dec", "--bits", "12", "in.nwc", "x.wav", leaves: names)
        try expect(64, "nwc-dec", "--packet-loss", "2", "in.nwc", "x.wav", leaves: names)
        try expect(
            64, "nwc-dec", "--loss-burst", "2", "in.nwc", "x.wav", leaves: names,
            says: "--packet-loss")
        try expect(
            64, "nwc-dec", "--packet-loss", "0.1", "--loss-burst", "0.5", "in.nwc", "x.wav",
            leaves: names, says: "0.5")
        try expect(64, "nwc-info", "strip", "in.nwc", "x.nwc", leaves: names)
        try expect(
            64, "nwc-dec", "--packet-loss=-0.1", "in.nwc", "x.wav", leaves: names, says: "-0.1")
        try expect(
            64, "nwc-enc", "--effort", "2", "--layers", "2", "in.wav", "x.nwc", leaves: names,
            says: "--layers 2")
        try expect(
            64, "nwc-enc", "--raw", "--raw-rate", "999", "in.wav", "x.nwc", leaves: names,
            says: "1000 ... 768000")
        // A second operand like a sound file is an input; nothing is coded before it is known to be
        // there.
        try expect(
            64, "nwc-enc", "in.wav", "new.wav", leaves: names,
            says: "new.wav would be a second input")
        try expect(64, "nwc-dec", "in.nwc", "new.nwc", leaves: names, says: "-o")
    }

    @Test func files() throws {
        let names = ["in.nwc", "in.wav"]
        try expect(1, "nwc-enc", "absent.wav", leaves: names, says: "absent.wav")
        try expect(1, "nwc-dec", "absent.nwc", leaves: names, says: "absent.nwc")
        try expect(1, "nwc-info", "absent.nwc", leaves: names, says: "absent.nwc")
        try expect(
            1, "nwc-enc", "--model", "absent.nwm", "in.wav", "x.nwc", leaves: names,
            says: "absent.nwm")
        try expect(1, "nwc-enc", "--model", "in.wav", "in.wav", "x.nwc", leaves: names)
        try expect(1, "nwc-enc", "in.wav", "no/such/folder/x.nwc", leaves: names)
        try expect(1, "nwc-enc", "in.nwc", "x.nwc", leaves: names)
        try expect(1, "nwc-dec", "in.wav", "x.wav", leaves: names)
        try expect(1, "nwc-info", "in.wav", leaves: names)
        try expect(1, "nwc-enc", ".", "x.nwc", leaves: names)
    }

    @Test func overwriting() throws {
        let names = ["in.nwc", "in.wav", "out.wav"]
        let precious = Data("precious".utf8)
        try folder.write(precious, "out.wav")
        try expect(1, "nwc-enc", "in.wav", leaves: names, says: "--force")
        try expect(1, "nwc-dec", "in.nwc", "out.wav", leaves: names, says: "--force")
        try expect(
            1, "nwc-info", "strip", "--layers", "1", "in.nwc", "out.wav", leaves: names,
            says: "--force")
        #expect(try folder.data("out.wav") == precious && folder.data("in.nwc") == stream)
        // One's own input is never overwritten, under no name.
        try FileManager.default.createSymbolicLink(
            atPath: folder.url("link.wav").path, withDestinationPath: "in.wav")
        let sound = try folder.data("in.wav")
        try expect(
            1, "nwc-enc", "-f", "in.wav", "-o", "in.wav", leaves: names + ["link.wav"],
            says: "input")
        try expect(
            1, "nwc-enc", "-f", "in.wav", "-o", "link.wav", leaves: names + ["link.wav"],
            says: "input")
        try expect(
            1, "nwc-dec", "-f", "in.nwc", "-o", "in.nwc", leaves: names + ["link.wav"],
            says: "input")
        try expect(
            1, "nwc-info", "strip", "-f", "--layers", "1", "in.nwc", "in.nwc",
            leaves: names + ["link.wav"], says: "input")
        #expect(try folder.data("in.wav") == sound && folder.data("in.nwc") == stream)
        #expect(
            try Program.run("nwc-dec", ["-q", "-f", "in.nwc", "out.wav"], in: folder).status == 0)
        #expect(try WaveFile(folder.data("out.wav"))?.frames == 35_200)
    }

    @Test func damagedStreams() throws {
        let names = ["bad.nwc", "in.nwc", "in.wav"]
        var cases: [(Data, String)] = [
            (Data(), "empty"), (Data("RIFF....WAVE".utf8), "foreign"), (Data(count: 5000), "zeros"),
        ]
        for count in [3, 10, 24, 30, 200, stream.count / 2, stream.count - 12, stream.count - 1] {
            cases.append((stream.prefix(count), "cut at \(count)"))
        }
        for at in [5, 12, 26, 40, stream.count / 2, stream.count - 2] {
            var changed = stream
            changed[at] ^= 0x10
            cases.append((changed, "bit of byte \(at)"))
        }
        cases.append((stream + Data("more".utf8), "data behind the end"))
        for (data, name) in cases {
            try folder.write(data, "bad.nwc")
            let decoded = try Program.run("nwc-dec", ["bad.nwc", "out.wav"], in: folder)
            #expect(
                decoded.status == 1 && decoded.output.isEmpty
                    && decoded.errors.hasPrefix("nwc-dec: bad.nwc: "), "\(name): \(decoded.errors)")
            #expect(decoded.errors.split(separator: "\n").count == 1, "\(name): \(decoded.errors)")
            #expect(try folder.names == names, "\(name)")
            let shown = try Program.run("nwc-info", ["bad.nwc"], in: folder)
            #expect(shown.status == 1, "\(name): \(shown.text)")
            #expect(
                try Program.run(
                    "nwc-info", ["strip", "--layers", "1", "bad.nwc", "x.nwc"], in: folder
                ).status == 1, "\(name)")
            #expect(
                try Program.run("nwc-dec", ["--test", "bad.nwc"], in: folder).status == 1, "\(name)"
            )
            #expect(try folder.names == names, "\(name)")
        }
    }

    @Test func concealment() throws {
        var changed = stream
        changed[stream.count / 2] ^= 1
        try folder.write(changed, "bad.nwc")
        let run = try Program.run("nwc-dec", ["--conceal", "bad.nwc", "out.wav"], in: folder)
        #expect(run.status == 0 && run.errors.contains("warning"))
        #expect(try WaveFile(folder.data("out.wav"))?.frames == 35_200)
        #expect(
            try Program.run(
                "nwc-dec", ["-q", "--packet-loss", "0.5", "in.nwc", "lost.wav"], in: folder
            ).status == 0)
        #expect(try WaveFile(folder.data("lost.wav"))?.frames == 35_200)
    }

    /// A reader that goes away is no failure and makes no noise.
    @Test func closedPipes() throws {
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 60)]).data, "long.wav")
        for line in [
            "nwc-enc -q --bitrate 64 long.wav - | head -c 100 | wc -c",
            "nwc-enc -q long.wav l.nwc && nwc-dec -q l.nwc - | head -c 100 | wc -c",
            "nwc-dec -q --raw l.nwc - | head -c 100 | wc -c",
        ] {
            let run = try Program.shell(line, in: folder)
            #expect(
                run.status == 0 && run.errors.isEmpty && run.text.contains("100"),
                "\(line): \(run.status) \(run.errors) \(run.text)")
        }
        #expect(try folder.names == ["in.nwc", "in.wav", "l.nwc", "long.wav"])
        let full = try Program.shell("nwc-dec in.nwc --raw - > /dev/full", in: folder)
        #expect(full.status == 1 && full.errors.contains("No space left"))
    }

    /// Names come from anywhere: not as commands to the terminal, and no name that is not UTF-8 may
    /// become another one.
    @Test func namesOfFiles() throws {
        let run = try Program.shell("nwc-enc $'a\\e[31mred.wav'", in: folder)
        #expect(
            run.status == 1 && run.errors.contains("a?[31mred.wav")
                && !run.errors.contains("\u{1B}"), "\(run.errors)")
        for line in [
            "nwc-enc in.wav -o $'out\\xff.nwc'", "nwc-enc $'bad\\xff.wav'",
            "nwc-dec in.nwc --output-dir $'\\xff'",
        ] {
            let run = try Program.shell(line, in: folder)
            #expect(
                run.status == 64 && run.errors.contains("UTF-8"),
                "\(line): \(run.status) \(run.errors)")
        }
        #expect(try folder.names == ["in.nwc", "in.wav"])
    }

    /// What is said of sound that was not coded as it was asked for, or not decoded.
    @Test func whatIsNotAsAskedIsSaid() throws {
        for bitrate in ["1", "100"] {
            let run = try Program.run(
                "nwc-enc", ["-f", "--bitrate", bitrate, "--layers", "1", "in.wav", "x.nwc"],
                in: folder)
            #expect(
                run.status == 0 && run.errors.contains("instead of \(bitrate).00"), "\(run.errors)")
        }
        try folder.write(
            WaveFile(format: .float32, channels: [[0, 1e30, -100, .nan, 0.5]]).data, "loud.wav")
        let loud = try Program.run("nwc-enc", ["--rate-index", "100", "loud.wav"], in: folder)
        #expect(
            loud.status == 0 && loud.errors.contains("2 samples beyond 16 times full scale"),
            "\(loud.errors)")
        try folder.write(stream.prefix(stream.count * 2 / 3), "cut.nwc")
        let run = try Program.run("nwc-dec", ["-q", "--json", "--conceal", "cut.nwc"], in: folder)
        let report = try #require(object(run.text))
        let concealed = try #require(report["concealedSeconds"] as? Double)
        let seconds = try #require(report["seconds"] as? Double)
        #expect(seconds == 2.2 && concealed > 0.15 && concealed < 1.3, "\(run.text)")
        #expect(
            report["damagedPlaces"] as? Int == 1 && report["lostPackets"] as? Int == 0,
            "\(run.text)")
    }

    /// A limit on the size of files stands for the full disk; its signal must not kill the program
    /// before it has cleaned up.
    ///
    /// Not under the thread sanitizer (Scripts/sanitize.sh), whose run-time library needs large
    /// files and ends with a bus error under the limit.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["NWC_SANITIZER"] != "thread"))
    func limitedFiles() throws {
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 20)]).data, "long.wav")
        for line in [
            "ulimit -f 4; nwc-enc --bitrate 64 long.wav x.nwc", "ulimit -f 4; nwc-dec in.nwc x.wav",
            "ulimit -f 4; nwc-dec in.nwc x.flac",
        ] {
            let run = try Program.shell(line, in: folder)
            #expect(
                run.status == 1 && run.errors.contains("File too large"),
                "\(line): \(run.status) \(run.errors)")
            #expect(try folder.names == ["in.nwc", "in.wav", "long.wav"], "\(line)")
        }
    }
}
