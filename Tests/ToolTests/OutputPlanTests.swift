import Testing
import ToolSupport

@Suite("Names of outputs")
struct OutputPlanTests {
    let encoder = OutputPlan(inputExtensions: OutputPlan.soundExtensions, outputExtension: "nwc") {
        $0.hasPrefix("absent") ? .nothing : $0.hasPrefix("folder") ? .folder : .file
    }
    let decoder = OutputPlan.decoding()

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
        #expect(jobs(decoder, ["a.nwc"]) == ["a.nwc > a.decoded.wav"])
        #expect(jobs(decoder, ["a.wav"]) == ["a.wav > a.wav.decoded.wav"])
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
        #expect(
            jobs(decoder, ["a.nwc", "b.nwc", "c.nwc"]) == [
                "a.nwc > a.decoded.wav", "b.nwc > b.decoded.wav", "c.nwc > c.decoded.wav",
            ])
    }

    /// `cp -r` would make the folder; outputs beside the recordings are not what is meant.
    @Test("A folder of outputs that is not there ends in /")
    func missingFolder() {
        #expect(throws: ToolFailure.self) {
            try encoder.jobs(
                operands: ["folder", "absent"], destination: Destination(), recursive: true)
        }
        do {
            _ = try encoder.jobs(
                operands: ["folder", "absent"], destination: Destination(), recursive: true)
        } catch {
            #expect("\(error)".contains("write absent/"), "\(error)")
        }
    }

    @Test("A decoded file never has the default name of what was encoded")
    func recordingsStay() throws {
        for name in ["talk.wav", "talk.flac", "talk.decoded.wav", "talk", "talk.raw"] {
            let stream = try #require(
                try encoder.jobs(operands: [name], destination: Destination()).first?.output)
            for plan in [decoder, OutputPlan.decoding(raw: true)] {
                for destination in [Destination(), Destination(folder: ".")] {
                    let output = try plan.jobs(operands: [stream], destination: destination)[0]
                        .output
                    #expect(output != name && output != "./\(name)")
                }
            }
        }
    }

    @Test("A folder as last operand takes the outputs")
    func folders() {
        #expect(
            jobs(encoder, ["p/a.wav", "b.wav", "folder"]) == [
                "p/a.wav > folder/a.nwc", "b.wav > folder/b.nwc",
            ])
        #expect(jobs(encoder, ["a.wav", "absent/"]) == ["a.wav > absent/a.nwc"])
        #expect(jobs(encoder, ["a.wav", "folder.wav"]) == ["a.wav > folder.wav/a.nwc"])
        #expect(jobs(encoder, ["-", "folder"]) == nil)
        #expect(jobs(encoder, ["a.wav", "folder"], .init(output: "c")) == nil)
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
