import CMRLCodec
import Enhancement

extension DenoiserTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "A denoiser",
            "`\"family\": \"denoiser\"`. Gains that take noise out of speech.",
            defaults: Self(
                name: "", seed: 1, network: DenoiserConfiguration(), phases: [],
                augmentation: Augmentation()),
            [Setting("family", .choice(["denoiser"]), "", .required, "What is trained.")]
                + CommonSettings.schedule(item: "segments", phases: phaseSettings) + [
                    Setting("network", .group(networkSettings), "", .required, "What it is."),
                    Setting(
                        "loss", .group(lossSettings), "", .usual, "Weights of what is minimised."),
                    Setting(
                        "augmentation", .group(CommonSettings.augmentation), "", .required,
                        "The noise that is mixed in: `noiseProbability` is above 0."),
                    Setting(
                        "segmentFrames", .whole(2...100_000), "hops", .usual,
                        "Length of a segment."),
                    Setting(
                        "validationSNR", .real(-200...200), "dB", .usual,
                        "Ratio of speech to noise at which is validated."),
                ] + CommonSettings.levels("noisy segments"))
    }

    private static let phaseSettings = SettingGroup(
        "phases[]", "A stretch of training with one schedule of the learning rate.",
        defaults: [String: Int](), CommonSettings.phase)

    private static let lossSettings = SettingGroup(
        "loss", "Distances of the output from the speech alone.", defaults: Loss(),
        [
            Setting(
                "weightedSNR", .real(0...1e6), "", .usual,
                "Weight of the weighted ratio of noise to signal."),
            Setting("mel", .real(0...1e6), "", .usual, "Weight of the mel distance."),
        ])

    private static let networkSettings = SettingGroup(
        "network", "Sizes; they are stored in the model file.", defaults: DenoiserConfiguration(),
        [
            Setting("sampleRate", .whole(8000...96_000), "Hz", .usual, "Of the sound."),
            Setting(
                "hop", .whole(16...1024), "samples", .usual,
                "From one frame of the lapped transform to the next."),
            Setting("hidden", .whole(1...1024), "channels", .usual, "Inside gated blocks."),
            Setting("context", .whole(1...1024), "units", .usual, "Of the recurrent context."),
            Setting("blocks", .whole(0...16), "", .usual, "Gated blocks before the context."),
        ])
}
