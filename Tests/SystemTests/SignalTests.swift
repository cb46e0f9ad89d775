import Foundation
import System
import TestSupport
import Testing

@Suite("Signals")
struct SignalTests {
    /// Two partial files and one that is finished, then a signal.
    static func dieWorking(in folder: String, by number: CInt) throws {
        signal(number, SIG_DFL)  // it may have been inherited as ignored
        PartialOutputs.installHandlers()
        let finished = try AtomicOutput(path: "\(folder)/finished", force: false)
        try finished.write([1])
        try finished.commit()
        let outputs = try ["a", "b"].map { try AtomicOutput(path: "\(folder)/\($0)", force: false) }
        for output in outputs { try output.write([1, 2, 3]) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        try #require(names.count == 3)
        kill(getpid(), number)  // to the process: the thread of a test blocks signals
        sleep(20)
        withExtendedLifetime(outputs) {}
    }

    @Test(
        "Partial outputs are removed, and the signal still kills",
        arguments: [SIGINT, SIGTERM, SIGHUP])
    func removal(number: CInt) async throws {
        let folder = try TemporaryFolder()
        await #expect(processExitsWith: .signal(number)) { [path = folder.path as String, number] in
            try SignalTests.dieWorking(in: path, by: number)
        }
        #expect(try folder.names == ["finished"])
    }

    @Test("A signal that nohup ignores stays ignored")
    func ignored() async {
        await #expect(processExitsWith: .success) {
            signal(SIGHUP, SIG_IGN)
            PartialOutputs.installHandlers()
            kill(getpid(), SIGHUP)
            usleep(100_000)
        }
    }
}
