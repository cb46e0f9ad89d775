import Foundation

/// Runs the built programs, which lie beside the test binary.
enum Program {
    struct Result {
        var status: Int32
        var output: Data
        var errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Folder of the programs.
    static let folder: String = {
        let own =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: own).deletingLastPathComponent().path
    }()

    /// Runs a program.
    /// - Parameters:
    ///   - input: contents of standard input, which is a file; nil = nothing
    ///   - folder: working folder
    static func run(
        _ name: String, _ arguments: [String], input: Data? = nil, in folder: TestFolder
    ) throws -> Result {
        try launch(
            URL(fileURLWithPath: "\(Self.folder)/\(name)"), arguments, input: input, in: folder)
    }

    /// Runs a line of shell with the programs on the path.
    static func shell(_ line: String, in folder: TestFolder) throws -> Result {
        try launch(
            URL(fileURLWithPath: "/bin/bash"), ["-c", "set -o pipefail; \(line)"], input: nil,
            in: folder)
    }

    private static func launch(
        _ program: URL, _ arguments: [String], input: Data?, in folder: TestFolder
    ) throws -> Result {
        // Files instead of pipes: nothing can block.
        let scratch = try TestFolder()
        let process = Process()
        for name in ["in", "out", "err"] {
            try (name == "in" ? input ?? Data() : Data()).write(to: scratch.url(name))
        }
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder.url
        var environment = ProcessInfo.processInfo.environment
        environment["PATH"] = Self.folder + ":" + (environment["PATH"] ?? "/usr/bin:/bin")
        environment["LC_ALL"] = "C"
        // Whatever judges this machine has: there are none.
        environment["NWC_JUDGES"] = "/nonexistent"
        process.environment = environment
        process.standardInput = try FileHandle(forReadingFrom: scratch.url("in"))
        process.standardOutput = try FileHandle(forWritingTo: scratch.url("out"))
        process.standardError = try FileHandle(forWritingTo: scratch.url("err"))
        try process.run()
        process.waitUntilExit()
        let errors = String(decoding: try Data(contentsOf: scratch.url("err")), as: UTF8.self)
        // A signal must not look like a status.
        let status =
            process.terminationReason == .uncaughtSignal
            ? 1000 + process.terminationStatus : process.terminationStatus
        return Result(
            status: status, output: try Data(contentsOf: scratch.url("out")), errors: errors)
    }
}

/// A folder that disappears with its owner.
final class TestFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-programs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func url(_ name: String) -> URL { url.appendingPathComponent(name) }
    func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }
    func write(_ data: Data, _ name: String) throws { try data.write(to: url(name)) }

    /// Names of everything in the folder, hidden files too, sorted.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }
    }
}

/// The object of a line of JSON; nil if it is none.
func object(_ line: some StringProtocol) -> [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
}
