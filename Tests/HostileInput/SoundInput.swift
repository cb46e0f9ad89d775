import AudioFile
import Foundation

/// Sound from a file or from a pipe.
enum SoundInput {
    /// Frames that are read at most: a few bytes of a compressed format may stand for hours.
    private static let mostSamples = 1 << 22
    /// What a pipe holds without a reader.
    private static let pipeBytes = 65_536

    /// Where files live shortly; in memory where there is such a place.
    private static let folder =
        FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()

    static func outcome(_ bytes: [UInt8], throughPipe: Bool) -> String {
        let descriptor = throughPipe ? pipe(bytes.prefix(pipeBytes)) : file(bytes)
        do throws(AudioFileError) {
            let reader = try AudioReader(
                fileDescriptor: descriptor, closes: true, path: "input",
                options: .init(spoolDirectory: folder, ffmpeg: nil))
            precondition(
                reader.sampleRate > 0 && (1...1024).contains(reader.channels),
                "\(reader.sampleRate) Hz, \(reader.channels) channels")
            while reader.framesRead * reader.channels < mostSamples {
                let block = try reader.readPlanar(frames: 1000)
                if block[0].isEmpty { break }
                precondition(
                    block.count == reader.channels
                        && block.allSatisfy {
                            $0.count == block[0].count && $0.allSatisfy(\.isFinite)
                        })
            }
            let read =
                "read: \(reader.formatName), \(reader.sampleRate) Hz, \(reader.channels) channels"
            return ([read] + reader.warnings.map(\.description)).joined(separator: "; ")
        } catch { return "\(error)" }
    }

    /// A nameless file for all inputs: making one takes longer than reading it. One thread at a
    /// time.
    private static let scratch: (descriptor: CInt, path: String) = {
        var name = Array("\(folder)/nwc-hostile-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        precondition(descriptor >= 0, "no temporary file in \(folder)")
        unlink(name)
        return (descriptor, "/proc/self/fd/\(descriptor)")
    }()

    private static func file(_ bytes: [UInt8]) -> CInt {
        let written = bytes.withUnsafeBytes {
            pwrite(scratch.descriptor, $0.baseAddress, $0.count, 0)
        }
        precondition(
            written == bytes.count && ftruncate(scratch.descriptor, off_t(bytes.count)) == 0)
        // Opened anew: with a position of its own.
        let descriptor = open(scratch.path, O_RDONLY)
        precondition(descriptor >= 0, "cannot open \(scratch.path)")
        return descriptor
    }

    private static func pipe(_ bytes: ArraySlice<UInt8>) -> CInt {
        var ends: [CInt] = [0, 0]
        precondition(Foundation.pipe(&ends) == 0, "no pipe")
        write(bytes, ends[1])
        close(ends[1])
        return ends[0]
    }

    private static func write(_ bytes: ArraySlice<UInt8>, _ descriptor: CInt) {
        let written = bytes.withUnsafeBytes {
            Foundation.write(descriptor, $0.baseAddress, $0.count)
        }
        precondition(written == bytes.count)
    }
}
