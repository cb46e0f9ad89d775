import GainFilter

extension DenoiserTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "A denoiser",
            "`\"family\": \"denoiser\"`. Gains that take noise out of speech.",
            defaults: Self(
                name: "", seed: 1, network: GainFilterConfiguration(), phases: [],
                augmentation: Augmentation()),
            [Setting("family", .choice(["denoiser"]), "", .required, "What is trained.")]
                + CommonSettings.schedule(item: "segments", phases: phaseSettings) + [
                    Setting(
                        "network",
                        .group(CommonSettings.gainFilter(told: "A denoiser is told nothing: 0.")),
                        "", .required, "What it is."),
                    Setting(
                        "loss", .group(lossSettings), "", .usual, "Weights of what is minimised."),
                    Setting(
                        "augmentation", .group(CommonSettings.augmentation), "", .required,
                        "The noise that is mixed in: `noiseProbability` is above 0."),
                    Setting(
                        "segmentFrames", .whole(2...100_000), "hops", .usual,
                        """
                        Length of a segment; long enough for the loss's longest window of 2048 \
                        samples.
                        """),
                    Setting(
                        "validationSNRs", .list(.real(-200...200), count: 0...256), "dB", .usual,
                        "Ratios of speech to noise at which is validated."),
                ] + CommonSettings.levels("noisy segments"))
    }

    private static let phaseSettings = SettingGroup(
        "phases[]", "A stretch of training with one schedule of the learning rate.",
        defaults: [String: Int](),
        CommonSettings.phase + [
            Setting(
                "augmentation", .group(CommonSettings.augmentation), "", .means("the whole run's"),
                "The noise that is mixed in during this phase.")
        ])

    private static let lossSettings = SettingGroup(
        "loss", "Distances of the output from the speech alone.", defaults: Loss(),
        [
            Setting(
                "detail", .real(0...1e6), "", .usual,
                "Weight of the distance of spectra bin by bin."),
            Setting(
                "weightedSNR", .real(0...1e6), "", .usual,
                "Weight of the weighted ratio of noise to signal."),
            Setting("mel", .real(0...1e6), "", .usual, "Weight of the mel distance."),
        ])
}
