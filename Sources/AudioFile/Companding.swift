/// The two laws of ITU-T G.711: 8 bits that stand for a sign, a segment of 3 bits and a place of 4
/// bits in it.
enum Companding {
    /// What each code stands for, full scale 1.0, as a 16-bit value / 32768 (table 1a of G.711 in
    /// the scaling of the G.191 tools).
    static let aLaw: [Float] = (0..<256).map { code in
        let bits = code ^ 0x55
        let segment = bits >> 4 & 7
        let place = (bits & 15) << 4
        let size = segment == 0 ? place + 8 : (place + 0x108) << (segment - 1)
        return Float(bits & 0x80 != 0 ? size : -size) * 0x1p-15
    }

    /// The same for table 2a.
    static let muLaw: [Float] = (0..<256).map { code in
        let bits = ~code & 0xFF
        let size = ((bits & 15) << 3 + 0x84) << (bits >> 4 & 7) - 0x84
        return Float(bits & 0x80 != 0 ? -size : size) * 0x1p-15
    }

    /// The law of an encoding; nil for the linear ones.
    static func table(_ encoding: SampleEncoding) -> [Float]? {
        switch encoding {
        case .aLaw: aLaw
        case .muLaw: muLaw
        default: nil
        }
    }

    /// The code of each value of a law, in the order of the values.
    struct Inverse {
        private let values: [Float]
        private let codes: [UInt8]

        init(_ table: [Float]) {
            let order = table.indices.sorted { (table[$0], $0) < (table[$1], $1) }
            values = order.map { table[$0] }
            codes = order.map { UInt8($0) }
        }

        var range: ClosedRange<Float> { (values.first ?? 0)...(values.last ?? 0) }

        /// The code of the value nearest to a sample; of two, that of the larger value.
        func code(_ sample: Float) -> UInt8 {
            var low = 0
            var high = values.count - 1
            while low < high {
                let middle = (low + high) / 2
                // The last value that is not nearer than the next one.
                if sample - values[middle] >= values[middle + 1] - sample {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return codes[low]
        }
    }
}
