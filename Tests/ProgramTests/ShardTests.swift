import Foundation
import TestSupport
import Testing

/// What several machines do together is what one does.
@Suite struct ShardTests {
    let folder: TestFolder
    static let count = 7

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(
            at: folder.url("in/sub"), withIntermediateDirectories: true)
        for index in 0..<Self.count {
            let samples = SpeechLikeSignal.samples(seconds: 0.7, seed: UInt64(index))
            try folder.write(
                WaveFile(channels: [samples]).data,
                "in/\(index % 2 == 0 ? "" : "sub/")f\(index).wav")
        }
    }

    func shell(_ line: String) throws -> Program.Result { try Program.shell(line, in: folder) }

    /// Names and contents of the files below a folder.
    func contents(_ name: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.url(name).path)
        where path.contains(".") { found[path] = try folder.data("\(name)/\(path)") }
        return found
    }

    /// Every file is in one share: nothing exists where another share comes to write it.
    @Test(arguments: [
        ("nwc-enc --recursive", "in"), ("nwc-denoise --recursive", "in"),
        ("nwc-dec --recursive", "coded"),
    ]) func sharesAreTheWhole(_ command: String, _ input: String) throws {
        if input == "coded" {
            #expect(try shell("nwc-enc --recursive --output-dir coded in").status == 0)
        }
        #expect(try shell("\(command) --output-dir whole \(input)").status == 0)
        var lines: [String] = []
        for shard in 1...3 {
            let run = try shell("\(command) --shard \(shard)/3 --output-dir shares \(input)")
            #expect(run.status == 0, "\(run.errors)")
            lines += run.errors.split(separator: "\n").filter { $0.hasPrefix("share ") }.map {
                String($0.prefix(24))
            }
        }
        #expect(
            lines == [
                "share 1/3, 3 of 7 inputs", "share 2/3, 2 of 7 inputs",
                "share 3/3, 2 of 7 inputs",
            ])
        #expect(try contents("whole") == contents("shares"))
        #expect(try contents("shares").count == Self.count)
        // A share without a file has nothing to do.
        let none = try shell("\(command) --shard 9/9 --output-dir none \(input)")
        #expect(none.status == 0 && none.errors.hasPrefix("share 9/9, 0 of 7 inputs: 0 files"))
    }

    @Test func killedSharesGoOn() throws {
        #expect(try shell("nwc-enc --recursive --effort 3 --output-dir whole in").status == 0)
        for delay in ["0.05", "0.2", "0.4"] {
            for shard in 1...2 {
                _ = try shell(
                    """
                    timeout -s KILL \(delay) nwc-enc --recursive --effort 3 --skip-existing \
                    --shard \(shard)/2 -j 1 --output-dir shares in
                    """)
            }
        }
        for shard in 1...2 {
            let run = try shell(
                """
                nwc-enc --recursive --effort 3 --skip-existing --shard \(shard)/2 \
                --output-dir shares in
                """)
            #expect(run.status == 0, "\(run.errors)")
        }
        // What killed runs left unfinished has other names.
        let shares = try contents("shares").filter { !$0.key.contains(".tmp-") }
        #expect(try contents("whole") == shares)
    }

    @Test func wrongUse() throws {
        for line in [
            "nwc-enc --shard 3/2 in/f0.wav", "nwc-dec --shard 1 x.nwc",
            "nwc-denoise --shard 0/2 in/f0.wav", "nwc-enc --shard 1/2 -",
            "nwc-eval merge -o x.jsonl",
            "nwc-eval compare in -c nwc@8 -o r.jsonl --shard 2/1",
        ] {
            let run = try shell(line)
            #expect(run.status == 64, "\(line): \(run.errors)")
        }
        try folder.write(Data(), "empty.jsonl")
        let empty = try shell("nwc-eval merge empty.jsonl -o x.jsonl")
        #expect(empty.status == 1 && empty.errors.contains("empty.jsonl: no results"))
        #expect(try !folder.names.contains("x.jsonl"))
    }

    /// Rows of merged shares, some killed and repeated, are those of one run.
    @Test func mergedRowsAreThoseOfOneRun() throws {
        let compare = "nwc-eval compare in -c nwc@8,16 --judges none -q"
        #expect(try shell("\(compare) -o whole.jsonl").status == 0)
        for delay in ["0.3", "0.7"] {
            for shard in 1...3 {
                _ = try shell(
                    """
                    timeout -s KILL \(delay) \(compare) -j 1 --shard \(shard)/3 \
                    -o s\(shard).jsonl
                    """)
            }
        }
        for shard in 1...3 {
            let run = try shell("\(compare) --shard \(shard)/3 -o s\(shard).jsonl")
            #expect(run.status == 0, "\(run.errors)")
        }
        // One share was worked on twice.
        #expect(try shell("\(compare) --shard 2/3 -o again.jsonl").status == 0)
        // What a kill leaves of a line.
        try folder.write(
            folder.data("again.jsonl") + Data(#"{"codec":"nw"#.utf8), "again.jsonl")
        let run = try shell("nwc-eval merge s1.jsonl s2.jsonl s3.jsonl again.jsonl -o m.jsonl")
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.errors.contains("again.jsonl: the last line is torn")
                && run.errors.contains("28 rows, 7 recordings, 4 codecs and rates, 8 repeated")
                && !run.errors.contains("missing") && !run.errors.contains("different"),
            "\(run.errors)")
        #expect(try shell("nwc-eval merge whole.jsonl -o w.jsonl -q").errors.isEmpty)
        #expect(try rows("m.jsonl") == rows("w.jsonl"))
        #expect(try rows("m.jsonl").count == 28)
        let summaries = try ["m", "w"].map { try shell("nwc-eval summary \($0).jsonl").text }
        #expect(!summaries[0].isEmpty)
        // What is there is not replaced, and no input is.
        #expect(try shell("nwc-eval merge s1.jsonl -o m.jsonl").status == 1)
        #expect(try shell("nwc-eval merge s1.jsonl -f -o s1.jsonl").status == 1)
        // Shares that lack codecs, and values that differ, are said.
        try folder.write(
            Data(
                String(decoding: folder.data("s1.jsonl"), as: UTF8.self).split(separator: "\n")
                    .filter { !$0.contains("nwc-enc") || !$0.contains("f0.wav") }
                    .map {
                        $0.replacing(#""comparedSamples":11200"#, with: #""comparedSamples":1"#)
                    }
                    .joined(separator: "\n").utf8) + Data("\n".utf8), "part.jsonl")
        let odd = try shell("nwc-eval merge part.jsonl s2.jsonl -o odd.jsonl")
        #expect(
            odd.errors.contains("2 rows missing: f0.wav, nwc@16; f0.wav, nwc@8"), "\(odd.errors)")
        let twice = try shell("nwc-eval merge part.jsonl s1.jsonl -o twice.jsonl")
        #expect(twice.errors.contains("measured twice with different values"), "\(twice.errors)")
    }

    /// Rows without the seconds that coding took.
    private func rows(_ name: String) throws -> [String] {
        try String(decoding: folder.data(name), as: UTF8.self).split(separator: "\n").map {
            String($0).replacing(/"(en|de)codeSeconds":[0-9.e-]+,/, with: "")
        }
    }
}
