import Foundation

/// How a codec's programs are called: the contents of a JSON file. A new codec needs such a file
/// and no code.
///
/// In commands `{input}`, `{coded}` and `{output}` stand for the files, `{kbps}` and `{bps}` for
/// the rate, and `{setting}` for the program's own name of it where `rates` has a list of them.
/// Files are WAV of 16 bits, or with `raw` the same samples without a header in little-endian
/// order. Commands run without a shell in a folder of their own.
public struct CodecDescription: Codable, Sendable, Equatable {
    /// Format of the sound on one side of the codec.
    public struct Sound: Codable, Sendable, Equatable {
        /// Hz.
        public var sampleRate: Int?
        /// Hz, in place of `sampleRate`: a sound that has one of these is handed over as it is,
        /// others are converted to the next higher one.
        public var sampleRates: [Int]?
        public var raw: Bool?
        /// Most channels; without it one.
        public var channels: Int?

        var rates: [Int] { sampleRates ?? sampleRate.map { [$0] } ?? [] }
        var mostChannels: Int { channels ?? 1 }

        /// The rate at which a sound is handed over, Hz.
        func rate(for sound: Int) -> Int {
            rates.filter { $0 >= sound }.min() ?? rates.max() ?? sound
        }
    }

    /// Which rates can be asked for, in kbit/s: those of a list, or all of a range.
    public struct Rates: Codable, Sendable, Equatable {
        public var list: [Double]?
        /// What stands for `{setting}` in commands, one for each rate of the list: for programs
        /// that are asked for a quality. The list then holds the rates that come out for music.
        public var settings: [String]?
        public var from: Double?
        public var to: Double?
        /// What is run when no rates are given; without it the list.
        public var `default`: [Double]?

        /// kbit/s that no codec of speech has.
        static let most = 1_000_000.0

        func contains(_ rate: Double) -> Bool {
            guard rate > 0, rate <= Self.most else { return false }
            if let list { return list.contains { abs($0 - rate) < 1e-9 } }
            return rate >= (from ?? .infinity) && rate <= (to ?? -.infinity)
        }

        /// The program's own name of a rate.
        func setting(_ rate: Double) -> String? {
            guard let list, let settings,
                let index = list.firstIndex(where: { abs($0 - rate) < 1e-9 })
            else { return nil }
            return settings[index]
        }

        var text: String {
            if let list { return list.map(CodecDescription.text).joined(separator: ", ") }
            return "\(CodecDescription.text(from ?? 0)) ... \(CodecDescription.text(to ?? 0))"
        }
    }

    /// A setting that a user can add: `nwc:model=FILE@8`. The arguments go right behind the
    /// program's name; `{value}` is what the user said.
    public struct Option: Codable, Sendable, Equatable {
        /// The value is a path.
        public var file: Bool?
        public var encode: [String]?
        public var decode: [String]?
    }

    /// How the bytes that carry the sound are counted.
    public struct Payload: Codable, Sendable, Equatable {
        public enum Method: String, Codable, Sendable {
            /// The file without `headerBytes`.
            case file
            /// The packets of an Ogg stream without the first `headerPackets`.
            case oggPackets
            /// Behind `headerBytes` records, each behind its length in `prefixBytes`
            /// (little-endian); only the records count.
            case lengthPrefixed
            /// The number under `key` in the JSON object that `command` prints.
            case program
        }

        public var method: Method
        public var headerBytes: Int?
        public var headerPackets: Int?
        public var prefixBytes: Int?
        public var command: [String]?
        public var key: String?
    }

    public var name: String
    public var title: String
    /// What a reader of results must know.
    public var note: String
    /// Debian packages with the programs.
    public var packages: [String]
    /// The line that installs what is in no package.
    public var install: String?
    /// Prints the version.
    public var version: [String]
    /// Lines of that text that matter, default 1.
    public var versionLines: Int?
    public var rates: Rates
    public var options: [String: Option]?
    public var input: Sound
    /// Name of the coded file.
    public var coded: String
    public var encode: [String]
    public var decode: [String]
    public var output: Sound
    /// Samples at the output's rate by which the decoded sound is late.
    public var delaySamples: Int
    public var payload: Payload

    /// Reads a description.
    /// - Throws: `ComparisonError.badDescription`.
    public init(json: Data, name: String) throws(ComparisonError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: json)
        } catch let error as DecodingError {
            throw .badDescription(name, reason: Self.text(error))
        } catch {
            throw .badDescription(name, reason: error.localizedDescription)
        }
        try check()
    }

    private func check() throws(ComparisonError) {
        func require(_ condition: Bool, _ reason: String) throws(ComparisonError) {
            guard condition else { throw .badDescription(name, reason: reason) }
        }
        let letters = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-_."))
        try require(
            !name.isEmpty && name.unicodeScalars.allSatisfy(letters.contains),
            "the name has other characters than letters, digits, - _ .")
        try require(!coded.isEmpty && !coded.contains("/"), "\"coded\" is not the name of a file")
        try require(
            !["input.wav", "input.raw", "output.wav", "output.raw", "stdout", "stderr"].contains(
                coded), "\"coded\": \(coded) is taken")
        for (key, command) in [("version", version), ("encode", encode), ("decode", decode)] {
            try require(!(command.first ?? "").isEmpty, "\"\(key)\" has no program")
        }
        for (key, command, names) in [
            ("encode", encode, ["{input}", "{coded}"]),
            ("decode", decode, ["{coded}", "{output}"]),
        ] {
            for name in names {
                try require(
                    command.contains { $0.contains(name) }, "\"\(key)\" does not use \(name)")
            }
        }
        for (key, sound) in [("input", input), ("output", output)] {
            try require(
                (sound.sampleRate == nil) != (sound.sampleRates == nil) && !sound.rates.isEmpty,
                "\"\(key)\" needs sampleRate or sampleRates")
            for rate in sound.rates {
                try require((1_000...768_000).contains(rate), "sample rate of \(rate) Hz")
            }
            try require(
                sound.raw != true || sound.sampleRate != nil && sound.mostChannels == 1,
                "raw \"\(key)\" has one channel and one sampleRate")
            try require(
                (1...8).contains(sound.mostChannels), "\(sound.mostChannels) channels")
        }
        try require(
            delaySamples.magnitude <= UInt(output.rates.min() ?? 0),
            "delay of \(delaySamples) samples is above a second")
        if let settings = rates.settings {
            try require(
                settings.count == rates.list?.count, "\"settings\" are not as many as rates")
        }
        let listed = (rates.list ?? []) + (rates.default ?? [])
        try require(
            rates.list != nil || (rates.from != nil && rates.to != nil),
            "\"rates\" needs a list, or from and to")
        try require(
            !listed.isEmpty && listed.allSatisfy(rates.contains), "\"rates\" has impossible values")
        try require(
            (payload.headerBytes ?? 0) >= 0 && (payload.headerPackets ?? 0) >= 0,
            "negative header in \"payload\"")
        switch payload.method {
        case .file, .oggPackets: break
        case .lengthPrefixed:
            try require(
                (1...4).contains(payload.prefixBytes ?? 0), "\"prefixBytes\" is not 1 ... 4")
        case .program:
            try require(
                !(payload.command ?? []).isEmpty && payload.key != nil,
                "\"payload\" needs command and key")
        }
    }

    /// How to get the programs.
    var remedy: String? {
        if let install { return "\(install) builds it" }
        guard !packages.isEmpty else { return nil }
        return "Scripts/peers.sh installs \(packages.joined(separator: ", "))"
    }

    /// A rate as commands take it: no more digits than needed.
    static func text(_ rate: Double) -> String {
        rate == rate.rounded() && abs(rate) < 1e15 ? String(Int(rate)) : String(rate)
    }

    private static func text(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context),
            .dataCorrupted(let context):
            (context.codingPath.map(\.stringValue) + [context.debugDescription]).joined(
                separator: ": ")
        @unknown default: "\(error)"
        }
    }
}
