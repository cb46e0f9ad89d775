import Foundation
import TestSupport
import Testing

/// Where outputs go, and what must not be lost on the way.
@Suite struct OutputTests {
    let folder: TestFolder

    init() throws {
        folder = try TestFolder()
        try folder.write(
            WaveFile(channels: [SpeechLikeSignal.samples(seconds: 1.2)]).data, "talk.wav")
    }

    func shell(_ line: String) throws -> Program.Result {
        try Program.shell(line, in: folder)
    }

    @Test func decodingNeverReplacesTheRecording() throws {
        let recording = try folder.data("talk.wav")
        let run = try shell(
            "nwc-enc -q talk.wav && nwc-dec -q -f talk.nwc && nwc-dec -q -f --output-dir . talk.nwc"
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(try folder.names == ["talk.decoded.wav", "talk.nwc", "talk.wav"])
        #expect(try folder.data("talk.wav") == recording)
        // Where it is named it is meant.
        #expect(try shell("nwc-dec -q -f talk.nwc talk.wav").status == 0)
        #expect(try folder.data("talk.wav") == folder.data("talk.decoded.wav"))
    }

    @Test func foldersTakeOutputsAndAreMade() throws {
        try folder.write(folder.data("talk.wav"), "b.wav")
        try FileManager.default.createDirectory(
            at: folder.url("out"), withIntermediateDirectories: false)
        for line in [
            "nwc-enc -q talk.wav b.wav out", "nwc-enc -q --output-dir new/deep talk.wav b.wav",
            "nwc-dec -q new/deep/b.nwc sound/",
        ] {
            let run = try shell(line)
            #expect(run.status == 0, "\(line): \(run.errors)")
        }
        #expect(try folder.names == ["b.wav", "new", "out", "sound", "talk.wav"])
        for name in ["out/b.nwc", "out/talk.nwc", "new/deep/talk.nwc", "sound/b.decoded.wav"] {
            #expect(try !folder.data(name).isEmpty, "\(name)")
        }
        let run = try shell("nwc-enc -q --output-dir talk.wav/x b.wav")
        #expect(run.status == 1 && run.errors.contains("talk.wav/x"), "\(run.errors)")
    }

    /// Such names are streams: a file behind them is appended to, not replaced.
    @Test func standardOutputByName() throws {
        #expect(try shell("nwc-enc -q talk.wav && nwc-dec -q --raw talk.nwc -o a.raw").status == 0)
        for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            let run = try shell(
                "printf kept > f && nwc-dec -q -f --raw talk.nwc -o \(name) >> f")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try folder.data("f") == Data("kept".utf8) + folder.data("a.raw"))
        }
        let other = try shell(
            "printf kept > f && nwc-dec -q -f --raw talk.nwc -o /dev/fd/7 7>> f")
        #expect(other.status == 0, "\(other.errors)")
        #expect(try folder.data("f") == Data("kept".utf8) + folder.data("a.raw"))
        let fifo = try shell(
            "mkfifo p && (cat p > g & nwc-dec -q -f --raw talk.nwc -o p && wait) && test -p p")
        #expect(fifo.status == 0, "\(fifo.errors)")
        #expect(try folder.data("g") == folder.data("a.raw"))
        let report = try shell("nwc-dec --json talk.nwc -o /dev/stdout")
        #expect(report.status == 64 && report.errors.contains("--json"), "\(report.errors)")
        #expect(try folder.names == ["a.raw", "f", "g", "p", "talk.nwc", "talk.wav"])
    }

    @Test func outputsThatCannotBeWritten() throws {
        for program in ["nwc-enc", "nwc-dec", "nwc-denoise", "nwc-info", "nwc-train", "nwc-eval"] {
            for option in ["--help", "--version"] {
                let run = try shell("\(program) \(option) > /dev/full")
                #expect(
                    run.status == 1 && run.errors.contains("No space left"),
                    "\(program) \(option): \(run.status) \(run.errors)")
            }
        }
        #expect(try shell("nwc-enc -q talk.wav").status == 0)
        for line in [
            "nwc-enc -q talk.wav - >&-", "nwc-dec -q talk.nwc - >&-", "nwc-info talk.nwc >&-",
            "nwc-enc --help >&-", "nwc-dec --json -q -f talk.nwc x.wav >&-",
            "nwc-dec -q talk.nwc /dev/stdout >&-",
        ] {
            let run = try shell(line)
            #expect(
                run.status == 1 && run.errors.contains(": closed, or not open for writing"),
                "\(line): \(run.status) \(run.errors)")
        }
        // A file that is opened where standard error was must not get the messages.
        let silent = try shell("nwc-enc -f talk.wav 2>&- && nwc-info talk.nwc")
        #expect(silent.status == 0, "\(silent.text)")
    }

    /// A decision for the whole stream must not hang on its first seconds, which may be silence.
    @Test func quietBeginningOfAPipe() throws {
        let speech = SpeechLikeSignal.samples(seconds: 12)
        let quiet = (0..<32 * 16_000).map { Float($0 % 3 - 1) / 32768 }
        for (name, samples) in [("quiet", quiet + speech), ("loud", speech + speech + speech)] {
            try folder.write(WaveFile(channels: [samples]).data, "x.wav")
            let run = try shell("cat x.wav | nwc-enc --json -q -f -b 12 - -o x.nwc")
            #expect(object(run.text)?["layers"] as? Int == 1, "\(name): \(run.text) \(run.errors)")
            let high = try shell("cat x.wav | nwc-enc --json -q -f -b 64 - -o x.nwc")
            #expect(object(high.text)?["layers"] as? Int == 2, "\(name): \(high.text)")
            let asked = try shell("cat x.wav | nwc-enc --json -q -f -b 12 --layers 2 - -o x.nwc")
            #expect(object(asked.text)?["layers"] as? Int == 2, "\(name): \(asked.text)")
        }
    }

    /// Some containers store 8 bits with a sign, others without: the sound is the same.
    @Test func eightBits() throws {
        let folder = try TestFolder()
        let samples = SpeechLikeSignal.samples(seconds: 0.5)
        try folder.write(WaveFile(channels: [samples]).data, "in.wav")
        let run = try Program.shell(
            """
            nwc-enc -q in.wav a.nwc
            for e in wav flac aiff au caf w64 raw; do
                nwc-dec -q --bits 8 a.nwc a.$e || exit
            done
            sox -D -t u8 -r 16000 -c 1 a.raw -t s8 raw.s8
            for e in wav flac aiff au caf w64; do
                [ $(soxi -b a.$e) = 8 ] && sox -D a.$e -t s8 $e.s8 && cmp $e.s8 raw.s8 || exit
            done
            """, in: folder)
        #expect(run.status == 0 && run.text.isEmpty, "\(run.errors)\(run.text)")
        #expect(try folder.data("raw.s8").count == 8000)
    }
}
