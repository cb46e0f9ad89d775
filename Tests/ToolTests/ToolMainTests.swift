import ArgumentParser
import Foundation
import System
import Testing
import ToolSupport

/// A program that fails as its operand says.
private struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "sample", version: "sample 1")

    @Option(transform: BitRate.init(argument:)) var bitrate: BitRate?
    @Argument var kinds: [String]

    func run() throws {
        try ToolMain.forEach(kinds) { kind in
            switch kind {
            case "usage": throw ToolFailure.usage("senseless")
            case "runtime": throw ToolFailure.runtime("broken")
            case "pipe": throw OutputError.brokenPipe(path: "-")
            case "foreign": throw CocoaError(.fileNoSuchFile)
            case "validation": throw ValidationError("not valid")
            default: Console.write("did \(kind)\n", to: STDOUT_FILENO)
            }
        }
    }
}

@Suite("How programs end")
struct ToolMainTests {
    /// Runs the command in a child process with both streams observed.
    static func run(_ arguments: [String], status: Int32, output: String, error: String) async {
        let result = await #expect(
            processExitsWith: .exitCode(status),
            observing: [\.standardOutputContent, \.standardErrorContent],
            performing: { [arguments] in
                exit(ToolMain.status(of: Sample.self, arguments: arguments))
            })
        let said = (
            output: text(result?.standardOutputContent), error: text(result?.standardErrorContent)
        )
        // The testing library surrounds each stream with marks of its own, so silence can only be
        // told from the lack of messages.
        #expect(output.isEmpty || said.output.contains(output), "\(arguments)")
        #expect(
            error.isEmpty ? !said.error.contains(": ") : said.error.contains(error), "\(arguments)")
    }

    static func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test("Status and messages")
    func statuses() async {
        await Self.run(["fine"], status: 0, output: "did fine\n", error: "")
        await Self.run(["usage"], status: 64, output: "", error: ": senseless\nTry '")
        await Self.run(["runtime"], status: 1, output: "", error: ": broken\n")
        await Self.run(["pipe"], status: 0, output: "", error: "")
        await Self.run(["foreign"], status: 1, output: "", error: ": ")
        await Self.run(["validation"], status: 64, output: "", error: ": not valid\n")
        await Self.run([], status: 64, output: "", error: "Missing expected argument")
        await Self.run(
            ["--unknown", "fine"], status: 64, output: "", error: "Unknown option '--unknown'")
        await Self.run(
            ["--bitrate", "24000", "fine"], status: 64, output: "", error: "for 24000 bit/s say 24")
        await Self.run(["--help"], status: 0, output: "USAGE: sample", error: "")
        await Self.run(["--version"], status: 0, output: "sample 1\n", error: "")
        await Self.run(["--", "--help"], status: 0, output: "did --help\n", error: "")
    }

    @Test("Several inputs: the others go on, and the program fails at the end")
    func several() async {
        await Self.run(
            ["one", "runtime", "two"], status: 1, output: "did one\ndid two\n", error: ": broken\n")
    }
}
