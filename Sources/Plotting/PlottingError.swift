/// Why a picture cannot be made.
public enum PlottingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Pictures are 16 ... 20,000 pixels wide and high.
    case unsupportedSize(width: Int, height: Int)
    /// There is nothing to draw.
    case nothingToDraw
    /// A sample is infinite or not a number.
    case nonFinite(signal: String, index: Int)
    /// A signal has no samples, or a sample rate outside 1,000 ... 768,000 Hz.
    case unusableSignal(String)
    /// FreeType refused the letters of pictures.
    case fontUnusable
    /// libpng refused, with its words.
    case encodingFailed(String)

    public var description: String {
        switch self {
        case .unsupportedSize(let width, let height):
            "a picture of \(width) x \(height) pixels is outside 16 ... 20000 each way"
        case .nothingToDraw: "there is nothing to draw"
        case .nonFinite(let signal, let index):
            "sample \(index) of '\(signal)' is not a finite number"
        case .unusableSignal(let text): text
        case .fontUnusable: "the letters of pictures cannot be loaded"
        case .encodingFailed(let text): "PNG encoding failed: \(text)"
        }
    }
}
