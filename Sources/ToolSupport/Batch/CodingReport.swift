/// What a coding of one file did.
public protocol CodingReport: Encodable, Sendable {
    var input: String { get }
    /// Of the sound.
    var seconds: Double { get }
    /// Of the bitstream; 0 where there is none.
    var fileBytes: Int { get }
    var warnings: [String] { get }
    /// The summary for people, several lines.
    var summary: String { get }
    /// The same as one line, for one of many files.
    var line: String { get }
}
