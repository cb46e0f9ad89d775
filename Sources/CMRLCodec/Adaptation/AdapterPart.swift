import NeuralNetwork

/// What an adapter does to one parameter of a network.
///
/// The numbers of a part are differences from where it starts, in units of which 1 is a usual
/// change; all of them zero leave the parameter as it is, bit for bit.
package struct AdapterPart: Sendable {
    package enum Form: Sendable, Equatable {
        /// A number added to every value of a column.
        case shift
        /// The same from so many bands, spread over the columns as the envelope's are.
        case bands(Int)
        /// Columns times 1 + number.
        case scale
        /// left [rows, rank] right [rank, columns] is added; left starts at random, right at zero.
        case lowRank(Int)
        /// The same with left = G1 [rows / n, rank] G2 [rank, n * rank] and right = G3 [rank * m,
        /// rank] G4 [rank, columns / m], G4 starting at zero.
        case tensorTrain(Int)
    }

    /// A matrix of the part.
    package struct Factor: Sendable, Equatable {
        package let rows: Int
        package let columns: Int
        /// It starts at random; others at zero.
        let isRandom: Bool
        package var count: Int { rows * columns }
    }

    /// Its place among the parts of the adapter.
    let number: Int
    package let target: Parameter
    /// The columns of the target that are changed: all of them, but for shifts.
    package let columns: Range<Int>
    package let form: Form
    /// What a number of 1 changes.
    package let unit: Float

    /// The matrices, in the order of a patch's numbers.
    package var factors: [Factor] {
        switch form {
        case .shift, .scale: [Factor(rows: 1, columns: columns.count, isRandom: false)]
        case .bands(let bands): [Factor(rows: 1, columns: bands, isRandom: false)]
        case .lowRank(let rank):
            [
                Factor(rows: target.rows, columns: rank, isRandom: true),
                Factor(rows: rank, columns: target.columns, isRandom: false),
            ]
        case .tensorTrain(let rank):
            [
                Factor(rows: Self.outer(target.rows), columns: rank, isRandom: true),
                Factor(rows: rank, columns: Self.inner(target.rows) * rank, isRandom: true),
                Factor(rows: rank * Self.outer(target.columns), columns: rank, isRandom: true),
                Factor(rows: rank, columns: Self.inner(target.columns), isRandom: false),
            ]
        }
    }

    package var count: Int { factors.reduce(0) { $0 + $1.count } }

    /// The largest divisor up to the square root.
    static func outer(_ extent: Int) -> Int {
        var divisor = 1
        var candidate = 2
        while candidate * candidate <= extent {
            if extent % candidate == 0 { divisor = candidate }
            candidate += 1
        }
        return divisor
    }

    static func inner(_ extent: Int) -> Int { extent / outer(extent) }

    /// Where the factors start, row-major: the same on every machine.
    package var starts: [[Float]] {
        var random = RandomSource(seed: 0xADA7 + UInt64(number))
        return factors.map { factor in
            guard factor.isRandom else { return Array(repeating: 0, count: factor.count) }
            // Variance 1 / inner extent of the product that the factor stands on the left of.
            let bound = (3 / Double(form == .lowRank(factor.columns) ? target.rows : factor.rows))
                .squareRoot()
            return (0..<factor.count).map { _ in Float(random.uniform(-bound, bound)) }
        }
    }

    /// The target with the part's numbers, by plain operations in a fixed order, so that all
    /// machines find the same.
    /// - Parameters:
    ///   - base: the target's values, row-major
    ///   - numbers: of all factors, one behind the other
    ///   - widening: [bands, columns] of the network
    package func adapted(_ base: [Float], numbers: ArraySlice<Float>, widening: [Float]) -> [Float]
    {
        guard numbers.contains(where: { $0 != 0 }), numbers.count == count else { return base }
        var next = numbers.startIndex
        let factors = zip(factors, starts).map { factor, start in
            defer { next += factor.count }
            return zip(start, numbers[next..<next + factor.count]).map { $0 + unit * $1 }
        }
        var result = base
        let width = target.columns
        func addShift(_ shift: [Float]) {
            for row in 0..<target.rows {
                for (i, value) in shift.enumerated() {
                    result[row * width + columns.lowerBound + i] += value
                }
            }
        }
        switch form {
        case .shift: addShift(factors[0])
        case .bands(let bands):
            addShift(
                Self.product(
                    factors[0], widening, rows: 1, inner: bands, columns: columns.count))
        case .scale:
            for i in result.indices { result[i] *= 1 + factors[0][i % width] }
        case .lowRank(let rank):
            let change = Self.product(
                factors[0], factors[1], rows: target.rows, inner: rank, columns: width)
            for i in result.indices { result[i] += change[i] }
        case .tensorTrain(let rank):
            let left = Self.product(
                factors[0], factors[1], rows: Self.outer(target.rows), inner: rank,
                columns: Self.inner(target.rows) * rank)
            let right = Self.product(
                factors[2], factors[3], rows: rank * Self.outer(width), inner: rank,
                columns: Self.inner(width))
            let change = Self.product(
                left, right, rows: target.rows, inner: rank, columns: width)
            for i in result.indices { result[i] += change[i] }
        }
        return result
    }

    /// Every sum in ascending order, products and sums rounded one by one.
    private static func product(
        _ a: [Float], _ b: [Float], rows: Int, inner: Int, columns: Int
    ) -> [Float] {
        var result = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for i in 0..<inner {
                let factor = a[row * inner + i]
                for column in 0..<columns {
                    let term = factor * b[i * columns + column]
                    result[row * columns + column] += term
                }
            }
        }
        return result
    }
}
