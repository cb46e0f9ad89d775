import Foundation

/// The codecs that can be compared: those described in `Peers/` (inside the program), and those of
/// the user's own files.
public struct CodecCatalogue: Sendable {
    public private(set) var descriptions: [CodecDescription]

    public var names: [String] { descriptions.map(\.name) }

    /// What documents call the codecs, by name.
    public var titles: [String: String] {
        Dictionary(descriptions.map { ($0.name, $0.title) }, uniquingKeysWith: { $1 })
    }

    /// What the codecs of results are called, from their names with options: `opus:complexity=5`
    /// is `Opus, complexity=5`. A name that is not known stays.
    public func titles(of codecs: [String]) -> [String: String] {
        let titles: [String: String] = self.titles
        return Dictionary(
            codecs.map { codec in
                let parts = codec.split(separator: ":", maxSplits: 1).map(String.init)
                guard let title = parts.first.flatMap({ titles[$0] }) else { return (codec, codec) }
                return (codec, ([title] + parts.dropFirst()).joined(separator: ", "))
            }, uniquingKeysWith: { $1 })
    }

    /// - Parameter files: further descriptions; one with a known name replaces that.
    public init(files: [String] = []) throws(ComparisonError) {
        descriptions = []
        let builtIn: [(String, [UInt8])] = [
            ("nwc", PackageResources.nwc_json),
            ("nwc-plain", PackageResources.nwc_plain_json), ("opus", PackageResources.opus_json),
            ("opus-auto", PackageResources.opus_auto_json),
            ("opus-nolace", PackageResources.opus_nolace_json),
            ("amrwb", PackageResources.amrwb_json),
            ("speex", PackageResources.speex_json), ("mp3", PackageResources.mp3_json),
            ("codec2", PackageResources.codec2_json),
            ("lc3", PackageResources.lc3_json),
            ("nwc-audio", PackageResources.nwc_audio_json), ("lame", PackageResources.lame_json),
            ("opus-music", PackageResources.opus_music_json),
            ("opus16-music", PackageResources.opus16_music_json),
            ("vorbis", PackageResources.vorbis_json),
            ("musepack", PackageResources.musepack_json),
            ("lc3-48k", PackageResources.lc3_48k_json),
        ]
        for (name, bytes) in builtIn {
            descriptions.append(try CodecDescription(json: Data(bytes), name: name))
        }
        for file in files {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw .cannotRead(path: file, reason: "no such file")
            }
            let description = try CodecDescription(json: data, name: file)
            descriptions.removeAll { $0.name == description.name }
            descriptions.append(description)
        }
    }

    /// Where `Scripts/peers.sh` puts programs that are in no package: the environment variable
    /// NWC_PEERS, else `.build/peers` in the current folder.
    public static var programFolder: String {
        ProcessInfo.processInfo.environment["NWC_PEERS"].flatMap { $0.isEmpty ? nil : $0 }
            ?? ".build/peers"
    }

    public subscript(name: String) -> CodecDescription? { descriptions.first { $0.name == name } }
}
