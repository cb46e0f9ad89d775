import ArgumentParser
import AudioFile
import Testing
import ToolSupport

@Suite("Options")
struct OptionTests {
    func raw(_ arguments: String...) throws -> RawFormat? {
        try RawInputOptions.parse(arguments).format()
    }

    @Test("Raw PCM")
    func rawFormats() throws {
        #expect(try raw() == nil)
        #expect(try raw("--raw", "--raw-rate", "8000") == RawFormat(sampleRate: 8000))
        #expect(
            try raw(
                "--raw", "--raw-rate", "48000", "--raw-chan", "2", "--raw-bits", "24",
                "--raw-endianness", "big")
                == RawFormat(sampleRate: 48_000, channels: 2, encoding: .signed24, byteOrder: .big))
        #expect(try raw("--raw", "--raw-rate", "8000", "--raw-bits", "8")?.encoding == .unsigned8)
        #expect(
            try raw("--raw", "--raw-rate", "8000", "--raw-bits", "8", "--raw-signed")?.encoding
                == .signed8)
        #expect(try raw("--raw", "--raw-rate", "8000", "--no-raw-signed")?.encoding == .unsigned16)
        #expect(try raw("--raw", "--raw-rate", "8000", "--raw-float")?.encoding == .float32)
        #expect(
            try raw("--raw", "--raw-rate", "8000", "--raw-float", "--raw-bits", "64")?.encoding
                == .float64)
    }

    @Test("Companded and coded raw sound")
    func rawEncodings() throws {
        func options(_ arguments: String...) throws -> AudioReader.Options {
            var options = AudioReader.Options(ffmpeg: nil)
            try RawInputOptions.parse(["--raw"] + arguments).apply(to: &options)
            return options
        }
        let aLaw = try options("--raw-encoding", "a-law", "--raw-rate", "8000")
        #expect(try aLaw.raw == RawFormat(sampleRate: 8000, encoding: .aLaw))
        let muLaw = try options(
            "--raw-encoding", "mu-law", "--raw-rate", "8000", "--raw-chan", "2")
        #expect(try muLaw.raw == RawFormat(sampleRate: 8000, channels: 2, encoding: .muLaw))
        #expect(try options("--raw-encoding", "gsm").headerless == .gsm)
        #expect(try options("--raw-encoding", "g722", "--raw-rate", "16000").headerless == .g722)
        #expect(throws: ToolFailure.self) { try options("--raw-encoding", "a-law") }
        for wrong in [["--raw-rate", "8000"], ["--raw-chan", "2"], ["--raw-bits", "8"]] {
            #expect(throws: ToolFailure.self) {
                var options = AudioReader.Options()
                try RawInputOptions.parse(["--raw", "--raw-encoding", "g722"] + wrong)
                    .apply(to: &options)
            }
        }
        #expect(throws: ToolFailure.self) {
            try options("--raw-encoding", "mu-law", "--raw-rate", "8000", "--raw-bits", "16")
        }
        #expect(throws: ToolFailure.self) {
            var options = AudioReader.Options()
            try RawInputOptions.parse(["--raw-encoding", "gsm"]).apply(to: &options)
        }
    }

    @Test("Raw PCM is never guessed")
    func rawMistakes() {
        #expect(throws: ToolFailure.usage("--raw needs --raw-rate")) { try raw("--raw") }
        #expect(throws: ToolFailure.usage("options --raw-... describe raw PCM and need --raw")) {
            try raw("--raw-rate", "8000")
        }
        #expect(throws: ToolFailure.usage("raw PCM: there is no format of 12 bits")) {
            try raw("--raw", "--raw-rate", "8000", "--raw-bits", "12")
        }
        #expect(throws: ToolFailure.usage("--raw-rate 0: possible are 1000 ... 768000 Hz")) {
            try raw("--raw", "--raw-rate", "0")
        }
        #expect(throws: (any Error).self) { try raw("--raw", "--raw-endianness", "middle") }
    }

    @Test("Rates are in kbit/s")
    func rates() throws {
        #expect(try BitRate(argument: "16").bitsPerSecond == 16_000)
        #expect(try BitRate(argument: "9.5").bitsPerSecond == 9500)
        for (argument, message) in [
            ("24000", "rates are in kbit/s; for 24000 bit/s say 24"),
            ("9500", "rates are in kbit/s; for 9500 bit/s say 9.500"),
            ("0", "a rate is a positive number of kbit/s, for example 16"),
            ("-3", "a rate is a positive number of kbit/s, for example 16"),
            ("nan", "a rate is a positive number of kbit/s, for example 16"),
            ("16k", "a rate is a positive number of kbit/s, for example 16"),
        ] {
            do {
                _ = try BitRate(argument: argument)
                Issue.record("\(argument) was taken")
            } catch {
                #expect("\(error)" == message)
            }
        }
    }

    @Test("A report on standard output excludes data there")
    func reports() throws {
        let options = try ReportOptions.parse(["--json", "-q"])
        #expect(options.quiet && !options.force && !options.showsProgress)
        #expect(throws: ToolFailure.self) { try options.check(outputs: ["-"]) }
        try options.check(outputs: ["x.nwc"])
        try ReportOptions.parse([]).check(outputs: ["-"])
    }
}
