/// Files that a job over a folder left out, with the reasons: to be told at its end.
public struct Omissions: Sendable, Equatable {
    /// Why a file was left out.
    public enum Reason: Int, Sendable, CaseIterable {
        /// Its name is not that of a recording.
        case otherFormat
        /// A recording that FFmpeg would read, which is not installed.
        case needsFFmpeg
        /// Shorter than the job can use.
        case tooShort
        /// What macOS stores beside a file (`._NAME`): no sound.
        case sidecar
        /// A linked folder that was already visited or that leads back.
        case repeatedFolder
        /// A symbolic link to nothing.
        case danglingLink
        /// No bytes or no samples.
        case empty
        /// The system does not let it be read, or it is no file.
        case unreadable
        /// It cannot be decoded, or it ends too early.
        case damaged
        /// Samples that are no finite numbers.
        case nonFinite

        /// Something is wrong with the file itself, which somebody might want to mend.
        public var isFault: Bool {
            switch self {
            case .otherFormat, .needsFFmpeg, .tooShort, .repeatedFolder: false
            case .sidecar, .danglingLink, .empty, .unreadable, .damaged, .nonFinite: true
            }
        }

        /// Behind a number of files.
        var text: String {
            switch self {
            case .otherFormat: "of other formats"
            case .needsFFmpeg: "that need ffmpeg, which is not installed"
            case .tooShort: "too short"
            case .sidecar: "macOS sidecar (._)"
            case .repeatedFolder: "linked twice"
            case .danglingLink: "broken link"
            case .empty: "empty"
            case .unreadable: "unreadable"
            case .damaged: "damaged"
            case .nonFinite: "with NaN or infinite samples"
            }
        }
    }

    /// One file.
    public struct Entry: Sendable, Equatable, CustomStringConvertible {
        public var path: String
        public var reason: Reason
        /// More about it; may be empty.
        public var detail: String

        public var description: String {
            "\(path): \(reason.text)\(detail.isEmpty ? "" : ": \(detail)")"
        }
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    public var isEmpty: Bool { entries.isEmpty }

    /// Notes a file. A path that is already noted keeps its first reason.
    public mutating func add(_ path: String, _ reason: Reason, _ detail: String = "") {
        guard paths.insert(path).inserted else { return }
        entries.append(Entry(path: path, reason: reason, detail: detail))
    }

    /// What somebody might want to mend, by path.
    public var faults: [Entry] {
        entries.filter(\.reason.isFault).sorted { $0.path < $1.path }
    }

    /// Files by reason: `2 empty, 14 of other formats`; nil where nothing was left out.
    public var summary: String? {
        let counts = Reason.allCases.compactMap { reason -> String? in
            let count = entries.count { $0.reason == reason }
            return count > 0 ? "\(count) \(reason.text)" : nil
        }
        return counts.isEmpty ? nil : counts.joined(separator: ", ")
    }

    private var paths: Set<String> = []
}
