import CSndfile

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Tags as libsndfile reads and writes them.
extension SoundTags {
    private static let soundFileTypes: [(type: Int, name: Name)] = [
        (SF_STR_TITLE, .title), (SF_STR_ARTIST, .artist), (SF_STR_ALBUM, .album),
        (SF_STR_TRACKNUMBER, .trackNumber), (SF_STR_DATE, .date), (SF_STR_GENRE, .genre),
        (SF_STR_COMMENT, .comment), (SF_STR_COPYRIGHT, .copyright), (SF_STR_LICENSE, .license),
    ]

    /// What an open sound file says about itself so far.
    init(soundFile handle: OpaquePointer) {
        self.init()
        for (type, name) in Self.soundFileTypes {
            guard let text = sf_get_string(handle, CInt(type)) else { continue }
            self[name] = Self.text(
                UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
    }

    /// Gives the tags to a sound file that is being written, before its first sample. A format
    /// without a place for one of them does without.
    func set(in handle: OpaquePointer) {
        for (type, name) in Self.soundFileTypes {
            if let text = self[name] { _ = sf_set_string(handle, CInt(type), text) }
        }
    }
}
