/// A fixed number of values at a fixed address, for loops in C; freed with the object. Growing
/// makes a new address.
public final class Buffer<S: BinaryFloatingPoint> {
    public private(set) var pointer: UnsafeMutablePointer<S>
    public private(set) var count: Int
    private var capacity: Int

    public init(_ values: [S] = []) {
        capacity = max(values.count, 16)
        pointer = .allocate(capacity: capacity)
        count = 0
        append(values)
    }

    public init(repeating value: S, count: Int) {
        capacity = max(count, 16)
        pointer = .allocate(capacity: capacity)
        self.count = count
        fill(value)
    }

    deinit { pointer.deallocate() }

    public func append(_ values: [S]) {
        if count + values.count > capacity {
            capacity = max(2 * capacity, count + values.count)
            let larger = UnsafeMutablePointer<S>.allocate(capacity: capacity)
            larger.update(from: pointer, count: count)
            pointer.deallocate()
            pointer = larger
        }
        count += values.count
        replace(from: count - values.count, values)
    }

    /// Takes over as many values as it holds.
    public func assign(_ values: [S]) {
        precondition(values.count == count, "\(values.count) values for \(count)")
        replace(from: 0, values)
    }

    /// Takes over values from a place on.
    func replace(from first: Int, _ values: [S]) {
        precondition(first >= 0 && first + values.count <= count)
        values.withUnsafeBufferPointer {
            if let base = $0.baseAddress {
                (pointer + first).update(from: base, count: values.count)
            }
        }
    }

    public func fill(_ value: S) { pointer.update(repeating: value, count: count) }

    public var array: [S] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
