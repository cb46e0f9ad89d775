/// What stands behind the samples of a sound in the same file or pipe: chunks, another sound that
/// goes on with it (`cat a.wav b.wav`), or bytes that nothing can be made of.
struct SoundSequel {
    private let input: ByteInput
    /// Texts of the chunks.
    private(set) var tags = SoundTags()
    private(set) var warning: AudioWarning?
    /// Padding and the like, of which nobody must be told.
    private static let fewBytes = 3

    /// - Parameter input: stands behind the last sample.
    init(_ input: ByteInput) { self.input = input }

    /// Walks on from the end of the samples.
    /// - Parameters:
    ///   - last: the sound that has ended.
    ///   - allowed: whether another part may follow.
    /// - Returns: another sound that continues it; the input then stands at its first sample.
    mutating func find(behind last: SoundLayout, allowed: Bool) throws(AudioFileError)
        -> SoundLayout?
    {
        if case .short = last.chunks, let bytes = last.dataBytes, bytes % 2 == 1 {
            try skipPadding(last)
        }
        while true {
            let ahead = Array(try input.peek(16))
            if SoundHeader.isContainer(ahead) {
                guard allowed, let next = try nextSound(last) else { return nil }
                return next
            }
            guard let chunks = last.chunks else { break }
            let walk = ChunkWalk(style: chunks)
            guard let chunk = try walk.next(input) else { break }
            if chunk.has("LIST"), chunk.body <= ChunkWalk.largestText {
                guard let body = try walk.body(chunk, of: input) else { break }
                tags.add(riffList: body)
            } else if let name = IFFReading.textNames.first(where: { chunk.has($0.id) })?.name,
                chunk.body <= ChunkWalk.largestText
            {
                guard let body = try walk.body(chunk, of: input) else { break }
                if tags[name] == nil { tags[name] = SoundTags.text(body) }
            } else if chunk.has("info"), chunks == .long, chunk.body <= ChunkWalk.largestText {
                guard let body = try walk.body(chunk, of: input) else { break }
                tags.add(cafInformation: body)
            } else {
                guard try skip(chunk, walk) else { break }
            }
        }
        try count()
        return nil
    }

    /// Leaves out a chunk that is not looked into.
    /// - Returns: false where it claims more bytes than there are: then it was none, and its bytes
    ///   are counted as left.
    private mutating func skip(_ chunk: ChunkWalk.Chunk, _ walk: ChunkWalk) throws(AudioFileError)
        -> Bool
    {
        let before = input.position - chunk.header.count
        if try walk.skip(chunk, of: input) { return true }
        let bytes = input.position - before
        warning = .bytesBehindLength(bytes: bytes)
        return false
    }

    private func skipPadding(_ last: SoundLayout) throws(AudioFileError) {
        guard let chunks = last.chunks else { return }
        let ahead = try input.peek(1 + chunks.headerBytes)
        if ahead.first == 0 || chunks.size(ahead) == nil { _ = try input.take(1) }
    }

    /// Counts bytes that are no chunk.
    private mutating func count() throws(AudioFileError) {
        let left = try input.drain()
        if left > Self.fewBytes, warning == nil { warning = .bytesBehindLength(bytes: left) }
    }

    /// Reads the header ahead.
    /// - Returns: nil where that sound cannot be a part of the one before it; then it is warned of.
    private mutating func nextSound(_ last: SoundLayout) throws(AudioFileError) -> SoundLayout? {
        let place = input.position
        var what = "another sound"
        do throws(AudioFileError) {
            if let next = try SoundHeader.parse(input) {
                if next.continues(last) { return next }
                if let format = next.format {
                    what = AudioWarning.soundText(
                        rate: format.sampleRate, channels: format.channels)
                }
            }
        } catch {
            guard case .malformedHeader = error else { throw error }
            what = "a broken header"
        }
        let taken = input.position - place
        warning = .otherSound(what, bytes: taken + (try input.drain()))
        return nil
    }
}
