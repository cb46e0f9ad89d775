import CMRLCodec
import CNWC

/// What a pointer of the header points to: an object that the caller owns.
protocol Handle: AnyObject {
    /// The text about the last call with it.
    var detail: DetailText { get }
}

/// Memory for what `nwc_..._detail` gives.
final class DetailText {
    let pointer: UnsafeMutablePointer<nwc_detail>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: nwc_detail())
    }

    deinit { pointer.deallocate() }
}

extension Handle {
    /// For the caller, who owns it from now on.
    var pointer: OpaquePointer { OpaquePointer(Unmanaged.passRetained(self).toOpaque()) }

    /// The object of a pointer.
    /// - Throws: `Failure` for NULL
    static func of(_ pointer: OpaquePointer?, _ name: String) throws -> Self {
        guard let pointer else { throw Failure.null(name) }
        return Unmanaged.fromOpaque(UnsafeRawPointer(pointer)).takeUnretainedValue()
    }

    /// What the caller owned is not needed any more; NULL is left alone.
    static func free(_ pointer: OpaquePointer?) {
        guard let pointer else { return }
        Unmanaged<Self>.fromOpaque(UnsafeRawPointer(pointer)).release()
    }

    /// Runs what a function with this object does, and keeps the text of a failure.
    /// - Returns: the number to return
    static func call(
        _ pointer: OpaquePointer?, _ name: String, _ body: (Self) throws -> Void
    ) -> Int32 {
        guard let handle = try? of(pointer, name) else { return Failure.status(NWC_ERROR_ARGUMENT) }
        return status(handle.detail.pointer) { try body(handle) }
    }

    /// The text about the last call.
    static func detail(_ pointer: OpaquePointer?, _ name: String) -> UnsafePointer<CChar> {
        guard let handle = try? of(pointer, name) else { return ErrorText.null }
        return UnsafeRawPointer(handle.detail.pointer).assumingMemoryBound(to: CChar.self)
    }
}

final class ModelHandle: Handle {
    let detail = DetailText()
    let model: CodecModel

    init(_ model: CodecModel) { self.model = model }
}
