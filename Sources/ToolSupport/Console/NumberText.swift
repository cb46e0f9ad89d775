/// Numbers as the programs print them: always with a point, whatever the locale.
public enum NumberText {
    /// A number with a fixed number of decimals, 0 ... 9; `-` where it is not finite.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard scaled.isFinite, scaled.magnitude < 9e18 else { return "-" }
        let digits = String(Int(scaled.magnitude))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = scaled < 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    /// An integer with commas between groups of three digits.
    public static func grouped(_ value: Int) -> String {
        var result = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return (value < 0 ? "-" : "") + String(result.reversed())
    }

    /// A time as `m:ss.s`, or `h:mm:ss.s` from one hour on.
    public static func time(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "-" }
        let tenths = Int((seconds * 10).rounded())
        let (minutes, rest) = (tenths / 600, tenths % 600)
        let tail = "\(rest / 10 < 10 ? "0" : "")\(rest / 10).\(rest % 10)"
        guard minutes >= 60 else { return "\(minutes):\(tail)" }
        return "\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):\(tail)"
    }

    /// A rate in kbit/s, 1 k = 1000, with as many decimals as make sense.
    public static func kilobits(_ bitsPerSecond: Double) -> String {
        "\(fixed(bitsPerSecond / 1000, bitsPerSecond < 100_000 ? 2 : 1)) kbit/s"
    }

    /// A count with its noun: "1 channel", "2 channels".
    public static func count(_ number: Int, _ noun: String) -> String {
        "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
    }
}
