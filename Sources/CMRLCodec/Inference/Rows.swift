/// A queue of rows of `width` values, time-major: what layers hand to each other in inference.
struct Rows {
    let width: Int
    private(set) var values: [Float] = []
    /// Rows already taken from the front of `values`.
    private var taken = 0

    init(width: Int) { self.width = width }
    init(width: Int, values: [Float]) {
        self.width = width
        self.values = values
    }

    var count: Int { values.count / max(width, 1) - taken }

    mutating func append(_ rows: [Float]) { values.append(contentsOf: rows) }
    mutating func appendZeros(_ rows: Int) {
        values.append(contentsOf: repeatElement(0, count: rows * width))
    }

    /// Takes the first rows away.
    mutating func take(_ rows: Int) -> [Float] {
        let result = Array(values[taken * width..<(taken + rows) * width])
        drop(rows)
        return result
    }

    /// Forgets the first rows.
    mutating func drop(_ rows: Int) {
        taken += rows
        if taken * width >= values.count {
            values.removeAll(keepingCapacity: true)
            taken = 0
        } else if taken >= 512 {
            values.removeFirst(taken * width)
            taken = 0
        }
    }

    /// Rows from `first`, counted from the front, as a pointer valid in the closure.
    func withRows<R>(from first: Int, _ body: (UnsafePointer<Float>?) -> R) -> R {
        values.withUnsafeBufferPointer { buffer in
            body(buffer.baseAddress.map { $0 + (taken + first) * width })
        }
    }
}
