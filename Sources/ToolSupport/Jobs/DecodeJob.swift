import AudioFile
import CMRLCodec

/// One bitstream to one sound file. Memory does not grow with the length.
public struct DecodeJob {
    /// What was done, for summaries and `--json`.
    public struct Report: Encodable, Sendable {
        public var input = ""
        public var output = ""
        public var model = ""
        public var sampleRate = 0
        public var channels = 0
        public var samples = 0
        public var seconds = 0.0
        public var layers = 0
        public var packets = 0
        public var payloadBytes = 0
        public var fileBytes = 0
        public var payloadKbps = 0.0
        public var concealedSeconds = 0.0
        public var clippedSamples = 0
        public var runSeconds = 0.0
        public var timesRealTime = 0.0
        public var warnings: [String] = []
    }

    public var modelChoice: String?
    /// Decode at most so many layers.
    public var layers: Int?
    /// Sample rate of the output; nil = that of the source.
    public var rate: Int?
    public var container: AudioContainer?
    public var encoding = SampleEncoding.signed16
    public var byteOrder = ByteOrder.little
    /// Go on over damage with concealment.
    public var conceals = false
    /// Lose packets at random with this probability, for tests of concealment.
    public var packetLoss = 0.0
    public var seed: UInt64 = 1
    public var force = false
    public var showsProgress = false
    /// Decode without writing anything.
    public var testsOnly = false

    public init() {}

    public func run(_ job: Job) throws -> Report {
        let watch = Stopwatch(), input = try InputBytes(path: job.input)
        var reader = BitstreamReader(mode: conceals ? .conceal : .strict), sink: DecodeSink?
        let output = testsOnly ? nil : try AtomicOutput(path: job.output, force: force, inputs: FileIdentity(input: job.input).map { [$0] } ?? [])
        defer { output?.discard() }
        var report = Report(), random = LossPattern(seed: seed, probability: packetLoss), ended = false, length: UInt64?
        let progress = ProgressLine(totalSeconds: nil, isEnabled: showsProgress)
        func handle(_ event: BitstreamEvent) throws {
            switch event {
            case .header(let header):
                let model = try ModelChoice.find(id: header.modelID, choice: modelChoice)
                report.model = "\(model.name) \(model.id)"
                report.sampleRate = rate ?? header.sampleRate
                report.channels = header.channelCount
                length = header.sampleCount
                sink = try DecodeSink(job: self, path: job.output, model: model, header: header, output: output)
                report.layers = min(layers ?? header.layerCount, min(header.layerCount, model.layerCount))
            case .packet(let packet, let offset):
                report.packets += 1
                report.payloadBytes += packet.payloadByteCount
                do {
                    try sink?.push(random.losesNext() ? nil : packet)
                } catch let error as CodecError {
                    guard conceals else { throw ToolFailure.runtime("\(job.input): packet \(report.packets) at byte \(offset): \(error)") }
                    report.warnings.append("packet \(report.packets) at byte \(offset): \(error)")
                    try sink?.push(nil)
                }
            case .damaged(let range, let reason):
                report.warnings.append("bytes \(range.lowerBound)...\(range.upperBound): \(reason)")
                try sink?.push(nil)
            case .truncated(let missing, let offset):
                report.warnings.append("the stream ends early: at least \(missing) bytes are missing after byte \(offset)")
            case .end(let end):
                length = end.sampleCount
                ended = true
            }
        }
        func drain() throws { while let event = try reader.next() { try handle(event) } }
        while true {
            let bytes = try input.next()
            if bytes.isEmpty { break }
            reader.push(bytes)
            try drain()
            progress.update(seconds: sink?.secondsWritten ?? 0)
        }
        reader.finish()
        try drain()
        guard let sink else { throw ToolFailure.runtime("\(job.input): no stream") }
        report.samples = try sink.finish(sourceSamples: ended || length != nil ? length.map { Int($0) } : nil)
        progress.clear()
        try output?.commit()
        report.input = job.input
        report.output = testsOnly ? "" : job.output
        report.fileBytes = input.count
        report.seconds = Double(report.samples) / Double(max(report.sampleRate, 1))
        report.clippedSamples = sink.clipped
        report.concealedSeconds = sink.concealedSeconds
        report.runSeconds = watch.seconds
        report.timesRealTime = report.seconds / max(report.runSeconds, 1e-9)
        if report.seconds > 0 { report.payloadKbps = Double(report.payloadBytes) * 8 / report.seconds / 1000 }
        return report
    }
}

/// Which packets a lossy network loses; the same seed loses the same packets.
struct LossPattern {
    private var state: UInt64
    private let probability: Double

    init(seed: UInt64, probability: Double) {
        state = seed
        self.probability = probability
    }

    mutating func losesNext() -> Bool {
        guard probability > 0 else { return false }
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Double((z ^ (z >> 31)) >> 11) * 0x1p-53 < probability
    }
}

/// From packets to the output file: decoder, resampler, writer.
final class DecodeSink {
    private let decoder: Decoder
    private let resampler: StreamResampler
    private let writer: AudioWriter?
    private let header: StreamHeader
    private let rate: Int
    private var written = 0

    init(job: DecodeJob, path: String, model: CodecModel, header: StreamHeader, output: AtomicOutput?) throws {
        self.header = header
        rate = job.rate ?? header.sampleRate
        decoder = try Decoder(model: model, header: header, layers: job.layers)
        resampler = try StreamResampler(from: CodecModel.sampleRate, to: rate, channels: header.channelCount)
        let container: AudioContainer
        if let chosen = job.container {
            container = chosen
        } else if path == "-" || output?.kind == .device {
            container = .wav
        } else {
            guard let byName = AudioContainer(path: path) else { throw ToolFailure.usage("\(path): unknown extension for a sound file") }
            container = byName
        }
        let expected = header.sampleCount.map { Self.frames(Int($0), from: header.sampleRate, to: job.rate ?? header.sampleRate) }
        writer = try output.map { output in
            try AudioWriter(
                fileDescriptor: output.fileDescriptor, closes: false, path: path,
                settings: AudioWriter.Settings(
                    container: container, encoding: job.encoding, byteOrder: job.byteOrder, sampleRate: job.rate ?? header.sampleRate,
                    channels: header.channelCount, expectedFrameCount: job.conceals ? nil : expected))
        }
    }

    private static func frames(_ count: Int, from source: Int, to target: Int) -> Int {
        source == target ? count : ResampledLength.frames(for: count, from: source, to: target)
    }

    var secondsWritten: Double { Double(written) / Double(rate) }
    var clipped: Int { writer?.clippedSampleCount ?? 0 }
    var concealedSeconds: Double { Double(decoder.concealedBlocks * CodecModel.blockSamples) / Double(CodecModel.sampleRate) }

    func push(_ packet: Packet?) throws {
        try decoder.push(packet)
        if let samples = decoder.pull() { try put(try resampler.process(samples)) }
    }

    private func put(_ samples: [[Float]]) throws {
        written += samples.first?.count ?? 0
        try writer?.write(planar: samples)
    }

    /// - Parameter sourceSamples: length of the source at its own rate; nil if the stream does not say.
    /// - Returns: samples per channel in the output.
    func finish(sourceSamples: Int?) throws -> Int {
        let coded = sourceSamples.map { ResampledLength.frames(for: $0, from: header.sampleRate, to: CodecModel.sampleRate) }
        // Without a length: all that was decoded.
        decoder.finish(sampleCount: coded ?? decoder.samplesOut)
        if let samples = decoder.pull() { try put(try resampler.process(samples)) }
        let wanted = sourceSamples.map { Self.frames($0, from: header.sampleRate, to: rate) }
        let tail = try resampler.finish(totalFrames: wanted)
        try put(tail)
        try writer?.finish()
        return written
    }
}
