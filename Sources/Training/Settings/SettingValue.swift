import Foundation

/// A JSON value as it stands in a file, before anything is known about its meaning.
package enum SettingValue: Codable, Equatable, Sendable {
    case null
    case flag(Bool)
    case whole(Int)
    /// Above `Int.max`.
    case large(UInt64)
    case real(Double)
    /// A number that no type holds, such as 1e999.
    case unfit
    case text(String)
    case list([SettingValue])
    case object([String: SettingValue])

    package init(from decoder: any Decoder) throws {
        if let object = try? [String: SettingValue](from: decoder) {
            self = .object(object)
            return
        }
        if let list = try? [SettingValue](from: decoder) {
            self = .list(list)
            return
        }
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let whole = try? value.decode(Int.self) {
            self = .whole(whole)
        } else if let large = try? value.decode(UInt64.self) {
            self = .large(large)
        } else if let real = try? value.decode(Double.self), real.isFinite {
            self = .real(real)
        } else {
            self = .unfit
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null, .unfit: try value.encodeNil()
        case .flag(let flag): try value.encode(flag)
        case .whole(let whole): try value.encode(whole)
        case .large(let large): try value.encode(large)
        case .real(let real): try value.encode(real)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .object(let object): try value.encode(object)
        }
    }

    /// As it would stand in a file, on one line.
    package var text: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .whole(let whole): "\(whole)"
        case .large(let large): "\(large)"
        case .real(let real): "\(real)"
        case .unfit: "a number that is too large"
        case .text(let text): "\"\(text)\""
        case .list(let list): "[" + list.map(\.text).joined(separator: ", ") + "]"
        case .object: "{...}"
        }
    }

    /// The value as a number; nil = it is none.
    var number: Double? {
        switch self {
        case .whole(let whole): Double(whole)
        case .large(let large): Double(large)
        case .real(let real): real
        default: nil
        }
    }
}
