import CMRLCodec
import Foundation

/// The model of `TestVectors/codec`.
enum TinyModel {
    static let bytes: [UInt8] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("TestVectors/codec/tiny.nwm")
        do { return [UInt8](try Data(contentsOf: file)) } catch {
            fatalError("\(file.path): \(error)")
        }
    }()

    static let model: CodecModel = {
        do { return try CodecModel(bytes: bytes, keepsParameters: true) } catch {
            fatalError("tiny.nwm: \(error)")
        }
    }()
}
