import NeuralNetwork

/// Shards in several processes. Each runs as many neighbouring ones, a power of two, sums them as
/// `LocalReducer` does and the processes' sums in the rest of the same tree: the number of
/// processes changes no bit. Numbers travel as bytes; sums of a message-passing library depend on
/// the number of processes and on the place in the array.
public final class RankReducer: GradientReducer {
    public let ranks: any Ranks
    private var received: [Float] = []

    public init(_ ranks: any Ranks) { self.ranks = ranks }

    /// - Throws: `TrainingError.badChoice` where the shards cannot be dealt out so that every
    ///   process has some
    public func shards(of count: Int) throws(TrainingError) -> Range<Int> {
        var size = 1
        var possible: [Int] = []
        while true {
            let ranks = (count + size - 1) / size
            possible.append(ranks)
            if ranks == self.ranks.count {
                let first = self.ranks.rank * size
                return first..<min(first + size, count)
            }
            if ranks <= 1 { break }
            size *= 2
        }
        let list = possible.reversed().map(String.init).joined(separator: ", ")
        throw .badChoice(
            """
            \(count) shards (of the configuration) cannot be dealt out to \(ranks.count) ranks: \
            possible are \(list)
            """)
    }

    public func reduce(
        _ gradients: [UnsafeMutableBufferPointer<Float>], _ measured: [Measurements]
    ) throws -> Measurements {
        LocalReducer.sum(gradients)
        guard let sum = gradients.first else { return Measurements() }
        if received.count != sum.count { received = [Float](repeating: 0, count: sum.count) }
        var parts = measured
        try ranks.gather(
            join: { other in
                parts += try Measurements.list(ranks.receiveMessage(from: other), from: other)
                try received.withUnsafeMutableBufferPointer { received in
                    try ranks.receive(UnsafeMutableRawBufferPointer(received), from: other)
                    Float.kernels.accScaled(received.baseAddress, 1, sum.baseAddress, sum.count)
                }
            },
            hand: { other in
                try ranks.send(message: Measurements.bytes(parts), to: other)
                try ranks.send(UnsafeRawBufferPointer(sum), to: other)
            })
        var total = [LocalReducer.sum(parts)]
        try ranks.spread(
            take: { other in
                total = try Measurements.list(ranks.receiveMessage(from: other), from: other)
                try ranks.receive(UnsafeMutableRawBufferPointer(sum), from: other)
            },
            give: { other in
                try ranks.send(message: Measurements.bytes(total), to: other)
                try ranks.send(UnsafeRawBufferPointer(sum), to: other)
            })
        return total.first ?? Measurements()
    }
}

extension Measurements {
    /// Bit for bit, for `list`.
    fileprivate static func bytes(_ list: [Measurements]) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ word: UInt64) {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(UInt64(list.count))
        for measured in list {
            append(UInt64(measured.parts.count))
            for part in measured.parts {
                append(UInt64(part.name.utf8.count))
                bytes += part.name.utf8
                append(part.sum.bitPattern)
                append(part.weight.bitPattern)
            }
        }
        return bytes
    }

    /// - Throws: `RankLost` where a process sends something else
    fileprivate static func list(_ bytes: [UInt8], from rank: Int) throws(RankLost)
        -> [Measurements]
    {
        var rest = bytes[...]
        func word() throws(RankLost) -> UInt64 {
            guard rest.count >= 8 else {
                throw RankLost(rank: rank, reason: "a message of \(bytes.count) bytes ends early")
            }
            defer { rest = rest.dropFirst(8) }
            return rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        func number() throws(RankLost) -> Int {
            let word = try word()
            guard word <= UInt64(bytes.count) else {
                throw RankLost(rank: rank, reason: "a message of \(bytes.count) bytes says \(word)")
            }
            return Int(word)
        }
        var list: [Measurements] = []
        for _ in 0..<(try number()) {
            var parts: [(name: String, sum: Double, weight: Double)] = []
            for _ in 0..<(try number()) {
                let length = try number()
                let name = String(decoding: rest.prefix(length), as: UTF8.self)
                rest = rest.dropFirst(length)
                parts.append(
                    (name, Double(bitPattern: try word()), Double(bitPattern: try word())))
            }
            list.append(Measurements(parts))
        }
        return list
    }
}
