import Testing
import ToolSupport

@Suite("Names of outputs")
struct OutputPlanTests {
    let encoder = OutputPlan(inputExtensions: OutputPlan.soundExtensions, outputExtension: "nwc") {
        !$0.hasPrefix("absent")
    }
    let decoder = OutputPlan(inputExtensions: ["nwc"], outputExtension: "wav") { _ in true }

    func jobs(_ plan: OutputPlan, _ operands: [String], _ destination: Destination = .init())
        -> [String]?
    {
        (try? plan.jobs(operands: operands, destination: destination))?.map {
            "\($0.input) > \($0.output)"
        }
    }

    @Test("One input")
    func one() {
        #expect(jobs(encoder, ["a.wav"]) == ["a.wav > a.nwc"])
        #expect(jobs(encoder, ["dir.wav/a.FLAC"]) == ["dir.wav/a.FLAC > dir.wav/a.nwc"])
        #expect(jobs(encoder, ["talk.v1"]) == ["talk.v1 > talk.v1.nwc"])
        #expect(jobs(encoder, ["dir.wav/talk"]) == ["dir.wav/talk > dir.wav/talk.nwc"])
        #expect(jobs(encoder, [".wav"]) == [".wav > .wav.nwc"])
        #expect(jobs(encoder, ["-"]) == ["- > -"])
        #expect(jobs(decoder, ["a.nwc"]) == ["a.nwc > a.wav"])
        #expect(jobs(decoder, ["a.wav"]) == ["a.wav > a.wav.wav"])
    }

    @Test("Two operands: the second is the output unless it looks like an input")
    func two() {
        #expect(jobs(encoder, ["a.wav", "b.nwc"]) == ["a.wav > b.nwc"])
        #expect(jobs(encoder, ["a.wav", "b"]) == ["a.wav > b"])
        #expect(jobs(encoder, ["-", "-"]) == ["- > -"])
        #expect(jobs(encoder, ["a.wav", "b.wav"]) == ["a.wav > a.nwc", "b.wav > b.nwc"])
        #expect(jobs(decoder, ["a.nwc", "b.wav"]) == ["a.nwc > b.wav"])
        #expect(
            jobs(encoder, ["a.wav", "absent.wav"]) == nil
                && jobs(encoder, ["a.wav", "absent.nwc"]) == ["a.wav > absent.nwc"])
        #expect(jobs(decoder, ["a.nwc", "b.nwc"]) == ["a.nwc > a.wav", "b.nwc > b.wav"])
    }

    @Test("Words about the output")
    func destination() {
        #expect(jobs(encoder, ["a.wav"], .init(output: "x.wav")) == ["a.wav > x.wav"])
        #expect(jobs(encoder, ["a.wav"], .init(standardOutput: true)) == ["a.wav > -"])
        #expect(
            jobs(encoder, ["p/a.wav", "b.nwc"], .init(folder: "d")) == [
                "p/a.wav > d/a.nwc", "b.nwc > d/b.nwc.nwc",
            ])
        #expect(jobs(encoder, ["a.wav"], .init(folder: "/")) == ["a.wav > /a.nwc"])
    }

    @Test("Contradictions")
    func contradictions() {
        #expect(throws: ToolFailure.usage("no input file; - is standard input")) {
            try encoder.jobs(operands: [], destination: Destination())
        }
        #expect(throws: ToolFailure.usage("a.wav and a.flac would both become a.nwc")) {
            try encoder.jobs(operands: ["a.wav", "a.flac"], destination: Destination())
        }
        #expect(throws: ToolFailure.usage("x/a.wav and y/a.wav would both become d/a.nwc")) {
            try encoder.jobs(
                operands: ["x/a.wav", "y/a.wav"], destination: Destination(folder: "d"))
        }
        #expect(throws: ToolFailure.usage("one output cannot take 2 inputs; use --output-dir")) {
            try encoder.jobs(operands: ["a.wav", "b.nwc"], destination: Destination(output: "c"))
        }
        #expect(jobs(encoder, ["a.wav"], .init(output: "x", standardOutput: true)) == nil)
        #expect(jobs(encoder, ["-"], .init(folder: "d")) == nil)
        #expect(jobs(encoder, ["-", "a.wav", "b.wav"]) == nil)
        #expect(jobs(encoder, [""]) == nil)
    }
}
