import AudioFile
import CMRLCodec
import Enhancement

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Sound files to bitstreams, with the same settings. Memory does not grow with the length of the
/// sound.
public struct EncodeJob: Sendable {
    public var model: CodecModel
    /// Bit/s of the whole file, all channels; nil = `CodecModel.usualBitrate` a channel.
    public var bitrate: Double?
    /// Layers to send; nil = one, and a second one for a bitrate that one cannot reach.
    public var layers: Int?
    /// What the layers above the first add.
    public var layering = Layering.nested
    /// Fixed index instead of a bitrate: of the first of nested layers, of the top one of others.
    public var rateIndex: UInt8?
    public var keyInterval = 1
    public var blocksPerPacket = 50
    /// Makes what chooses the symbols of a channel, for streams of one layer; nil = rounding.
    package var makeRefiner: (@Sendable () throws -> any SymbolRefiner)?
    /// Bits with a refiner, as a share of those without, at so many bit/s a channel: plans are made
    /// without.
    public var refinedShare: @Sendable (Double) -> Double = { _ in 1 }
    /// Finds a patch of the model for a sound, given samples of its channels at the model's rate
    /// and the rate index of layer 1; gives nil where the stream is better without. nil = the
    /// model stays as it is.
    package var adapt: (@Sendable (CodecModel, [[Float]], UInt8) throws -> ModelPatch?)?
    /// `adapt` has been at work.
    private var isAdapted = false
    /// Look at the signal before the first packet; otherwise the first packet leaves as soon as its
    /// samples are there.
    public var plans = true
    public var readerOptions = AudioReader.Options()
    public var force = false
    public var showsProgress = false
    /// Decode what is written and compare the symbols.
    public var verifies = false
    /// The stream names the model's post-filter.
    public var enhances = true
    /// Takes noise out of the sound before it is coded; nil = it is coded as it is.
    public var denoiser: Denoiser?
    /// Factor of what the denoiser does in dB, 0 ... 1.
    public var denoisingStrength = 1.0
    /// Keep the texts that the source carries about itself (title, artist ...).
    public var keepsTags = true

    /// Seconds of signal (times channels) that are held before the first packet, and the least for
    /// many channels.
    static let lookahead = 30
    static let lookaheadChannelSeconds = 240
    static let leastLookahead = 6
    /// Stretches of a long file that are looked at, and their length in seconds.
    static let stretches = 12
    static let stretchSeconds = 2

    public init(model: CodecModel) { self.model = model }

    /// Settings that no input can make right.
    public func check() throws(ToolFailure) {
        func check(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws(ToolFailure) {
            guard range.contains(value) else {
                throw .usage(
                    "\(option) \(value): possible are \(range.lowerBound) ... \(range.upperBound)")
            }
        }
        if let layers { try check(layers, model.layerRange(layering), "--layers") }
        if model.fixedRates != nil {
            if let rateIndex, rateIndex != 0 {
                throw .usage("--rate-index \(rateIndex): \(CodecError.fixedRate)")
            }
            if makeRefiner != nil { throw .usage("--effort: \(CodecError.family(model.family))") }
        }
        try check(keyInterval, StreamHeader.keyIntervalRange, "--key-interval")
        try check(blocksPerPacket, StreamHeader.blocksPerPacketRange, "--packet-blocks")
        if makeRefiner != nil, let layers, layers > 1 {
            throw .usage("--effort works with one layer, not with --layers \(layers)")
        }
        if adapt != nil {
            do throws(CodecError) { try model.checkRefinement() } catch {
                throw .usage("--adapt: \(error)")
            }
        }
        guard DenoiseJob.strengths.contains(denoisingStrength) else {
            throw .usage("--denoise-strength \(denoisingStrength): possible are 0 ... 1")
        }
        if let bitrate, bitrate < CodecEncoder.bitrates.lowerBound {
            throw .usage(
                """
                --bitrate \(NumberText.fixed(bitrate / 1000, 3)): the lowest is \
                \(NumberText.fixed(CodecEncoder.bitrates.lowerBound / 1000, 0)) kbit/s
                """
            )
        }
    }

    /// Encodes one file.
    /// - Parameter packetCoded: called with a line of text for every packet.
    public func run(
        _ job: Job, packetCoded: ((String) -> Void)? = nil
    ) throws -> EncodeReport {
        do {
            let watch = Stopwatch()
            try job.checkInput()
            let reader = try AudioReader(path: job.input, options: readerOptions)
            var source = try CodecRateSource(
                reader, sampleRate: model.signal.sampleRate,
                cleaning: denoiser.map { ($0, denoisingStrength) })
            let coder = try adapt.map { try adapted(to: &source, of: job, $0) } ?? self
            return try coder.encode(job, source, watch, packetCoded)
        } catch let error as CodecError {
            throw ToolFailure.runtime("\(job.input): \(error)")
        } catch let error as AudioFileError {
            guard case .unsupportedResampling = error else { throw error }
            throw ToolFailure.runtime("\(job.input): \(error)")
        }
    }

    /// Seconds of a recording, at its beginning, that a model is adapted to.
    private static let adaptedSeconds = 120

    /// The same job with the model adapted to what is coded, which is then at its beginning again.
    private func adapted(
        to source: inout CodecRateSource, of job: Job,
        _ adapt: (CodecModel, [[Float]], UInt8) throws -> ModelPatch?
    ) throws -> EncodeJob {
        let reader = source.reader
        guard job.input != "-", reader.isSeekable else {
            throw ToolFailure.runtime("\(job.input): --adapt needs a file, which is read twice")
        }
        let samples = try source.read(atLeast: Self.adaptedSeconds * model.signal.sampleRate)
        try source.rewind()
        let target = bitrate ?? model.usualBitrate * Double(reader.channels)
        var configuration = try configuration(channels: reader.channels)
        configuration.layers = usualLayers(target, channels: reader.channels)
        let index = rateIndex ?? RateCurve(model: model, configuration).index(for: target)
        var result = self
        let indices = configuration.rateIndices(model, index)
        if let patch = try adapt(model, samples, indices.first ?? index) {
            result.model = try model.adapted(by: patch)
        }
        result.isAdapted = true
        return result
    }

    private func encode(
        _ job: Job, _ source: CodecRateSource, _ watch: Stopwatch,
        _ packetCoded: ((String) -> Void)?
    ) throws -> EncodeReport {
        let reader = source.reader
        var source = source
        var report = EncodeReport()
        var configuration = try configuration(channels: reader.channels)
        // Refuses before an output is made.
        _ = try CodecEncoder(model: model, configuration: configuration)
        let output = try job.openOutput(force: force)
        defer { output.discard() }
        let progress = ProgressLine(
            totalSeconds: reader.declaredFrameCount.map { Double($0) / Double(reader.sampleRate) },
            isEnabled: showsProgress)
        var planned: PlannedPackets?
        let head = try plan(&configuration, &source, &planned)
        let isWhole =
            source.isAtEnd && (head.first?.count ?? 0) <= lookahead(channels: reader.channels)
        var refiners: [any SymbolRefiner] = []
        if let makeRefiner {
            for _ in 0..<model.signal.block.groupCount(channels: reader.channels) {
                refiners.append(try makeRefiner())
            }
        }
        let encoder = try CodecEncoder(
            model: model, configuration: configuration, refiners: refiners, planned: planned)
        // Those of a pipe that come behind the samples are too late, unless it is short.
        let (tags, leftOut) = keepsTags ? reader.tags.streamTags() : (nil, [])
        let layers = encoder.configuration.layers
        report.layering = layers > 1 ? encoder.configuration.layering : nil
        var writer = BitstreamWriter(
            try encoder.header(
                sampleRate: reader.sampleRate,
                sampleCount: isWhole ? UInt64(reader.framesRead) : nil,
                formatVersion: tags == nil ? 1 : AuxiliaryRecord.firstVersion))
        var verification = verifies ? Verification(model: model, name: job.output) : nil
        func put(_ bytes: [UInt8]) throws {
            try output.write(bytes)
            report.fileBytes += bytes.count
            try verification?.push(bytes)
        }
        func drain() throws {
            while let packet = encoder.pull() {
                let record = try writer.packet(packet)
                try put(record)
                report.add(packet, recordBytes: record.count)
                packetCoded?(
                    EncodeReport.line(packet, number: report.packets - 1, recordBytes: record.count)
                )
            }
            progress.update(
                seconds: Double(encoder.samplesIn) / Double(model.signal.sampleRate),
                bytes: report.fileBytes)
        }
        try put(writer.headerBytes())
        if let tags {
            let record = try writer.auxiliary(.tags(tags))
            try put(record)
            report.tags = TagText.list(tags)
            report.tagBytes = record.count
        }
        // A packet at a time, so that what was coded leaves before the next is coded.
        let step = blocksPerPacket * model.signal.blockSamples
        for start in stride(from: 0, to: head.first?.count ?? 0, by: step) {
            try encoder.push(head.map { Array($0[start..<min(start + step, $0.count)]) })
            try drain()
        }
        while !source.isAtEnd {
            try encoder.push(try source.read(atLeast: min(step, model.signal.sampleRate)))
            try drain()
        }
        try encoder.finish()
        try drain()
        try put(try writer.end(sampleCount: UInt64(reader.framesRead)))
        report.verified = try verification?.finish(encoder: encoder)
        progress.clear()
        try output.commit()
        report.input = job.input
        report.output = job.output
        report.format = reader.formatName
        report.model = model.name
        report.modelID = (enhances ? model.id : model.codecID).description
        report.sampleRate = reader.sampleRate
        report.channels = reader.channels
        report.samples = reader.framesRead
        report.layers = layers
        report.patch = model.patch.map { PatchText($0) }
        if isAdapted { report.isAdapted = model.patch != nil }
        report.targetKbps = configuration.bitrate.map { $0 / 1000 }
        if model.fixedRates != nil {
            (report.lowestRateIndex, report.highestRateIndex) = (nil, nil)
        }
        report.finish(runSeconds: watch.seconds)
        report.warnings = reader.warnings.map(\.description) + rateWarning(report)
        report.warnings += layerWarning(layers, channels: reader.channels)
        report.warnings += bandWarning(source)
        report.warnings += leftOut.map { "no room in the stream for the tag \($0)" }
        if let warning = LevelWarning.limited(
            encoder.limitedSamples, largest: CodecEncoder.largestSample)
        {
            report.warnings.append(warning)
        }
        if makeRefiner != nil, layers > 1 {
            report.warnings.append(
                """
                analysis by synthesis works with one layer: symbols of \(layers) layers were \
                rounded
                """
            )
        }
        return report
    }

    /// Samples that are held before the first packet.
    private func lookahead(channels: Int) -> Int {
        max(
            Self.leastLookahead,
            min(Self.lookahead, Self.lookaheadChannelSeconds / max(channels, 1)))
            * model.signal.sampleRate
    }

    private func configuration(channels: Int) throws(CodecError) -> CodecEncoder.Configuration {
        var configuration = CodecEncoder.Configuration(
            channels: channels, layers: layers ?? 1, layering: layering)
        configuration.keyInterval = keyInterval
        configuration.enhances = enhances
        configuration.blocksPerPacket = blocksPerPacket
        if model.fixedRates != nil {
            // All layers, or those that a bitrate pays for: nothing to plan.
            configuration.layers = layers ?? model.layerCount
            configuration.rate =
                bitrate.map { .bitrate($0) }
                ?? .indices(Array(repeating: 0, count: configuration.layers))
            return try configuration.resolved(for: model)
        }
        if let rateIndex {
            configuration.rate = .indices(configuration.rateIndices(model, rateIndex))
        } else {
            let target = bitrate ?? model.usualBitrate * Double(channels)
            configuration.rate = .bitrate(target)
            if !plans { configuration.layers = usualLayers(target, channels: channels) }
        }
        return configuration
    }

    /// Layers for a bitrate that is met on average speech, where the signal is not known as a
    /// whole: its first seconds may be silence, which no layer can spend a bitrate on.
    private func usualLayers(_ target: Double, channels: Int) -> Int {
        if let layers { return layers }
        guard let highest = model.rateCurve.last, target > highest * Double(channels) else {
            return 1
        }
        return mostLayers
    }

    /// Layers that a bitrate may bring.
    private var mostLayers: Int { min(2, model.layerRange(layering).upperBound) }

    /// Chooses the rate before the first packet: for a signal that can be held as a whole by
    /// encoding it; otherwise from stretches of it.
    /// - Returns: the samples that were taken from the source and are to be encoded first.
    private func plan(
        _ configuration: inout CodecEncoder.Configuration, _ source: inout CodecRateSource,
        _ planned: inout PlannedPackets?
    )
        throws -> [[Float]]
    {
        let reader = source.reader
        let second = model.signal.sampleRate
        guard rateIndex == nil, plans, model.fixedRates == nil else { return [] }
        let lookahead = lookahead(channels: reader.channels)
        var head = try source.read(atLeast: lookahead + 1)
        let count = head.first?.count ?? 0
        guard count > 0 else { return head }
        let declaredSeconds = reader.declaredFrameCount.map {
            Double($0) / Double(reader.sampleRate)
        }
        configuration.extraBytes = countedTagBytes(
            reader, bitrate: configuration.bitrate,
            seconds: max(
                Double(count) / Double(second), reader.isSeekable ? declaredSeconds ?? 0 : 0))
        if count <= lookahead {
            try fit(&configuration) { planner in
                let (plan, packets) = try planner.planKeepingPackets(whole: head)
                planned = packets
                return plan
            }
            configuration.expectedSamples = count
            return head
        }
        if reader.isSeekable, let declared = reader.declaredFrameCount,
            declared > Self.stretches * Self.stretchSeconds * reader.sampleRate
        {
            head = []  // The stretches take as much memory.
            let pieces = try source.stretches(
                Self.stretches, seconds: Self.stretchSeconds, of: declared)
            if pieces.count > Self.stretches / 2 {
                configuration.expectedSamples = ResampledLength.frames(
                    for: declared, from: reader.sampleRate, to: second)
                try fit(&configuration) { planner in try planner.plan(stretches: pieces) }
                return []
            }
            // There is less sound than the header promises: its beginning has to do. The source was
            // rewound.
            head = try source.read(atLeast: lookahead + 1)
        }
        configuration.layers = usualLayers(
            configuration.bitrate ?? 0, channels: reader.channels)
        // How much more than that was read depends on how a pipe delivered it, which must not
        // change the result.
        let stretch = Self.stretchSeconds * second
        let length = min(head.first?.count ?? 0, lookahead)
        let pieces = stride(from: 0, through: length - stretch, by: stretch).map { start in
            head.map { Array($0[start..<start + stretch]) }
        }
        try fit(&configuration, layersAreFixed: true) { try $0.plan(stretches: pieces) }
        return head
    }

    /// Bytes of tags that the sound makes room for: all of them as a rule, at most a twentieth of a
    /// short file, so that a long comment does not spoil its sound.
    private func countedTagBytes(_ reader: AudioReader, bitrate: Double?, seconds: Double) -> Int {
        guard keepsTags, let bitrate, let tags = reader.tags.streamTags().tags else { return 0 }
        let most = min(bitrate * seconds / 8 / 20, 1e9)
        return min(AuxiliaryRecord.tags(tags).byteCount, Int(most))
    }

    /// Plans the rate; where the highest index is not enough for the bitrate and the number of
    /// layers is free, with one more layer.
    private func fit(
        _ configuration: inout CodecEncoder.Configuration, layersAreFixed: Bool = false,
        _ plan: (RatePlanner) throws -> RatePlan
    ) throws {
        guard let target = configuration.bitrate else { return }
        let channels = Double(max(configuration.channels, 1))
        while true {
            let used = configuration.layers
            let isRefined = used == 1 && makeRefiner != nil
            let share = isRefined ? refinedShare(target / channels) : 1
            var plain = configuration
            // A target outside the possible ones is refused by the encoder itself.
            plain.rate = .bitrate(
                CodecEncoder.bitrates.contains(target / share / channels) ? target / share : target)
            let found = try plan(RatePlanner(model: model, configuration: plain)).scaled(by: share)
            configuration.rate = .bitrate(target, plan: found)
            guard layers == nil, !layersAreFixed, used < mostLayers, found.index == UInt8.max,
                found.bitrate < 0.98 * target
            else {
                return
            }
            configuration.layers = used + 1
        }
    }

    /// Says what a bitrate chose where it can only choose layers.
    private func layerWarning(_ layers: Int, channels: Int) -> [String] {
        guard let bitrate, let rates = model.fixedRates, rates.indices.contains(layers - 1) else {
            return []
        }
        let usual = rates[layers - 1] * Double(channels)
        return [
            """
            this model has one rate for each number of layers, which --bitrate does not change: \
            \(layers) of \(NumberText.count(model.layerCount, "layer")) for \
            \(NumberText.fixed(bitrate / 1000, 2)) kbit/s, which average speech takes \
            \(NumberText.fixed(usual / 1000, 2)) kbit/s of
            """
        ]
    }

    /// Share of the power above the model's band from which it is worth a word.
    static let leastShareAbove = 1e-3

    /// Says so where much of the sound lies above what the model codes.
    private func bandWarning(_ source: CodecRateSource) -> [String] {
        let share = source.shareAbove
        guard share > Self.leastShareAbove else { return [] }
        let level = 10 * log10(share)
        let remedy =
            model.signal.sampleRate < 44_100 ? "; --model audio keeps what is below 20 kHz" : ""
        return [
            """
            \(NumberText.fixed(level, 0)) dB of the sound lie above \
            \(NumberText.fixed(Double(model.signal.sampleRate) / 2000, 1)) kHz, which this model \
            leaves out\(remedy)
            """
        ]
    }

    /// Says so where a bitrate was missed, which happens outside the model's range and with very
    /// short files.
    private func rateWarning(_ report: EncodeReport) -> [String] {
        // Short sounds are whole packets of a few possible sizes; the end of the scale is worth a
        // word for them too.
        let isAtEnd = report.highestRateIndex == 0 || report.lowestRateIndex == 255
        guard let target = report.targetKbps, let file = report.fileKbps,
            report.seconds > 5 || isAtEnd, abs(file / target - 1) > 0.03
        else { return [] }
        let reason =
            report.highestRateIndex == 0
            ? ": the lowest that this model does with this sound"
            : report.lowestRateIndex == 255
                ? ": the highest that this model does with this sound"
                : report.tagBytes.map { ": \(NumberText.count($0, "byte")) of tags" } ?? ""
        return [
            "\(NumberText.fixed(file, 2)) kbit/s instead of \(NumberText.fixed(target, 2))\(reason)"
        ]
    }
}
