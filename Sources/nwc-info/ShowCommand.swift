import ArgumentParser
import CMRLCodec
import NeuralNetwork
import ToolSupport

struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Describe bitstreams and model files.")

    @Argument(help: "Bitstreams or model files.", completion: .file()) var files: [String]
    @Flag(help: "One JSON object a line.") var json = false
    @Flag(name: .shortAndLong, help: "List every packet.") var verbose = false

    /// What a bitstream says of itself.
    struct StreamReport: Encodable {
        var file = ""
        var kind = "stream"
        var formatVersion = Int(StreamHeader.version)
        var model = ""
        var sampleRate = 0
        var channels = 0
        var layers = 0
        var blocksPerPacket = 0
        var keyInterval = 0
        var samples: UInt64 = 0
        var seconds = 0.0
        var packets = 0
        var keyPackets = 0
        var payloadBytes = 0
        var layerBytes: [Int] = []
        var fileBytes = 0
        var payloadKbps = 0.0
        var fileKbps = 0.0
        var smallestPacket = 0
        var largestPacket = 0
        var rateIndices: [[UInt8]] = []
    }

    struct ModelReport: Encodable {
        var file: String
        var kind = "model"
        var name: String
        var id: String
        var parameters: Int
        var layers: Int
        var delaySamples: Int
        var bytes: Int
        var lowestKbps: Double
        var highestKbps: Double
    }

    func run() throws {
        guard !files.isEmpty else { throw ToolFailure.usage("no file") }
        try ToolMain.forEach(files) { file in
            let input = try InputBytes(path: file), first = try input.next()
            if first.starts(with: WeightFile.magic) {
                try model(file, first + input.all(limit: 64 << 20))
            } else {
                try stream(file, input, first)
            }
        }
    }

    private func model(_ file: String, _ bytes: [UInt8]) throws {
        let model = try CodecModel(bytes: bytes)
        let report = ModelReport(
            file: file, name: model.name, id: model.id.description, parameters: model.parameterCount, layers: model.layerCount,
            delaySamples: model.algorithmicDelay(), bytes: bytes.count, lowestKbps: (model.rateCurve.first ?? 0) / 1000,
            highestKbps: (model.rateCurve.last ?? 0) / 1000)
        if json { return try JSONReport.write(report) }
        print(
            """
            \(file): nwc model
              name         \(report.name)
              id           \(report.id)
              parameters   \(NumberText.grouped(report.parameters))
              layers       \(report.layers)
              delay        \(NumberText.fixed(Double(report.delaySamples) / 16, 1)) ms (packets of one block, one layer)
              rates        \(NumberText.fixed(report.lowestKbps, 1)) to \(NumberText.fixed(report.highestKbps, 1)) kbit/s on its training speech
              file         \(NumberText.count(report.bytes, "byte"))
            """)
    }

    private func stream(_ file: String, _ input: InputBytes, _ first: [UInt8]) throws {
        var reader = BitstreamReader(mode: .strict), report = StreamReport(), bytes = first
        report.file = file
        report.smallestPacket = .max
        while true {
            if bytes.isEmpty { reader.finish() } else { reader.push(bytes) }
            while let event = try reader.next() { try note(event, &report) }
            if bytes.isEmpty { break }
            bytes = try input.next()
        }
        report.fileBytes = input.count
        if report.packets == 0 { report.smallestPacket = 0 }
        report.seconds = Double(report.samples) / Double(max(report.sampleRate, 1))
        if report.seconds > 0 {
            report.payloadKbps = Double(report.payloadBytes) * 8 / report.seconds / 1000
            report.fileKbps = Double(report.fileBytes) * 8 / report.seconds / 1000
        }
        if json { return try JSONReport.write(report) }
        let indices = report.rateIndices.map { $0.map(String.init).joined(separator: "+") }
        print(
            """
            \(file): nwc bitstream, format \(report.formatVersion)
              model        \(report.model)
              source       \(NumberText.grouped(Int(clamping: report.samples))) samples at \(report.sampleRate) Hz, \
            \(NumberText.count(report.channels, "channel")), \(NumberText.time(report.seconds))
              layers       \(report.layers), bytes \(report.layerBytes.map { NumberText.grouped($0) }.joined(separator: " + "))
              packets      \(NumberText.count(report.packets, "packet")) of \(report.blocksPerPacket) blocks (20 ms), \(report.keyPackets) key, \
            \(report.smallestPacket) to \(NumberText.count(report.largestPacket, "byte"))
              rate indices \(indices.isEmpty ? "-" : Set(indices).count == 1 ? indices[0] : "\(indices.min() ?? "") ... \(indices.max() ?? "")")
              rate         payload \(NumberText.fixed(report.payloadKbps, 2)), file \(NumberText.fixed(report.fileKbps, 2)) kbit/s
            """)
    }

    private func note(_ event: BitstreamEvent, _ report: inout StreamReport) throws {
        switch event {
        case .header(let header):
            report.model = header.modelID.description
            report.sampleRate = header.sampleRate
            report.channels = header.channelCount
            report.layers = header.layerCount
            report.blocksPerPacket = header.blocksPerPacket
            report.keyInterval = header.keyInterval
            report.layerBytes = Array(repeating: 0, count: header.layerCount)
        case .packet(let packet, let offset):
            report.packets += 1
            report.payloadBytes += packet.payloadByteCount
            report.smallestPacket = min(report.smallestPacket, packet.payloadByteCount)
            report.largestPacket = max(report.largestPacket, packet.payloadByteCount)
            for chunks in packet.chunks {
                for (layer, chunk) in chunks.enumerated() where layer < report.layerBytes.count { report.layerBytes[layer] += chunk.count }
            }
            if packet.isKey {
                report.keyPackets += 1
                report.rateIndices.append(packet.rateIndices)
            }
            if verbose, !json {
                print(
                    "  byte \(offset): \(packet.isKey ? "key packet" : "packet"), \(packet.blockCount) blocks, rate indices \(packet.rateIndices), chunks "
                        + packet.chunks.map { "\($0.map(\.count))" }.joined(separator: " "))
            }
        case .end(let end): report.samples = end.sampleCount
        case .damaged, .truncated: break
        }
    }
}
