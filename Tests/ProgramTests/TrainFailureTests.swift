import Foundation
import Testing

/// `nwc-train` where files cannot be written: an error, no partial files, and the last checkpoint
/// stays.
@Suite struct TrainFailureTests {
    let folder: TestFolder

    init() throws {
        folder = try TrainingFolder.make(seconds: 3, steps: 4, modules: 1, checkpointEvery: 2)
    }

    private func names(_ run: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.url(run).path).sorted()
    }

    /// Weights, moments and averages of a run's checkpoint: behind the JSON, which holds the time
    /// it took too, and before the checksum.
    private func numbers(_ run: String) throws -> Data {
        let data = try folder.data("\(run)/checkpoint.nwck")
        let length = data[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) }
        return data.dropFirst(16 + length).dropLast(32)
    }

    /// Not under the thread sanitizer, as `FailureTests`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["NWC_SANITIZER"] != "thread"))
    func limitedFiles() throws {
        let run = try Program.shell(
            "ulimit -f 16; nwc-train run small.json -o run --train speech", in: folder)
        #expect(
            run.status == 1 && run.errors.contains("File too large"), "\(run.status) \(run.errors)")
        #expect(try names("run") == ["config.json", "curve.tsv", "lock", "validation.tsv"])
        #expect(
            try Program.run(
                "nwc-train", ["run", "small.json", "-o", "run", "--train", "speech"], in: folder
            ).status == 0)
        let checkpoint = try folder.data("run/checkpoint.nwck")
        let complete = try names("run")
        let exported = try Program.shell(
            "ulimit -f 16; nwc-train export run x.nwm --train speech", in: folder)
        #expect(
            exported.status == 1 && exported.errors.contains("File too large"),
            "\(exported.status) \(exported.errors)")
        #expect(try folder.names == ["run", "small.json", "speech"])
        #expect(try folder.data("run/checkpoint.nwck") == checkpoint && names("run") == complete)
    }

    /// Progress that nobody can read is no reason to stop.
    @Test func fullStandardOutput() throws {
        for (name, output) in [("full", "/dev/full"), ("seen", "log")] {
            let run = try Program.shell(
                "nwc-train run small.json -o \(name) --train speech > \(output)", in: folder)
            #expect(run.status == 0, "\(run.status) \(run.errors)")
        }
        let full = try numbers("full")
        let seen = try numbers("seen")
        #expect(full == seen && full.count > 10_000)
        #expect(try String(decoding: folder.data("log"), as: UTF8.self).contains("4/4"))
    }
}
