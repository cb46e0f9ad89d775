import Foundation
import NeuralNetwork
import Testing

/// Metadata are read as Foundation reads them, and what is none is refused with its place.
@Suite struct MetadataDecoderTests {
    private struct Everything: Codable, Equatable {
        enum Kind: String, Codable { case one, other }
        struct Part: Codable, Equatable {
            var name: String
            var sizes: [Int]
            var step: Double?
        }
        var kind = Kind.other
        var isOn = true
        var off: Bool?
        var count = -3
        var small: UInt8 = 255
        var large: UInt64 = .max
        var ratio = 0.1
        var tiny: Float = 1e-20
        var text = "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{E9}\u{1D11E} end"
        var parts = [Part(name: "", sizes: []), Part(name: "b", sizes: [1, 2, -9], step: 4000)]
        var table = [[1.5, -2], [], [1e300]]
        var named = ["a": 1, "b": 2]
        var nothing: Int?
    }

    @Test func asFoundationReadsIt() throws {
        let value = Everything()
        for formatting in [JSONEncoder.OutputFormatting(), .prettyPrinted, .sortedKeys] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = formatting
            let text = Array(try encoder.encode(value))
            #expect(try MetadataDecoder.decode(Everything.self, from: text) == value)
        }
    }

    @Test(arguments: [
        "[0, -0, 1, 1.0, -12, 1e2, 120E-1]", " [ ] ", "\t[1\n,\r2 ]", "[9223372036854775807]",
        "[-9223372036854775808]",
    ])
    func integers(text: String) throws {
        let expected = try JSONDecoder().decode([Int].self, from: Data(text.utf8))
        #expect(try MetadataDecoder.decode([Int].self, from: Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        "[0.1, -1.5e-7, 1e308, 4.9e-324, 123456789012345678901234567890, 0, 3]",
        "[3.141592653589793, 2.2250738585072014E-308]",
    ])
    func reals(text: String) throws {
        let expected = try JSONDecoder().decode([Double].self, from: Data(text.utf8))
        #expect(try MetadataDecoder.decode([Double].self, from: Array(text.utf8)) == expected)
        let floats = try MetadataDecoder.decode([Double].self, from: Array(text.utf8)).map(\.sign)
        #expect(floats == expected.map(\.sign))
    }

    @Test(arguments: [
        #""\u00e9\ud834\udd1e\n\/""#, "\"\u{E9}\u{1D11E}\"", #""""#, "\"a\u{7F}b\"",
    ])
    func texts(text: String) throws {
        let expected = try JSONDecoder().decode(String.self, from: Data(text.utf8))
        #expect(try MetadataDecoder.decode(String.self, from: Array(text.utf8)) == expected)
    }

    /// What is refused, and from which byte on.
    @Test(arguments: [
        ("", 0), (" ", 1), ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3),
        ("[1]]", 3), ("[1] x", 4), ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7),
        (#"{"a":1 "b":2}"#, 7), ("{a:1}", 1), (#"{"a":1,"a":2}"#, 7), ("tru", 0), ("nul", 0),
        ("+1", 0), ("-", 1), ("01", 1), ("1.", 2), (".5", 0), ("1e", 2), ("1e+", 3), ("NaN", 0),
        ("0x10", 1), ("\"", 1), ("\"a", 2), ("\"\u{1}\"", 1), (#""\x""#, 2), (#""\u12""#, 3),
        (#""\u12g4""#, 3), (#""\ud834""#, 7), (#""\ud834\u0041""#, 2), (#""\udd1e""#, 2),
        ("'a'", 0), ("\u{FEFF}[]", 0),
    ])
    func noJSON(text: String, position: Int) {
        #expect(throws: MetadataError.syntax(position: position)) {
            try MetadataDecoder.decode([Int].self, from: Array(text.utf8))
        }
    }

    @Test func bytesThatAreNoText() {
        #expect(throws: MetadataError.self) {
            try MetadataDecoder.decode(String.self, from: [0x22, 0xFF, 0x22])
        }
    }

    @Test func depthIsLimited() throws {
        func text(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth)
                + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        struct Ignored: Decodable { init(from decoder: any Decoder) throws {} }
        _ = try MetadataDecoder.decode(Ignored.self, from: text(64))
        #expect(throws: MetadataError.syntax(position: 64)) {
            try MetadataDecoder.decode(Ignored.self, from: text(65))
        }
        #expect(throws: MetadataError.syntax(position: 64)) {
            try MetadataDecoder.decode(Ignored.self, from: text(1_000_000))
        }
    }

    private struct Outer: Decodable {
        struct Inner: Decodable { var size: UInt8 }
        var parts: [Inner]
    }

    @Test(arguments: [
        ("[]", "the whole is an array, not an object"), ("{}", "no \"parts\""),
        (#"{"parts":3}"#, "parts is the number 3, not an array"),
        (#"{"parts":[{"size":1},{}]}"#, "parts[1]: no \"size\""),
        (
            #"{"parts":[{"size":256}]}"#,
            "parts[0].size is the number 256, not a number of type UInt8"
        ),
        (
            #"{"parts":[{"size":1.5}]}"#,
            "parts[0].size is the number 1.5, not a number of type UInt8"
        ),
        (
            #"{"parts":[{"size":null}]}"#, "parts[0].size is null, not a number of type UInt8"
        ),
        (
            #"{"parts":[{"size":"1"}]}"#, "parts[0].size is a text, not a number of type UInt8"
        ),
        (#"{"parts":[true]}"#, "parts[0] is a truth value, not an object"),
    ])
    func anotherThanExpected(text: String, message: String) {
        #expect {
            try MetadataDecoder.decode(Outer.self, from: Array(text.utf8))
        } throws: { "\($0)" == message }
    }

    @Test func numbersBeyondTheirType() {
        for text in ["[1e309]", "[-1e400]"] {
            #expect(throws: MetadataError.self) {
                try MetadataDecoder.decode([Double].self, from: Array(text.utf8))
            }
        }
        #expect(throws: MetadataError.self) {
            try MetadataDecoder.decode([Float].self, from: Array("[1e39]".utf8))
        }
    }
}
