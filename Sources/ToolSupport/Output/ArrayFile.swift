import System

/// An array in NumPy's file format (version 1.0), written row by row: `numpy.load(path)`.
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
final class ArrayFile {
    /// Types of elements, little-endian.
    enum Element: String {
        case int32 = "<i4"
        case float32 = "<f4"
    }

    private let file: AtomicOutput
    private let element: Element
    private let rowShape: [Int]
    private var rows = 0
    private var pending: [UInt8]
    /// Of the whole header, a multiple of 64 bytes as the format asks for.
    private static let headerBytes = 192

    /// - Parameters:
    ///   - rowShape: extents of the array behind the first, which grows
    ///   - inputs: files that it must not replace
    init(path: String, _ element: Element, rowShape: [Int], force: Bool, inputs: [FileIdentity])
        throws
    {
        file = try AtomicOutput(path: path, force: force, inputs: inputs)
        self.element = element
        self.rowShape = rowShape
        // Its place; what stands there is known at the end.
        pending = Array(repeating: 0, count: Self.headerBytes)
    }

    var path: String { file.path }

    func append(_ values: [Int32]) throws {
        try append(values.flatMap { value in withUnsafeBytes(of: value.littleEndian, Array.init) })
    }

    func append(_ values: [Float]) throws {
        try append(
            values.flatMap { value in
                withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
            })
    }

    private func append(_ bytes: [UInt8]) throws {
        pending += bytes
        guard pending.count >= 1 << 16 else { return }
        try file.write(pending)
        pending = []
    }

    /// - Parameter rows: that were appended
    func finish(rows: Int) throws {
        try file.write(pending)
        let shape = ([rows] + rowShape).map { "\($0)," }.joined(separator: " ")
        var text =
            "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(shape)), }"
        let length = Self.headerBytes - 10
        text += String(repeating: " ", count: max(0, length - 1 - text.utf8.count)) + "\n"
        let header =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
            + Array(text.utf8)
        try file.write(header, at: 0)
        try file.commit()
    }

    func discard() { file.discard() }
}
