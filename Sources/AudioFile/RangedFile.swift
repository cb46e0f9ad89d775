#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A part of a regular file, or of a copy of a pipe, as a file of its own: what decoders are given
/// that want to seek. Has a position of its own, so that several can share a descriptor. Bytes made
/// up by us may stand in front.
final class RangedFile {
    let descriptor: Descriptor
    let prefix: [UInt8]
    /// Bytes of the file that belong to the part.
    let range: Range<Int>
    /// Place of the next byte, counted from the first of `prefix`; not negative.
    private(set) var position = 0
    /// The first failure of reading, which decoders take for the end.
    private(set) var failure: AudioFileError?

    /// - Parameters:
    ///   - range: absolute places in the file; what lies behind its end is not there.
    init(_ descriptor: Descriptor, range: Range<Int>, prefix: [UInt8] = []) {
        self.descriptor = descriptor
        self.range = range
        self.prefix = prefix
    }

    var length: Int { prefix.count + range.count }

    /// Reads up to the size of the buffer; less only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var done = 0
        while done < buffer.count {
            if position < prefix.count {
                buffer[done] = prefix[position]
                (done, position) = (done + 1, position + 1)
                continue
            }
            let place = range.lowerBound + position - prefix.count
            let wanted = min(buffer.count - done, range.upperBound - place)
            guard wanted > 0, failure == nil else { break }
            do throws(AudioFileError) {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + wanted])
                let got = try descriptor.read(into: part, at: place)
                if got == 0 { break }
                (done, position) = (done + got, position + got)
            } catch { failure = error }
        }
        return done
    }

    /// The bytes at a place, fewer only at the end; the position stays.
    func bytes(at place: Int, count: Int) -> [UInt8] {
        let before = position
        defer { position = before }
        seek(to: place)
        return [UInt8](unsafeUninitializedCapacity: max(count, 0)) { buffer, initialised in
            initialised = read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func seek(to place: Int) { position = max(0, place) }

    /// Goes to a place as `lseek` does.
    /// - Returns: the new position, or nil where that would be negative.
    func seek(_ offset: Int, whence: CInt) -> Int? {
        let origin = whence == SEEK_CUR ? position : whence == SEEK_END ? length : 0
        let (place, overflow) = origin.addingReportingOverflow(offset)
        guard !overflow, place >= 0 else { return nil }
        position = place
        return place
    }
}
