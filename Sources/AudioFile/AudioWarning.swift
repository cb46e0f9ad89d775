/// Something odd that does not stop the reading.
public enum AudioWarning: Equatable, Sendable, CustomStringConvertible {
    /// The file ends before the length in its header.
    case truncated(declaredFrames: Int, framesRead: Int)
    /// There is more sound than the header says, which was read.
    case longer(declaredFrames: Int)
    /// The file ends inside a frame; these bytes were left out.
    case brokenLastFrame(bytes: Int)
    /// Bytes behind the length that the header of PCM declares, and no chunk of the format.
    case bytesBehindLength(bytes: Int)
    /// Bytes behind the end of a compressed sound.
    case bytesLeft(bytes: Int)
    /// Another sound follows that cannot go on with this one; it was left out.
    case otherSound(String, bytes: Int)
    /// The samples have not the checksum that the file has for them.
    case checksum
    /// The file has further sounds beside the one that was read.
    case otherStreams(count: Int)
    /// What the program that decodes said on its way.
    case decoder(String, String)
    /// NaN or infinite samples were replaced by 0.
    case nonFiniteSamples(count: Int)
    /// The file is a sound without samples.
    case noSamples

    public var description: String {
        switch self {
        case .truncated(let declared, let read): "truncated: \(read) of \(declared) samples"
        case .longer(let declared):
            "more samples than the \(declared) of the header; all were read"
        case .brokenLastFrame(let bytes):
            "\(bytes) byte\(bytes == 1 ? "" : "s") behind the last whole sample left out"
        case .bytesLeft(let bytes): "\(bytes) bytes behind the end of the sound left out"
        case .bytesBehindLength(let bytes):
            "\(bytes) bytes behind the length in the header left out; "
                + "--ignore-length reads them where they are sound"
        case .otherSound(let what, let bytes):
            "\(what) behind the end left out, \(bytes) bytes"
        case .checksum: "the samples do not have the checksum in the header (MD5)"
        case .otherStreams(let count):
            "the first of \(count + 1) sounds in the file was read, not the other"
                + (count == 1 ? "" : "s")
        case .decoder(let program, let text): "\(program): \(text)"
        case .nonFiniteSamples(let count):
            "\(count) sample\(count == 1 ? "" : "s") without a finite value replaced by 0"
        case .noSamples: "no samples: a sound of length 0"
        }
    }

    /// "another sound of 8000 Hz, 2 channels".
    static func soundText(rate: Int, channels: Int) -> String {
        "another sound of \(rate) Hz, \(channels) channel\(channels == 1 ? "" : "s")"
    }
}
