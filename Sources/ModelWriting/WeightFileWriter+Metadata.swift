import Foundation
import NeuralNetwork

extension WeightFileWriter {
    /// - Parameter metadata: what the file says in words; as JSON with its names in order, so that
    ///   the same model is the same file
    init(describedBy metadata: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try self.init(metadata: Array(encoder.encode(metadata)))
    }
}
