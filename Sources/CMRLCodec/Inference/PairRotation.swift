/// What a group is to its neighbours (`PairRotation`): side information of a pair is sent with its
/// first group.
enum GroupPlace: Sendable { case alone, firstOfPair, secondOfPair }

/// Two neighbouring channels of a source that are coded as two rotated ones: in every band of the
/// envelope by an angle of its own, the same for the frames of a packet, so that what both have in
/// common goes into the first (Karhunen-Loeve transform of two channels; van der Waal and Veldhuis,
/// ICASSP 1991).
///
/// With l and r the coefficients of the channels and t the angle, first = l cos t + r sin t and
/// second = r cos t - l sin t: t = 0 leaves them as they are, pi / 4 is mid and side, 3 pi / 4 the
/// same for channels in opposite phase. Rotation is orthonormal and stands between lapped transform
/// and network, so that angles may change from packet to packet without a seam.
package struct PairRotation: Equatable, Sendable {
    /// Angles are multiples of pi / 16 from 0 to 15 pi / 16.
    package static let angleCount = 16
    private static let angleBits = 4
    private static let modeBits = 2
    /// cos(k pi / 16), k = 0 ... 8.
    private static let quarter: [Float] = [
        1, 0.98078528, 0.92387953, 0.83146961, 0.70710678, 0.55557023, 0.38268343, 0.19509032, 0,
    ]
    package static let cosines: [Float] = (0..<angleCount).map {
        $0 <= 8 ? quarter[$0] : -quarter[16 - $0]
    }
    package static let sines: [Float] = (0..<angleCount).map { quarter[abs(8 - $0)] }

    /// Of each band, in steps of pi / 16.
    package var angles: [UInt8]
    /// How far the rate indices of the second channel lie below those of the first, in steps of
    /// `offsetStep`, 0 ... 15; chosen in key packets, the same up to the next one.
    package var offset: UInt8 = 0
    /// Rate indices a step.
    package static let offsetStep = 8
    private static let offsetBits = 4
    package static let largestOffset: UInt8 = 15

    /// No rotation.
    package init(bands: Int) { angles = Array(repeating: 0, count: bands) }

    // MARK: Coefficients

    /// Rotates frames of both channels.
    /// - Parameters:
    ///   - first, second: rows of a frame's coefficients, of both channels alike; replaced
    ///   - bands: band of each coefficient of a row
    package func rotate(_ first: inout [Float], _ second: inout [Float], bands: [Int]) {
        turn(&first, &second, 0..<first.count / max(bands.count, 1), bands, direction: 1)
    }

    /// The inverse of `rotate` on some of the frames. Every product and sum is rounded by itself.
    package func restore(
        _ first: inout [Float], _ second: inout [Float], frames: Range<Int>, bands: [Int]
    ) { turn(&first, &second, frames, bands, direction: -1) }

    private func turn(
        _ first: inout [Float], _ second: inout [Float], _ frames: Range<Int>, _ bands: [Int],
        direction: Float
    ) {
        guard angles.contains(where: { $0 != 0 }) else { return }
        let cosines = bands.map { Self.cosines[Int(angles[$0])] }
        let sines = bands.map { direction * Self.sines[Int(angles[$0])] }
        let width = bands.count
        for frame in frames {
            for k in 0..<width {
                let a = first[frame * width + k]
                let b = second[frame * width + k]
                first[frame * width + k] = cosines[k] * a + sines[k] * b
                second[frame * width + k] = cosines[k] * b - sines[k] * a
            }
        }
    }

    // MARK: Choice

    /// The rotation that saves most bits: in every band no angle, that of the band below, or the
    /// one that leaves least in the second channel, by the bits of Gaussian coefficients and those
    /// of the angle. The same numbers on every machine.
    package static func chosen(_ first: [Float], _ second: [Float], bands: [Int]) -> PairRotation {
        let count = (bands.max() ?? -1) + 1
        var result = PairRotation(bands: count)
        let moments = Moments(first, second, bands: bands, count: count)
        var below: UInt8 = 0
        for band in 0..<count {
            var best = below
            var least = moments.bits(band, angle: below)
            for angle in 0..<UInt8(angleCount) where angle != below {
                let bits = moments.bits(band, angle: angle) + Double(angleBits)
                if bits < least { (best, least) = (angle, bits) }
            }
            result.angles[band] = best
            below = best
        }
        return result
    }

    /// Second moments of both channels in each band.
    private struct Moments {
        private var first: [Double]
        private var second: [Double]
        private var product: [Double]
        private var counts: [Double]

        init(_ x: [Float], _ y: [Float], bands: [Int], count: Int) {
            first = Array(repeating: 0, count: count)
            (second, product, counts) = (first, first, first)
            let width = max(bands.count, 1)
            for start in stride(from: 0, to: x.count, by: width) {
                for (k, band) in bands.enumerated() {
                    let a = Double(x[start + k])
                    let b = Double(y[start + k])
                    first[band] += a * a
                    second[band] += b * b
                    product[band] += a * b
                    counts[band] += 1
                }
            }
        }

        /// Bits of the coefficients of a band, up to a constant: those that are coded shrink with
        /// the level to the power of 1 less the usual exponent of the envelope, 0.6.
        func bits(_ band: Int, angle: UInt8) -> Double {
            let c = Double(PairRotation.cosines[Int(angle)])
            let s = Double(PairRotation.sines[Int(angle)])
            let n = max(counts[band], 1)
            let mixed = 2 * c * s * product[band]
            let along = (c * c * first[band] + s * s * second[band] + mixed) / n
            let across = (s * s * first[band] + c * c * second[band] - mixed) / n
            // Below this power, about -76 dB of full scale, nothing is spent on a coefficient.
            let floor = 2.5e-4
            // Of two angles that only exchange the channels, the one with the stronger first.
            return 0.2 * n
                * (Approximation.log2(max(along, 0) + floor)
                    + Approximation.log2(max(across, 0) + floor))
                + (angle != 0 && across > along ? Double(PairRotation.angleBits) + 0.5 : 0)
        }
    }

    /// The second channel's rate indices.
    static func lowered(_ indices: [UInt8], by offset: UInt8) -> [UInt8] {
        let steps = UInt8(truncatingIfNeeded: Int(offset) * offsetStep)
        return indices.map { $0 - min($0, steps) }
    }

    // MARK: Symbols

    /// Sends the angles of a packet, or reads them, in key packets behind the offset where there is
    /// one; `self` becomes what the other side knows.
    /// - Parameter last: of the packet before; nil in a key packet
    mutating func pass<C: SymbolChannel>(last: PairRotation?, _ channel: inout C)
        throws(EntropyCodingError)
    {
        let isKey = last == nil
        let last = last ?? PairRotation(bands: angles.count)
        let wanted = isKey ? offset : 0
        offset = last.offset
        var mode = Mode(
            rawValue: try channel.bits(
                (wanted > 0 ? .common : self.mode(last)).rawValue, count: Self.modeBits))
        var angle: UInt8 = 0
        if mode == .common {
            angle = UInt8(
                try channel.bits(
                    wanted > 0 ? 0 : Int(angles.first ?? 0), count: Self.angleBits))
            // One angle of 0 for all is no angles, which is said in another way: here it says that
            // an offset follows.
            if isKey, angle == 0 {
                offset = UInt8(try channel.bits(Int(wanted), count: Self.offsetBits))
                mode = Mode(
                    rawValue: try channel.bits(self.mode(last).rawValue, count: Self.modeBits))
                if mode == .common {
                    angle = UInt8(
                        try channel.bits(Int(angles.first ?? 0), count: Self.angleBits))
                }
            }
        }
        try passAngles(mode, common: angle, last, &channel)
    }

    private mutating func passAngles<C: SymbolChannel>(
        _ mode: Mode?, common angle: UInt8, _ last: PairRotation, _ channel: inout C
    ) throws(EntropyCodingError) {
        let bands = angles.count
        switch mode {
        case .last?: angles = last.angles
        case .common?: angles = Array(repeating: angle, count: bands)
        case .banded?:
            var below: UInt8 = 0
            for band in 0..<bands {
                if try channel.bits(angles[band] == below ? 0 : 1, count: 1) == 1 {
                    below = UInt8(try channel.bits(Int(angles[band]), count: Self.angleBits))
                }
                angles[band] = below
            }
        default: angles = Array(repeating: 0, count: bands)
        }
    }

    private enum Mode: Int { case none, common, banded, last }

    private func mode(_ last: PairRotation) -> Mode {
        if !angles.contains(where: { $0 != 0 }) { return .none }
        if angles == last.angles { return .last }
        return angles.contains { $0 != angles[0] } ? .banded : .common
    }
}
