import Synchronization

/// The weights of a model in the order of the network's parameters, for whoever changes or
/// differentiates them: a patch, analysis by synthesis, training. They are read from the model
/// file when they are asked for the first time, and kept from then on.
final class ModelParameters: Sendable {
    private let read: @Sendable () throws(CodecError) -> [Float]
    private let values: Mutex<[Float]?>

    /// - Parameter read: gives the values of a file that was read before
    init(reading read: @escaping @Sendable () throws(CodecError) -> [Float]) {
        self.read = read
        values = Mutex(nil)
    }

    init(_ values: [Float]) {
        read = { () throws(CodecError) in values }
        self.values = Mutex(values)
    }

    /// - Throws: `CodecError` where the file is another one now
    func all() throws(CodecError) -> [Float] {
        try values.withLock { (kept) throws(CodecError) -> [Float] in
            if let kept { return kept }
            let found = try read()
            kept = found
            return found
        }
    }
}
