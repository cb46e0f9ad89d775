import CMRLCodec
import CNWC
import Enhancement

/// Why a function fails: the number that it returns and a text with the values.
struct Failure: Error {
    let number: nwc_error
    let text: String

    init(_ number: nwc_error, _ text: String) {
        self.number = number
        self.text = text
    }

    /// NULL where it is not allowed.
    static func null(_ name: String) -> Failure { Failure(NWC_ERROR_ARGUMENT, "\(name) is NULL") }

    init(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as CodecError: self.init(Self.number(error), "\(error)")
        case let error as BitstreamError: self.init(Self.number(error), "\(error)")
        case let error as DenoiserError: self.init(NWC_ERROR_MODEL, "\(error)")
        case let error as PacketError: self.init(NWC_ERROR_STREAM, "packet: \(error)")
        default: self.init(NWC_ERROR_ARGUMENT, "\(error)")
        }
    }

    private static func number(_ error: CodecError) -> nwc_error {
        switch error {
        case .channels, .layers, .rateIndices, .bitrate, .simulatedBitrate, .quality,
            .blocksPerPacket, .keyInterval, .refiners, .rounds, .parametersNotKept, .refinement,
            .family, .fixedRate, .channelCountMismatch,
            .unequalChannels, .incompleteFrame, .bufferSize, .sampleLayout:
            NWC_ERROR_ARGUMENT
        case .finished: NWC_ERROR_STATE
        case .wrongModel, .wrongBlock: NWC_ERROR_WRONG_MODEL
        case .noKeyPacket: NWC_ERROR_KEY_PACKET
        case .packetBlocks, .keyPacketWithoutRates, .rateIndex, .groupWithoutChunks,
            .groupCountMismatch,
            .samplesMissing, .entropy:
            NWC_ERROR_STREAM
        case .stream(let error): number(error)
        case .patch(.wrongModel), .patch(.alreadyPatched): NWC_ERROR_WRONG_MODEL
        case .patch: NWC_ERROR_STREAM
        case .modelFile, .model, .modelTensor, .postFilter: NWC_ERROR_MODEL
        }
    }

    private static func number(_ error: BitstreamError) -> nwc_error {
        switch error {
        case .truncated: NWC_ERROR_TRUNCATED
        case .writeAfterEnd: NWC_ERROR_STATE
        case .layerSelection: NWC_ERROR_ARGUMENT
        case .badMagic, .unsupportedVersion, .headerChecksum, .reservedHeaderFlags, .headerField,
            .headerLength, .patch, .malformedLength, .packetLength, .packetChecksum, .packet, .tags,
            .malformedEnd, .endChecksum, .blockCountMismatch, .sampleCountMismatch, .dataAfterEnd,
            .auxiliaryRecord:
            NWC_ERROR_STREAM
        }
    }

    static func status(_ number: nwc_error) -> Int32 { Int32(truncatingIfNeeded: number.rawValue) }
}

/// Runs what a function without an encoder or decoder does.
/// - Parameter detail: gets the text of a failure, else becomes empty
/// - Returns: the number to return
func status(
    _ detail: UnsafeMutablePointer<nwc_detail>?, _ body: () throws -> Void
) -> Int32 {
    var failure: Failure?
    do { try body() } catch { failure = Failure(error) }
    if let detail {
        withUnsafeMutableBytes(of: &detail.pointee) { write(failure?.text ?? "", to: $0) }
    }
    return Failure.status(failure?.number ?? NWC_OK)
}

/// Writes a text and a 0 behind it, cut between characters where it is too long.
func write(_ text: String, to buffer: UnsafeMutableRawBufferPointer) {
    guard !buffer.isEmpty else { return }
    var count = 0
    for character in text.unicodeScalars {
        let bytes = Array(String(character).utf8)
        guard count + bytes.count < buffer.count else { break }
        for byte in bytes {
            buffer[count] = byte
            count += 1
        }
    }
    buffer[count] = 0
}

/// A pointer that must not be NULL.
func required<T>(_ pointer: T?, _ name: String) throws -> T {
    guard let pointer else { throw Failure.null(name) }
    return pointer
}

/// Bytes of a caller; NULL only where there are none.
func region(
    _ pointer: UnsafeRawPointer?, _ count: Int, _ name: String
) throws -> UnsafeRawBufferPointer {
    guard count >= 0 else {
        throw Failure(NWC_ERROR_ARGUMENT, "\(name): \(UInt(bitPattern: count)) bytes")
    }
    guard count == 0 || pointer != nil else { throw Failure.null(name) }
    return UnsafeRawBufferPointer(start: pointer, count: count)
}

/// Copies a result of known length into the buffer of a caller.
/// - Parameters:
///   - capacity: bytes of `target`, which may be NULL where it is 0
///   - count: becomes the length of the result, also where the buffer is too small
func deliver(
    _ result: [UInt8], _ target: UnsafeMutableRawPointer?, _ capacity: Int,
    _ count: UnsafeMutablePointer<Int>
) throws {
    count.pointee = result.count
    guard capacity >= result.count else {
        throw Failure(
            NWC_ERROR_BUFFER, "a buffer of \(max(capacity, 0)) bytes for \(result.count)")
    }
    guard !result.isEmpty else { return }
    try required(target, "the buffer").copyMemory(from: result, byteCount: result.count)
}
