import Foundation

extension CodecDescription.Payload {
    /// Bytes that carry the sound in a coded file.
    /// - Parameters:
    ///   - bytes: the coded file.
    ///   - path: its name, for messages.
    ///   - run: runs `command` and gives its standard output.
    func count(_ bytes: [UInt8], path: String, run: ([String]) throws -> String) throws -> Int {
        switch method {
        case .file:
            let header = headerBytes ?? 0
            guard bytes.count >= header else {
                throw ComparisonError.cannotRead(
                    path: path, reason: "\(bytes.count) bytes, the header alone has \(header)")
            }
            return bytes.count - header
        case .oggPackets:
            let sizes = try OggPackets.sizes(of: bytes, path: path)
            let headers = headerPackets ?? 0
            guard sizes.count >= headers else {
                throw ComparisonError.cannotRead(
                    path: path,
                    reason: "\(sizes.count) Ogg packets, the header alone has \(headers)")
            }
            return sizes.dropFirst(headers).reduce(0, +)
        case .lengthPrefixed:
            return try countRecords(bytes, path: path)
        case .program:
            let text = try run(command ?? [])
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            guard let number = object?[key ?? ""] as? NSNumber, number.intValue >= 0 else {
                throw ComparisonError.cannotRead(
                    path: path, reason: "\(command?.first ?? "") does not say \(key ?? "")")
            }
            return number.intValue
        }
    }

    private func countRecords(_ bytes: [UInt8], path: String) throws(ComparisonError) -> Int {
        let prefix = prefixBytes ?? 2
        var position = headerBytes ?? 0
        var sum = 0
        guard position <= bytes.count else {
            throw .cannotRead(
                path: path, reason: "\(bytes.count) bytes, the header alone has \(position)")
        }
        while position < bytes.count {
            guard position + prefix <= bytes.count else {
                throw .cannotRead(path: path, reason: "record at byte \(position) is cut off")
            }
            let length = bytes[position..<position + prefix].reversed().reduce(0) {
                $0 << 8 | Int($1)
            }
            guard position + prefix + length <= bytes.count else {
                throw .cannotRead(path: path, reason: "record at byte \(position) is cut off")
            }
            sum += length
            position += prefix + length
        }
        return sum
    }
}
