/// A fixed number of integers at a fixed address, zero at first.
final class Scratch<Element: FixedWidthInteger> {
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

    deinit { base.deallocate() }
}
