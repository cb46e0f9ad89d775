import CMRLCodec
import Foundation
import Testing

/// Measures symbols per second; run with NWC_BENCHMARK=1.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["NWC_BENCHMARK"] != nil))
struct RangeCoderSpeedTests {
    @Test(arguments: [0.2, 0.6, 0.9])
    func symbolsPerSecond(continuation: Double) throws {
        var generator = SeededGenerator(seed: 1)
        let count = 4_000_000
        let values = (0..<count).map { _ in
            let magnitude = generator.geometric(continuation: continuation, maximum: 60)
            return generator.next() & 1 == 0 ? magnitude : -magnitude
        }
        let rows = (0..<32).map { table in (0..<33).map { UInt64(pow(continuation, Double($0)) * 1e9) + UInt64(table) } }
        let tables = try MagnitudeTableSet(counts: rows)
        let plain = tables.symbolTables
        func report(_ name: String, _ body: () throws -> Void) rethrows {
            var best = Double.infinity
            for _ in 0..<5 {
                let clock = ContinuousClock()
                let time = try clock.measure(body)
                best = min(best, Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)
            }
            print("\(name), continuation \(continuation): \((Double(count) / best / 1e5).rounded() / 10) M symbols/s")
        }
        var bytes: [UInt8] = []
        try report("encode magnitude, sign") {
            var encoder = RangeEncoder(reservingCapacity: count)
            for (index, value) in values.enumerated() { try tables.encode(value, table: index & 31, into: &encoder) }
            bytes = encoder.finish()
        }
        print("\(Double(bytes.count) * 8 / Double(count)) bits a symbol")
        try report("decode magnitude, sign") {
            var decoder = RangeDecoder(bytes)
            var isEqual = true
            for (index, value) in values.enumerated() {
                isEqual = (try tables.decode(table: index & 31, from: &decoder)) == value && isEqual
            }
            #expect(isEqual)
        }
        try report("encode plain symbol") {
            var encoder = RangeEncoder(reservingCapacity: count)
            for (index, value) in values.enumerated() {
                try plain.encode(symbol: tables.symbol(magnitude: abs(value)), table: index & 31, into: &encoder)
            }
            bytes = encoder.finish()
        }
        try report("decode plain symbol") {
            var decoder = RangeDecoder(bytes)
            var isEqual = true
            for (index, value) in values.enumerated() {
                isEqual = (try plain.decode(table: index & 31, from: &decoder)) == tables.symbol(magnitude: abs(value)) && isEqual
            }
            #expect(isEqual)
        }
    }
}
