import Testing
import ToolSupport

@Suite("Shares of a list")
struct ShardTests {
    @Test("All shares together are the list, each item once, and as equal as can be")
    func partition() throws {
        for count in 0...13 {
            for shards in 1...15 {
                let shares = try (1...shards).map {
                    try Shard(argument: "\($0)/\(shards)").share(of: Array(0..<count))
                }
                #expect(shares.flatMap { $0 }.sorted() == Array(0..<count))
                #expect(shares.allSatisfy { $0 == $0.sorted() })
                let sizes = shares.map(\.count)
                #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
            }
        }
        #expect(try Shard(argument: "3/8").description == "3/8")
    }

    @Test(
        "What is no share",
        arguments: [
            "", "3", "0/4", "5/4", "1/0", "-1/4", "+1/4", "1/4/2", "1 /4", "a/4", "1/2000000",
            "1/", "/2", "１/２", "99999999999999999999/3",
        ])
    func refused(_ text: String) {
        #expect(throws: (any Error).self, "\(text)") { try Shard(argument: text) }
    }
}
