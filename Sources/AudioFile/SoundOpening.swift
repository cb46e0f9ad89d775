#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds out what a file or pipe holds, and who reads it.
enum SoundOpening {
    /// - Parameter descriptor: stands at the first byte.
    static func open(_ descriptor: Descriptor, _ options: AudioReader.Options)
        throws(AudioFileError) -> any FrameSource
    {
        let path = descriptor.path
        let kind = try descriptor.status().st_mode & S_IFMT
        guard kind != S_IFDIR, kind != S_IFBLK else { throw .notAFile(path: path) }
        let input = ByteInput(descriptor)
        if let raw = options.raw {
            let layout = SoundLayout(container: "raw PCM", format: raw, dataOffset: 0)
            return try PCMSource(input, layout, format: raw)
        }
        guard try !input.peek(1).isEmpty else { throw .emptyFile(path: path) }
        if let coding = options.headerless {
            let file = try seekable(input, options)
            guard coding == .g722 else { return try SoundFileSource(gsm: file) }
            return try foreign(.g722, file, options)
        }
        var layout = try SoundHeader.parse(input)
        if options.ignoresLength { layout?.dataBytes = nil }
        if let layout, let format = layout.format {
            return try PCMSource(input, layout, format: format)
        }
        guard let start = input.start, let length = input.length else {
            let spool = try SpoolFile.copy(
                start: input.bytesFromStart, then: descriptor, directory: options.spoolDirectory)
            return try open(spool, options)
        }
        let file = RangedFile(descriptor, range: start..<(start + length))
        if let layout, layout.waveFormat.count >= 2 {
            return try withFFmpegBehind(file, options) { () throws(AudioFileError) in
                try coded(layout, input, file)
            }
        }
        if VOCReading.isVOC(file.bytes(at: 0, count: 16)), let parts = try VOCReading.parts(file) {
            return try PCMSource(input, parts: parts)
        }
        return try compressed(file, options)
    }

    /// All of the input as a file that can be sought: itself, or a copy.
    private static func seekable(
        _ input: ByteInput, _ options: AudioReader.Options
    ) throws(AudioFileError) -> RangedFile {
        if let start = input.start, let length = input.length {
            return RangedFile(input.descriptor, range: start..<(start + length))
        }
        let spool = try SpoolFile.copy(
            start: input.bytesFromStart, then: input.descriptor, directory: options.spoolDirectory)
        return RangedFile(spool, range: 0..<Int(try spool.status().st_size))
    }

    /// Gives a file to FFmpeg.
    private static func foreign(
        _ format: ForeignFormat, _ file: RangedFile, _ options: AudioReader.Options
    ) throws(AudioFileError) -> any FrameSource {
        let path = file.descriptor.path
        guard format.demuxer != nil else {
            throw .unrecognised(path: path, reason: "\(format.name) is read by no program here")
        }
        guard let ffmpeg = options.ffmpeg else {
            throw .needsFFmpeg(path: path, format: format.name)
        }
        guard file.range.lowerBound > 0 else {
            return try FFmpegSource(file.descriptor, format, ffmpeg)
        }
        // It opens the file anew, and then stands at its first byte.
        try file.descriptor.seek(to: file.range.lowerBound)
        let copy = try SpoolFile.copy(
            start: [], then: file.descriptor, directory: options.spoolDirectory)
        return try FFmpegSource(copy, format, ffmpeg)
    }

    /// Opens a file with a library, and with FFmpeg where that does not know the coding in a
    /// container that is known.
    private static func withFFmpegBehind(
        _ file: RangedFile, _ options: AudioReader.Options,
        _ open: () throws(AudioFileError) -> any FrameSource
    ) throws(AudioFileError) -> any FrameSource {
        do throws(AudioFileError) { return try open() } catch {
            guard case .unrecognised = error, options.ffmpeg != nil,
                let format = ForeignFormat(container: file.bytes(at: 0, count: 40)),
                let source = try? foreign(format, file, options)
            else { throw error }
            return source
        }
    }

    /// WAV and its relatives with a coding for libsndfile or libmpg123: these are given the format
    /// and the samples, and no other chunk.
    private static func coded(_ layout: SoundLayout, _ input: ByteInput, _ file: RangedFile)
        throws(AudioFileError) -> any FrameSource
    {
        // libsndfile reads these with the byte order and the names that they have.
        guard layout.chunks == .short(.little) else { return try SoundFileSource(file) }
        let start = file.range.lowerBound + layout.dataOffset
        var bytes = max(0, file.range.upperBound - start)
        if let promised = layout.dataBytes {
            bytes = min(bytes, promised)
        } else if layout.chunks != nil {
            bytes = try ChunkTail.samples(input, layout)
        }
        let range = start..<(start + bytes)
        let tag = layout.waveFormat.integer(at: 0, count: 2)
        if tag == 0x50 || tag == 0x55 {
            return try MPEGSource(
                RangedFile(file.descriptor, range: range), container: layout.container,
                tags: layout.tags)
        }
        var header: [UInt8] = []
        let format = layout.waveFormat + [UInt8](repeating: 0, count: layout.waveFormat.count % 2)
        let size = UInt64(min(bytes, 0xFFFF_0000))
        header.append(ascii: "RIFF")
        header.append(integer: min(size + 20 + UInt64(format.count), 0xFFFF_FFFF), count: 4)
        header.append(ascii: "WAVEfmt ")
        header.append(integer: UInt64(layout.waveFormat.count), count: 4)
        header += format
        header.append(ascii: "data")
        header.append(integer: size, count: 4)
        let source = try SoundFileSource(
            RangedFile(file.descriptor, range: range, prefix: header), tags: layout.tags)
        guard let frames = layout.factFrames else { return source }
        return CountedSource(source, frames: frames, block: layout.blockFrames)
    }

    /// Everything else, recognised by its first bytes.
    private static func compressed(
        _ file: RangedFile, _ options: AudioReader.Options
    ) throws(AudioFileError) -> any FrameSource {
        let start = file.bytes(at: 0, count: ForeignFormat.startBytes)
        let tag = ID3Tag.length(start)
        let behind = tag > 0 ? file.bytes(at: tag, count: ForeignFormat.startBytes) : start
        if behind.has("fLaC") { return try FLACSource(file, isOgg: false) }
        if start.has("OggS") { return try ogg(file, options) }
        if let format = ForeignFormat(behind) { return try foreign(format, file, options) }
        if tag > 0 || isMPEG(start) { return try MPEGSource(file) }
        return try withFFmpegBehind(file, options) { () throws(AudioFileError) in
            try SoundFileSource(file)
        }
    }

    /// Whether these bytes begin with a frame header of MPEG audio: synchronisation, and no field
    /// with a value that is reserved (in the place of a layer AAC has such a one).
    private static func isMPEG(_ start: [UInt8]) -> Bool {
        guard start.count >= 4, start[0] == 0xFF, start[1] & 0xE0 == 0xE0 else { return false }
        return start[1] & 0x18 != 0x08 && start[1] & 0x06 != 0 && start[2] & 0xF0 != 0xF0
            && start[2] & 0x0C != 0x0C
    }

    private static func ogg(
        _ file: RangedFile, _ options: AudioReader.Options
    ) throws(AudioFileError) -> any FrameSource {
        let links = try OggLinks.find(file)
        if let format = links.first.flatMap({ ForeignFormat.ogg($0.start) }) {
            return try foreign(format, file, options)
        }
        var parts: [(bytes: Int, open: ChainedSource.Opening)] = []
        for link in links {
            let part = RangedFile(file.descriptor, range: link.range)
            let isFLAC = link.start.first == 0x7F && link.start.has("FLAC", at: 1)
            parts.append(
                (
                    link.range.count,
                    { () throws(AudioFileError) -> any FrameSource in
                        isFLAC
                            ? try FLACSource(part, isOgg: true) : try SoundFileSource(part)
                    }
                ))
        }
        return try ChainedSource(parts)
    }
}
