import Dispatch
import Foundation
import System
import Testing

@Suite("Outside programs")
struct ChildProcessTests {
    func withFolder<T>(_ body: (URL) throws -> T) throws -> T {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-child-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    func shell(_ text: String, in folder: URL, timeLimit: Double? = nil) throws
        -> ChildProcess.Output
    {
        try ChildProcess.run(
            try #require(ChildProcess.find("sh")), ["-c", text], in: folder, timeLimit: timeLimit)
    }

    @Test("Outputs, status, current folder, empty input")
    func basics() throws {
        try withFolder { folder in
            let output = try shell("pwd; cat; echo trouble >&2; exit 3", in: folder)
            #expect(output.standardOutput.hasSuffix("\(folder.lastPathComponent)\n"))
            #expect(output.standardError == "trouble\n")
            #expect(output.status == 3 && !output.endedBySignal && !output.succeeded)
            #expect(output.failure == "status 3 trouble")
            #expect(try shell("true", in: folder).succeeded)
        }
    }

    @Test("A signal is told from a status")
    func signals() throws {
        try withFolder { folder in
            let output = try shell("kill -9 $$", in: folder)
            #expect(output.endedBySignal && output.status == 9 && !output.succeeded)
        }
    }

    @Test("More output than a pipe holds, on both sides")
    func large() throws {
        try withFolder { folder in
            let output = try shell(
                "head -c 300000 /dev/zero | tr '\\0' x; head -c 300000 /dev/zero | tr '\\0' y >&2",
                in: folder)
            #expect(
                output.standardOutput.utf8.count == 300_000
                    && output.standardError.utf8.count == 300_000)
        }
    }

    @Test("A program that hangs is ended, also one that does not listen")
    func timeLimit() throws {
        try withFolder { folder in
            #expect(throws: ChildProcessError.timedOut(program: "sh", seconds: 0.2)) {
                try shell("exec sleep 60", in: folder, timeLimit: 0.2)
            }
            #expect(throws: ChildProcessError.timedOut(program: "sh", seconds: 0.2)) {
                try shell("trap '' TERM; while :; do sleep 0.1; done", in: folder, timeLimit: 0.2)
            }
            let fast = try shell("echo fast", in: folder, timeLimit: 60)
            #expect(fast.standardOutput == "fast\n")
        }
    }

    @Test("What is not there")
    func missing() throws {
        #expect(ChildProcess.find("no-such-program-anywhere") == nil)
        #expect(ChildProcess.find("/no/such/program") == nil)
        try withFolder { folder in
            #expect(throws: ChildProcessError.self) {
                try ChildProcess.run(folder.appendingPathComponent("nothing"), [], in: folder)
            }
            #expect(throws: ChildProcessError.self) {
                try ChildProcess.run(
                    URL(fileURLWithPath: "/bin/sh"), [],
                    in: folder.appendingPathComponent("nowhere"))
            }
            let own = folder.appendingPathComponent("sh")
            try FileManager.default.createSymbolicLink(
                at: own, withDestinationURL: URL(fileURLWithPath: "/bin/sh"))
            #expect(ChildProcess.find("sh", first: [folder.path])?.path == own.path)
        }
    }

    @Test("Many at once")
    func parallel() throws {
        try withFolder { folder in
            let sums = (0..<4).map { folder.appendingPathComponent("\($0)", isDirectory: true) }
            for one in sums {
                try FileManager.default.createDirectory(at: one, withIntermediateDirectories: true)
            }
            DispatchQueue.concurrentPerform(iterations: 4) { index in
                for round in 0..<10 {
                    let output = try? shell("echo \(index) \(round)", in: sums[index])
                    #expect(output?.standardOutput == "\(index) \(round)\n")
                }
            }
        }
    }
}
