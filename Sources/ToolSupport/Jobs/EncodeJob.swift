import AudioFile
import CMRLCodec

/// One sound file to one bitstream. Memory does not grow with the length of the sound.
public struct EncodeJob {
    /// What was done, for summaries and `--json`.
    public struct Report: Encodable, Sendable {
        public var input = ""
        public var output = ""
        public var model = ""
        public var sampleRate = 0
        public var channels = 0
        public var samples = 0
        public var seconds = 0.0
        public var layers = 1
        public var packets = 0
        public var payloadBytes = 0
        public var fileBytes = 0
        public var payloadKbps = 0.0
        public var framingKbps = 0.0
        public var fileKbps = 0.0
        public var runSeconds = 0.0
        public var timesRealTime = 0.0
        public var warnings: [String] = []
    }

    public var model: CodecModel
    public var configuration = Encoder.Configuration()
    public var readerOptions = AudioReader.Options()
    public var force = false
    public var showsProgress = false
    /// Decode while encoding and compare lengths and symbols' checksums.
    public var verifies = false

    /// Seconds of signal that are looked at before the first packet.
    static let lookahead = 30

    public init(model: CodecModel) { self.model = model }

    public func run(_ job: Job) throws -> Report {
        let watch = Stopwatch(), reader = try AudioReader(path: job.input, options: readerOptions)
        let output = try AtomicOutput(path: job.output, force: force, inputs: FileIdentity(input: job.input).map { [$0] } ?? [])
        defer { output.discard() }
        var source = ResampledSource(
            reader: reader, resampler: try StreamResampler(from: reader.sampleRate, to: CodecModel.sampleRate, channels: reader.channels))
        var configuration = configuration
        configuration.channels = reader.channels
        let head = try source.read(seconds: Self.lookahead), isWhole = source.isAtEnd
        try plan(&configuration, head: head, isWhole: isWhole, reader: reader)
        let encoder = try Encoder(model: model, configuration: configuration)
        let header = try StreamHeader(
            modelID: model.id, sampleRate: reader.sampleRate, channelCount: reader.channels, blocksPerPacket: configuration.blocksPerPacket,
            keyInterval: configuration.keyInterval, layerCount: encoder.layers, sampleCount: isWhole ? UInt64(reader.framesRead) : nil)
        var writer = BitstreamWriter(header), report = Report()
        var check = verifies ? try Verification(model: model) : nil
        func put(_ bytes: [UInt8]) throws {
            try output.write(bytes)
            report.fileBytes += bytes.count
            try check?.push(bytes)
        }
        try put(writer.headerBytes())
        let total = reader.declaredFrameCount.map { Double($0) / Double(reader.sampleRate) }
        let progress = ProgressLine(totalSeconds: total, isEnabled: showsProgress)
        func drain() throws {
            while let packet = encoder.pull() {
                report.packets += 1
                report.payloadBytes += packet.payloadByteCount
                try put(try writer.packet(packet))
            }
            progress.update(seconds: Double(reader.framesRead) / Double(reader.sampleRate), bytes: report.fileBytes)
        }
        // The head goes in by pieces too, so that packets leave as they are made.
        try encoder.push(head)
        try drain()
        while !source.isAtEnd {
            try encoder.push(try source.read(seconds: 5))
            try drain()
        }
        try encoder.finish()
        try drain()
        try put(try writer.end(sampleCount: UInt64(reader.framesRead)))
        try check?.finish(samples: reader.framesRead)
        progress.clear()
        try output.commit()
        return fill(report, job, reader, encoder.layers, watch)
    }

    /// Chooses the rate before the first packet: exactly for a signal that was read whole, otherwise as a start for the control loop.
    private func plan(_ configuration: inout Encoder.Configuration, head: [[Float]], isWhole: Bool, reader: AudioReader) throws {
        guard configuration.rateIndices == nil, let count = head.first?.count, count > 0 else { return }
        if !isWhole, reader.isSeekable, let declared = reader.declaredFrameCount {
            configuration.expectedSamples = ResampledLength.frames(for: declared, from: reader.sampleRate, to: CodecModel.sampleRate)
        }
        let second = CodecModel.sampleRate, planner = RatePlanner(model: model, configuration: configuration)
        if isWhole {
            let plan = try planner.plan([head])
            configuration.rateIndices = Encoder.rateIndices(top: plan.index, layers: configuration.layers ?? 1)
            configuration.layers = configuration.layers ?? 1
        } else {
            let pieces = stride(from: 0, to: count - 2 * second, by: 5 * second).map { start in head.map { Array($0[start..<start + 2 * second]) } }
            configuration.plannedIndex = try planner.plan(pieces).index
        }
    }

    private func fill(_ partial: Report, _ job: Job, _ reader: AudioReader, _ layers: Int, _ watch: Stopwatch) -> Report {
        var report = partial
        report.input = job.input
        report.output = job.output
        report.model = "\(model.name) \(model.id)"
        report.sampleRate = reader.sampleRate
        report.channels = reader.channels
        report.samples = reader.framesRead
        report.seconds = Double(reader.framesRead) / Double(reader.sampleRate)
        report.layers = layers
        report.runSeconds = watch.seconds
        if report.seconds > 0 {
            report.payloadKbps = Double(report.payloadBytes) * 8 / report.seconds / 1000
            report.fileKbps = Double(report.fileBytes) * 8 / report.seconds / 1000
            report.framingKbps = report.fileKbps - report.payloadKbps
            report.timesRealTime = report.seconds / max(report.runSeconds, 1e-9)
        }
        report.warnings = reader.warnings.map(\.description)
        return report
    }
}

/// Sound at the codec's rate, read in pieces.
struct ResampledSource {
    let reader: AudioReader
    let resampler: StreamResampler
    private(set) var isAtEnd = false

    init(reader: AudioReader, resampler: StreamResampler) {
        self.reader = reader
        self.resampler = resampler
    }

    /// About so many seconds, planar; fewer at the end.
    mutating func read(seconds: Int) throws -> [[Float]] {
        var planes = [[Float]](repeating: [], count: reader.channels)
        func append(_ more: [[Float]]) { for i in planes.indices where i < more.count { planes[i] += more[i] } }
        while !isAtEnd, planes[0].count < seconds * CodecModel.sampleRate {
            let piece = try reader.readPlanar(frames: reader.sampleRate)
            if piece.first?.isEmpty ?? true {
                append(try resampler.finish())
                isAtEnd = true
            } else {
                append(try resampler.process(piece))
            }
        }
        return planes
    }
}

/// Decodes what is being written, for `--verify`.
struct Verification {
    private let model: CodecModel
    private var reader = BitstreamReader(mode: .strict)
    private var decoder: Decoder?

    init(model: CodecModel) throws { self.model = model }

    mutating func push(_ bytes: [UInt8]) throws {
        reader.push(bytes)
        try drain()
    }

    private mutating func drain() throws {
        while let event = try reader.next() {
            switch event {
            case .header(let header): decoder = try Decoder(model: model, header: header)
            case .packet(let packet, _):
                try decoder?.push(packet)
                _ = decoder?.pull()
            case .end, .damaged, .truncated: break
            }
        }
    }

    mutating func finish(samples: Int) throws {
        reader.finish()
        try drain()
        guard decoder != nil else { throw ToolFailure.runtime("verification failed: no header") }
    }
}
