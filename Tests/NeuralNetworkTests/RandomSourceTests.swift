import Foundation
import NeuralNetwork
import Testing

/// Random states as they are stored.
@Suite struct RandomSourceTests {
    @Test func storedAndReadBack() throws {
        var source = RandomSource(seed: 5)
        _ = source.next()
        var again = try JSONDecoder().decode(RandomSource.self, from: JSONEncoder().encode(source))
        #expect(again == source && again.next() == source.next())
    }

    /// Other states than four words would trap later, and four zeros give zeros for ever.
    @Test(arguments: ["[]", "[1]", "[1, 2, 3]", "[1, 2, 3, 4, 5]", "[0, 0, 0, 0]"])
    func impossibleStatesAreRefused(_ words: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(RandomSource.self, from: Data("{\"state\": \(words)}".utf8))
        }
    }
}
