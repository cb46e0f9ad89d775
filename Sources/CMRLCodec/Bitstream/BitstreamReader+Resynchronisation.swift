extension BitstreamReader {
    /// Search for the next intact record behind a damaged one.
    struct Resynchronisation: Sendable {
        /// Start of the damage.
        let start: Int
        let reason: BitstreamError
        /// Where the next record should begin if only the content of the damaged one is wrong;
        /// asked first.
        var expected: Int?
        /// Next position to try.
        var candidate: Int
        var index: CRC32RangeIndex
    }

    enum Probe {
        case intact
        case invalid
        case undecided
    }

    mutating func beginResynchronisation(_ reason: BitstreamError, recordByteCount: Int?)
        -> BitstreamEvent?
    {
        sawDamage = true
        let start = offset
        state = .resynchronising(
            Resynchronisation(
                start: start, reason: reason, expected: recordByteCount.map { start + $0 },
                candidate: start + 1,
                index: CRC32RangeIndex(base: start)))
        return resynchronise()
    }

    /// Goes on with the search. A position that cannot be judged before more bytes arrive is waited
    /// for, so that the result does not depend on how the bytes were divided.
    mutating func resynchronise() -> BitstreamEvent? {
        guard case .resynchronising(var search) = state, let header else { return nil }
        // The search is taken out of the state while it runs, so that its index is not copied.
        state = .records
        if let expected = search.expected {
            switch probe(expected, &search.index, header) {
            case .intact:
                return endResynchronisation(search, at: expected)
            case .undecided:
                state = .resynchronising(search)
                return nil
            case .invalid:
                search.expected = nil
            }
        }
        while search.candidate < origin + buffer.count {
            switch probe(search.candidate, &search.index, header) {
            case .intact:
                return endResynchronisation(search, at: search.candidate)
            case .undecided:
                discard(before: search.candidate, &search.index)
                state = .resynchronising(search)
                return nil
            case .invalid:
                search.candidate += 1
            }
        }
        guard isFinished else {
            discard(before: search.candidate, &search.index)
            state = .resynchronising(search)
            return nil
        }
        position = buffer.count
        if case .truncated(let missing, let offset) = search.reason {
            state = .ended
            return .truncated(missing: missing, offset: offset)
        }
        return .damaged(search.start..<origin + buffer.count, reason: search.reason)
    }

    private mutating func endResynchronisation(_ search: Resynchronisation, at offset: Int)
        -> BitstreamEvent
    {
        position = offset - origin
        state = .records
        return .damaged(search.start..<offset, reason: search.reason)
    }

    private mutating func discard(before offset: Int, _ index: inout CRC32RangeIndex) {
        position = index.discard(before: offset, in: buffer, origin: origin) - origin
    }

    /// Whether an intact record begins at a position of the stream.
    private func probe(_ offset: Int, _ index: inout CRC32RangeIndex, _ header: StreamHeader)
        -> Probe
    {
        let start = offset - origin
        switch StreamRecord.extent(buffer, at: start, limit: header.maximumRecordLength) {
        case .incomplete:
            return isFinished ? .invalid : .undecided
        case .malformedLength, .tooLong, .malformedEnd:
            return .invalid
        case .end(let range, _):
            return CRC32.checksum(of: buffer[range]) == buffer.littleEndian(at: range.upperBound)
                ? .intact : .invalid
        case .body(let body):
            let range = offset..<origin + body.upperBound
            guard
                index.checksum(of: range, in: buffer, origin: origin)
                    == buffer.littleEndian(at: body.upperBound)
            else { return .invalid }
            if AuxiliaryRecord.isBody(buffer, at: body.lowerBound, header: header) {
                return (try? AuxiliaryRecord(bytes: buffer, range: body)) == nil
                    ? .invalid : .intact
            }
            var end = 0
            return
                (try? PacketLayout(bytes: buffer, range: body, header: header, end: &end)) == nil
                ? .invalid : .intact
        }
    }
}
