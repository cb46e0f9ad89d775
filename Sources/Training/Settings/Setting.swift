import CMRLCodec
import Foundation

/// What may stand under a name in a training configuration. Files are checked with it, and the
/// reference that people read (`SettingsReference`) is made from it.
package struct Setting: Sendable {
    /// What values there are.
    package indirect enum Kind: Sendable {
        case whole(ClosedRange<Int>)
        /// A whole number of 64 bits without a sign.
        case seed
        case real(ClosedRange<Double>)
        case flag
        case text
        case choice([String])
        case list(Kind, count: ClosedRange<Int>)
        case group(SettingGroup)
    }

    /// What holds where a file leaves a setting out.
    package enum Absence: Sendable, Equatable {
        case required
        /// The value of the group's defaults.
        case usual
        /// What these words say, because it depends on other settings.
        case means(String)
    }

    package let name: String
    package let kind: Kind
    /// Of the value, for people; empty = a plain number, or none.
    let unit: String
    let absence: Absence
    /// What it does.
    let effect: String

    init(
        _ name: String, _ kind: Kind, _ unit: String = "", _ absence: Absence = .usual,
        _ effect: String
    ) {
        self.name = name
        self.kind = kind
        self.unit = unit
        self.absence = absence
        self.effect = effect
    }
}

/// The settings of one JSON object.
public struct SettingGroup: Sendable {
    /// Heading of the reference.
    let title: String
    /// What the object is; a sentence or two.
    let about: String
    package let settings: [Setting]
    /// Values of the settings that a file may leave out.
    package let defaults: [String: SettingValue]

    /// - Parameter usual: has the values that hold where a file says nothing
    package init(
        _ title: String, _ about: String, defaults usual: some Encodable, _ settings: [Setting]
    ) {
        self.title = title
        self.about = about
        self.settings = settings
        defaults = Self.entries(usual)
    }

    var names: [String] { settings.map(\.name) }

    /// What a value is in a file, with the entries that files may leave out; empty where it is no
    /// object.
    package static func entries(_ value: some Encodable) -> [String: SettingValue] {
        let encoder = JSONEncoder()
        if let all = NetworkConfiguration.writesAllEntries { encoder.userInfo[all] = true }
        guard let data = try? encoder.encode(value),
            case .object(let entries)? = try? JSONDecoder().decode(SettingValue.self, from: data)
        else { return [:] }
        return entries
    }
}
