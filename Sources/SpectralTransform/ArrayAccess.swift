// Buffers of arrays with typed errors: the standard library has them since Swift 6.1, and arm64 is
// checked with the 6.0 of Debian 13.

@inline(__always)
func withBuffer<T, Value, Failure: Error>(
    _ array: [T], _ body: (UnsafeBufferPointer<T>) throws(Failure) -> Value
) throws(Failure) -> Value {
    let result: Result<Value, Failure> = array.withUnsafeBufferPointer { buffer in
        do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
}

@inline(__always)
func withBuffer<T, Value, Failure: Error>(
    _ array: inout [T], _ body: (UnsafeMutableBufferPointer<T>) throws(Failure) -> Value
) throws(Failure) -> Value {
    let result: Result<Value, Failure> = array.withUnsafeMutableBufferPointer { buffer in
        do throws(Failure) { return .success(try body(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
}
