/// Formats that no library here reads, recognised by their first bytes. FFmpeg reads most of them.
struct ForeignFormat: Equatable {
    /// For messages, for example "MPEG-4".
    var name: String
    /// FFmpeg's name of the format, which is not left to be guessed: a file must not turn out to be
    /// a list of other files. nil where FFmpeg cannot read it.
    var demuxer: String?
    /// The format says how long the sound is; otherwise FFmpeg guesses.
    var knowsLength = false

    /// Bytes that are looked at.
    static let startBytes = 384

    private struct Signature {
        var bytes: [UInt8]
        var offset = 0
        var format: ForeignFormat

        init(
            _ text: String, at offset: Int = 0, _ name: String, _ demuxer: String?,
            length: Bool = false
        ) {
            self.init(Array(text.utf8), at: offset, name, demuxer, length: length)
        }

        init(
            _ bytes: [UInt8], at offset: Int = 0, _ name: String, _ demuxer: String?,
            length: Bool = false
        ) {
            (self.bytes, self.offset) = (bytes, offset)
            format = ForeignFormat(name: name, demuxer: demuxer, knowsLength: length)
        }
    }

    private static let signatures: [Signature] = [
        Signature("ftyp", at: 4, "MPEG-4", "mov", length: true),
        Signature("moov", at: 4, "QuickTime", "mov", length: true),
        Signature("mdat", at: 4, "QuickTime", "mov", length: true),
        Signature("wide", at: 4, "QuickTime", "mov", length: true),
        Signature("styp", at: 4, "MPEG-4 (a segment)", "mov"),
        Signature([0x1A, 0x45, 0xDF, 0xA3], "Matroska", "matroska", length: true),
        Signature(
            [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11], "Windows Media", "asf",
            length: true),
        Signature("#!AMR-WB\n", "AMR-WB", "amr"),
        Signature("#!AMR\n", "AMR", "amr"),
        Signature("#!AMR", "AMR of several channels", nil),
        Signature("#!iLBC", "iLBC", "ilbc"),
        Signature("#!SILK_V3", "SILK", nil),
        Signature("#!SILK_V3", at: 1, "SILK", nil),
        Signature("wvpk", "WavPack", "wv", length: true),
        Signature("MAC ", "Monkey's Audio", "ape", length: true),
        Signature("TTA1", "True Audio", "tta", length: true),
        Signature("tBaK", "TAK", "tak", length: true),
        Signature("OFR ", "OptimFROG", nil),
        Signature("ajkg", "Shorten", "shn"),
        Signature("DSD ", "DSF", "dsf", length: true),
        Signature("FRM8", "DSDIFF", "iff", length: true),
        Signature("MPCK", "Musepack", "mpc8", length: true),
        Signature("MP+", "Musepack", "mpc", length: true),
        Signature("ADIF", "AAC (ADIF)", nil),
        Signature([0x7F, 0xFE, 0x80, 0x01], "DTS", "dts"),
        Signature([0xFE, 0x7F, 0x01, 0x80], "DTS", "dts"),
        Signature([0x1F, 0xFF, 0xE8, 0x00], "DTS", "dts"),
        Signature([0xFF, 0x1F, 0x00, 0xE8], "DTS", "dts"),
        Signature([0xF8, 0x72, 0x6F, 0xBA], at: 4, "TrueHD", "truehd"),
        Signature([0xF8, 0x72, 0x6F, 0xBB], at: 4, "MLP", "mlp"),
        Signature([0x00, 0x00, 0x01, 0xBA], "MPEG programme stream", "mpeg"),
        Signature("FLV\u{1}", "Flash video", "flv", length: true),
        Signature(".RMF", "RealMedia", "rm", length: true),
        Signature([0x2E, 0x72, 0x61, 0xFD], "RealAudio", "rm"),
        Signature("AVI ", at: 8, "AVI", "avi", length: true),
        Signature("XWMA", at: 8, "xWMA", "xwma"),
        Signature("QLCM", at: 8, "QCP", "qcp"),
        Signature("ea3\u{3}", "OpenMG", "oma"),
        Signature("EA3\u{1}", "OpenMG", "oma"),
        Signature("TWIN", "VQF", "vqf"),
        Signature("\u{2}dss", "DSS dictation", "dss"),
        Signature("\u{3}dss", "DSS dictation", "dss"),
        Signature("\u{3}ds2", "DS2 dictation", nil),
        Signature("MThd", "MIDI, notes without sound", nil),
    ]

    private init(name: String, demuxer: String?, knowsLength: Bool = false) {
        (self.name, self.demuxer, self.knowsLength) = (name, demuxer, knowsLength)
    }

    /// - Parameter start: the first `startBytes` of the file, or all of it.
    /// - Returns: nil where the bytes are none of these formats.
    init?(_ start: [UInt8]) {
        func has(_ signature: Signature) -> Bool {
            start.dropFirst(signature.offset).starts(with: signature.bytes)
        }
        if let known = Self.signatures.first(where: has)?.format {
            // What Matroska's header says it is.
            let isWebM =
                known.demuxer == "matroska"
                && start.prefix(64).indices.contains { start[$0...].starts(with: "webm".utf8) }
            let is3GPP = known.demuxer == "mov" && start.has("3g", at: 8)
            self = known
            if isWebM { name = "WebM" }
            if is3GPP { name = "3GPP" }
            return
        }
        guard let other = Self.framed(start) else { return nil }
        self = other
    }

    /// Formats that are frames without a header.
    private static func framed(_ start: [UInt8]) -> ForeignFormat? {
        guard start.count >= 8 else { return nil }
        let first = start[0]
        let second = start[1]
        // ADTS: 12 bits of synchronisation, layer 0, a sampling rate that exists.
        if first == 0xFF, second & 0xF6 == 0xF0, start[2] >> 2 & 15 < 13 {
            return ForeignFormat(name: "AAC (ADTS)", demuxer: "aac")
        }
        // A length that the next frame confirms, as far as it lies here.
        if first == 0x56, second & 0xE0 == 0xE0 {
            let next = 3 + Int(second & 0x1F) << 8 + Int(start[2])
            if next + 1 >= start.count || start[next] == 0x56 {
                return ForeignFormat(name: "AAC (LOAS)", demuxer: "loas")
            }
        }
        if first == 0x0B, second == 0x77 {
            return start[5] >> 3 > 10
                ? ForeignFormat(name: "E-AC-3", demuxer: "eac3")
                : ForeignFormat(name: "AC-3", demuxer: "ac3")
        }
        // Packets of 188 bytes.
        if first == 0x47, start.count > 188, start[188] == 0x47 {
            return ForeignFormat(name: "MPEG transport stream", demuxer: "mpegts")
        }
        return nil
    }

    /// A container that libsndfile knows, with a coding that it does not.
    /// - Parameter start: the first 16 bytes at least.
    init?(container start: [UInt8]) {
        let name: String
        let demuxer: String
        if start.has("caff") {
            (name, demuxer) = ("CAF", "caf")
        } else if WAVReading.isWave64(start) {
            (name, demuxer) = ("W64", "w64")
        } else if start.has("WAVE", at: 8) {
            (name, demuxer) = ("WAV", "wav")
        } else if start.has("AIF", at: 8) {
            (name, demuxer) = ("AIFF", "aiff")
        } else if start.has(".snd") {
            (name, demuxer) = ("AU", "au")
        } else if start.has("Creative Voice F") {
            (name, demuxer) = ("VOC", "voc")
        } else {
            return nil
        }
        self.init(name: name, demuxer: demuxer, knowsLength: true)
    }

    /// Ogg with a coding that is neither Vorbis nor Opus nor FLAC.
    /// - Parameter packet: the beginning of its first packet.
    static func ogg(_ packet: [UInt8]) -> ForeignFormat? {
        let names: [(StaticString, Int, String)] = [
            ("Speex   ", 0, "Speex"), ("theora", 1, "Theora"), ("fishead", 0, "Skeleton"),
            ("CELT    ", 0, "CELT"), ("OVP80", 0, "VP8"), ("BBCD", 0, "Dirac"),
            ("KW-DIRAC", 0, "Dirac"), ("PCM     ", 0, "PCM"),
        ]
        return names.first { packet.has($0.0, at: $0.1) }.map {
            ForeignFormat(name: "Ogg \($0.2)", demuxer: "ogg", knowsLength: true)
        }
    }

    /// Frames of ITU-T G.722 at 64 kbit/s.
    static let g722 = ForeignFormat(name: "G.722", demuxer: "g722")
}
