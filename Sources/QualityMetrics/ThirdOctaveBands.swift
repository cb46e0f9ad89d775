import Foundation

/// The 15 one-third octave bands of STOI: centre frequencies 150 Hz times 2^(k/3), edges half a
/// band away, moved to the nearest spectrum bin.
enum ThirdOctaveBands {
    static let count = 15
    static let lowestCentre = 150.0

    /// The spectrum bins of each band.
    static func bins(sampleRate: Double, size: Int) -> [Range<Int>] {
        func nearestBin(_ frequency: Double) -> Int {
            let bins = 0...(size / 2)
            let distance = { (bin: Int) in abs(Double(bin) * sampleRate / Double(size) - frequency)
            }
            return bins.min { distance($0) < distance($1) } ?? 0
        }
        return (0..<count).map { band in
            let low = lowestCentre * pow(2, Double(2 * band - 1) / 6)
            let high = lowestCentre * pow(2, Double(2 * band + 1) / 6)
            return nearestBin(low)..<nearestBin(high)
        }
    }
}
