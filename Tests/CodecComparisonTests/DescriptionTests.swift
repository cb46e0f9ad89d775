import Foundation
import Testing

@testable import CodecComparison

@Suite("Descriptions of codecs")
struct DescriptionTests {
    @Test("The built-in descriptions are valid")
    func builtIn() throws {
        let catalogue = try CodecCatalogue()
        #expect(
            catalogue.names == [
                "nwc", "nwc-plain", "opus", "opus-auto", "opus-nolace", "amrwb", "speex", "mp3",
                "codec2", "lc3", "nwc-audio", "lame", "opus-music", "opus16-music", "vorbis",
                "musepack", "lc3-48k",
            ])
        #expect(catalogue["musepack"]?.rates.setting(65) == "3")
        #expect(catalogue["lame"]?.input.rate(for: 44_100) == 44_100)
        #expect(catalogue["opus16-music"]?.input.rate(for: 44_100) == 48_000)
        #expect(catalogue["amrwb"]?.rates.contains(12.65) == true)
        #expect(catalogue["amrwb"]?.rates.contains(12.7) == false)
    }

    @Test("Selections")
    func selections() throws {
        let catalogue = try CodecCatalogue()
        let opus = try CodecSelection("opus@12,8,12.5", catalogue: catalogue)
        #expect(opus.rates == [8, 12, 12.5])
        #expect(opus.label == "opus")
        #expect(try CodecSelection("amrwb", catalogue: catalogue).rates.count == 9)
        let nwc = try CodecSelection("nwc:model=a b/x@y.nwm:layers=2@8", catalogue: catalogue)
        #expect(nwc.label == "nwc:model=a b/x@y.nwm:layers=2")
        #expect(nwc.options.map(\.name) == ["model", "layers"])
        #expect(nwc.options.map(\.value) == ["a b/x@y.nwm", "2"])
    }

    @Test(
        "Selections that make no sense",
        arguments: [
            "opus@", "opus@x", "opus@-3", "opus@12,,8", "amrwb@12", "opus@24000", "opus:model=x@8",
            "nwc:model@8", "opus@nan",
        ])
    func badSelections(_ text: String) throws {
        let catalogue = try CodecCatalogue()
        #expect { try CodecSelection(text, catalogue: catalogue) } throws: { error in
            if case ComparisonError.badSelection(text, _) = error { true } else { false }
        }
    }

    @Test("Unknown codecs")
    func unknown() throws {
        let catalogue = try CodecCatalogue()
        #expect(throws: ComparisonError.unknownCodec("flac", known: catalogue.names)) {
            try CodecSelection("flac@8", catalogue: catalogue)
        }
    }

    @Test(
        "Descriptions that make no sense",
        arguments: [
            ("\"name\": \"copy\"", "\"name\": \"a/b\""),
            ("\"coded\": \"coded\"", "\"coded\": \"../coded\""),
            ("\"coded\": \"coded\"", "\"coded\": \"input.raw\""),
            ("[64, 256]", "[]"), ("[64, 256]", "[0, 256]"),
            ("{\"list\": [64, 256]}", "{\"from\": 3}"),
            ("\"delaySamples\": 0", "\"delaySamples\": 99999"),
            ("{\"sampleRate\": 16000, \"raw\": true}, \"coded\"", "{\"sampleRate\": 1}, \"coded\""),
            ("\"headerBytes\": 0", "\"headerBytes\": -1"),
            ("[64, 256]", "[64, 1e300]"),
            ("{\"list\": [64, 256]}", "{\"from\": 1, \"to\": 1e20, \"default\": [1e20]}"),
            ("\"delaySamples\": 0", "\"delaySamples\": -9223372036854775808"),
            ("\"method\": \"file\"", "\"method\": \"guess\""),
            ("\"method\": \"file\"", "\"method\": \"program\""),
            ("\"method\": \"file\"", "\"method\": \"lengthPrefixed\""),
            ("\"title\": \"Copy\",", ""),
            ("[64, 256]", "[64, 256], \"settings\": [\"a\"]"),
            ("{\"sampleRate\": 16000, \"raw\": true}, \"coded\"", "{\"raw\": true}, \"coded\""),
            (
                "{\"sampleRate\": 16000, \"raw\": true}, \"coded\"",
                "{\"sampleRate\": 16000, \"raw\": true, \"channels\": 2}, \"coded\""
            ),
            (
                "{\"sampleRate\": 16000, \"raw\": true}, \"coded\"",
                "{\"sampleRates\": [], \"channels\": 2}, \"coded\""
            ),
            ("[\"cp\", \"{input}\", \"{coded}\"]", "[\"cp\", \"{input}\"]"),
            ("[\"cp\", \"{coded}\", \"{output}\"]", "[]"),
        ])
    func badDescriptions(_ change: (from: String, to: String)) throws {
        let good = FakeCodec.json()
        _ = try CodecDescription(json: Data(good.utf8), name: "x")
        let bad = good.replacingOccurrences(of: change.from, with: change.to)
        #expect(bad != good)
        #expect { try CodecDescription(json: Data(bad.utf8), name: "x") } throws: { error in
            if case ComparisonError.badDescription = error { true } else { false }
        }
    }
}

@Suite("Counting of payload")
struct PayloadTests {
    /// A page with the given lacing values and a body of that size.
    func page(_ lacing: [UInt8], continued: Bool = false) -> [UInt8] {
        Array("OggS".utf8) + [0, continued ? 1 : 0] + [UInt8](repeating: 0, count: 20) + [
            UInt8(lacing.count)
        ] + lacing
            + [UInt8](repeating: 7, count: lacing.reduce(0) { $0 + Int($1) })
    }

    @Test("Packets of Ogg pages, also across pages and with lengths that are multiples of 255")
    func ogg() throws {
        let bytes =
            page([19]) + page([255, 20]) + page([30, 255, 255])
            + page([255, 0, 1], continued: true)
        #expect(try OggPackets.sizes(of: bytes, path: "x") == [19, 275, 30, 765, 1])
        let payload = CodecDescription.Payload(method: .oggPackets, headerPackets: 2)
        #expect(try payload.count(bytes, path: "x") { _ in "" } == 796)
        #expect(try OggPackets.sizes(of: [], path: "x") == [])
    }

    @Test("Damaged Ogg streams are refused")
    func damagedOgg() throws {
        let bytes = page([19]) + page([255, 20])
        for length in 1..<bytes.count where length != page([19]).count {
            #expect(throws: ComparisonError.self) {
                try OggPackets.sizes(of: Array(bytes.prefix(length)), path: "x")
            }
        }
        #expect(throws: ComparisonError.self) { try OggPackets.sizes(of: page([255]), path: "x") }
        #expect(throws: ComparisonError.self) {
            try OggPackets.sizes(of: page([5], continued: true), path: "x")
        }
        #expect(throws: ComparisonError.self) {
            try OggPackets.sizes(of: page([255]) + page([5]), path: "x")
        }
        #expect(throws: ComparisonError.self) {
            try CodecDescription.Payload(method: .oggPackets, headerPackets: 2).count(
                page([4]), path: "x"
            ) { _ in "" }
        }
    }

    @Test("Records behind their lengths")
    func records() throws {
        let payload = CodecDescription.Payload(
            method: .lengthPrefixed, headerBytes: 3, prefixBytes: 2)
        let bytes: [UInt8] = [9, 9, 9, 2, 0, 1, 1, 0, 1] + [UInt8](repeating: 4, count: 256)
        #expect(try payload.count(bytes, path: "x") { _ in "" } == 258)
        #expect(throws: ComparisonError.self) {
            try payload.count(Array(bytes.dropLast()), path: "x") { _ in "" }
        }
        #expect(throws: ComparisonError.self) {
            try payload.count([9, 9, 9, 2], path: "x") { _ in "" }
        }
        #expect(throws: ComparisonError.self) { try payload.count([9], path: "x") { _ in "" } }
    }

    @Test("A number that a program says")
    func program() throws {
        let payload = CodecDescription.Payload(method: .program, command: ["info"], key: "bytes")
        #expect(
            try payload.count([], path: "x") {
                $0 == ["info"] ? "{\"bytes\": 42, \"rest\": 1}\n" : ""
            } == 42)
        for answer in ["", "{}", "{\"bytes\": \"many\"}", "{\"bytes\": -1}", "[1]"] {
            #expect(throws: ComparisonError.self) {
                try payload.count([], path: "x") { _ in answer }
            }
        }
    }

    @Test("A file without its header")
    func file() throws {
        let payload = CodecDescription.Payload(method: .file, headerBytes: 9)
        #expect(try payload.count([UInt8](repeating: 0, count: 29), path: "x") { _ in "" } == 20)
        #expect(throws: ComparisonError.self) {
            try payload.count([UInt8](repeating: 0, count: 8), path: "x") { _ in "" }
        }
    }
}
