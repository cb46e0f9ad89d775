import CSHA256

/// SHA-256 of FIPS 180-4.
package enum SHA256Digest {
    /// 32 bytes.
    package static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
            nwc_sha256(bytes.baseAddress, bytes.count, digest.baseAddress)
            count = 32
        }
    }
}
