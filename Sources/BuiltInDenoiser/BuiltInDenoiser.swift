import CBuiltInDenoiser
import Enhancement

extension Denoiser {
    /// The bytes of the file that is inside the program.
    public static var builtInBytes: [UInt8] {
        Array(UnsafeBufferPointer(start: nwc_denoiser(), count: nwc_denoiser_size()))
    }

    /// The denoiser inside the program.
    public static func builtIn() throws(DenoiserError) -> Denoiser {
        try Denoiser(bytes: builtInBytes)
    }
}
