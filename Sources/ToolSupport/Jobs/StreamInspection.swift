import CMRLCodec

/// What a bitstream holds, found without decoding it.
public struct StreamReport: Encodable, Sendable {
    /// One layer of all channels.
    public struct Layer: Encodable, Sendable {
        public var payloadBytes = 0
        /// Absent for an empty sound.
        public var payloadKbps: Double?
        public var lowestRateIndex: Int?
        public var highestRateIndex: Int?
    }

    public var file = ""
    public var kind = "stream"
    public var formatVersion = 0
    public var modelID = ""
    /// Name of the built-in model with this id.
    public var model: String?
    public var sampleRate = 0
    public var channels = 0
    /// Source samples per channel; absent where the stream does not say (a truncated one that was
    /// made from a pipe).
    public var samples: Int?
    public var seconds: Double?
    public var blocksPerPacket = 0
    /// Length of a block.
    public var blockSeconds = 0.0
    public var keyInterval = 0
    public var packets = 0
    public var keyPackets = 0
    public var blocks = 0
    public var shortestPacketBytes: Int?
    public var longestPacketBytes: Int?
    public var payloadBytes = 0
    public var fileBytes = 0
    public var payloadKbps: Double?
    /// Everything in the file beside payload and damaged bytes.
    public var framingKbps: Double?
    public var fileKbps: Double?
    /// Bytes that hold no usable packet; absent where all do.
    public var damagedBytes: Int?
    public var damagedKbps: Double?
    /// What the bits are spent on; absent unless asked for, and without the model.
    public var spending: StreamSpending?
    /// What changes the model for this stream; absent without.
    public var patch: PatchText?
    /// Texts about the sound; absent without any.
    public var tags: [TagText]?
    /// Records that are no packets and that this program does not know.
    public var unknownRecords: Int?
    public var layers: [Layer] = []
    /// What the layers above the first add; absent where there are none.
    public var layering: Layering?
    public var isIntact = true
    public var damage: [String] = []

    /// The report for people, several lines.
    public var text: String {
        func kilobits(_ value: Double?) -> String { value.map { NumberText.fixed($0, 2) } ?? "-" }
        let length = [
            seconds.map { NumberText.time($0) }, samples.map { NumberText.count($0, "sample") },
        ].compactMap { $0 }
        var lines = [
            "\(file == "-" ? "standard input" : file): nwc bitstream, format \(formatVersion)"
        ]
        lines.append(
            "  source    "
                + (length + [NumberText.count(channels, "channel"), "\(sampleRate) Hz"]).joined(
                    separator: ", "))
        lines.append(
            """
              model     \
            \(model.map { "\($0) " } ?? "")\(modelID)\(model == nil ? ", not built in" : "")
            """
        )
        let duration = NumberText.fixed(
            blockSeconds * Double(blocksPerPacket), 2)
        var packet =
            """
              packets   \(NumberText.grouped(packets)) of \
            \(NumberText.count(blocksPerPacket, "block")) (\(duration) s), \
            \(NumberText.grouped(keyPackets)) key
            """
        if let shortest = shortestPacketBytes, let longest = longestPacketBytes {
            packet += ", \(shortest) ... \(longest) bytes"
        }
        lines.append(packet)
        let damaged = damagedKbps.map { "+ damaged \(kilobits($0)) " } ?? ""
        lines.append(
            """
              kbit/s    payload \(kilobits(payloadKbps)) + framing \(kilobits(framingKbps)) \
            \(damaged)= file \(kilobits(fileKbps)), \(NumberText.count(fileBytes, "byte"))
            """
        )
        if let layering {
            lines.append("  layers    \(LayerText.layers(layers.count, layering))")
        }
        for (number, layer) in layers.enumerated() {
            var line = "  layer \(number + 1)   payload \(kilobits(layer.payloadKbps)) kbit/s"
            if let low = layer.lowestRateIndex, let high = layer.highestRateIndex {
                line += low == high ? ", rate index \(low)" : ", rate indices \(low) ... \(high)"
            }
            lines.append(line)
        }
        if let patch { lines.append("  patch     \(patch.text)") }
        if let spending { lines.append(spending.text) }
        lines += (tags ?? []).map(\.line)
        if let unknownRecords {
            lines.append(
                "  other     \(NumberText.count(unknownRecords, "record")) of later versions")
        }
        return (lines + damage.map { "  damage    \($0)" }).joined(separator: "\n")
    }
}

/// Reads a bitstream from end to end and describes it.
public struct StreamInspection {
    /// Takes every packet: what it holds, the blocks of its groups (nil where they cannot be
    /// read), and a line for people.
    package typealias PacketFound = (
        PacketReport, [[SymbolTracer.Block]]?, _ line: String, StreamHeader
    ) throws -> Void

    private let bytes: InputBytes
    private let models: ModelCache?
    private let packetFound: PacketFound?
    private var report = StreamReport()
    private var header: StreamHeader?
    private var tracing: PacketTracing?
    private var spending: SpendingCount?

    /// - Parameters:
    ///   - bytes: stands at the start of the stream.
    ///   - models: where the stream's model is looked for, to read its symbols; nil = they are not
    ///     read
    package init(
        _ bytes: InputBytes, models: ModelCache? = nil, packetFound: PacketFound? = nil
    ) {
        self.bytes = bytes
        self.models = models
        self.packetFound = packetFound
    }

    /// - Parameter start: bytes that were already read.
    /// - Throws: where not even the header can be read.
    public mutating func run(start: [UInt8]) throws -> StreamReport {
        var reader = BitstreamReader(mode: .conceal)
        var piece = start
        func next() throws(ToolFailure) -> BitstreamEvent? {
            do { return try reader.next() } catch { throw .runtime("\(bytes.path): \(error)") }
        }
        while !piece.isEmpty {
            reader.push(piece)
            while let event = try next() { try handle(event) }
            piece = try bytes.next()
        }
        reader.finish()
        while let event = try next() { try handle(event) }
        return try finish()
    }

    /// Without the model the symbols cannot be read; that is said.
    private mutating func begin(_ header: StreamHeader) {
        self.header = header
        var model: CodecModel?
        if let models {
            do {
                model = try models.find(id: header.modelID, stream: bytes.path)
            } catch {
                Console.warning("\(error); no bits of blocks without it")
            }
        }
        if let found = model, found.family != .lappedCascade {
            Console.warning(
                "\(bytes.path): \(CodecError.family(found.family)): no bits of blocks")
            model = nil
        }
        if let made = try? PacketTracing(header, model: model) {
            tracing = made
            spending = model.map { SpendingCount(header, model: $0) }
        } else {
            Console.warning("\(bytes.path): not a stream of the model given")
            tracing = try? PacketTracing(header, model: nil)
        }
    }

    private mutating func handle(_ event: BitstreamEvent) throws {
        switch event {
        case .header(let header):
            begin(header)
            report.formatVersion = Int(header.formatVersion)
            report.modelID = header.modelID.description
            report.model = ModelChoice.builtInName(header.modelID)
            report.patch = header.patch.map { PatchText($0) }
            report.sampleRate = header.sampleRate
            report.channels = header.channelCount
            report.samples = header.sampleCount.map { Int($0) }
            report.blocksPerPacket = header.blocksPerPacket
            report.blockSeconds = header.block.seconds(blocks: 1)
            report.keyInterval = header.keyInterval
            report.layers = Array(repeating: StreamReport.Layer(), count: header.layerCount)
            report.layering = header.layerCount > 1 ? header.layering : nil
        case .packet(let packet, let offset): try add(packet, offset: offset)
        case .auxiliary(.tags(let tags), _): report.tags = TagText.list(tags)
        case .auxiliary(.unknown, _): report.unknownRecords = (report.unknownRecords ?? 0) + 1
        case .damaged(let range, let reason):
            tracing?.lose()
            report.damagedBytes = (report.damagedBytes ?? 0) + range.count
            damage(
                range.isEmpty
                    ? "\(reason)" : "bytes \(range.lowerBound) ..< \(range.upperBound): \(reason)")
        case .truncated(_, let offset): damage("truncated in the record at byte \(offset)")
        case .end(let end): report.samples = report.samples ?? Int(end.sampleCount)
        }
    }

    private mutating func damage(_ text: String) {
        report.isIntact = false
        report.damage.append(text)
    }

    private mutating func add(_ packet: Packet, offset: Int) throws {
        let bytes = packet.recordByteCount(blocksPerPacket: report.blocksPerPacket)
        if let header, let packetFound, let (read, traced) = tracing?.read(packet) {
            var found = read
            (found.file, found.number, found.offset) = (self.bytes.path, report.packets, offset)
            if let traced { spending?.add(traced, payloadBytes: found.payloadBytes) }
            var line = """
                \(EncodeReport.line(packet, number: report.packets, recordBytes: bytes)), at \
                byte \(offset)
                """
            if let bits = found.blockBits {
                let envelope = bits.reduce(0) { $0 + $1.envelopeBits }
                let layers = bits.first?.layerBits.indices ?? 0..<0
                line += ", bits: envelope \(NumberText.fixed(envelope, 0))"
                for layer in layers {
                    let sum = bits.reduce(0) { $0 + $1.layerBits[layer] }
                    line += " + layer \(layer + 1) \(NumberText.fixed(sum, 0))"
                }
            }
            try packetFound(found, traced, line, header)
        }
        report.packets += 1
        report.keyPackets += packet.isKey ? 1 : 0
        report.blocks += packet.blockCount
        report.payloadBytes += packet.payloadByteCount
        report.shortestPacketBytes = min(report.shortestPacketBytes ?? .max, bytes)
        report.longestPacketBytes = max(report.longestPacketBytes ?? 0, bytes)
        for layer in 0..<min(packet.layerCount, report.layers.count) {
            report.layers[layer].payloadBytes += packet.chunks.reduce(0) { $0 + $1[layer].count }
            guard layer < packet.rateIndices.count else { continue }
            let index = Int(packet.rateIndices[layer])
            report.layers[layer].lowestRateIndex = min(
                report.layers[layer].lowestRateIndex ?? 255, index)
            report.layers[layer].highestRateIndex = max(
                report.layers[layer].highestRateIndex ?? 0, index)
        }
    }

    private mutating func finish() throws -> StreamReport {
        guard header != nil else { throw ToolFailure.runtime("\(bytes.path): no stream") }
        report.file = bytes.path
        report.fileBytes = bytes.count
        report.spending = spending?.result
        if let damaged = report.damagedBytes, damaged == 0 { report.damagedBytes = nil }
        if let samples = report.samples {
            let seconds = Double(samples) / Double(report.sampleRate)
            report.seconds = seconds
            if seconds > 0 {
                report.payloadKbps = Double(report.payloadBytes) * 8 / seconds / 1000
                report.fileKbps = Double(report.fileBytes) * 8 / seconds / 1000
                let damaged = report.damagedBytes ?? 0
                report.framingKbps =
                    Double(report.fileBytes - report.payloadBytes - damaged) * 8 / seconds / 1000
                report.damagedKbps = report.damagedBytes.map { Double($0) * 8 / seconds / 1000 }
                for i in report.layers.indices {
                    report.layers[i].payloadKbps =
                        Double(report.layers[i].payloadBytes) * 8 / seconds / 1000
                }
            }
        }
        return report
    }
}
