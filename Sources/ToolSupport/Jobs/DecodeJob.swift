import AudioFile
import CMRLCodec
import SignalProcessing

/// Bitstreams to sound files, with the same settings. Memory does not grow with the length of the
/// sound.
public struct DecodeJob: Sendable {
    /// The models, each loaded once for all streams.
    public var models: ModelCache
    /// The model's post-filter runs; nil = where the stream names it.
    public var enhances: Bool?
    /// Decode at most so many layers.
    public var layers: Int?
    /// Sampling rate of the output in Hz; nil = that of the source.
    public var rate: Int?
    /// Of the output.
    public var format = SoundFormat()
    /// Go on over damage with concealment.
    public var conceals = false
    /// Lose packets at random with this probability, to hear the concealment.
    public var packetLoss = 0.0
    /// Mean number of packets lost in a row; nil = each is lost by itself.
    public var lossBurst: Double?
    public var seed: UInt64 = 1
    public var force = false
    public var showsProgress = false
    /// Decode without writing anything.
    public var testsOnly = false

    /// Write the texts that a stream carries about its sound into the output, where that has a
    /// place for them.
    public var keepsTags = true

    /// - Parameters:
    ///   - model: name or file of the model; nil = the built-in model that a stream names.
    ///   - postFilter: file of a post-filter for it
    public init(model: String? = nil, postFilter: String? = nil) {
        models = ModelCache(choice: model, postFilter: postFilter)
    }

    /// Settings that no input can make right.
    public func check() throws(ToolFailure) {
        if let layers, !StreamHeader.layerCountRange.contains(layers) {
            throw .usage(
                """
                --layers \(layers): possible are \(StreamHeader.layerCountRange.lowerBound) \
                ... \(StreamHeader.layerCountRange.upperBound)
                """
            )
        }
        if let rate, !StreamResampler.supportedRates.contains(rate) {
            let range = StreamResampler.supportedRates
            throw .usage(
                "--rate \(rate): possible are \(range.lowerBound) ... \(range.upperBound) Hz")
        }
        guard (0...1).contains(packetLoss) else {
            throw .usage("--packet-loss \(packetLoss): a probability, 0 ... 1")
        }
        if let lossBurst {
            guard packetLoss > 0 else { throw .usage("--loss-burst needs --packet-loss") }
            guard (1...1000).contains(lossBurst) else {
                throw .usage("--loss-burst \(lossBurst): possible are 1 ... 1000")
            }
            // Between two bursts lies at least one packet.
            let least = packetLoss / (1 - packetLoss)
            guard packetLoss == 1 || least <= lossBurst else {
                throw .usage(
                    """
                    --loss-burst \(lossBurst): a loss of \(packetLoss) needs bursts of \
                    \(NumberText.fixed(least, 1)) packets at least
                    """
                )
            }
        }
    }

    /// Decodes one stream.
    public func run(_ job: Job) throws -> DecodeReport {
        let watch = Stopwatch()
        try job.checkInput()
        let input = try InputBytes(path: job.input)
        let output = testsOnly ? nil : try job.openOutput(force: force)
        defer { output?.discard() }
        let progress = ProgressLine(totalSeconds: nil, isEnabled: showsProgress)
        var run = DecodeRun(job: self, input: job.input, output: output)
        var reader = BitstreamReader(mode: conceals ? .conceal : .strict)
        func drain() throws {
            while true {
                let event: BitstreamEvent?
                do { event = try reader.next() } catch {
                    throw ToolFailure.runtime("\(job.input): \(error)")
                }
                guard let event else { return }
                try run.handle(event)
                progress.update(seconds: run.secondsWritten, bytes: nil)
            }
        }
        while true {
            let bytes = try input.next()
            if bytes.isEmpty { break }
            reader.push(bytes)
            try drain()
        }
        reader.finish()
        try drain()
        var report = try run.finish()
        progress.clear()
        try output?.commit()
        report.input = job.input
        report.output = testsOnly ? nil : job.output
        report.fileBytes = input.count
        report.finish(runSeconds: watch.seconds)
        return report
    }
}

/// Which packets a lossy network loses; the same seed loses the same packets.
package struct LossPattern {
    private var random: SplitMix64
    private let probability: Double
    private let burst: Double?
    private var isLosing = false

    /// - Parameters:
    ///   - probability: share of the packets that is lost.
    ///   - burst: mean number of packets lost in a row, at least 1 (Gilbert's model: bursts begin
    ///     and end at random); nil loses each by itself.
    package init(seed: UInt64, probability: Double, burst: Double? = nil) {
        random = SplitMix64(seed: seed)
        self.probability = probability
        self.burst = burst
    }

    package mutating func losesNext() -> Bool {
        guard probability > 0 else { return false }
        let u = random.unit()
        guard let burst, probability < 1 else { return u < probability }
        isLosing = isLosing ? u >= 1 / burst : u < min(1, probability / (burst * (1 - probability)))
        return isLosing
    }
}
