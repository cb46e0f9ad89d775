/// A codec with the rates at which it is to run, as a user writes it: `opus@8,12,16`,
/// `nwc:model=FILE@8`, `amrwb` (its default rates).
public struct CodecSelection: Sendable, Equatable {
    public let description: CodecDescription
    /// Options in the order they were given.
    public let options: [(name: String, value: String)]
    /// kbit/s, ascending, each once.
    public let rates: [Double]
    /// The codec in results: its name, with the options.
    public let label: String

    /// - Throws: `unknownCodec`, `badSelection`.
    public init(_ text: String, catalogue: CodecCatalogue) throws(ComparisonError) {
        let at = text.lastIndex(of: "@")
        let head = at.map { text[..<$0] } ?? text[...]
        var parts = head.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let name = parts.removeFirst()
        guard let description = catalogue[name] else {
            throw .unknownCodec(name, known: catalogue.names)
        }
        var options: [(name: String, value: String)] = []
        for part in parts {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else {
                throw .badSelection(text, reason: "\(part) is no OPTION=VALUE")
            }
            guard description.options?[pair[0]] != nil else {
                let known = description.options?.keys.sorted().joined(separator: ", ") ?? ""
                throw .badSelection(
                    text,
                    reason: "there is no option \(pair[0])"
                        + (known.isEmpty ? "" : "; known are \(known)"))
            }
            options.append((pair[0], pair[1]))
        }
        var rates = description.rates.default ?? description.rates.list ?? []
        if let at {
            rates = []
            for word in text[text.index(after: at)...].split(
                separator: ",", omittingEmptySubsequences: false)
            {
                guard let rate = Double(word), rate.isFinite, rate > 0 else {
                    throw .badSelection(
                        text, reason: "a rate is a positive number of kbit/s, not \"\(word)\"")
                }
                guard description.rates.contains(rate) else {
                    let hint = rate > 1_000 ? "; rates are in kbit/s" : ""
                    throw .badSelection(
                        text,
                        reason:
                            """
                            \(word) kbit/s is not offered; possible are \
                            \(description.rates.text)\(hint)
                            """
                    )
                }
                rates.append(rate)
            }
        }
        self.description = description
        self.options = options
        self.rates = Array(Set(rates)).sorted()
        label = String(head)
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.label == b.label && a.rates == b.rates && a.description == b.description
    }
}
