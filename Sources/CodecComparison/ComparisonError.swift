/// What stops a comparison as a whole. What goes wrong with one file at one rate is a row with a
/// reason instead (`ComparisonRow.reasons`).
public enum ComparisonError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No codec of this name is described.
    case unknownCodec(String, known: [String])
    /// `NAME[:OPTION=VALUE...][@RATES]` that cannot be read.
    case badSelection(String, reason: String)
    /// A description of a codec that makes no sense.
    case badDescription(String, reason: String)
    /// A program of a codec is not installed.
    case programMissing(String, codec: String, packages: [String])
    /// A program did not say its version.
    case noVersion(codec: String, reason: String)
    /// No sound files.
    case noRecordings(folder: String)
    case cannotRead(path: String, reason: String)
    case cannotWrite(path: String, reason: String)
    /// A line of a file of results that is no row.
    case badRow(path: String, line: Int, reason: String)
    /// Another comparison writes to the same results.
    case inUse(path: String)
    /// Results from which the wanted numbers cannot be had.
    case unusableResults(String)

    public var description: String {
        switch self {
        case .unknownCodec(let name, let known):
            "there is no codec \(name); known are \(known.joined(separator: ", "))"
        case .badSelection(let text, let reason): "codec \(text): \(reason)"
        case .badDescription(let name, let reason): "description of codec \(name): \(reason)"
        case .programMissing(let program, let codec, let packages):
            "codec \(codec) needs the program \(program)"
                + (packages.isEmpty
                    ? "" : ": Scripts/peers.sh installs \(packages.joined(separator: ", "))")
        case .noVersion(let codec, let reason): "codec \(codec) does not say its version: \(reason)"
        case .noRecordings(let folder): "no sound files in \(folder)"
        case .cannotRead(let path, let reason): "cannot read \(path): \(reason)"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .badRow(let path, let line, let reason): "\(path), line \(line): \(reason)"
        case .inUse(let path): "\(path) is being written by another comparison"
        case .unusableResults(let reason): reason
        }
    }
}
