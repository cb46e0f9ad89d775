import AudioFile
import System

/// The statuses with which the programs end.
public enum ExitStatus {
    /// All went well, or nobody wanted to read the output any more.
    public static let success: Int32 = 0
    /// Something failed while running; partial output was removed.
    public static let failure: Int32 = 1
    /// The command line makes no sense (`EX_USAGE` of `sysexits.h`).
    public static let usage: Int32 = 64
}

/// A failure with a text for the user.
public enum ToolFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The command line makes no sense.
    case usage(String)
    /// Something failed while running.
    case runtime(String)
    /// Failures were already reported, one by one; only the status is left to say.
    case reported

    public var description: String {
        switch self {
        case .usage(let message), .runtime(let message): message
        case .reported: "some inputs failed"
        }
    }
}

/// Errors that can mean that the reader of the output has gone, after which a program ends quietly.
public protocol BrokenPipeError: Error {
    var isBrokenPipe: Bool { get }
}

extension AudioFileError: BrokenPipeError {}
extension OutputError: BrokenPipeError {}
