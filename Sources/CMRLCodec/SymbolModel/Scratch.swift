/// A fixed number of integers at a fixed address, zero at first. Of several threads that share one
/// none may write.
final class Scratch<Element: FixedWidthInteger>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>
    private let count: Int

    init(_ count: Int) {
        self.count = count
        base = .allocate(capacity: max(count, 1))
        base.initialize(repeating: 0, count: max(count, 1))
    }

    /// A copy.
    init(_ other: Scratch) {
        count = other.count
        base = .allocate(capacity: max(count, 1))
        base.initialize(from: other.base, count: max(count, 1))
    }

    convenience init(_ values: [Element]) {
        self.init(values.count)
        for (i, value) in values.enumerated() { base[i] = value }
    }

    func fill(_ value: Element) { base.update(repeating: value, count: count) }

    deinit { base.deallocate() }
}
