extension NetworkConfiguration {
    /// Coefficients of a frame: `hop` of each channel of a group, one channel behind the other.
    var frameWidth: Int { signal.width }
    /// Values of a block's envelope: `bands` of each channel of a group.
    var envelopeWidth: Int { signal.channels * bands }
}
