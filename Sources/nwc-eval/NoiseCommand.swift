import ArgumentParser
import CodecComparison
import Foundation
import ToolSupport

struct Noise: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "White noise through codecs: how far the decoded noise is from being white.",
        discussion: """
            Prints the highest tooth and the deepest gap of the decoded noise's mean spectrum \
            between 1.8 and 7.6 kHz, in dB against its moving mean over \
            1 kHz. A decoder that writes one pattern into every frame is heard as a metallic tone \
            in hiss; noise itself gives 0.5 dB.
            """)

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Codec and its rates; repeatable.", valueName: "codec")) var codec:
        [String]
    @Option(
        help: ArgumentHelp("Description of a further codec (JSON); repeatable.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var describe: [String] = []
    @Option(help: "Seconds of noise.") var seconds = 30
    @Flag(help: "One JSON object a line.") var json = false

    func validate() throws {
        if !(2...600).contains(seconds) {
            throw ValidationError("--seconds \(seconds): possible are 2 ... 600")
        }
    }

    func run() throws {
        let selections = try CodecSelection.all(codec, describe: describe)
        try ToolMain.forEach(selections) { selection in
            let found = try NoiseTest.run(
                selection, seconds: seconds, programFolders: peerPrograms())
            for test in found {
                guard !json else {
                    try JSONReport.write(test)
                    continue
                }
                let payload = test.payloadKbps.map { NumberText.fixed($0, 2) } ?? "-"
                try Output.line(
                    "\(test.name)  payload \(payload) kbit/s  \(Self.signed(test.highest))"
                        + " \(Self.signed(test.lowest)) dB")
            }
        }
    }

    private static func signed(_ value: Double) -> String {
        (value < 0 ? "" : "+") + NumberText.fixed(value, 1)
    }
}

/// Where programs of codecs are looked for before PATH: beside this one, as the others of its build
/// stand there, and where `Scripts/peers.sh` builds some.
func peerPrograms() -> [String] {
    let own = Bundle.main.executableURL?.deletingLastPathComponent().path
    return [own, CodecCatalogue.programFolder].compactMap { $0 }
}
