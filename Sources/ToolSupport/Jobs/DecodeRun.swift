import AudioFile
import CMRLCodec
import System

/// One decoding in progress: events of the stream go in, samples go to the output.
struct DecodeRun {
    private let job: DecodeJob
    private let input: String
    private let output: AtomicOutput?
    private var header: StreamHeader?
    private var model: CodecModel?
    /// Made when the first record comes that is no tags: an output begins with them.
    private var sink: DecodeSink?
    private var tags: StreamTags?
    private var losses: LossPattern
    private var report = DecodeReport()
    private var end: StreamEnd?
    private var codedBlocks: UInt64 = 0
    private var recordBytes = 0

    init(job: DecodeJob, input: String, output: AtomicOutput?) {
        self.job = job
        self.input = input
        self.output = output
        losses = LossPattern(seed: job.seed, probability: job.packetLoss, burst: job.lossBurst)
    }

    var secondsWritten: Double { sink?.secondsWritten ?? 0 }

    mutating func handle(_ event: BitstreamEvent) throws {
        switch event {
        case .header, .auxiliary: break
        default: try makeSink()
        }
        switch event {
        case .header(let header): try start(header)
        case .auxiliary(.tags(let tags), _): self.tags = self.tags ?? tags
        case .auxiliary(.unknown, _): break
        case .packet(let packet, let offset): try decode(packet, offset: offset)
        case .damaged(let range, let reason):
            report.damagedPlaces += 1
            report.warnings.append(
                range.isEmpty
                    ? "\(reason)"
                    : "bytes \(range.lowerBound) ..< \(range.upperBound) skipped: \(reason)")
            if case .tags = reason { return }  // no sound is missing
            guard end == nil, !range.isEmpty else { return }
            // As many packets as packets of usual length have room in the gap.
            let usual = report.packets > 0 ? max(recordBytes / report.packets, 1) : range.count
            let block = header?.block ?? .version1
            let mostBlocks =
                DecodeSink.longestFill * block.sampleRate / block.samples
            let most = max(1, min(1000, mostBlocks / max(header?.blocksPerPacket ?? 1, 1)))
            for _ in 0..<max(1, min((range.count + usual / 2) / usual, most)) {
                try sink?.push(nil)
            }
        case .truncated(_, let offset):
            report.damagedPlaces += 1
            report.warnings.append("truncated in the record at byte \(offset)")
        case .end(let end): self.end = end
        }
    }

    private mutating func start(_ header: StreamHeader) throws {
        let model = try job.models.find(id: header.modelID, stream: input)
        if let layers = job.layers, layers > header.layerCount {
            report.warnings.append(
                "\(NumberText.count(layers, "layer")) asked for, \(header.layerCount) in the stream"
            )
        }
        self.header = header
        report.model = model.name
        report.modelID = header.modelID.description
        report.sampleRate = job.rate ?? header.sampleRate
        report.channels = header.channelCount
        report.layers = header.layerCount
        report.layering = header.layerCount > 1 ? header.layering : nil
        report.decodedLayers = min(
            job.layers ?? header.layerCount, header.layerCount,
            model.layerRange(header.layering).upperBound)
        self.model = model
    }

    private mutating func makeSink() throws {
        guard sink == nil, let header, let model else { return }
        report.tags = TagText.list(tags)
        do {
            sink = try DecodeSink(
                job: job, model: model, header: header,
                tags: job.keepsTags ? SoundTags(tags) : SoundTags(), output: output)
        } catch let error as CodecError {
            throw ToolFailure.runtime("\(input): \(error)")
        }
    }

    private mutating func decode(_ packet: Packet, offset: Int) throws {
        report.packets += 1
        report.payloadBytes += packet.payloadByteCount
        recordBytes += packet.recordByteCount(blocksPerPacket: header?.blocksPerPacket ?? 0)
        codedBlocks += UInt64(packet.blockCount)
        if losses.losesNext() {
            report.lostPackets += 1
            try sink?.conceal(blocks: packet.blockCount)
            return
        }
        do {
            try sink?.push(packet)
        } catch let error as CodecError {
            let text = "packet \(report.packets - 1) at byte \(offset): \(error)"
            guard job.conceals else { throw ToolFailure.runtime("\(input): \(text)") }
            report.damagedPlaces += 1
            report.warnings.append(text)
            try sink?.conceal(blocks: packet.blockCount)
        }
    }

    /// Writes what is left.
    /// - Returns: the report without names, file length and times.
    mutating func finish() throws -> DecodeReport {
        try makeSink()
        guard let header, let sink else { throw ToolFailure.runtime("\(input): no stream") }
        let declared = header.sampleCount ?? end?.sampleCount
        // A stream that promises more samples than its blocks can hold would fill the disk with
        // silence.
        let coded = declared.map { sink.codedSamples(sourceSamples: $0) }
        if let coded, !job.conceals {
            let room = codedBlocks.multipliedReportingOverflow(by: UInt64(header.block.samples))
            guard room.overflow || UInt64(coded) <= room.partialValue else {
                throw ToolFailure.runtime(
                    """
                    \(input): \(declared ?? 0) samples are declared, \(codedBlocks) blocks \
                    hold fewer
                    """
                )
            }
        }
        report.samples = try sink.finish(sourceSamples: declared)
        report.clippedSamples = sink.clippedSamples
        report.concealedSeconds = sink.concealedSeconds
        if let warning = LevelWarning.clipped(sink.clippedSamples) {
            report.warnings.append(warning)
        }
        return report
    }
}
