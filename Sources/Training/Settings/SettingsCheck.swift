import Foundation

/// Compares a configuration file with what its settings may be, and fills in what it leaves out.
package struct SettingsCheck {
    /// What is wrong, in the order of the settings: all of it, not the first alone.
    package private(set) var problems: [String] = []

    package init() {}

    /// - Returns: the object with the defaults of what it leaves out; of use where there are no
    ///   `problems`
    package mutating func complete(
        _ value: SettingValue, _ group: SettingGroup, at place: String = ""
    ) -> SettingValue {
        guard case .object(var entries) = value else {
            problems.append("\(Self.named(place))must be an object, {...}, not \(value.text)")
            return value
        }
        // A name without a value is as good as none.
        entries = entries.filter { $0.value != .null }
        for name in entries.keys.sorted() where !group.names.contains(name) {
            let nearest = SettingNames.nearest(name, group.names).map { " (\($0)?)" } ?? ""
            problems.append("no setting is called \(Self.join(place, name))\(nearest)")
        }
        for setting in group.settings {
            let path = Self.join(place, setting.name)
            if let given = entries[setting.name] {
                entries[setting.name] = checked(given, setting.kind, at: path)
            } else if case .usual = setting.absence, let usual = group.defaults[setting.name] {
                entries[setting.name] = usual
            } else if case .required = setting.absence {
                problems.append("\(path): missing")
            }
        }
        return .object(entries)
    }

    private mutating func checked(_ value: SettingValue, _ kind: Setting.Kind, at path: String)
        -> SettingValue
    {
        if value == .unfit {
            problems.append("\(path) is \(value.text)")
            return value
        }
        switch kind {
        case .whole(let range):
            guard case .whole(let whole) = value else {
                // 1e3 is as good as 1000.
                if case .real(let real) = value, let whole = Int(exactly: real) {
                    return checked(.whole(whole), kind, at: path)
                }
                return wrong(value, "a whole number", path)
            }
            if !range.contains(whole) { outside(value, Self.text(range), path) }
        case .seed:
            if case .large = value { return value }
            guard let number = value.number else { return wrong(value, "a whole number", path) }
            guard let whole = UInt64(exactly: number) else {
                outside(value, "0 ... \(UInt64.max)", path)
                return value
            }
            if case .real = value { return .large(whole) }
        case .real(let range):
            guard let number = value.number else { return wrong(value, "a number", path) }
            guard range.contains(number) else {
                outside(.real(number), Self.text(range), path)
                return value
            }
        case .flag:
            guard case .flag = value else { return wrong(value, "true or false", path) }
        case .text:
            guard case .text = value else { return wrong(value, "a text", path) }
        case .choice(let words):
            guard case .text(let word) = value else { return wrong(value, "a text", path) }
            if !words.contains(word) {
                outside(value, words.map { "\"\($0)\"" }.joined(separator: ", "), path)
            }
        case .list(let kind, let count):
            guard case .list(let list) = value else { return wrong(value, "a list, [...]", path) }
            if !count.contains(list.count) {
                problems.append(
                    "\(path) has \(list.count) entries, possible are \(Self.text(count))")
            }
            return .list(
                list.enumerated().map { checked($0.element, kind, at: "\(path)[\($0.offset)]") })
        case .group(let group): return complete(value, group, at: path)
        }
        return value
    }

    private mutating func wrong(_ value: SettingValue, _ expected: String, _ path: String)
        -> SettingValue
    {
        problems.append("\(path) is \(value.text), must be \(expected)")
        return value
    }

    private mutating func outside(_ value: SettingValue, _ possible: String, _ path: String) {
        problems.append("\(path) is \(value.text), possible are \(possible)")
    }

    private static func named(_ place: String) -> String { place.isEmpty ? "" : "\(place): " }
    private static func join(_ place: String, _ name: String) -> String {
        place.isEmpty ? name : "\(place).\(name)"
    }

    /// A range as people read it.
    static func text<Bound>(_ range: ClosedRange<Bound>) -> String {
        "\(range.lowerBound) ... \(range.upperBound)"
    }
}

/// Names that are nearly right.
enum SettingNames {
    /// The known name that the fewest insertions, deletions and replacements of letters lead to;
    /// nil where they would change more than a third of the name.
    static func nearest(_ name: String, _ known: [String]) -> String? {
        let distances = known.map { (name: $0, changes: changes(Array(name), Array($0))) }
        guard let best = distances.min(by: { $0.changes < $1.changes }),
            3 * best.changes <= max(name.count, 3)
        else { return nil }
        return best.name
    }

    /// Levenshtein's distance.
    private static func changes(_ a: [Character], _ b: [Character]) -> Int {
        var row = Array(0...b.count)
        for i in a.indices {
            var diagonal = row[0]
            row[0] = i + 1
            for j in b.indices {
                let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[b.count]
    }
}
