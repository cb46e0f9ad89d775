/// Decodes a stream whose bytes arrive in pieces of any size; anything that is wrong with it is an
/// error. Samples are pulled from `decoder`.
package final class StreamDecoder {
    private let model: CodecModel
    private let layers: Int?
    private let isLowDelay: Bool
    private let enhances: Bool?
    private var reader = BitstreamReader()
    /// As soon as the header was read.
    package private(set) var decoder: CodecDecoder?
    /// What the packets so far hold.
    package private(set) var blocks: UInt64 = 0
    private var end: StreamEnd?
    private var failure: CodecError?

    /// Parameters as those of `CodecDecoder`.
    package init(
        model: CodecModel, layers: Int? = nil, isLowDelay: Bool = false, enhances: Bool? = nil
    ) {
        self.model = model
        self.layers = layers
        self.isLowDelay = isLowDelay
        self.enhances = enhances
    }

    /// Adds bytes of the stream.
    /// - Throws: `CodecError.stream` and what `CodecDecoder` throws; then always the same. What was
    ///   decoded before can be pulled.
    package func push(_ bytes: some Sequence<UInt8>) throws(CodecError) {
        reader.push(bytes)
        try drain()
    }

    /// Ends the stream: the sound is cut to its length.
    /// - Throws: as `push`, `.samplesMissing`
    package func finish() throws(CodecError) {
        reader.finish()
        try drain()
        guard let decoder, let declared = end?.sampleCount else { return }
        // At the model's rate, rounded up; a stream holds whole blocks of it.
        let header = decoder.header
        let product = declared.multipliedReportingOverflow(by: UInt64(model.signal.sampleRate))
        let divided = product.partialValue.quotientAndRemainder(
            dividingBy: UInt64(header.sampleRate))
        let count = divided.quotient + (divided.remainder > 0 ? 1 : 0)
        let room = blocks.multipliedReportingOverflow(by: UInt64(model.signal.blockSamples))
        guard !product.overflow, room.overflow || count <= room.partialValue,
            let wanted = Int(exactly: count)
        else {
            failure = .samplesMissing(
                declared: declared, sampleRate: header.sampleRate,
                blocks: Int(clamping: blocks), block: header.block)
            return try drain()
        }
        decoder.finish(sampleCount: wanted)
    }

    private func drain() throws(CodecError) {
        if let failure { throw failure }
        do throws(CodecError) {
            while let event = try next() { try handle(event) }
        } catch {
            failure = error
            throw error
        }
    }

    private func next() throws(CodecError) -> BitstreamEvent? {
        do { return try reader.next() } catch { throw .stream(error) }
    }

    private func handle(_ event: BitstreamEvent) throws(CodecError) {
        switch event {
        case .header(let header):
            decoder = try CodecDecoder(
                model: model, header: header, layers: layers, isLowDelay: isLowDelay,
                enhances: enhances)
        case .packet(let packet, _):
            blocks += UInt64(packet.blockCount)
            try decoder?.push(packet)
        case .end(let record): end = record
        // A strict reader throws instead of the last two.
        case .auxiliary, .damaged, .truncated: break
        }
    }
}
