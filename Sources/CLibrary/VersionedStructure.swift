import CNWC

/// A structure of the header that begins with its size. Callers that were compiled with an older
/// header have a shorter one: what it lacks is 0.
protocol VersionedStructure {
    init()
    /// Bytes, as its caller knows it.
    var size: Int { get set }
}

extension nwc_model_info: VersionedStructure {}
extension nwc_encoder_options: VersionedStructure {}
extension nwc_packet_info: VersionedStructure {}
extension nwc_encoder_statistics: VersionedStructure {}
extension nwc_stream_info: VersionedStructure {}
extension nwc_decoder_options: VersionedStructure {}
extension nwc_decoder_statistics: VersionedStructure {}
extension nwc_symbols_info: VersionedStructure {}
extension nwc_denoiser_options: VersionedStructure {}
extension nwc_denoiser_info: VersionedStructure {}

extension VersionedStructure {
    /// What a caller gives; NULL = 0 everywhere.
    /// - Throws: `Failure` where the size cannot be one, or where a longer structure of a newer
    ///   header asks for something
    init(reading pointer: UnsafePointer<Self>?) throws {
        self.init()
        guard let pointer else { return }
        let size = try Self.size(of: pointer)
        let source = UnsafeRawBufferPointer(start: pointer, count: size)
        let known = MemoryLayout<Self>.size
        if let odd = source.dropFirst(known).firstIndex(where: { $0 != 0 }) {
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "\(Self.self) has \(size) bytes, and asks at \(odd) for what this library lacks")
        }
        withUnsafeMutableBytes(of: &self) {
            $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(known)))
        }
    }

    /// Fills in a structure of a caller, who has set its size; NULL is left alone.
    /// - Throws: `Failure` where the size cannot be one
    func write(to pointer: UnsafeMutablePointer<Self>?) throws {
        guard let pointer else { return }
        let size = try Self.size(of: pointer)
        let target = UnsafeMutableRawBufferPointer(start: pointer, count: size)
        var copy = self
        copy.size = size
        withUnsafeBytes(of: copy) {
            target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(size)))
        }
        for i in target.indices.dropFirst(MemoryLayout<Self>.size) { target[i] = 0 }
    }

    /// - Throws: `Failure` where a structure cannot have that size: forgotten, most of all
    static func check(_ pointer: UnsafeMutablePointer<Self>?) throws {
        if let pointer { _ = try size(of: pointer) }
    }

    private static func size(of pointer: UnsafePointer<Self>) throws -> Int {
        let size = UnsafeRawPointer(pointer).load(as: Int.self)
        guard (MemoryLayout<Int>.size...1 << 16).contains(size) else {
            throw Failure(
                NWC_ERROR_ARGUMENT,
                "\(Self.self).size is \(UInt(bitPattern: size)), not \(MemoryLayout<Self>.size)"
            )
        }
        return size
    }
}

/// Copies values into an array of a C structure, which Swift sees as a tuple; the rest of it stays.
func fill<T>(_ tuple: inout T, _ values: [UInt8]) {
    withUnsafeMutableBytes(of: &tuple) { buffer in
        for (i, value) in values.prefix(buffer.count).enumerated() { buffer[i] = value }
    }
}
