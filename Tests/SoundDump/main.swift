// What the reader of sound files makes of a file, for Scripts/check-inputs.sh:
//   sound-dump [--raw CODING RATE CHANNELS | --headerless CODING] FILE
// FILE may be "-". Writes the samples, interleaved 32-bit floats of this machine, to standard
// output, and one line to standard error: rate, channels, frames, declared frames or "-", format;
// then a line for each warning.
import AudioFile
import Foundation

func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data("error: \(message)\n".utf8))
    exit(1)
}

var arguments = Array(CommandLine.arguments.dropFirst())
var options = AudioReader.Options()
do {
    if arguments.first == "--raw", arguments.count == 5, let rate = Int(arguments[2]),
        let channels = Int(arguments[3])
    {
        let encoding = SampleEncoding(rawValue: arguments[1]) ?? .signed16
        options.raw = try RawFormat(sampleRate: rate, channels: channels, encoding: encoding)
        arguments.removeFirst(4)
    } else if arguments.first == "--headerless", arguments.count == 3 {
        options.headerless = HeaderlessCoding(rawValue: arguments[1])
        arguments.removeFirst(2)
    }
    guard arguments.count == 1 else { fail("usage: sound-dump [options] FILE") }
    let reader = try AudioReader(path: arguments[0], options: options)
    var samples = [Float](repeating: 0, count: 4096 * reader.channels)
    while true {
        let frames = try samples.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
        if frames == 0 { break }
        samples[..<(frames * reader.channels)].withUnsafeBytes {
            try? FileHandle.standardOutput.write(contentsOf: Data($0))
        }
    }
    let facts = [
        "\(reader.sampleRate)", "\(reader.channels)", "\(reader.framesRead)",
        reader.declaredFrameCount.map { "\($0)" } ?? "-", reader.formatName,
    ]
    let lines = [facts.joined(separator: " ")] + reader.warnings.map(\.description)
    FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
} catch { fail("\(error)") }
