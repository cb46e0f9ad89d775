// Quotients, one IEEE operation each: the same on every machine.

extension Float {
    public static func divide(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>,
        _ count: Int
    ) {
        for i in 0..<count { y[i] = a[i] / b[i] }
    }

    public static func divideBackward(
        _ b: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        _ da: UnsafeMutablePointer<Float>?, _ db: UnsafeMutablePointer<Float>?, _ count: Int
    ) {
        if let da { for i in 0..<count { da[i] += dy[i] / b[i] } }
        if let db { for i in 0..<count { db[i] -= dy[i] * y[i] / b[i] } }
    }
}

extension Double {
    public static func divide(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>,
        _ count: Int
    ) {
        for i in 0..<count { y[i] = a[i] / b[i] }
    }

    public static func divideBackward(
        _ b: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ dy: UnsafePointer<Double>,
        _ da: UnsafeMutablePointer<Double>?, _ db: UnsafeMutablePointer<Double>?, _ count: Int
    ) {
        if let da { for i in 0..<count { da[i] += dy[i] / b[i] } }
        if let db { for i in 0..<count { db[i] -= dy[i] * y[i] / b[i] } }
    }
}
