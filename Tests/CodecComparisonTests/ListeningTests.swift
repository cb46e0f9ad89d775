import Foundation
import Testing

@testable import CodecComparison

/// Saved listening tests of several people, together.
@Suite struct ListeningTests {
    private func session(_ listener: String, _ scores: [(String, Double)]) -> Data {
        let ratings = scores.map { #"{"position": 0, "condition": "\#($0.0)", "score": \#($0.1)}"# }
        return Data(
            """
            {"kind": "nwc listening test", "started": "x", "finished": "y", "page": "z",
             "listener": "\(listener)",
             "trials": [{"clip": "a", "ratings": [\(ratings.joined(separator: ", "))]}]}
            """.utf8)
    }

    @Test func pooled() throws {
        var scores = ListeningScores()
        try scores.add(
            session("A", [("nwc", 80), ("opus", 40), ("hidden reference", 100)]), path: "1")
        try scores.add(
            session("", [("nwc", 60), ("opus", 50), ("hidden reference", 70)]), path: "2")
        let found = scores.conditions
        #expect(found.map(\.condition) == ["hidden reference", "nwc", "opus"])
        #expect(found.map(\.mean) == [85, 70, 45])
        #expect(found[1].low == 60 && found[1].high == 80)
        #expect(found.allSatisfy { $0.ratings == 2 && $0.listeners == 2 })
        #expect(scores.sessions == 2 && scores.doubtful == ["2"])
    }

    @Test func refusals() {
        var scores = ListeningScores()
        #expect(throws: ComparisonError.self) {
            try scores.add(session("A", [("nwc", 101)]), path: "x")
        }
        #expect(throws: ComparisonError.self) { try scores.add(Data("[]".utf8), path: "x") }
        #expect(throws: ComparisonError.self) {
            try scores.add(Data(#"{"kind": "other", "trials": []}"#.utf8), path: "x")
        }
        #expect(scores.conditions.isEmpty && scores.sessions == 0)
    }
}
