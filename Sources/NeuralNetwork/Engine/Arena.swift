import CKernels

/// Bump allocator whose memory is kept between training steps: a general allocator spent half of a
/// step mapping pages.
final class Arena<S> {
    private var chunks: [UnsafeMutableBufferPointer<S>] = []
    private var chunk = 0
    private var offset = 0
    private let chunkCount: Int

    init(chunkCount: Int = 1 << 22) { self.chunkCount = chunkCount }

    deinit { for chunk in chunks { chunk.deallocate() } }

    /// Uninitialised memory for `count` elements, 64-byte aligned, valid until `reset`.
    func allocate(_ count: Int) -> UnsafeMutablePointer<S> {
        let padded = (count + 15) & ~15
        while chunk < chunks.count, offset + padded > chunks[chunk].count {
            chunk += 1
            offset = 0
        }
        if chunk == chunks.count {
            let size = max(chunkCount, padded)
            let raw = UnsafeMutableRawBufferPointer.allocate(
                byteCount: size * MemoryLayout<S>.stride, alignment: 64)
            chunks.append(raw.bindMemory(to: S.self))
            offset = 0
        }
        guard let base = chunks[chunk].baseAddress else {
            preconditionFailure("arena chunk without memory")
        }
        defer { offset += padded }
        return base + offset
    }

    /// Takes all memory back; the next step writes over it.
    func reset() {
        chunk = 0
        offset = 0
    }

    /// Elements held, used or not.
    var capacity: Int { chunks.reduce(0) { $0 + $1.count } }
}
