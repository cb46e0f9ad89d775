import AudioFile
import SignalProcessing
import Foundation

/// A folder that disappears with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? NSTemporaryDirectory()
        path = "\(base)/nwc-audio-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let path = file(name)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }
}

func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
}

/// Noise whose samples are exact in `encoding`, including both ends of the range.
func noise(channels: Int, frames: Int, encoding: SampleEncoding, seed: UInt64 = 1) -> [[Float]] {
    var generator = SplitMix64(seed: seed)
    return (0..<channels).map { _ in
        (0..<frames).map { frame in
            if encoding.isCompanded {
                // A value that has a code: places of 4 bits in the upper segments are exact.
                let place = Float(Int.random(in: 16...31, using: &generator))
                let offset: Float = encoding == .muLaw ? 0x84 : 0
                let size = (place * 2 + 1) * 256 - offset
                return (Bool.random(using: &generator) ? size : -size) / 32768
            }
            if encoding.isFloat { return Float.random(in: -1.5...1.5, using: &generator) }
            // Floats hold 24 bits: wider integers are only exact in steps.
            let bits = min(encoding.bits, 24)
            let limit = 1 << (bits - 1)
            let code =
                frame == 0
                ? -limit
                : frame == 1 ? limit - 1 : Int.random(in: -limit..<limit, using: &generator)
            return Float(code) / Float(limit)
        }
    }
}

/// Reads everything that is left, in pieces of `piece` frames.
func readAll(_ reader: AudioReader, piece: Int = 777) throws -> [[Float]] {
    var result = [[Float]](repeating: [], count: reader.channels)
    while true {
        let block = try reader.readPlanar(frames: piece)
        if block[0].isEmpty { return result }
        for channel in result.indices { result[channel] += block[channel] }
    }
}

func write(
    _ samples: [[Float]], to path: String, _ settings: AudioWriter.Settings, piece: Int = 500
) throws -> AudioWriter {
    let writer = try AudioWriter(path: path, settings: settings)
    try write(samples, with: writer, piece: piece)
    return writer
}

func write(_ samples: [[Float]], with writer: AudioWriter, piece: Int = 500) throws {
    let frames = samples.first?.count ?? 0
    for start in stride(from: 0, to: frames, by: piece) {
        try writer.write(planar: samples.map { Array($0[start..<min(start + piece, frames)]) })
    }
    try writer.finish()
}

/// A pipe that a thread fills with `bytes` in pieces of `piece` bytes.
/// - Returns: the descriptor of the reading end, owned by the caller.
func pipe(delivering bytes: [UInt8], piece: Int = 1 << 16) throws -> CInt {
    signal(SIGPIPE, SIG_IGN)
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    let output = ends[1]
    Thread.detachNewThread {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                write(output, $0.baseAddress, min(piece, $0.count))
            }
            if count <= 0 { break }
            done += count
        }
        close(output)
    }
    return ends[0]
}

/// Everything that `body` writes into a pipe.
func collecting(_ body: (CInt) throws -> Void) throws -> [UInt8] {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
    let handle = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
    nonisolated(unsafe) var result = Data()
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
        result = (try? handle.readToEnd()) ?? Data()
        done.signal()
    }
    defer { done.wait() }
    do {
        defer { close(ends[1]) }
        try body(ends[1])
    }
    done.wait()
    defer { done.signal() }
    return Array(result)
}

/// The same bytes as a file and through a pipe.
func readers(_ bytes: [UInt8], in folder: TemporaryFolder, options: AudioReader.Options = .init())
    throws -> [AudioReader]
{
    [
        try AudioReader(path: folder.write(bytes, to: UUID().uuidString), options: options),
        try AudioReader(
            fileDescriptor: pipe(delivering: bytes), closes: true, path: "-", options: options),
    ]
}

/// Bytes of a number, least significant first.
func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// Bytes of a number, most significant first.
func big(_ value: Int, _ count: Int) -> [UInt8] { little(value, count).reversed() }

/// All bytes one behind another.
func join(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }

func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A chunk of RIFF, padded to an even length unless said otherwise.
func chunk(_ name: String, _ body: [UInt8], size: Int? = nil, padding: Int = 2) -> [UInt8] {
    let missing = (padding - body.count % padding) % padding
    return join(
        ascii(name), little(size ?? body.count, 4), body, [UInt8](repeating: 0, count: missing))
}

/// A WAV file of these chunks.
func riff(_ chunks: [UInt8]..., magic: String = "RIFF") -> [UInt8] {
    let body = ascii("WAVE") + chunks.joined()
    return join(ascii(magic), little(body.count, 4), body)
}

/// The format chunk of 16-bit PCM at 16 kHz.
func pcmFormat(channels: Int = 1, tag: Int = 1) -> [UInt8] {
    let body = join(
        little(tag, 2), little(channels, 2), little(16_000, 4), little(32_000 * channels, 4),
        little(2 * channels, 2), little(16, 2))
    return chunk("fmt ", body)
}

/// 16-bit samples as bytes.
func pcm(_ samples: [Float]) -> [UInt8] { samples.flatMap { little(Int($0 * 32768), 2) } }
