import CSndfile

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Containers that libsndfile writes. It writes through our own functions, because it hides why a
/// write has failed.
final class SoundFileSink: FrameSink {
    var clippedSampleCount: Int { encoder.clippedCount }
    var nonFiniteSampleCount: Int { encoder.nonFiniteCount }

    private let file: VirtualFile
    private var handle: OpaquePointer?
    private let channels: Int
    private let format: RawFormat
    private let container: AudioContainer
    private var encoder: PCMEncoder
    /// Samples that wait; only one of the two lists is used.
    private var floats: [Float] = []
    private var integers: [Int32] = []

    /// - Returns: nil where the container cannot hold the combination.
    init?(
        descriptor: Descriptor, container: AudioContainer, format: RawFormat, tags: SoundTags
    ) throws(AudioFileError) {
        guard let majorFormat = Self.majorFormat(container) else { return nil }
        let lossy = container == .ogg
        // libvorbis says so only when it gets samples.
        guard !lossy || format.sampleRate <= AudioLimits.vorbisRate else { return nil }
        guard let coding = lossy ? CInt(SF_FORMAT_VORBIS) : Self.coding(format.encoding) else {
            return nil
        }
        var info = SF_INFO()
        info.samplerate = CInt(format.sampleRate)
        info.channels = CInt(format.channels)
        info.format = majorFormat | coding
        guard sf_format_check(&info) != 0 else { return nil }
        file = VirtualFile(descriptor)
        channels = format.channels
        self.format = format
        self.container = container
        encoder = PCMEncoder(encoding: lossy ? .float32 : format.encoding, byteOrder: .little)
        var functions = VirtualFile.functions
        handle = sf_open_virtual(
            &functions, CInt(SFM_WRITE), &info, Unmanaged.passUnretained(file).toOpaque())
        if let failure = file.failure { throw failure }
        guard let handle else { return nil }
        // Without these two: integers that wrap, and a time stamp in floating-point files.
        sf_command(handle, CInt(SFC_SET_CLIPPING), nil, CInt(SF_TRUE))
        sf_command(handle, CInt(SFC_SET_ADD_PEAK_CHUNK), nil, CInt(SF_FALSE))
        tags.set(in: handle)
    }

    deinit {
        if let handle { sf_close(handle) }
    }

    /// Frames that are handed to libsndfile at a time, whatever the pieces are that come: packets
    /// may be a few samples long, and libvorbis codes by what it has seen so far.
    private static let pieceFrames = 4096

    func write(_ samples: UnsafeBufferPointer<Float>) throws(AudioFileError) {
        guard handle != nil else { throw .writeFailed(path: file.descriptor.path, code: EBADF) }
        if encoder.encoding.isFloat {
            for sample in samples { floats.append(encoder.finite(sample)) }
        } else {
            let shift = 32 - encoder.encoding.bits
            for sample in samples {
                integers.append(Int32(truncatingIfNeeded: encoder.quantise(sample) << shift))
            }
        }
        try handOver(least: Self.pieceFrames)
    }

    /// Hands over what is held, as long as it is so many frames.
    private func handOver(least: Int) throws(AudioFileError) {
        guard let handle else { return }
        let held = max(floats.count, integers.count) / channels
        var done = 0
        while held - done >= least {
            let count = min(held - done, Self.pieceFrames)
            let written =
                encoder.encoding.isFloat
                ? floats.withUnsafeBufferPointer {
                    sf_writef_float(
                        handle, $0.baseAddress.map { $0 + done * channels }, sf_count_t(count))
                }
                : integers.withUnsafeBufferPointer {
                    sf_writef_int(
                        handle, $0.baseAddress.map { $0 + done * channels }, sf_count_t(count))
                }
            if let failure = file.failure { throw failure }
            guard written == count else {
                throw .writeFailed(path: file.descriptor.path, code: EIO)
            }
            done += count
        }
        floats.removeFirst(min(floats.count, done * channels))
        integers.removeFirst(min(integers.count, done * channels))
    }

    func finish() throws(AudioFileError) {
        try handOver(least: 1)
        guard let handle else { return }
        self.handle = nil
        let code = sf_close(handle)
        if let failure = file.failure { throw failure }
        guard code == 0 else { throw .writeFailed(path: file.descriptor.path, code: EIO) }
        // libsndfile writes FLAC's header together with the first samples, so without any it leaves
        // an empty file.
        if container == .flac, file.length == 0 { try file.descriptor.write(emptyFLAC()) }
    }

    /// A FLAC file without frames: the magic and a STREAMINFO block (RFC 9639, section 8.2) with
    /// blocks of 4096 and the MD5 sum of nothing.
    private func emptyFLAC() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(ascii: "fLaC")
        bytes.append(integer: 0x8000_0022, count: 4, .big)
        bytes.append(integer: 4096 << 16 | 4096, count: 4, .big)
        bytes.append(integer: 0, count: 6, .big)
        let rate = UInt64(format.sampleRate) << 44
        bytes.append(
            integer: rate | UInt64(format.channels - 1) << 41 | UInt64(format.encoding.bits - 1)
                << 36, count: 8, .big)
        bytes.append(integer: 0xD41D_8CD9_8F00_B204, count: 8, .big)
        bytes.append(integer: 0xE980_0998_ECF8_427E, count: 8, .big)
        return bytes
    }

    private static func majorFormat(_ container: AudioContainer) -> CInt? {
        switch container {
        case .flac: CInt(SF_FORMAT_FLAC)
        case .caf: CInt(SF_FORMAT_CAF)
        case .w64: CInt(SF_FORMAT_W64)
        case .ogg: CInt(SF_FORMAT_OGG)
        case .wav, .au, .aiff, .raw: nil
        }
    }

    private static func coding(_ encoding: SampleEncoding) -> CInt? {
        switch encoding {
        case .signed8: CInt(SF_FORMAT_PCM_S8)
        case .unsigned8: CInt(SF_FORMAT_PCM_U8)
        case .signed16: CInt(SF_FORMAT_PCM_16)
        case .signed24: CInt(SF_FORMAT_PCM_24)
        case .signed32: CInt(SF_FORMAT_PCM_32)
        case .float32: CInt(SF_FORMAT_FLOAT)
        case .float64: CInt(SF_FORMAT_DOUBLE)
        case .unsigned16, .unsigned24, .unsigned32, .aLaw, .muLaw: nil
        }
    }
}

/// libsndfile's view of a descriptor; keeps the first failure.
private final class VirtualFile {
    let descriptor: Descriptor
    var failure: AudioFileError?

    init(_ descriptor: Descriptor) {
        self.descriptor = descriptor
    }

    /// The functions given to libsndfile; their last argument is the unretained object.
    static let functions = SF_VIRTUAL_IO(
        get_filelen: { VirtualFile.at($0)?.length ?? -1 },
        seek: { offset, whence, pointer in
            guard let file = VirtualFile.at(pointer) else { return -1 }
            return sf_count_t(lseek(file.descriptor.number, off_t(offset), whence))
        },
        read: { buffer, count, pointer in
            guard let file = VirtualFile.at(pointer), let buffer else { return 0 }
            let bytes = UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
            return sf_count_t((try? file.descriptor.read(into: bytes)) ?? 0)
        },
        write: { buffer, count, pointer in
            guard let file = VirtualFile.at(pointer), let buffer, file.failure == nil else {
                return 0
            }
            do throws(AudioFileError) {
                try file.descriptor.write(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
                return count
            } catch {
                file.failure = error
                return 0
            }
        },
        tell: { sf_count_t(VirtualFile.at($0)?.descriptor.position ?? -1) })

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> VirtualFile? {
        pointer.map { Unmanaged<VirtualFile>.fromOpaque($0).takeUnretainedValue() }
    }

    var length: sf_count_t {
        (try? descriptor.status()).map { sf_count_t($0.st_size) } ?? -1
    }
}
