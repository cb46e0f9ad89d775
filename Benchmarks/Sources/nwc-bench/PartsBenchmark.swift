import CMRLCodec
import NeuralNetwork
import Psychoacoustic
import SpectralTransform

/// Parts that run once for every frame or symbol, on one thread.
struct PartsBenchmark {
    let rounds: Int
    let reference: MatrixReference

    /// Masking thresholds of frames that overlap by half, against the Fourier transforms of the
    /// same frames.
    func maskingThresholds() throws -> Row {
        let sampleRate = 16_000.0
        let frames = 1_000
        let model = try MaskingModel(sampleRate: sampleRate)
        let analyser = MaskingAnalyser(model)
        let transform = try ShortTimeTransform<Float>(size: model.size, hop: model.size / 2)
        var random = RandomSource(seed: 1)
        // Pulses at a pitch that rises from 100 to 200 Hz, in a little noise: frames with many
        // tonal maskers and some of noise.
        let count = (frames + 1) * model.size / 2
        var phase = 0.0
        let signal = (0..<count).map { n in
            phase += 100 * (1 + Double(n) / Double(count)) / sampleRate
            let isPulse = phase >= 1
            if isPulse { phase -= 1 }
            return Float((isPulse ? 0.5 : 0) + random.uniform(-0.005, 0.005))
        }
        let (real, imaginary) = try transform.forward(signal)
        let power = zip(real, imaginary).map { ($0 * $0 + $1 * $1) * Float(model.powerScale) }
        var costs = PairedCost()
        try costs.measure(rounds: rounds) {
            try Clock.cost { _ = try analyser.thresholds(of: power) }
        } reference: {
            try Clock.cost { _ = try transform.forward(signal) }
        }
        let seconds = Double(count) / sampleRate
        return Row(
            group: "part", name: "masking thresholds; reference: FFT", costs: costs,
            subjectWork: seconds, referenceWork: seconds, unit: "x real time")
    }

    /// Signed magnitudes from geometric distributions, 32 tables in turn; the ratio is symbols in
    /// the time of 1000 multiply-adds of the reference.
    /// - Parameter continuation: probability that a magnitude is larger than m, given that it is at
    ///   least m
    func rangeCoder(continuation: Double) throws -> [Row] {
        var random = RandomSource(seed: 2)
        let tableCount = 32
        let largest = 60
        let values = (0..<1_000_000).map { _ in
            var magnitude = 0
            while magnitude < largest && random.uniform(0, 1) < continuation { magnitude += 1 }
            return random.uniform(0, 1) < 0.5 ? magnitude : -magnitude
        }
        // Counts that differ a little from table to table, so that none is shared.
        let counts = (0..<tableCount).map { table in
            (0...tableCount).map { symbol in
                (0..<symbol).reduce(1_000_000_000) { count, _ in
                    UInt64(Double(count) * continuation)
                } + UInt64(table)
            }
        }
        let tables = try MagnitudeTableSet(counts: counts)
        var bytes: [UInt8] = []
        func row(_ name: String, _ work: () throws -> Void) throws -> Row {
            var costs = PairedCost()
            try costs.measure(rounds: rounds) {
                try Clock.cost(of: work)
            } reference: {
                reference.run()
            }
            return Row(
                group: "part", name: "range coder, \(name), continuation \(continuation)",
                costs: costs, subjectWork: Double(values.count),
                referenceWork: MatrixReference.multiplyAdds / 1000, unit: "M symbols/s : GMAC/s",
                scale: 1e-6)
        }
        let encode = try row("encode") {
            var encoder = RangeEncoder(reservingCapacity: values.count)
            for (index, value) in values.enumerated() {
                try tables.encode(value, table: index % tableCount, into: &encoder)
            }
            bytes = encoder.finish()
        }
        let decode = try row("decode") {
            var decoder = RangeDecoder(bytes)
            for (index, value) in values.enumerated() {
                let decoded = try tables.decode(table: index % tableCount, from: &decoder)
                guard decoded == value else {
                    throw Disagreement(index: index, encoded: value, decoded: decoded)
                }
            }
        }
        return [encode, decode]
    }

    struct Disagreement: Error, CustomStringConvertible {
        var index: Int
        var encoded: Int
        var decoded: Int
        var description: String { "symbol \(index): encoded \(encoded), decoded \(decoded)" }
    }

    func run() throws -> [Row] {
        try [maskingThresholds()] + [0.2, 0.6, 0.9].flatMap { try rangeCoder(continuation: $0) }
    }
}
