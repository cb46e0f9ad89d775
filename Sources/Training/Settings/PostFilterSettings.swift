import CMRLCodec

extension PostFilterTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "A post-filter",
            """
            `"family": "post-filter"`. A filter behind the decoder of a codec, trained on what \
            that decodes.
            """,
            defaults: Self(
                name: "", seed: 1, network: PostFilterConfiguration(), phases: [],
                augmentation: Augmentation()),
            [Setting("family", .choice(["post-filter"]), "", .required, "What is trained.")]
                + CommonSettings.schedule(item: "segments", phases: phaseSettings) + own
                + CommonSettings.levels("recordings"))
    }

    private static var own: [Setting] {
        [
            Setting(
                "codec", .text, "", .usual,
                "Model behind whose decoder the filter stands: a built-in one's name, or a path."),
            Setting("network", .group(networkSettings), "", .required, "What the filter is."),
            Setting(
                "discriminator", .whole(1...1024), "channels", .usual,
                "Of the discriminator, which runs in phases with `adversarial` or `matching`."),
            Setting(
                "augmentation", .group(CommonSettings.augmentation), "", .usual,
                "Random changes of the recordings before they are coded."),
            Setting(
                "noiseClips", .real(0...1), "", .usual,
                "Share of clips that are stationary noise instead."),
            Setting(
                "versions", .whole(1...1000), "", .usual,
                """
                How often every recording is coded, each time with other changes, levels and \
                rates.
                """),
            Setting(
                "highestRateIndex", .whole(0...255), "", .usual,
                "Clips are coded at a rate index drawn from 0 to this one."),
            Setting(
                "twoLayers", .real(0...1), "", .usual,
                "Share of clips coded with two layers, where the model has them."),
            Setting(
                "segmentFrames", .whole(2...100_000), "hops", .usual,
                "Length of a segment; long enough for the loss's longest window of 2048 samples."),
            Setting(
                "validationRateIndices", .list(.whole(0...255), count: 0...256), "", .usual,
                "Rate indices at which is validated."),
        ]
    }

    private static let phaseSettings = SettingGroup(
        "phases[]", "A stretch of training with one schedule of the learning rate.",
        defaults: [String: Int](),
        CommonSettings.phase + [
            Setting(
                "adversarial", .real(0...1e6), "", .means("0"),
                "Weight of what the discriminator says."),
            Setting(
                "matching", .real(0...1e6), "", .means("0"),
                "Weight of the difference of what the discriminator's layers see."),
        ])

    private static let networkSettings = SettingGroup(
        "network",
        "Two short-time transforms, whose gains come from a recurrent network.",
        defaults: PostFilterConfiguration(),
        [
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
            Setting(
                "hidden", .whole(1...1024), "channels", .usual,
                "Inside, and units of the recurrent context."),
            Setting("ahead", .whole(0...64), "frames", .usual, "That a gain looks ahead: delay."),
            Setting(
                "layers", .whole(1...8), "", .usual,
                "Modules of the cascade whose rate the network is told."),
        ])
}
