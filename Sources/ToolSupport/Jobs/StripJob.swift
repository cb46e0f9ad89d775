import CMRLCodec

/// Drops the upper layers of a bitstream without decoding it.
public struct StripJob {
    /// What was done.
    public struct Report: Encodable, Sendable {
        public var input: String
        public var output: String
        public var layers: Int
        public var bytesBefore: Int
        public var bytesAfter: Int

        /// One line for people.
        public var summary: String {
            """
            \(input == "-" ? "standard input" : input) -> \
            \(output == "-" ? "standard output" : output): 
            """
                + """
                \(NumberText.grouped(bytesBefore)) -> \
                \(NumberText.count(bytesAfter, "byte")), \(NumberText.count(layers, "layer"))
                """
        }
    }

    /// Layers to keep.
    public var layers: Int
    public var force: Bool

    public init(layers: Int, force: Bool) {
        self.layers = layers
        self.force = force
    }

    public func run(_ job: Job) throws -> Report {
        var stripper: LayerStripper
        do { stripper = try LayerStripper(layers: layers) } catch {
            throw ToolFailure.usage("--layers: \(error)")
        }
        let input = try InputBytes(path: job.input)
        let output = try job.openOutput(force: force)
        defer { output.discard() }
        var written = 0
        func put(_ strip: () throws(BitstreamError) -> [UInt8]) throws {
            let bytes: [UInt8]
            do { bytes = try strip() } catch { throw ToolFailure.runtime("\(job.input): \(error)") }
            try output.write(bytes)
            written += bytes.count
        }
        while true {
            let bytes = try input.next()
            if bytes.isEmpty { break }
            try put { () throws(BitstreamError) in try stripper.push(bytes) }
        }
        try put { () throws(BitstreamError) in try stripper.finish() }
        try output.commit()
        let kept = min(layers, stripper.header?.layerCount ?? layers)
        return Report(
            input: job.input, output: job.output, layers: kept, bytesBefore: input.count,
            bytesAfter: written)
    }
}
