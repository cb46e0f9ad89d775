#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writing to descriptors until all is written, whatever signals and pipes do to single calls.
package enum DescriptorBytes {
    /// Writes at the descriptor's position.
    /// - Returns: `errno` of the failure, 0 for success
    package static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
        all(bytes) { start, count, _ in
            #if canImport(Glibc)
                Glibc.write(descriptor, start, count)
            #else
                Musl.write(descriptor, start, count)
            #endif
        }
    }

    /// Writes at a place of a seekable file; its position does not change.
    /// - Returns: `errno` of the failure, 0 for success
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: CInt, at offset: Int
    ) -> CInt {
        all(bytes) { start, count, done in
            pwrite(descriptor, start, count, off_t(offset + done))
        }
    }

    private static func all(
        _ bytes: UnsafeRawBufferPointer,
        _ write: (_ start: UnsafeRawPointer, _ count: Int, _ done: Int) -> Int
    ) -> CInt {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = write(base + done, bytes.count - done, done)
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
