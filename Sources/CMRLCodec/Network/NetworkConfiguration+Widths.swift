extension NetworkConfiguration {
    /// Channels that are coded together, a group: they share frames, blocks and symbols.
    var groupChannels: Int { signal.channels }
    /// Coefficients of a frame: `hop` of each channel, one channel behind the other.
    var frameWidth: Int { groupChannels * hop }
    /// Values of a block's envelope: `bands` of each channel.
    var envelopeWidth: Int { groupChannels * bands }
}
