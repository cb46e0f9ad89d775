import NeuralNetwork
import Testing

/// Integer layers of any width: no sum may overflow, and widths of up to 512 keep their weights.
@Suite struct FixedPointLinearTests {
    @Test(arguments: [1, 31, 384, 512])
    func usualWidths(columns: Int) {
        #expect(FixedPointLinear.largestWeight(columns: columns) == 2047)
    }

    /// The worst sum: all weights and inputs at their limits, with a bias.
    @Test(arguments: [513, 800, 1024, 2048, 4000])
    func largestSums(columns: Int) {
        let largest = FixedPointLinear.largestWeight(columns: columns)
        #expect(largest < 2047)
        #expect(largest * 2047 * columns <= Int(Int32.max))
        #expect((largest + 1) * 2047 * columns > Int(Int32.max))
        let layer = FixedPointLinear(
            weight: Array(repeating: 1, count: columns), bias: [0.5], columns: columns, rows: 1,
            inputBits: 10, outputBits: 10)
        var x = [Int16](repeating: 0, count: layer.paddedColumns)
        for i in 0..<columns { x[i] = 2047 }
        var y: [Int32] = [0]
        layer.apply(x, into: &y, limit: .max)
        #expect(y == [Int32(2047 * columns + 512)])
        for i in 0..<columns { x[i] = -2047 }
        layer.apply(x, into: &y, limit: .max)
        #expect(y == [Int32(-2047 * columns + 512)])
    }
}
