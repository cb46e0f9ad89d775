import CPNG

extension RasterImage {
    /// The picture as a PNG file: 8-bit sRGB, no time stamp, no text.
    /// - Throws: `encodingFailed`.
    public func png() throws(PlottingError) -> [UInt8] {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = 2  // PNG_FORMAT_RGB, a macro that Swift does not see
        defer { png_image_free(&image) }
        let stride = png_int_32(3 * width)
        var size = 0
        guard png_image_write_to_memory(&image, nil, &size, 0, pixels, stride, nil) != 0 else {
            throw .encodingFailed(Self.message(image))
        }
        var file = [UInt8](repeating: 0, count: size)
        guard png_image_write_to_memory(&image, &file, &size, 0, pixels, stride, nil) != 0 else {
            throw .encodingFailed(Self.message(image))
        }
        return Array(file.prefix(size))
    }

    private static func message(_ image: png_image) -> String {
        withUnsafeBytes(of: image.message) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
