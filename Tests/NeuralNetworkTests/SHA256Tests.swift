import CSHA256
import Foundation
import NeuralNetwork
import Testing

/// The digest of model files against that of coreutils, with and without the processor's help.
@Suite struct SHA256Tests {
    @Test func everyLengthOfTheLastBlocks() throws {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 / 7) }
        try check((0...bytes.count).map { Array(bytes[..<$0]) })
    }

    @Test func long() throws {
        var state: UInt32 = 1
        try check([
            (0..<1_000_003).map { _ in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(truncatingIfNeeded: state >> 24)
            }
        ])
    }

    private func check(_ inputs: [[UInt8]]) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "nwc-sha256-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = inputs.indices.map { "\($0)" }
        for (name, bytes) in zip(names, inputs) {
            try Data(bytes).write(to: folder.appendingPathComponent(name))
        }
        let program = Process()
        let pipe = Pipe()
        program.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        program.arguments = names
        program.currentDirectoryURL = folder
        program.standardOutput = pipe
        try program.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        program.waitUntilExit()
        let sums = text.split(separator: "\n").map { $0.prefix(64) }
        try #require(sums.count == inputs.count)
        for (bytes, sum) in zip(inputs, sums) {
            let digest = bytes.withUnsafeBytes { SHA256Digest.of($0) }
            #expect(digest.map { String(format: "%02x", $0) }.joined() == sum)
            var portable = [UInt8](repeating: 0, count: 32)
            nwc_sha256_portable(bytes, bytes.count, &portable)
            #expect(portable == digest, "\(bytes.count) bytes")
        }
    }
}
