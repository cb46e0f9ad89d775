/// How the channels of a source are dealt out to groups that are coded together: the first ones to
/// the first group, the next ones to the next. The last group may lack some.
struct ChannelGroups: Sendable {
    /// Of the source, 1 ... 255.
    let channels: Int
    /// Channels of a group as the model demands it.
    let width: Int

    /// The samples of a group, interleaved. What the last group lacks repeats its last channel: as
    /// sums and differences it costs next to nothing.
    /// - Parameter samples: one array for each channel of the source, all of the same length
    func interleaved(_ samples: [[Float]], group: Int) -> [Float] {
        guard width > 1 else { return samples[group] }
        let first = group * width
        let sources = (first..<first + width).map { samples[min($0, channels - 1)] }
        let count = sources[0].count
        return [Float](unsafeUninitializedCapacity: count * width) { buffer, filled in
            for (c, source) in sources.enumerated() {
                for t in 0..<count { buffer[t * width + c] = source[t] }
            }
            filled = count * width
        }
    }

    /// Adds the samples of a group, interleaved, to those of its channels; channels that the source
    /// does not have are dropped.
    func append(_ samples: [Float], group: Int, to output: inout [[Float]]) {
        guard width > 1 else {
            output[group] += samples
            return
        }
        let count = samples.count / width
        for channel in group * width..<min((group + 1) * width, channels) {
            let c = channel - group * width
            output[channel] += (0..<count).lazy.map { samples[$0 * width + c] }
        }
    }
}
