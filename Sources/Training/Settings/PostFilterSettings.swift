import CMRLCodec
import GainFilter

extension PostFilterTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "A post-filter",
            """
            `"family": "post-filter"`. A filter behind the decoder of a codec, trained on what \
            that decodes.
            """,
            defaults: Self(
                name: "", seed: 1, network: GainFilterConfiguration(), phases: [],
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
            Setting(
                "bits", .whole(2...8), "bits", .means("half precision"),
                "Of a weight of the large matrices in the exported file."),
            Setting(
                "network",
                .group(
                    CommonSettings.gainFilter(told: "Modules of the cascade whose rate it is told.")
                ), "", .required, "What the filter is."),
            Setting(
                "contrast", .group(contrastSettings), "", .means("none"),
                "Further terms of the loss: how much spectra vary."),
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

    private static let contrastSettings = SettingGroup(
        "contrast", "Weights of the distances of `SpectralContrastLoss`.",
        defaults: [String: Int](),
        [
            Setting(
                "time", .real(0...1e6), "", .required, "Of how much spectra vary within 12 ms."),
            Setting(
                "frequency", .real(0...1e6), "", .required,
                "Of how much spectra vary within 280 Hz."),
            Setting(
                "standing", .real(0...1e6), "", .required, "Of the mean spectra of segments."),
        ])
}
