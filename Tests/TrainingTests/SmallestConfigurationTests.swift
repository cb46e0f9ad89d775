import Foundation
import Testing
import Training

/// The configuration that `Docs/own-model.md` calls the smallest is one.
@Suite struct SmallestConfigurationTests {
    @Test func theDocumentedOne() throws {
        let document = try String(
            contentsOfFile: CheckpointTests.root + "/Docs/own-model.md", encoding: .utf8)
        let block = try #require(document.firstMatch(of: /```json\n([^`]*)```/)).1
        let configuration = try ConfigurationFile.parse(Data(block.utf8), path: "document")
        #expect(configuration.totalSteps == 1200)
    }
}
