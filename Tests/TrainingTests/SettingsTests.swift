import Foundation
import Testing
import Training

/// The reference of settings says what is there and what is checked.
@Suite struct SettingsTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func theDocumentIsTheReference() throws {
        let document = try String(
            contentsOf: Self.root.appendingPathComponent("Docs/settings.md"), encoding: .utf8)
        #expect(
            document == SettingsReference.markdown(),
            "write it anew: nwc-train settings > Docs/settings.md")
    }

    /// Every setting with a value that it may have, the objects in it filled in as well.
    private func filled(_ group: SettingGroup) -> SettingValue {
        var object = group.defaults
        for setting in group.settings where object[setting.name] == nil {
            object[setting.name] = sample(setting.kind)
        }
        for setting in group.settings {
            if let nested = nested(setting.kind) {
                object[setting.name] =
                    if case .list = setting.kind { .list([filled(nested)]) } else { filled(nested) }
            }
        }
        return .object(object)
    }

    private func nested(_ kind: Setting.Kind) -> SettingGroup? {
        switch kind {
        case .group(let group): group
        case .list(.group(let group), _): group
        default: nil
        }
    }

    private func sample(_ kind: Setting.Kind) -> SettingValue {
        switch kind {
        case .whole(let range): .whole(range.lowerBound)
        case .seed: .whole(1)
        case .real(let range): .real(range.lowerBound)
        case .flag: .flag(true)
        case .text: .text("x")
        case .choice(let words): .text(words[0])
        case .list(let kind, let count):
            .list(Array(repeating: sample(kind), count: count.lowerBound))
        case .group(let group): filled(group)
        }
    }

    /// What is read from a file with all settings is written with the same names: none is
    /// documented that does not exist, and none exists that is not documented.
    @Test(arguments: SettingsReference.families) func names(family: String) throws {
        let type = try type(family)
        try names(type)
    }

    private func type(_ family: String) throws -> any TaskConfiguration.Type {
        try #require(ConfigurationFile.families.first { ($0.family ?? "codec") == family })
    }

    private func names<C: TaskConfiguration>(_ type: C.Type) throws {
        let given = filled(C.settings)
        let configuration = try JSONDecoder().decode(C.self, from: JSONEncoder().encode(given))
        let written = SettingValue.object(SettingGroup.entries(configuration))
        #expect(paths(given) == paths(written))
    }

    private func paths(_ value: SettingValue, _ place: String = "") -> Set<String> {
        switch value {
        case .object(let entries):
            entries.reduce(into: []) { all, entry in
                all.insert(place + entry.key)
                all.formUnion(paths(entry.value, place + entry.key + "."))
            }
        case .list(let list): list.reduce(into: []) { $0.formUnion(paths($1, place)) }
        default: []
        }
    }

    /// Both ends of every range are accepted by what checks configurations, in files and
    /// elsewhere, unless another setting forbids it.
    @Test(arguments: [
        "default.json", "paper-cmrl.json", "post-filter.json", "denoiser-short.json",
        "lpc-collaborative-short.json",
    ])
    func ranges(name: String) throws {
        let data = try Data(contentsOf: Self.root.appendingPathComponent("Configs/" + name))
        let given = try JSONDecoder().decode(SettingValue.self, from: data)
        guard case .object(let entries) = given else { return }
        var family = "codec"
        if case .text(let word)? = entries["family"] { family = word }
        let type = try type(family)
        var check = SettingsCheck()
        let whole = check.complete(given, type.settings)
        #expect(check.problems.isEmpty)
        var tried = 0
        changed(whole, type.settings) { name, text, value in
            tried += 1
            let reason: String
            do {
                _ = try ConfigurationFile.decode(type, value)
                return
            } catch { reason = "\(error)" }
            let words = reason.split { " :.,".contains($0) }.map(String.init)
            let isOther = Self.related[name].map { words.contains($0) || reason.contains($0) }
            #expect(
                isOther == true || !reason.contains("\(name) is \(text)"),
                "\(name) \(text): \(reason)")
        }
        #expect(tried > 20)
    }

    /// Settings of whose range others take a part, with what is then said.
    private static let related = [
        "batch": "possible are 2", "highestRate": "possible are 3", "highestLevel": "possible are",
        "lowestLevel": "highestLevel", "highestSNR": "possible are", "layers": "possible are",
        "shards": "batch", "segmentFrames": "possible are", "size": "hop",
        "shortSize": "possible are",
        "pitchSize": "possible are", "shortHop": "possible are", "hop": "possible are",
        "pitchBins": "possible are", "wide": "modulo", "stages": "modulo",
        "decoderBlocks": "noiseFilling",
        "noiseProbability": "no noise", "bound": "not 0",
    ]

    /// `value` with one number at an end of its range, for every number there is.
    private func changed(
        _ value: SettingValue, _ group: SettingGroup,
        _ use: (_ name: String, _ text: String, _ value: SettingValue) throws -> Void
    ) rethrows {
        guard case .object(let entries) = value else { return }
        for setting in group.settings {
            guard let given = entries[setting.name] else { continue }
            func with(_ new: SettingValue) -> SettingValue {
                var entries = entries
                entries[setting.name] = new
                return .object(entries)
            }
            switch setting.kind {
            case .whole(let range):
                for bound in [range.lowerBound, range.upperBound] {
                    try use(setting.name, "\(bound)", with(.whole(bound)))
                }
            case .real(let range):
                for bound in [range.lowerBound, range.upperBound] {
                    try use(setting.name, "\(bound)", with(.real(bound)))
                }
            case .group(let nested):
                try changed(given, nested) { try use($0, $1, with($2)) }
            case .list(.group(let nested), _):
                guard case .list(let list) = given, let first = list.first else { continue }
                try changed(first, nested) {
                    try use($0, $1, with(.list([$2] + list.dropFirst())))
                }
            default: continue
            }
        }
    }
}
