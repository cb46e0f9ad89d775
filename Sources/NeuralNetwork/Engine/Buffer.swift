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

    deinit { pointer.deallocate() }

    public func append(_ values: [S]) {
        if count + values.count > capacity {
            capacity = max(2 * capacity, count + values.count)
            let larger = UnsafeMutablePointer<S>.allocate(capacity: capacity)
            larger.update(from: pointer, count: count)
            pointer.deallocate()
            pointer = larger
        }
        values.withUnsafeBufferPointer {
            if let base = $0.baseAddress {
                (pointer + count).update(from: base, count: values.count)
            }
        }
        count += values.count
    }

    /// Takes over as many values as it holds.
    public func assign(_ values: [S]) {
        precondition(values.count == count, "\(values.count) values for \(count)")
        values.withUnsafeBufferPointer {
            if let base = $0.baseAddress { pointer.update(from: base, count: count) }
        }
    }

    public func fill(_ value: S) { pointer.update(repeating: value, count: count) }

    public var array: [S] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
