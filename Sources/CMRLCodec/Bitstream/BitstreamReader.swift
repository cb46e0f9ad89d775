/// What a reader finds, in the order of the stream.
public enum BitstreamEvent: Sendable, Equatable {
    case header(StreamHeader)
    /// A packet and the position of its record.
    case packet(Packet, offset: Int)
    /// What decoders may leave alone.
    case auxiliary(AuxiliaryRecord, offset: Int)
    case end(StreamEnd)
    /// Only when concealing: these bytes hold no usable packet. The range is empty when packets are
    /// missing without a trace.
    case damaged(Range<Int>, reason: BitstreamError)
    /// Only when concealing: the stream ends without an end record. `offset` is where the
    /// incomplete record (or the missing end record) starts.
    case truncated(missing: Int, offset: Int)
}

/// Reads a stream that arrives in pieces of any size.
///
/// `push` bytes, then call `next` until it gives nil; after the last bytes call `finish`, and
/// `next` until nil again. The events do not depend on how the bytes were divided. Memory: the
/// bytes of the last push and at most one record (`StreamHeader.maximumRecordLength`) before it.
public struct BitstreamReader: Sendable {
    /// What to do about damage.
    public enum Mode: Sendable {
        /// Anything wrong is an error; after it every further `next` throws the same error.
        case strict
        /// Only a wrong header is an error. Damage becomes `.damaged` and `.truncated` events,
        /// reading goes on at the next intact record.
        case conceal
    }

    enum State: Sendable {
        case header
        case records
        case resynchronising(Resynchronisation)
        case ended
        case failed(BitstreamError)
    }

    /// How this reader treats damage.
    public let mode: Mode
    /// Header, once it was read.
    public private(set) var header: StreamHeader?

    var state = State.header
    var rules = SequenceRules()
    var isFinished = false
    private var beganInside = false
    private var hasTags = false
    /// Whether anything was damaged: counts and sequence rules hold no more.
    var sawDamage = false
    /// Bytes of the stream from `origin` on; those before `position` are used up.
    var buffer: [UInt8] = []
    var origin = 0
    var position = 0

    /// A reader at the start of a stream.
    public init(mode: Mode = .strict) { self.mode = mode }

    /// A reader that begins at a key packet inside a stream whose header is known (seeking,
    /// decoding in parallel).
    ///
    /// It cannot compare the number of blocks in the end record with what came before `offset`, and
    /// does not.
    /// - Parameters:
    ///   - header: header of the stream.
    ///   - offset: position of a packet's record, as events give it; the next byte pushed is the
    ///     one there.
    public init(resuming header: StreamHeader, at offset: Int, mode: Mode = .strict) {
        self.mode = mode
        self.header = header
        origin = max(0, offset)
        state = .records
        beganInside = true
    }

    /// Bytes held at the moment.
    public var bufferedByteCount: Int { buffer.count }
    /// Position in the stream of the next record.
    var offset: Int { origin + position }

    /// Adds bytes; ignored after `finish`.
    public mutating func push(_ bytes: some Sequence<UInt8>) {
        if isFinished { return }
        if case .failed = state { return }
        compact()
        buffer.append(contentsOf: bytes)
    }

    /// Declares that no more bytes follow.
    public mutating func finish() { isFinished = true }

    /// The next event, nil when more bytes are needed or, after `finish`, when there is nothing
    /// more.
    /// - Throws: `BitstreamError`.
    public mutating func next() throws(BitstreamError) -> BitstreamEvent? {
        do throws(BitstreamError) {
            return try advance()
        } catch {
            state = .failed(error)
            buffer = []
            position = 0
            throw error
        }
    }

    private mutating func advance() throws(BitstreamError) -> BitstreamEvent? {
        switch state {
        case .failed(let error): throw error
        case .header: return try readHeader()
        case .records: return try readRecord()
        case .resynchronising: return resynchronise()
        case .ended: return try readAfterEnd()
        }
    }

    private mutating func readHeader() throws(BitstreamError) -> BitstreamEvent? {
        switch try StreamHeader.read(buffer, isFinished: isFinished) {
        case .incomplete(let missing):
            if isFinished { throw .truncated(missing: missing, offset: 0) }
            return nil
        case .header(let header, let byteCount):
            self.header = header
            position = byteCount
            state = .records
            return .header(header)
        }
    }

    private mutating func readRecord() throws(BitstreamError) -> BitstreamEvent? {
        guard let header else { return nil }
        let start = offset
        switch StreamRecord.read(
            buffer, at: position, header: header, packet: rules.packetCount, offset: start)
        {
        case .incomplete(let missing):
            guard isFinished else { return nil }
            let error = BitstreamError.truncated(missing: missing, offset: start)
            if mode == .strict { throw error }
            return beginResynchronisation(error, recordByteCount: nil)
        case .packet(let packet, let byteCount):
            if mode == .strict, let violation = rules.violation(packet, header: header) {
                throw .packet(violation, packet: rules.packetCount, offset: start)
            }
            rules.append(packet)
            position += byteCount
            return .packet(packet, offset: start)
        case .auxiliary(let record, let byteCount):
            if let error = misplacement(of: record, offset: start) {
                if mode == .strict { throw error }
                position += byteCount
                return .damaged(start..<start + byteCount, reason: error)
            }
            position += byteCount
            return .auxiliary(record, offset: start)
        case .end(let end, let byteCount):
            if let mismatch = mismatch(end, header) {
                if mode == .strict { throw mismatch }
                if !sawDamage {
                    sawDamage = true
                    return .damaged(start..<start, reason: mismatch)
                }
            }
            position += byteCount
            state = .ended
            return .end(end)
        case .invalid(let error, let byteCount, let isIntact):
            if mode == .strict { throw error }
            sawDamage = true
            if isIntact, let byteCount {
                position += byteCount
                return .damaged(start..<start + byteCount, reason: error)
            }
            return beginResynchronisation(error, recordByteCount: byteCount)
        }
    }

    /// What is wrong with the place of an intact record.
    private mutating func misplacement(of record: AuxiliaryRecord, offset: Int) -> BitstreamError? {
        guard case .tags = record else { return nil }
        // Where the beginning was not seen, or was damaged, nothing is known.
        let isFirst = !hasTags && rules.packetCount == 0
        hasTags = true
        return isFirst || beganInside || sawDamage ? nil : .tags(.misplaced, offset: offset)
    }

    private func mismatch(_ end: StreamEnd, _ header: StreamHeader) -> BitstreamError? {
        if !beganInside, end.blockCount != rules.blockCount {
            return .blockCountMismatch(declared: end.blockCount, counted: rules.blockCount)
        }
        if let declared = header.sampleCount, declared != end.sampleCount {
            return .sampleCountMismatch(header: declared, end: end.sampleCount)
        }
        return nil
    }

    private mutating func readAfterEnd() throws(BitstreamError) -> BitstreamEvent? {
        if position == buffer.count && (mode == .strict || !isFinished || trailingStart == nil) {
            return nil
        }
        if mode == .strict { throw .dataAfterEnd(offset: offset) }
        // Everything behind the end record is one damaged range, reported when its length is known.
        let start = trailingStart ?? offset
        trailingStart = start
        position = buffer.count
        guard isFinished else { return nil }
        trailingStart = nil
        return .damaged(start..<offset, reason: .dataAfterEnd(offset: start))
    }

    /// Where bytes behind the end record began, until they are reported.
    private var trailingStart: Int?

    /// Drops used bytes.
    private mutating func compact() {
        if position == 0 { return }
        buffer.removeFirst(position)
        origin += position
        position = 0
    }
}
