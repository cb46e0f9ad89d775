/// Sizes of the packets of an Ogg stream (RFC 3533): what is inside the container, without its page
/// headers and lacing values.
enum OggPackets {
    /// - Returns: bytes of each packet, in order.
    /// - Throws: `ComparisonError.cannotRead` where the bytes are no whole Ogg stream.
    static func sizes(of bytes: [UInt8], path: String) throws(ComparisonError) -> [Int] {
        var sizes: [Int] = []
        var open: Int?
        var position = 0
        while position < bytes.count {
            // Capture pattern, version, type, granule position (8), serial number (4), page number
            // (4), checksum (4), number of segments.
            guard position + 27 <= bytes.count,
                bytes[position..<position + 4].elementsEqual("OggS".utf8), bytes[position + 4] == 0
            else {
                throw .cannotRead(path: path, reason: "no Ogg page at byte \(position)")
            }
            let isContinued = bytes[position + 5] & 1 == 1
            let segments = Int(bytes[position + 26])
            let table = position + 27
            guard table + segments <= bytes.count else {
                throw .cannotRead(path: path, reason: "Ogg page at byte \(position) is cut off")
            }
            guard isContinued == (open != nil) else {
                throw .cannotRead(
                    path: path,
                    reason: "Ogg page at byte \(position) does not follow the one before")
            }
            var body = 0
            for lacing in bytes[table..<table + segments] {
                open = (open ?? 0) + Int(lacing)
                body += Int(lacing)
                // A value below 255 ends the packet.
                if lacing < 255 {
                    sizes.append(open ?? 0)
                    open = nil
                }
            }
            position = table + segments + body
            guard position <= bytes.count else {
                throw .cannotRead(path: path, reason: "the last Ogg page is cut off")
            }
        }
        guard open == nil else {
            throw .cannotRead(path: path, reason: "the last Ogg packet is cut off")
        }
        return sizes
    }
}
