import AudioFile
import CMRLCodec

/// A tag in a report.
public struct TagText: Encodable, Sendable, Equatable {
    public var name: String
    public var value: String

    /// All tags of a stream; nil where there are none.
    static func list(_ tags: StreamTags?) -> [TagText]? {
        guard let entries = tags?.entries, !entries.isEmpty else { return nil }
        return entries.map { TagText(name: $0.name, value: $0.value) }
    }

    /// One line of a report for people, more for a text of several lines. The text comes from
    /// anywhere and must not control the terminal.
    var line: String {
        let lines = value.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
        let text = lines.joined(separator: "\n            ")
        return "  tag       \(name): \(Console.printable(text))"
    }
}

extension SoundTags {
    /// What a stream can hold of them.
    /// - Returns: nil without any; the names of those for which there was no room.
    func streamTags() -> (tags: StreamTags?, leftOut: [String]) {
        var entries: [StreamTags.Entry] = []
        var leftOut: [String] = []
        for name in names {
            guard let value = self[name] else { continue }
            if let entry = try? StreamTags.Entry(name: name.rawValue, value: value),
                (try? StreamTags(entries + [entry])) != nil
            {
                entries.append(entry)
            } else {
                leftOut.append(name.rawValue)
            }
        }
        return (entries.isEmpty ? nil : try? StreamTags(entries), leftOut)
    }

    /// Those of a stream's tags that sound files have; of several with one name the first.
    init(_ tags: StreamTags?) {
        self.init()
        for entry in tags?.entries ?? [] {
            guard let name = Name(rawValue: entry.name), self[name] == nil else { continue }
            self[name] = entry.value
        }
    }
}
