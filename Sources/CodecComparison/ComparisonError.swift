import ToolSupport

/// What stops a comparison as a whole. What goes wrong with one file at one rate is a row with a
/// reason instead (`ComparisonRow.reasons`).
public enum ComparisonError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No codec of this name is described.
    case unknownCodec(String, known: [String])
    /// `NAME[:OPTION=VALUE...][@RATES]` that cannot be read.
    case badSelection(String, reason: String)
    /// A description of a codec that makes no sense.
    case badDescription(String, reason: String)
    /// A program of a codec is not installed; how to get it, where the description says that.
    case programMissing(String, codec: String, remedy: String?)
    /// A program did not say its version.
    case noVersion(codec: String, reason: String)
    /// No sound files; what was there instead, if anything.
    case noRecordings(folder: String, omitted: String?)
    /// Recordings that cannot be used, where all are asked for (`Comparison.Settings.isStrict`).
    case badRecordings([String])
    /// A codec takes fewer channels than the recording has.
    case cannotCode(codec: String, channels: Int, most: Int)
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// A line of a file of results that is no row.
    case badRow(path: String, line: Int, reason: String)
    /// Another comparison writes to the same results.
    case inUse(path: String)
    /// The outside judges cannot be installed.
    case noJudges(reason: String)
    /// Results from which the wanted numbers cannot be had.
    case unusableResults(String)

    public var description: String {
        switch self {
        case .unknownCodec(let name, let known):
            "there is no codec \(name); known are \(known.joined(separator: ", "))"
        case .badSelection(let text, let reason): "codec \(text): \(reason)"
        case .badDescription(let name, let reason): "description of codec \(name): \(reason)"
        case .programMissing(let program, let codec, let remedy):
            "codec \(codec) needs the program \(program)\(remedy.map { ": \($0)" } ?? "")"
        case .noVersion(let codec, let reason): "codec \(codec) does not say its version: \(reason)"
        case .noRecordings(let folder, let omitted):
            "no sound files in \(folder)\(omitted.map { " (left out: \($0))" } ?? "")"
        case .badRecordings(let list):
            "recordings that cannot be used: \(list.joined(separator: "; "))"
        case .cannotCode(let codec, let channels, let most):
            "codec \(codec) takes at most \(NumberText.count(most, "channel")), not \(channels)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .badRow(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .inUse(let path): "\(path) is being written by another comparison"
        case .noJudges(let reason): "the judges cannot be installed: \(reason)"
        case .unusableResults(let reason): reason
        }
    }
}
