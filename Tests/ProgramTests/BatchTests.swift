import Foundation
import TestSupport
import Testing

/// Many files by one command.
@Suite struct BatchTests {
    let folder: TestFolder
    static let count = 9

    init() throws {
        folder = try TestFolder()
        for sub in ["in/a/deep", "in/b"] {
            try FileManager.default.createDirectory(
                at: folder.url(sub), withIntermediateDirectories: true)
        }
        for index in 0..<Self.count {
            let samples = SpeechLikeSignal.samples(
                seconds: 0.1 + 0.15 * Double((index * 5) % Self.count), seed: UInt64(index))
            let sub = ["", "a/", "a/deep/", "b/"][index % 4]
            try folder.write(WaveFile(channels: [samples]).data, "in/\(sub)f\(index).wav")
        }
    }

    func shell(_ line: String) throws -> Program.Result { try Program.shell(line, in: folder) }

    /// Names of the files below a folder, sorted.
    func files(_ name: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.url(name).path)
            .filter { $0.contains(".") }.sorted()
    }

    @Test func anyNumberOfJobsGivesTheSame() throws {
        var outputs: [String: Data] = [:]
        var reports: Set<String> = []
        for jobs in ["-j 1", "-j3", "--jobs 64", ""] {
            let name = "out" + jobs.filter(\.isNumber)
            let run = try shell("nwc-enc \(jobs) --recursive --output-dir \(name) in")
            #expect(run.status == 0, "\(run.errors)")
            let decoded = try shell("nwc-dec \(jobs) --recursive --output-dir \(name)-d \(name)")
            #expect(decoded.status == 0, "\(decoded.errors)")
            let lines = (run.errors + decoded.errors).replacingOccurrences(of: name, with: "OUT")
                .split(separator: "\n").filter { $0.contains(" -> ") }
            #expect(lines.count == 2 * Self.count)
            reports.insert(lines.joined(separator: "\n"))
            for (sub, suffix) in [(name, ".nwc"), (name + "-d", ".decoded.wav")] {
                let expected = try files("in").map {
                    $0.replacingOccurrences(of: ".wav", with: suffix)
                }
                #expect(try files(sub) == expected)
                for file in try files(sub) {
                    let data = try folder.data("\(sub)/\(file)")
                    #expect(
                        outputs.updateValue(data, forKey: file) ?? data == data, "\(file) \(jobs)")
                }
            }
        }
        #expect(reports.count == 1, "\(reports)")
    }

    @Test func oneThatFailsDoesNotEndTheOthers() throws {
        try folder.write(Data("no sound".utf8), "in/a/bad.wav")
        try FileManager.default.createSymbolicLink(
            atPath: folder.url("in/b/gone.wav").path, withDestinationPath: "nowhere")
        try folder.write(Data("text".utf8), "in/notes.txt")
        try folder.write(Data("sidecar".utf8), "in/._f0.wav")
        let run = try shell("nwc-enc --recursive in")
        #expect(run.status == 1)
        #expect(
            run.errors.contains("2 of 11 inputs failed: in/a/bad.wav, in/b/gone.wav"),
            "\(run.errors)")
        #expect(run.errors.contains("9 files, ") && run.errors.contains(", 2 failed"))
        #expect(try files("in").count { $0.hasSuffix(".nwc") } == Self.count)
        // What is done is left out the second time, and what failed is tried again.
        let before =
            try FileManager.default.attributesOfItem(
                atPath: folder.url("in/f0.nwc").path)[.modificationDate] as? Date
        let again = try shell("nwc-enc --recursive --skip-existing in")
        #expect(
            again.status == 1 && again.errors.contains("9 skipped, 2 failed"), "\(again.errors)")
        let after =
            try FileManager.default.attributesOfItem(
                atPath: folder.url("in/f0.nwc").path)[.modificationDate] as? Date
        #expect(before != nil && before == after)
        let all = try shell("nwc-enc --skip-existing in/f0.wav")
        #expect(all.status == 0 && all.errors.contains("1 skipped"), "\(all.errors)")
    }

    @Test func foldersWithoutTheOption() throws {
        let run = try shell("nwc-enc in in/f0.wav in/b/f3.wav -j 2 --output-dir out")
        #expect(
            run.status == 1 && run.errors.contains("in: is a folder; --recursive"), "\(run.errors)")
        #expect(try files("out") == ["f0.nwc", "f3.nwc"])
        for line in [
            "nwc-enc --recursive in -o x.nwc", "nwc-enc -j 0 in/f0.wav", "nwc-enc -j 65 in/f0.wav",
            "nwc-enc -f --skip-existing in/f0.wav", "nwc-dec --test --skip-existing x.nwc",
        ] {
            #expect(try shell(line).status == 64, "\(line)")
        }
        try FileManager.default.createDirectory(
            at: folder.url("empty"), withIntermediateDirectories: false)
        let empty = try shell("nwc-enc --recursive --output-dir out empty")
        #expect(empty.status == 1 && empty.errors.contains("empty: nothing"), "\(empty.errors)")
    }

    @Test func reportsComeInOrder() throws {
        let run = try shell("nwc-enc --json -j 4 --recursive in -v")
        #expect(run.status == 0, "\(run.errors)")
        let inputs = run.text.split(separator: "\n").compactMap { object($0)?["input"] as? String }
        #expect(inputs == inputs.sorted() && inputs.count == Self.count)
        let test = try shell("nwc-dec --test --json -j 3 --recursive in")
        #expect(test.status == 0 && test.text.split(separator: "\n").count == Self.count)
        // A reader that goes away ends the program quietly.
        let closed = try shell("nwc-dec --test --json -j 2 --recursive in | head -n 1 | wc -l")
        #expect(closed.status == 0 && closed.errors.isEmpty, "\(closed.errors)")
    }
}
