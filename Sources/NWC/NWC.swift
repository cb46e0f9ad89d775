// The codec for other programs: `import NWC` brings the types below and no others. They are
// documented where they are declared.

@_exported import class CMRLCodec.CodecDecoder
@_exported import class CMRLCodec.CodecEncoder
@_exported import enum CMRLCodec.BitstreamError
@_exported import enum CMRLCodec.BitstreamEvent
@_exported import enum CMRLCodec.CodecError
@_exported import enum CMRLCodec.LibraryVersion
@_exported import struct CMRLCodec.BitstreamReader
@_exported import struct CMRLCodec.BitstreamWriter
@_exported import struct CMRLCodec.CodecModel
@_exported import struct CMRLCodec.DecodedSound
@_exported import struct CMRLCodec.Packet
@_exported import struct CMRLCodec.RatePlanner
@_exported import struct CMRLCodec.SampleLayout
@_exported import struct CMRLCodec.SignalFormat
@_exported import struct CMRLCodec.StreamHeader

import BuiltInModel

extension CodecModel {
    /// A model inside the library. Load it once and share it; encoders and decoders do not copy it.
    /// - Parameter name: `default` with its post-filter, speech at 16 kHz, 4 to 33 kbit/s with one
    ///   layer; `small`, the same in a tenth of the size; `audio`, speech and music at 44.1 kHz, 6
    ///   to 90 kbit/s a channel
    /// - Throws: `CodecError` where there is none of that name, or its bytes are damaged
    public static func builtIn(_ name: String = "default") throws(CodecError) -> CodecModel {
        guard let model = try BuiltInModels.load(name: name) else {
            let names = BuiltInModels.names.joined(separator: ", ")
            throw .model(.metadata("no built-in model \"\(name)\", only \(names)"))
        }
        return model
    }
}
