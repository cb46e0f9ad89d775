import CMRLCodec
import CNWC

@c @implementation
public func nwc_version() -> UnsafePointer<CChar>? { ErrorText.version }

@c @implementation
public func nwc_error_text(_ error: Int32) -> UnsafePointer<CChar>? { ErrorText.of(error) }

/// Texts that live as long as the program.
enum ErrorText {
    static func of(_ error: Int32) -> UnsafePointer<CChar> {
        switch nwc_error(rawValue: nwc_error.RawValue(bitPattern: error)) {
        case NWC_OK: lasting("success")
        case NWC_ERROR_ARGUMENT: null
        case NWC_ERROR_STATE: lasting("not possible at this point")
        case NWC_ERROR_BUFFER: lasting("the buffer is too small")
        case NWC_ERROR_MODEL: lasting("not an intact model of a known kind")
        case NWC_ERROR_WRONG_MODEL: lasting("the stream was made with another model")
        case NWC_ERROR_STREAM: lasting("not an intact stream or packet")
        case NWC_ERROR_TRUNCATED: lasting("the stream ends before its end")
        case NWC_ERROR_KEY_PACKET: lasting("decoding cannot begin at this packet")
        default: lasting("not an error number of this library")
        }
    }

    /// Also in place of the text of an object that is NULL.
    static var null: UnsafePointer<CChar> { lasting("a value outside its limits, or NULL") }

    /// Never freed, never changed.
    nonisolated(unsafe) static let version: UnsafePointer<CChar> = {
        let bytes = Array(LibraryVersion.text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }()

    private static func lasting(_ text: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
