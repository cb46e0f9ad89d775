import BuiltInModel
import CMRLCodec
import CNWC

@c @implementation
public func nwc_model_create_built_in(
    _ name: UnsafePointer<CChar>?, _ model: UnsafeMutablePointer<OpaquePointer?>?,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    model?.pointee = nil
    return status(detail) {
        let model = try required(model, "model")
        let name = name.map { String(cString: $0) } ?? BuiltInModels.names[0]
        guard let built = try BuiltInModels.load(name: name) else {
            let names = BuiltInModels.names.joined(separator: ", ")
            throw Failure(NWC_ERROR_ARGUMENT, "no built-in model \"\(name)\", only \(names)")
        }
        model.pointee = ModelHandle(built).pointer
    }
}

@c @implementation
public func nwc_model_create(
    _ bytes: UnsafeRawPointer?, _ count: Int, _ postFilter: UnsafeRawPointer?,
    _ postFilterCount: Int, _ model: UnsafeMutablePointer<OpaquePointer?>?,
    _ detail: UnsafeMutablePointer<nwc_detail>?
) -> Int32 {
    model?.pointee = nil
    return status(detail) {
        let model = try required(model, "model")
        let filter = try region(postFilter, postFilterCount, "post_filter")
        var loaded = try CodecModel(
            bytes: Array(try region(bytes, count, "bytes")), keepsParameters: true)
        if !filter.isEmpty { loaded = try loaded.adding(PostFilter(bytes: Array(filter))) }
        model.pointee = ModelHandle(loaded).pointer
    }
}

@c @implementation
public func nwc_model_free(_ model: OpaquePointer?) { ModelHandle.free(model) }

@c @implementation
public func nwc_model_get_info(
    _ model: OpaquePointer?, _ info: UnsafeMutablePointer<nwc_model_info>?
) -> Int32 {
    status(nil) {
        let model = try ModelHandle.of(model, "model").model
        var result = nwc_model_info()
        fill(&result.id, model.id.bytes)
        fill(&result.codec_id, model.codecID.bytes)
        result.sample_rate = UInt32(clamping: model.signal.sampleRate)
        result.block_samples = UInt32(clamping: model.signal.blockSamples)
        result.group_channels = UInt32(clamping: model.signal.channels)
        result.layers = UInt32(clamping: model.layerCount)
        result.parameters = UInt64(clamping: model.parameterCount)
        result.has_post_filter = model.postFilter == nil ? 0 : 1
        result.delay = UInt32(clamping: model.algorithmicDelay())
        result.layered_delay = UInt32(clamping: model.algorithmicDelay(layers: 2))
        try result.write(to: try required(info, "info"))
    }
}
