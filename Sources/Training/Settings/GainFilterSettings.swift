import GainFilter

extension CommonSettings {
    /// The network of a post-filter or a denoiser.
    /// - Parameter told: what the numbers are that it is told beside the sound
    static func gainFilter(told: String) -> SettingGroup {
        SettingGroup(
            "network",
            "Two short-time transforms, whose gains come from a recurrent network.",
            defaults: GainFilterConfiguration(), frames + sizes(told: told))
    }

    private static let frames: [Setting] = [
        Setting("sampleRate", .whole(8000...96_000), "Hz", .usual, "Of the sound."),
        Setting(
            "size", .whole(16...8192), "samples", .usual,
            "A long frame: even, and 2, 3, ... times `hop`. Every bin has a gain."),
        Setting(
            "hop", .whole(4...4096), "samples", .usual,
            "From one long frame to the next; the network runs once a hop."),
        Setting(
            "shortSize", .whole(4...8192), "samples", .usual,
            "A short frame: even, 2, 3, ... times `shortHop`, at most `size`."),
        Setting(
            "shortHop", .whole(2...4096), "samples", .usual,
            "From one short frame to the next; `hop` is a multiple."),
        Setting(
            "shortKnots", .list(.whole(0...4096), count: 1...4097), "bins", .usual,
            """
            Bins of short frames whose gains the network gives, rising; those between are \
            interpolated.
            """),
        Setting(
            "pitchSize", .whole(16...16_384), "samples", .usual,
            "The longer frame that pitch is seen in: even, at least `size`."),
        Setting(
            "pitchBins", .whole(0...8192), "bins", .usual,
            "Lowest bins of the longer frame that are used, at most half of `pitchSize`."),
    ]

    private static func sizes(told: String) -> [Setting] {
        [
            Setting(
                "hidden", .whole(1...1024), "channels", .usual,
                "Inside, and units of the recurrent contexts."),
            Setting(
                "contexts", .whole(1...8), "", .means("1"),
                "Recurrent contexts one behind the other."),
            Setting(
                "bound", .real(0...10), "", .means("2.5"),
                "Largest magnitude of the logarithm of a gain, not 0: 2.5 is 21.7 dB."),
            Setting("ahead", .whole(0...64), "frames", .usual, "That a gain looks ahead: delay."),
            Setting("layers", .whole(0...8), "", .usual, told),
        ]
    }
}
