/// A condition as results name it: `codec@rate`, or the name of an anchor.
struct ConditionName {
    /// With its options.
    let codec: String
    /// kbit/s; nil for anchors.
    let rate: String?

    init(_ text: String) {
        // Options may hold the sign too, rates do not.
        guard let sign = text.lastIndex(of: "@") else {
            (codec, rate) = (text, nil)
            return
        }
        codec = String(text[..<sign])
        rate = String(text[text.index(after: sign)...])
    }

    /// Short, for tables: `Opus@8`.
    /// - Parameter names: of codecs (`CodecCatalogue.titles`); others keep their own
    func title(_ names: [String: String]) -> String {
        (names[codec] ?? codec) + (rate.map { "@\($0)" } ?? "")
    }

    /// In words, for axes: "Opus at 8 kbit/s".
    func words(_ names: [String: String]) -> String {
        (names[codec] ?? codec) + (rate.map { " at \($0) kbit/s" } ?? "")
    }
}
