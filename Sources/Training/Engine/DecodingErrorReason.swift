import Foundation

extension DecodingError {
    /// The place in the file and what is wrong there, on one line.
    var reason: String {
        func place(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { text, key in
                text
                    + (key.intValue.map { "[\($0)]" }
                        ?? (text.isEmpty ? "" : ".") + key.stringValue)
            }
        }
        func text(_ context: DecodingError.Context, _ keys: [any CodingKey] = []) -> String {
            let location = place(context.codingPath + keys)
            return location.isEmpty ? "" : "\(location): "
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(text(context, [key]))missing"
        case .valueNotFound(let type, let context): return "\(text(context))null instead of \(type)"
        case .typeMismatch(let type, let context): return "\(text(context))must be of type \(type)"
        case .dataCorrupted(let context):
            let detail =
                (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey]
                as? String
            return text(context) + (detail ?? context.debugDescription)
        @unknown default: return "\(self)"
        }
    }
}
