import Foundation
import Glibc
import ToolSupport

/// A finished program.
struct ProgramRun {
    var cost: Cost
    /// Peak resident memory in bytes. Never below this process's own at the start of the program,
    /// which the kernel counts in.
    var peakMemory: Int

    /// Runs a program found on the PATH or by its path, with its output thrown away.
    /// - Throws: `ToolFailure` if it cannot be started or does not end with status 0.
    init(_ arguments: [String]) throws {
        guard let name = arguments.first else { throw ToolFailure.usage("no program") }
        var actions = posix_spawn_file_actions_t()
        var pid: pid_t = 0
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let began = Clock.seconds(CLOCK_MONOTONIC)
        let code = posix_spawnp(&pid, name, &actions, nil, &pointers, environ)
        guard code == 0 else {
            throw ToolFailure.runtime(
                "\(name) cannot be started: \(String(cString: strerror(code)))")
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0 {
            guard errno == EINTR else {
                throw ToolFailure.runtime(
                    "waiting for \(name): \(String(cString: strerror(errno)))")
            }
        }
        guard status == 0 else {
            throw ToolFailure.runtime(
                "\(arguments.joined(separator: " ")) failed (wait status \(status))")
        }
        func seconds(_ time: timeval) -> Double {
            Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
        }
        cost = Cost(
            wall: Clock.seconds(CLOCK_MONOTONIC) - began,
            processor: seconds(usage.ru_utime) + seconds(usage.ru_stime))
        peakMemory = usage.ru_maxrss * 1024
    }
}

/// Programs that code a recording, against Opus on the same recording: audio-seconds per second of
/// processor time, and memory.
struct ProgramBenchmark {
    /// Folder of `nwc-enc` and `nwc-dec`.
    let programs: String
    /// 16-kHz WAV file.
    let recording: String
    /// Length of the recording in seconds.
    let seconds: Double
    let kilobits: Int
    /// Folder for what is coded.
    let scratch: String

    func run(rounds: Int) throws -> [Row] {
        let nwc = scratch + "/coded.nwc"
        let opus = scratch + "/coded.opus"
        let encode = [
            programs + "/nwc-enc", "-f", "-q", "--bitrate", "\(kilobits)", recording, "-o", nwc,
        ]
        let encodeOpus = [
            "opusenc", "--quiet", "--bitrate", "\(kilobits)", "--vbr", "--comp", "10",
            "--framesize", "20", "--speech", recording, opus,
        ]
        let decode = [programs + "/nwc-dec", "-f", "-q", nwc, "-o", scratch + "/nwc.wav"]
        let decodeOpus = ["opusdec", "--quiet", opus, scratch + "/opus.wav"]
        let effort = [
            programs + "/nwc-enc", "-f", "-q", "--effort", "5", "--bitrate", "\(kilobits)",
            recording, "-o", scratch + "/effort.nwc",
        ]
        return [
            try compare("encode \(kilobits) kbit/s", encode, encodeOpus, rounds: rounds),
            try compare("decode \(kilobits) kbit/s", decode, decodeOpus, rounds: rounds),
            try compare(
                "encode \(kilobits) kbit/s --effort 5", effort, encodeOpus, rounds: min(rounds, 3)),
        ]
    }

    private func compare(_ name: String, _ subject: [String], _ reference: [String], rounds: Int)
        throws -> Row
    {
        var costs = PairedCost()
        var memory = 0
        var referenceMemory = 0
        try costs.measure(rounds: rounds) {
            let run = try ProgramRun(subject)
            memory = max(memory, run.peakMemory)
            return run.cost
        } reference: {
            let run = try ProgramRun(reference)
            referenceMemory = max(referenceMemory, run.peakMemory)
            return run.cost
        }
        var row = Row(
            group: "program", name: name, costs: costs, subjectWork: seconds,
            referenceWork: seconds, unit: "x real time")
        row.memory = memory
        row.referenceMemory = referenceMemory
        return row
    }
}
