import CKernels

/// What envelope and rate indices say about the frames of a packet, the same in encoder and
/// decoder.
struct PacketSide {
    let blocks: Int
    let frames: Int
    /// Side information of module m: rows of [envelope / 4 | rate weights of modules 0...m].
    private(set) var side: [[Float]]
    /// Integer form, Q10, padded; one array per module and block.
    private(set) var integerSide: [[[Int16]]]
    /// exp(exponent * envelope) for every coefficient, rows; with the random signs.
    private(set) var restore: [Float]
    /// Expected log scale of normalised coefficients, Q8, per block.
    private(set) var spread: [[Int32]]

    /// - Parameters:
    ///   - envelope: dequantised envelope, rows of bands, one per block
    ///   - envelopeQ8: the same in integers
    init(
        _ core: ModelCore, shape: ModelCore.ShapeRate, points: [RatePoint], envelope: [Float],
        envelopeQ8: [[Int]]
    ) {
        let bands = core.configuration.bands
        let hop = core.configuration.hop
        let perBlock = core.configuration.framesPerBlock
        blocks = envelopeQ8.count
        frames = blocks * perBlock
        side = []
        integerSide = []
        var knots: [Float] = []
        for point in points {
            knots += point.knots
            let width = bands + knots.count
            var rows = [Float](repeating: 0, count: frames * width)
            for t in 0..<frames {
                for b in 0..<bands {
                    rows[t * width + b] = envelope[t / perBlock * bands + b] * 0.25
                }
                for (j, knot) in knots.enumerated() { rows[t * width + bands + j] = knot }
            }
            side.append(rows)
            integerSide.append(
                envelopeQ8.map { block in
                    var row = [Int16](repeating: 0, count: (width + 31) & ~31)
                    for b in 0..<bands { row[b] = activation(block[b]) }
                    for (j, knot) in knots.enumerated() {
                        row[bands + j] = Int16((knot * 1024).rounded(.toNearestOrEven))
                    }
                    return row
                })
        }
        let wide = core.widening.apply(envelope, rows: blocks)
        var restore = [Float](repeating: 0, count: frames * hop)
        for t in 0..<frames {
            let source = t / perBlock * hop
            for k in 0..<hop { restore[t * hop + k] = wide[source + k] * shape.exponent[k] }
        }
        restore.withUnsafeMutableBufferPointer { nwc_exp($0.baseAddress, $0.baseAddress, $0.count) }
        if core.configuration.randomSigns == true {
            for block in 0..<blocks {
                let range = block * perBlock * hop..<(block + 1) * perBlock * hop
                RandomSigns.apply(
                    to: &restore, range, seed: RandomSigns.seed(envelope: envelopeQ8[block]))
            }
        }
        self.restore = restore
        spread = envelopeQ8.map { block in
            (0..<hop).map { k in
                var sum: Int64 = 0
                for b in core.wideningSpans[k] {
                    sum += Int64(core.wideningQ12[b * hop + k]) * Int64(block[b])
                }
                return Int32((((sum + 2048) >> 12) * Int64(shape.spread[k]) + 2048) >> 12)
            }
        }
    }

    /// Rows for the stages of a module, numbered from `firstNumber`.
    func frames(_ x: [Float], module: Int, firstNumber: UInt32) -> StageFrames {
        StageFrames(
            x: x, side: side[module], numbers: (0..<UInt32(frames)).map { firstNumber &+ $0 })
    }

    /// Expected log scale of module `m`'s symbols in a block, Q8.
    func prior(block: Int, _ point: RatePoint) -> [Int32] {
        let base = spread[block]
        return base.indices.map { base[$0] + Int32(point.logGain[$0]) - 179 }
    }
}

/// Rate-dependent values of a packet, kept until the rate indices change.
struct PacketRates: Sendable {
    let indices: [UInt8]
    let shape: ModelCore.ShapeRate
    let points: [RatePoint]

    init(_ core: ModelCore, _ indices: [UInt8]) {
        self.indices = indices
        shape = core.shapeRate(indices.first ?? 0)
        points = indices.enumerated().map { core.ratePoint(module: $0.offset, index: $0.element) }
    }
}
