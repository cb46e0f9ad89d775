/// Several sounds one behind another that are one sound: the links of an Ogg file.
final class ChainedSource: FrameSource {
    let sampleRate: Int
    let channels: Int
    let declaredFrames: Int?
    var promisedFrames: Int? { declaredFrames }
    var formatName: String { source.formatName }
    var isFloat: Bool { source.isFloat }
    var isSeekable: Bool { true }
    private(set) var tags: SoundTags
    var warnings: [AudioWarning] { earlier + source.warnings + (isLast ? final : []) }

    /// Opens a part.
    typealias Opening = () throws(AudioFileError) -> any FrameSource
    private let parts: [Opening]
    private let lengths: [Int?]
    private var source: any FrameSource
    private var current = 0
    /// Warnings of the parts before, and of what follows the last one.
    private var earlier: [AudioWarning] = []
    private let final: [AudioWarning]
    private var isLast: Bool { current == parts.count - 1 }

    /// - Parameters:
    ///   - parts: at least one, with their numbers of bytes.
    init(_ parts: [(bytes: Int, open: Opening)]) throws(AudioFileError) {
        guard let first = parts.first else {
            throw .unrecognised(path: "", reason: "no sound")
        }
        source = try first.open()
        (sampleRate, channels, tags) = (source.sampleRate, source.channels, source.tags)
        var lengths = [source.declaredFrames]
        var final: [AudioWarning] = []
        for (number, part) in parts.enumerated().dropFirst() {
            let left = parts[number...].reduce(0) { $0 + $1.bytes }
            let next: any FrameSource
            do throws(AudioFileError) { next = try part.open() } catch {
                guard case .unrecognised = error else { throw error }
                final = [.otherSound("something that cannot be read", bytes: left)]
                break
            }
            guard next.sampleRate == sampleRate, next.channels == channels else {
                let text = AudioWarning.soundText(rate: next.sampleRate, channels: next.channels)
                final = [.otherSound(text, bytes: left)]
                break
            }
            tags.fill(from: next.tags)
            lengths.append(next.declaredFrames)
        }
        self.parts = parts[..<lengths.count].map(\.open)
        self.lengths = lengths
        self.final = final
        declaredFrames = lengths.reduce(0 as Int?) { sum, next in
            sum.flatMap { sum in next.map { sum + $0 } }
        }
    }

    func read(into buffer: UnsafeMutableBufferPointer<Float>) throws(AudioFileError) -> Int {
        while true {
            let frames = try source.read(into: buffer)
            if frames > 0 || isLast { return frames }
            earlier += source.warnings
            current += 1
            source = try parts[current]()
        }
    }

    func seek(toFrame frame: Int) throws(AudioFileError) {
        var left = frame
        var number = 0
        while number + 1 < parts.count, let length = lengths[number], left >= length {
            left -= length
            number += 1
        }
        earlier = []
        if number != current {
            source = try parts[number]()
            current = number
        }
        try source.seek(toFrame: left)
    }
}
