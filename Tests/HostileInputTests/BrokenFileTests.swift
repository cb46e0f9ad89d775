import Foundation
import HostileInput
import Testing

/// Files that once were or might be trouble, in `TestVectors/broken`: each has one exact error for
/// ever, which `manifest.tsv` says.
///
/// `NWC_WRITE_TEST_VECTORS=1 swift test --filter BrokenFileTests` writes the files that are made
/// here and all lines of the manifest anew; what changed must be looked at. Findings of fuzzers are
/// put into the folder by hand, as ENTRY.NAME.EXTENSION.
@Suite(.serialized) struct BrokenFileTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("TestVectors/broken")
    static var manifest: URL { folder.appendingPathComponent("manifest.tsv") }
    static let isWriting = ProcessInfo.processInfo.environment["NWC_WRITE_TEST_VECTORS"] != nil

    /// Names of all broken files; the part before the first point is the entry.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            HostileInput(rawValue: String($0.prefix { $0 != "." })) != nil
        }.sorted()
    }

    static func outcome(_ name: String) throws -> String {
        let entry = try #require(HostileInput(rawValue: String(name.prefix { $0 != "." })))
        // A line of the manifest each.
        return entry.outcome([UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
            .replacing("\n", with: "\\n")
    }

    @Test func everyFileHasItsExactError() throws {
        if Self.isWriting { try Self.write() }
        let lines = try String(contentsOf: Self.manifest, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        let expected = lines.map { $0.split(separator: "\t", maxSplits: 1).map(String.init) }
        #expect(expected.allSatisfy { $0.count == 2 })
        #expect(try expected.map { $0[0] } == Self.names(), "files and lines of the manifest")
        for line in expected { #expect(try Self.outcome(line[0]) == line[1], "\(line[0])") }
        #expect(
            Set(expected.map { $0[0].prefix { $0 != "." } }).count == HostileInput.allCases.count)
    }

    /// A model of a network that this version cannot compute: wrong sound would be worse than none.
    @Test func unknownEntriesOfANetworkAreNamed() throws {
        let file = Self.folder.deletingLastPathComponent().appendingPathComponent(
            "codec/tiny-signs.nwm")
        var bytes = try Data(contentsOf: file)
        #expect(HostileInput.checkedModel.outcome([UInt8](bytes)).hasPrefix("read: "))
        bytes.replaceSubrange(
            try #require(bytes.range(of: Data("\"randomSigns\"".utf8))),
            with: Data("\"randomSines\"".utf8))
        #expect(
            HostileInput.checkedModel.outcome([UInt8](bytes)).contains(
                "a network with randomSines, which this version does not know"))
    }

    private static func write() throws {
        for (name, bytes) in try BrokenFiles.all() {
            try Data(bytes).write(to: folder.appendingPathComponent(name))
        }
        let lines = try names().map { "\($0)\t\(try outcome($0))\n" }
        try ("# File, and what its parser says. Written by BrokenFileTests.\n" + lines.joined())
            .write(to: manifest, atomically: true, encoding: .utf8)
    }
}
