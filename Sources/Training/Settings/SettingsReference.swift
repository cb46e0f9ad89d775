/// The reference of all settings of training configurations, for people.
public enum SettingsReference {
    /// Words that choose a part of the reference: the families of configurations.
    public static var families: [String] {
        ConfigurationFile.families.map { $0.family ?? "codec" }
    }

    /// The reference as Markdown, one table an object.
    /// - Parameter family: one of `families`; nil = all
    public static func markdown(_ family: String? = nil) -> String {
        let chosen = ConfigurationFile.families.filter {
            family == nil || ($0.family ?? "codec") == family
        }
        return
            ([introduction]
            + chosen.map { type in
                var seen: Set<String> = []
                return section(type.settings, level: 2, seen: &seen)
            }).joined(separator: "\n\n") + "\n"
    }

    private static let introduction = """
        # Settings of training configurations

        A configuration is a JSON object. This page is made by `nwc-train settings` from what the \
        programs check; a test compares them. "Default" holds where a file leaves the setting \
        out; *required* ones it cannot. `[]` stands for every entry of a list. `run` names all \
        mistakes of a file at once, unknown names with the nearest known one. How to train, and \
        examples: [training](training.md).
        """

    /// - Parameter seen: titles of groups that stand in the section already
    private static func section(_ group: SettingGroup, level: Int, seen: inout Set<String>)
        -> String
    {
        seen.insert(group.title)
        let heading = String(repeating: "#", count: level)
        let title = level == 2 ? group.title : "`\(group.title)`"
        var parts = ["\(heading) \(title)", group.about, table(group)]
        for child in group.settings.compactMap({ nested($0.kind) })
        where !seen.contains(child.title) {
            parts.append(section(child, level: 3, seen: &seen))
        }
        return parts.joined(separator: "\n\n")
    }

    private static func nested(_ kind: Setting.Kind) -> SettingGroup? {
        switch kind {
        case .group(let group): group
        case .list(let kind, _): nested(kind)
        default: nil
        }
    }

    private static func table(_ group: SettingGroup) -> String {
        let rows = group.settings.map { setting in
            let values = values(setting.kind)
            let cells = [
                "`\(setting.name)`",
                setting.unit.isEmpty ? values : "\(values) \(setting.unit)",
                absence(setting, group), setting.effect,
            ]
            return "| " + cells.joined(separator: " | ") + " |"
        }
        return (["| setting | values | default | effect |", "|---|---|---|---|"] + rows).joined(
            separator: "\n")
    }

    private static func values(_ kind: Setting.Kind) -> String {
        switch kind {
        case .whole(let range):
            range.upperBound == .max
                ? "whole, from \(range.lowerBound)" : "whole, \(number(range))"
        case .seed: "whole, 0 ... 2^64 - 1"
        case .real(let range): "\(number(range))"
        case .flag: "true, false"
        case .text: "text"
        case .choice(let words): words.map { "`\"\($0)\"`" }.joined(separator: ", ")
        case .list(.group(let group), let count):
            "list of \(number(count)) objects, see `\(group.title)`"
        case .list(let kind, let count): "list of \(number(count)): \(values(kind))"
        case .group(let group): "object, see `\(group.title)`"
        }
    }

    private static func absence(_ setting: Setting, _ group: SettingGroup) -> String {
        switch setting.absence {
        case .required: "*required*"
        case .means(let text): text
        case .usual:
            switch group.defaults[setting.name] {
            case .object?: "its defaults"
            case .list(let list)?
            where list.contains { if case .object = $0 { true } else { false } }:
                "\(list.count) with their defaults"
            case let value?: value.text
            case nil: ""
            }
        }
    }

    private static func number(_ range: ClosedRange<Int>) -> String {
        "\(short(Double(range.lowerBound))) ... \(short(Double(range.upperBound)))"
    }
    private static func number(_ range: ClosedRange<Double>) -> String {
        "\(short(range.lowerBound)) ... \(short(range.upperBound))"
    }

    /// Whole numbers without a point.
    private static func short(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
