import Testing
import ToolSupport

@Suite("Simulated loss")
struct LossPatternTests {
    @Test(
        "The share and the length of bursts are those asked for",
        arguments: [0.01, 0.05, 0.1, 0.5], [1.0, 3, 8])
    func bursts(probability: Double, burst: Double) {
        var pattern = LossPattern(seed: 7, probability: probability, burst: burst)
        let lost = (0..<400_000).map { _ in pattern.losesNext() }
        let share = Double(lost.count { $0 }) / Double(lost.count)
        let bursts = zip(lost, lost.dropFirst()).count { $0 && !$1 }
        let mean = Double(lost.count { $0 }) / Double(max(bursts, 1))
        #expect(abs(share / probability - 1) < 0.1, "share \(share)")
        #expect(abs(mean / burst - 1) < 0.1, "bursts of \(mean)")
    }

    @Test("Without bursts each packet is lost by itself; the same seed loses the same")
    func single() {
        var a = LossPattern(seed: 3, probability: 0.2)
        var b = LossPattern(seed: 3, probability: 0.2)
        var other = LossPattern(seed: 4, probability: 0.2)
        let lost = (0..<100_000).map { _ in a.losesNext() }
        #expect(lost == (0..<100_000).map { _ in b.losesNext() })
        #expect(lost != (0..<100_000).map { _ in other.losesNext() })
        let pairs = zip(lost, lost.dropFirst()).count { $0 && $1 }
        #expect(abs(Double(pairs) / 100_000 - 0.04) < 0.005)
        #expect(abs(Double(lost.count { $0 }) / 100_000 - 0.2) < 0.01)
    }
}
