import CMRLCodec

extension PaperTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "The papers' codecs",
            """
            `"family": "paper"`. Cascades as the papers describe them (Docs/papers.md); each is \
            trained for one rate a module.
            """,
            defaults: Self(
                name: "", seed: 1, network: PaperNetworkConfiguration(modules: []), phases: [],
                entropy: EntropyController(targets: [])),
            [Setting("family", .choice(["paper"]), "", .required, "What is trained.")]
                + CommonSettings.schedule(
                    item: "frames", phases: CodecTrainingConfiguration.phaseSettings) + [
                    Setting(
                        "network", .group(networkSettings), "", .required, "What the network is."),
                    Setting(
                        "unquantisedSteps", .whole(0...1_000_000_000), "steps", .usual,
                        "First steps of the run whose codes pass without quantiser."),
                    Setting(
                        "loss", .group(lossSettings), "", .usual, "Weights of what is minimised."),
                    Setting(
                        "entropy", .group(entropySettings), "", .required,
                        "How the weight of each module's entropy is moved towards a target."),
                ])
    }

    private static let lossSettings = SettingGroup(
        "loss", "Weights of the terms of the papers.", defaults: Loss(),
        [
            Setting(
                "time", .real(EncodingObjective.weights), "", .usual,
                "Weight of the RMS error of samples."),
            Setting(
                "mel", .real(EncodingObjective.weights), "", .usual,
                "Weight of the RMS difference of log mel energies, mean over four band counts."),
            Setting(
                "quantisation", .real(EncodingObjective.weights), "", .usual,
                "Weight of the penalty that pushes assignments towards one centroid."),
        ])

    private static let entropySettings = SettingGroup(
        "entropy", "The controller of the weight of each module's entropy.",
        defaults: EntropyController(targets: []),
        [
            Setting(
                "targets", .list(.real(0...64), count: 1...8), "bits a code value", .required,
                "Entropy aimed at, one for each module."),
            Setting("initial", .real(0...1e6), "", .usual, "Weight at the start."),
            Setting("change", .real(0...1e6), "", .usual, "Change of the weight a decision."),
            Setting(
                "every", .whole(1...Int.max), "steps", .usual, "From one decision to the next."),
            Setting(
                "deadBand", .real(0...64), "bits", .usual,
                "No change while the entropy is this near its target."),
        ])

    private static let networkSettings = SettingGroup(
        "network", "Frames of 512 samples, coded by a cascade of autoencoders.",
        defaults: PaperNetworkConfiguration(modules: []),
        [
            Setting(
                "modules", .list(.group(moduleSettings), count: 1...8), "", .required,
                "The cascade."),
            Setting(
                "residualScale", .real(1e-9...1e9), "", .usual,
                "Factor on what module 2 and later see; their output is divided by it."),
        ])

    private static let moduleSettings = SettingGroup(
        "network.modules[]", "One autoencoder of the cascade.",
        defaults: PaperNetworkConfiguration.Module.nwc,
        [
            Setting(
                "layout", .choice(["gated", "bottleneck"]), "", .required,
                "Block that it is made of: NWC's gated one or CMRL's plain bottleneck."),
            Setting(
                "inputTaps", .whole(1...127), "taps", .required,
                "Of the convolution at the input."),
            Setting(
                "codeTaps", .whole(1...127), "taps", .required,
                "Of the convolution before the code."),
            Setting(
                "outputTaps", .whole(1...127), "taps", .required,
                "Of the convolution at the output."),
            Setting(
                "wide", .whole(2...512), "channels", .usual,
                "Between blocks; a multiple of 2 to the power `stages`."),
            Setting("narrow", .whole(1...256), "channels", .usual, "Inside blocks."),
            Setting(
                "stages", .whole(1...4), "", .usual,
                "Stages of stride 2: 1 gives a code of 256 values a frame, 2 gives 128."),
            Setting("centroids", .whole(2...256), "", .usual, "Of the quantiser."),
        ])
}
