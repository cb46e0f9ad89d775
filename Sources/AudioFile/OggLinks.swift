/// The sounds in an Ogg file (RFC 3533): one, or several that were put one behind another, called
/// links of a chain. Only the headers of the pages are read.
enum OggLinks {
    /// One sound, with what its first packet says about its coding.
    struct Link {
        var range: Range<Int>
        var start: [UInt8]
    }

    /// Finds the links of a part of a file.
    /// - Parameter file: begins with a page.
    /// - Returns: at least one. What is no page belongs to the link before it: decoders look for
    ///   the next page themselves.
    static func find(_ file: RangedFile) throws(AudioFileError) -> [Link] {
        var links: [Link] = []
        var place = 0
        /// The page before began a stream: several streams of one link begin together.
        var begins = false
        while true {
            let page = file.bytes(at: place, count: 27 + 255 + 64)
            guard page.count >= 27, page.has("OggS") else { break }
            let segments = Int(page[26])
            guard page.count >= 27 + segments else { break }
            let isFirst = page[5] & 2 != 0
            if isFirst, !begins {
                if let last = links.indices.last {
                    links[last].range = links[last].range.lowerBound..<place
                }
                guard links.count < mostLinks else { break }
                links.append(
                    Link(range: place..<file.length, start: Array(page[(27 + segments)...])))
            }
            begins = isFirst
            place += 27 + segments + page[27..<27 + segments].reduce(0) { $0 + Int($1) }
        }
        if let failure = file.failure { throw failure }
        if links.isEmpty { links = [Link(range: 0..<file.length, start: [])] }
        let base = file.range.lowerBound
        return links.map { link in
            Link(
                range: (base + link.range.lowerBound)..<(base + link.range.upperBound),
                start: link.start)
        }
    }

    private static let mostLinks = 4096
}
