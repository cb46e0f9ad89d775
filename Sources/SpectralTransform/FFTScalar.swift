import CKernels

/// A floating-point type that has transforms: `Float` or `Double`.
public protocol FFTScalar: BinaryFloatingPoint, Sendable {
    /// The C kernels of this precision.
    static var frameTransforms: FrameTransforms<Self> { get }
}

/// The C kernels of one precision (`nwc_transform.h`), with the arguments of the C declarations.
public struct FrameTransforms<Scalar>: Sendable {
    package typealias Plan = UnsafePointer<nwc_fft_plan>?
    package typealias Frames = UnsafePointer<nwc_frames>?
    package typealias In = UnsafePointer<Scalar>?
    package typealias Out = UnsafeMutablePointer<Scalar>?

    package let forward: @Sendable (Plan, Frames, In, In, Out, Out, Out) -> Void
    package let back: @Sendable (Plan, Frames, In, In, In, Scalar, Scalar, Int32, Out, Out) -> Void
}

extension Float: FFTScalar {
    public static let frameTransforms = FrameTransforms<Float>(
        forward: nwc_f32_frames_forward, back: nwc_f32_frames_back)
}

extension Double: FFTScalar {
    public static let frameTransforms = FrameTransforms<Double>(
        forward: nwc_f64_frames_forward, back: nwc_f64_frames_back)
}
