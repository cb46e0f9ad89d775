import NeuralNetwork

/// Integer coding of `SoftToHardLineSpectralQuantiser`: the symbol is the index of the nearest
/// centroid of its position, coded as the difference from the same position's index one frame
/// before, with a table chosen by position and by that index.
public struct CentroidSymbolModel: LineSpectralCodingModel {
    /// Classes of the index before; one more for the start.
    private static let classes = 16

    private let order: Int
    private let count: Int
    /// Q16 radians, rising per position.
    private let centroids: [Int]

    public struct State: Sendable, Equatable {
        fileprivate var indices: [Int]?
    }

    /// - Throws: `notFinite`; `invalidOrder`; `invalidSetting` when the order is above 22 (more
    ///   positions than tables) or there are not 2 ... 4096 centroids.
    public init(_ quantiser: SoftToHardLineSpectralQuantiser<Float>, _ store: ParameterStore<Float>)
        throws(LPCError)
    {
        order = quantiser.order
        count = quantiser.centroidCount
        try LPCError.check(order: order)
        guard order * (Self.classes + 1) <= LineSpectralTableLayout.tables else {
            throw .invalidSetting(name: "order", value: Double(order), allowed: "2 ... 22")
        }
        guard (2...4096).contains(count) else {
            throw .invalidSetting(name: "centroids", value: Double(count), allowed: "2 ... 4096")
        }
        let values = store.array(quantiser.centroids).map(Double.init)
        let n = count
        try LPCError.check(finite: values, "centroids")
        centroids = (0..<order).flatMap { i in
            values[i * n..<(i + 1) * n].sorted().map { Int((max(0, min(4, $0)) * 65536).rounded()) }
        }
    }

    public func makeState() -> State { State(indices: nil) }

    /// The nearest centroids.
    public func symbols(
        of frames: some Collection<LineSpectralFrequencies>, costs: LineSpectralCosts
    ) throws(LPCError) -> [[Int]] {
        var result: [[Int]] = []
        for frame in frames {
            guard frame.order == order else {
                throw .wrongCount(
                    name: "line spectral frequencies", expected: order, found: frame.order)
            }
            result.append((0..<order).map { nearest(frame.values[$0], position: $0) })
        }
        return result
    }

    private func nearest(_ radians: Double, position i: Int) -> Int {
        let value = Int((radians * 65536).rounded())
        var best = 0
        for k in 1..<count
        where abs(centroids[i * count + k] - value) < abs(centroids[i * count + best] - value) {
            best = k
        }
        return best
    }

    public func pass<C: LineSpectralChannel>(
        _ symbols: inout [Int], state: inout State, channel: inout C
    ) throws(C.Failure) -> LineSpectralFrequencies {
        var indices = [Int](repeating: 0, count: order)
        var values = indices
        for i in 0..<order {
            let before = state.indices?[i] ?? count / 2
            let kind = state.indices == nil ? Self.classes : before * Self.classes / count
            let given = i < symbols.count ? symbols[i] : 0
            let difference = try channel.pass(given - before, table: i * (Self.classes + 1) + kind)
            indices[i] = max(0, min(count - 1, before + difference))
            values[i] = centroids[i * count + indices[i]]
        }
        LineSpectralSeparation.separate(
            &values, gap: LineSpectralSymbolModel.minimumGap, top: LineSpectralSymbolModel.top)
        state.indices = indices
        symbols = indices
        return LineSpectralFrequencies(unchecked: values.map { Double($0) / 65536 })
    }
}
