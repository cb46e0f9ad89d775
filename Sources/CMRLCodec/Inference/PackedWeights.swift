import NeuralNetwork

/// A matrix of few different values: weight = level(integer) x scale of its column, where a level
/// is the integer itself or what a codebook has for it.
package struct PackedWeights: Sendable, Equatable {
    /// Row-major; as many rows of `scales.count` as there are.
    package let integers: [Int32]
    /// One a column, half-precision numbers.
    package let scales: [Float]
    /// Codebook: the level of integer i is element i + half their number; nil = the integers are
    /// the levels.
    package let levels: [Float]?

    /// - Parameters:
    ///   - scales: are rounded to half precision
    ///   - levels: too
    package init(integers: [Int32], scales: [Float], levels: [Float]? = nil) {
        self.integers = integers
        self.scales = scales.map(Half.rounded)
        self.levels = levels.map { $0.map(Half.rounded) }
    }

    /// The nearest multiples, -limit ... limit, of a step a column.
    package init(rounding values: [Float], steps: [Float], limit: Int) {
        let limit = Float(limit)
        self.init(
            integers: values.enumerated().map { i, value in
                let multiple = value / steps[i % steps.count]
                let finite = multiple.isFinite ? multiple : 0
                return Int32(max(-limit, min(limit, finite)).rounded(.toNearestOrEven))
            }, scales: steps)
    }

    /// Largest of the integers that have so many bits, one less than there could be: as many
    /// negative ones as positive ones.
    package static func largest(bits: Int) -> Int { 1 << (bits - 1) - 1 }

    /// The level of an integer; nil where the codebook has none.
    func level(_ integer: Int32) -> Float? {
        guard let levels else { return Float(integer) }
        let place = Int(integer) + levels.count / 2
        return levels.indices.contains(place) ? levels[place] : nil
    }

    /// The weights.
    package var values: [Float] {
        let columns = max(scales.count, 1)
        return integers.enumerated().map { i, integer in (level(integer) ?? 0) * scales[i % columns]
        }
    }
}

/// Names of the tensors that stand in a file for one that is packed.
package enum PackedNames {
    static func integers(_ name: String) -> String { name + ".packed" }
    static func scales(_ name: String) -> String { name + ".scales" }
    static func levels(_ name: String) -> String { name + ".levels" }
    static func size(_ name: String) -> String { name + ".size" }
    /// The tensor that a name of the file belongs to; nil = it holds no packed integers.
    package static func tensor(_ name: String) -> String? {
        name.hasSuffix(".packed") ? String(name.dropLast(".packed".count)) : nil
    }
}

extension WeightFile {
    /// Most values for a byte of packed integers.
    package static var mostPackedPerByte: Int { 1024 }
    /// Of packed integers without scales.
    package static var usualScale: Float { 1 / 4096 }

    /// Numbers that the file may stand for.
    var mostNumbers: Int {
        tensors.reduce(0) {
            $0 + $1.elementCount
                * (PackedNames.tensor($1.name) == nil ? 1 : Self.mostPackedPerByte)
        }
    }

    /// Whether any tensor is packed.
    var isPacked: Bool { tensors.contains { PackedNames.tensor($0.name) != nil } }

    /// Whether a tensor is packed.
    func isPacked(_ name: String) -> Bool { index.descriptor(PackedNames.integers(name)) != nil }

    /// Integers of a packed tensor.
    private func packedIntegers(_ name: String, count: Int, rowLength: Int) throws(CodecError)
        -> [Int32]
    {
        let bytes: [Int8]
        do { bytes = try int8s(PackedNames.integers(name)) } catch {
            throw .modelTensor(name: name, .file(error))
        }
        guard count <= bytes.count * Self.mostPackedPerByte else {
            throw .modelTensor(name: name, .tooFewBytes(bytes.count, values: count))
        }
        do {
            return try AdaptiveIntegers.decode(
                bytes.map { UInt8(bitPattern: $0) }, count: count, rowLength: rowLength)
        } catch { throw .modelTensor(name: name, .tables(error)) }
    }

    /// A packed matrix.
    /// - Parameter shape: expected shape
    package func packedWeights(_ name: String, _ shape: [Int]) throws(CodecError) -> PackedWeights {
        let columns = shape.last ?? 1
        let integers = try packedIntegers(name, count: shape.reduce(1, *), rowLength: columns)
        var scales = [Float](repeating: Self.usualScale, count: columns)
        var levels: [Float]?
        do {
            if index.descriptor(PackedNames.scales(name)) != nil {
                scales = try floats(PackedNames.scales(name), shape: [columns])
            }
            if index.descriptor(PackedNames.levels(name)) != nil {
                levels = try floats(PackedNames.levels(name))
            }
        } catch { throw .modelTensor(name: name, .file(error)) }
        let packed = PackedWeights(integers: integers, scales: scales, levels: levels)
        if let levels, let odd = integers.first(where: { packed.level($0) == nil }) {
            throw .modelTensor(name: name, .level(Int(odd), count: levels.count))
        }
        return packed
    }

    /// Words of packed frequency tables: those of the table before are subtracted.
    package func packedWords(_ name: String) throws(CodecError) -> [UInt16] {
        let size: [UInt16]
        do { size = try uint16s(PackedNames.size(name), shape: [3]) } catch {
            throw .modelTensor(name: name, .file(error))
        }
        let row = Int(size[2])
        let differences = try packedIntegers(
            name, count: Int(size[1]) * row, rowLength: max(row, 1))
        var words = size
        words.reserveCapacity(size.count + differences.count)
        for (i, difference) in differences.enumerated() {
            let above = i < row ? 0 : Int32(words[size.count + i - row])
            words.append(UInt16(truncatingIfNeeded: above + difference))
        }
        return words
    }
}

extension WeightFileWriter {
    /// Adds a packed matrix.
    /// - Throws: `WeightFileError`, `EntropyCodingError`
    package mutating func add(_ name: String, packed weights: PackedWeights) throws {
        try addPacked(name, weights.integers, rowLength: weights.scales.count)
        if weights.scales.contains(where: { $0 != WeightFile.usualScale }) {
            try add(
                PackedNames.scales(name), shape: [weights.scales.count], halves: weights.scales)
        }
        if let levels = weights.levels {
            try add(PackedNames.levels(name), shape: [levels.count], halves: levels)
        }
    }

    /// Adds frequency tables, each as its difference from the one before.
    /// - Parameter words: as a table set gives them
    package mutating func add(_ name: String, packedTables words: [UInt16]) throws {
        let size = Array(words.prefix(3))
        let row = Int(size.last ?? 1)
        let frequencies = words.dropFirst(3).map { Int32($0) }
        let differences = frequencies.enumerated().map { i, value in
            i < row ? value : value - frequencies[i - row]
        }
        try add(PackedNames.size(name), shape: [size.count], uint16s: size)
        try addPacked(name, differences, rowLength: row)
    }

    private mutating func addPacked(_ name: String, _ integers: [Int32], rowLength: Int) throws {
        var stored = try AdaptiveIntegers.encode(integers, rowLength: rowLength)
        // Zeros at the end of a chunk mean nothing; readers want to see that a file is no bomb.
        let least = max(1, (integers.count - 1) / WeightFile.mostPackedPerByte + 1)
        stored += [UInt8](repeating: 0, count: max(0, least - stored.count))
        try add(
            PackedNames.integers(name), shape: [stored.count],
            int8s: stored.map { Int8(bitPattern: $0) })
    }
}
