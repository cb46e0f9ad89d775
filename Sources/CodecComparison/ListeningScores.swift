import Foundation

/// Scores of blind listening tests, as the report page saves them, pooled over listeners and clips.
public struct ListeningScores: Sendable {
    /// What a page saves.
    struct Session: Decodable {
        struct Rating: Decodable {
            var condition: String
            /// 0 bad ... 100 excellent
            var score: Double
        }
        struct Trial: Decodable {
            var clip: String
            var ratings: [Rating]
        }

        var kind: String
        var listener: String?
        var trials: [Trial]
    }

    /// A codec at a rate, an anchor, or the hidden reference.
    public struct Condition: Encodable, Sendable {
        public var condition: String
        public var mean: Double
        /// 95 % bootstrap interval over ratings.
        public var low: Double
        public var high: Double
        public var ratings: Int
        public var listeners: Int
    }

    private var scores: [(condition: String, listener: String, score: Double)] = []
    /// Files so far, and of whom not all can be trusted.
    public private(set) var sessions = 0
    /// Listeners who rated the hidden reference below 90 in more than 15 % of their trials: the
    /// post-screening of ITU-R BS.1534-3, 4.1.2. They are counted nevertheless.
    public private(set) var doubtful: [String] = []

    public init() {}

    /// The original among the stimuli, without its name.
    static let hidden = "hidden reference"

    /// - Parameters:
    ///   - bytes: a saved test
    ///   - path: for messages, and as the listener's name where none was given
    /// - Throws: `ComparisonError.cannotRead`
    public mutating func add(_ bytes: Data, path: String) throws(ComparisonError) {
        let session: Session
        do { session = try JSONDecoder().decode(Session.self, from: bytes) } catch {
            throw .cannotRead(path: path, reason: "no scores of a listening test")
        }
        guard session.kind == "nwc listening test" else {
            throw .cannotRead(path: path, reason: "its kind is \(session.kind)")
        }
        let ratings = session.trials.flatMap(\.ratings)
        if let odd = ratings.first(where: { !(0...100).contains($0.score) }) {
            throw .cannotRead(path: path, reason: "a score of \(odd.score), possible are 0 ... 100")
        }
        let listener = session.listener.flatMap { $0.isEmpty ? nil : $0 } ?? path
        sessions += 1
        scores += ratings.map { ($0.condition, listener, $0.score) }
        let hidden = ratings.filter { $0.condition == Self.hidden }
        let missed = hidden.count { $0.score < 90 }
        if Double(missed) > 0.15 * Double(hidden.count), !doubtful.contains(listener) {
            doubtful.append(listener)
        }
    }

    /// The best first.
    public var conditions: [Condition] {
        var names: [String] = []
        for score in scores where !names.contains(score.condition) { names.append(score.condition) }
        return names.compactMap { name in
            let own = scores.filter { $0.condition == name }
            guard let interval = BootstrapInterval(own.map(\.score)) else { return nil }
            return Condition(
                condition: name, mean: interval.mean, low: interval.low, high: interval.high,
                ratings: own.count, listeners: Set(own.map(\.listener)).count)
        }.sorted { ($0.mean, $1.condition) > ($1.mean, $0.condition) }
    }
}
