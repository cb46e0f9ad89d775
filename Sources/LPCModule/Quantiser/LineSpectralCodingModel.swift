/// A quantiser of line spectral frequencies with its entropy model, in integers: what an encoder
/// and a decoder share.
public protocol LineSpectralCodingModel: Sendable {
    /// What one channel of a stream remembers between frames; a new state starts a part that can be
    /// decoded by itself.
    associatedtype State: Sendable
    func makeState() -> State

    /// The encoder's choice of symbols for the frames of one part.
    /// - Parameter costs: what symbols cost, for models that weigh it
    /// - Throws: `wrongCount`.
    func symbols(of frames: some Collection<LineSpectralFrequencies>, costs: LineSpectralCosts)
        throws(LPCError) -> [[Int]]

    /// Passes one frame through the channel.
    /// - Parameter symbols: the encoder's symbols, one per position; replaced by what the channel
    ///   returns
    /// - Returns: the quantised frame, rising and at least the minimum gap apart whatever the
    ///   symbols are.
    func pass<C: LineSpectralChannel>(_ symbols: inout [Int], state: inout State, channel: inout C)
        throws(C.Failure) -> LineSpectralFrequencies
}
