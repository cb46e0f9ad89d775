import CFLAC

/// One stream of FLAC in libFLAC's hands.
final class FLACDecoder {
    /// What the STREAMINFO block says.
    struct Info {
        var sampleRate = 0
        var channels = 0
        var bits = 0
        /// Frames of the stream; nil where the encoder did not know.
        var totalFrames: Int?
        var smallestBlock = 0
        var largestBlock = 0

        /// Magic and STREAMINFO (RFC 9639, section 8.2) without length and checksum.
        var headerWithoutLength: [UInt8] {
            var bytes: [UInt8] = []
            bytes.append(ascii: "fLaC")
            bytes.append(integer: 0x8000_0022, count: 4, .big)
            bytes.append(integer: UInt64(smallestBlock << 16 | largestBlock), count: 4, .big)
            bytes.append(integer: 0, count: 6, .big)
            bytes.append(
                integer: UInt64(sampleRate) << 44 | UInt64(channels - 1) << 41
                    | UInt64(bits - 1) << 36, count: 8, .big)
            return bytes + [UInt8](repeating: 0, count: 16)
        }
    }

    /// What a step came to.
    enum Step {
        case frame
        case end
        case failed(String)
    }

    private(set) var info = Info()
    private(set) var tags = SoundTags()
    private let file: RangedFile
    private let handle: UnsafeMutablePointer<FLAC__StreamDecoder>
    /// Decoded and not yet taken, interleaved.
    private var samples: [Float] = []
    private var taken = 0
    private var failure: String?
    /// Frames of the stream that were decoded, or passed over by seeking.
    private(set) var decodedFrames = 0

    /// Opens and reads the metadata.
    init(_ file: RangedFile, isOgg: Bool) throws(AudioFileError) {
        self.file = file
        file.seek(to: 0)
        guard let handle = FLAC__stream_decoder_new() else {
            throw .unrecognised(path: file.descriptor.path, reason: "out of memory")
        }
        self.handle = handle
        FLAC__stream_decoder_set_md5_checking(handle, 1)
        FLAC__stream_decoder_set_metadata_respond(handle, FLAC__METADATA_TYPE_VORBIS_COMMENT)
        let own = Unmanaged.passUnretained(self).toOpaque()
        let start = isOgg ? FLAC__stream_decoder_init_ogg_stream : FLAC__stream_decoder_init_stream
        let status = start(
            handle, Self.read, Self.seek, Self.tell, Self.length, Self.isAtEnd, Self.write,
            Self.metadata, Self.error, own)
        guard status == FLAC__STREAM_DECODER_INIT_STATUS_OK,
            FLAC__stream_decoder_process_until_end_of_metadata(handle) != 0, info.channels > 0
        else {
            if let failure = file.failure { throw failure }
            throw .unrecognised(path: file.descriptor.path, reason: "FLAC without a header")
        }
        failure = nil
    }

    deinit { FLAC__stream_decoder_delete(handle) }

    var isEmpty: Bool { taken == samples.count }

    /// Place of the first byte that is not decoded yet; nil in Ogg.
    var position: Int? {
        var place: FLAC__uint64 = 0
        guard FLAC__stream_decoder_get_decode_position(handle, &place) != 0 else { return nil }
        return Int(clamping: place)
    }

    /// Moves decoded samples into a buffer.
    /// - Returns: how many.
    func take(into buffer: UnsafeMutableBufferPointer<Float>) -> Int {
        let count = min(buffer.count, samples.count - taken)
        for index in 0..<count { buffer[index] = samples[taken + index] }
        taken += count
        return count
    }

    /// Decodes a frame.
    func step() -> Step {
        // libFLAC itself would look for frames in what follows.
        if let total = info.totalFrames, decodedFrames >= total { return .end }
        if isEmpty {
            samples.removeAll(keepingCapacity: true)
            taken = 0
        }
        let good = FLAC__stream_decoder_process_single(handle) != 0
        if let failure { return .failed(failure) }
        if FLAC__stream_decoder_get_state(handle) == FLAC__STREAM_DECODER_END_OF_STREAM {
            return .end
        }
        return good ? .frame : .failed("it cannot be decoded")
    }

    /// Ends the stream.
    /// - Returns: false where the samples have not the checksum of the header. True where there is
    ///   none, or not all of the stream was read.
    func finish() -> Bool { FLAC__stream_decoder_finish(handle) != 0 }

    /// Goes to a frame; the checksum is then not checked any more.
    func seek(to frame: Int) -> Bool {
        samples.removeAll(keepingCapacity: true)
        taken = 0
        let found = FLAC__stream_decoder_seek_absolute(handle, FLAC__uint64(frame)) != 0
        failure = nil
        if found { decodedFrames = frame + samples.count / info.channels }
        return found
    }

    // MARK: Callbacks, whose last argument is the unretained decoder.

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> FLACDecoder? {
        pointer.map { Unmanaged<FLACDecoder>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let read: FLAC__StreamDecoderReadCallback = { _, buffer, bytes, own in
        guard let decoder = FLACDecoder.at(own), let buffer, let bytes, bytes.pointee > 0 else {
            return FLAC__STREAM_DECODER_READ_STATUS_ABORT
        }
        bytes.pointee = decoder.file.read(
            into: UnsafeMutableRawBufferPointer(start: buffer, count: bytes.pointee))
        return bytes.pointee > 0
            ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE
            : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM
    }

    private static let seek: FLAC__StreamDecoderSeekCallback = { _, place, own in
        guard let decoder = FLACDecoder.at(own), place <= UInt64(Int.max) else {
            return FLAC__STREAM_DECODER_SEEK_STATUS_ERROR
        }
        decoder.file.seek(to: Int(place))
        return FLAC__STREAM_DECODER_SEEK_STATUS_OK
    }

    private static let tell: FLAC__StreamDecoderTellCallback = { _, place, own in
        guard let decoder = FLACDecoder.at(own), let place else {
            return FLAC__STREAM_DECODER_TELL_STATUS_ERROR
        }
        place.pointee = FLAC__uint64(decoder.file.position)
        return FLAC__STREAM_DECODER_TELL_STATUS_OK
    }

    private static let length: FLAC__StreamDecoderLengthCallback = { _, length, own in
        guard let decoder = FLACDecoder.at(own), let length else {
            return FLAC__STREAM_DECODER_LENGTH_STATUS_ERROR
        }
        length.pointee = FLAC__uint64(decoder.file.length)
        return FLAC__STREAM_DECODER_LENGTH_STATUS_OK
    }

    private static let isAtEnd: FLAC__StreamDecoderEofCallback = { _, own in
        guard let decoder = FLACDecoder.at(own) else { return 1 }
        return decoder.file.position >= decoder.file.length ? 1 : 0
    }

    private static let write: FLAC__StreamDecoderWriteCallback = { _, frame, planes, own in
        guard let decoder = FLACDecoder.at(own), let header = frame?.pointee.header, let planes
        else { return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT }
        return decoder.add(header, planes)
    }

    private func add(
        _ header: FLAC__FrameHeader, _ planes: UnsafePointer<UnsafePointer<FLAC__int32>?>
    ) -> FLAC__StreamDecoderWriteStatus {
        // Behind an error libFLAC delivers silence.
        guard failure == nil else { return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE }
        guard Int(header.channels) == info.channels, (1...32).contains(header.bits_per_sample)
        else {
            failure = "\(header.channels) channels in a stream of \(info.channels)"
            return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
        }
        let scale = Float(
            sign: .plus, exponent: 1 - Int(header.bits_per_sample), significand: 1)
        let count = Int(header.blocksize)
        let first = samples.count
        decodedFrames += count
        samples += [Float](repeating: 0, count: count * info.channels)
        for channel in 0..<info.channels {
            guard let plane = planes[channel] else {
                return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT
            }
            var place = first + channel
            for index in 0..<count {
                samples[place] = Float(plane[index]) * scale
                place += info.channels
            }
        }
        return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE
    }

    private static let metadata: FLAC__StreamDecoderMetadataCallback = { _, block, own in
        guard let decoder = FLACDecoder.at(own), let block else { return }
        switch block.pointee.type {
        case FLAC__METADATA_TYPE_STREAMINFO: decoder.set(block.pointee.data.stream_info)
        case FLAC__METADATA_TYPE_VORBIS_COMMENT: decoder.set(block.pointee.data.vorbis_comment)
        default: break
        }
    }

    private func set(_ block: FLAC__StreamMetadata_StreamInfo) {
        info.sampleRate = Int(block.sample_rate)
        info.channels = Int(block.channels)
        info.bits = Int(block.bits_per_sample)
        info.totalFrames = block.total_samples > 0 ? Int(block.total_samples) : nil
        info.smallestBlock = Int(block.min_blocksize)
        info.largestBlock = Int(block.max_blocksize)
    }

    private func set(_ block: FLAC__StreamMetadata_VorbisComment) {
        for index in 0..<Int(block.num_comments) {
            guard let entry = block.comments?[index], let text = entry.entry else { continue }
            tags.add(
                vorbisComment: UnsafeRawBufferPointer(start: text, count: Int(entry.length)))
        }
    }

    private static let error: FLAC__StreamDecoderErrorCallback = { _, status, own in
        guard let decoder = FLACDecoder.at(own), decoder.failure == nil else { return }
        switch status {
        case FLAC__STREAM_DECODER_ERROR_STATUS_FRAME_CRC_MISMATCH:
            decoder.failure = "a frame with a wrong checksum"
        case FLAC__STREAM_DECODER_ERROR_STATUS_BAD_HEADER:
            decoder.failure = "a frame with a wrong header"
        default: decoder.failure = "no frame where one should begin"
        }
    }
}

extension SoundTags {
    /// Takes in a Vorbis comment, "NAME=value". The first value of a name counts.
    mutating func add(vorbisComment bytes: some Sequence<UInt8>) {
        let text = Self.text(bytes)
        guard let equals = text.firstIndex(of: "=") else { return }
        let key = text[..<equals].lowercased()
        guard let name = Name(rawValue: key == "description" ? "comment" : key),
            self[name] == nil
        else { return }
        self[name] = String(text[text.index(after: equals)...])
    }
}
