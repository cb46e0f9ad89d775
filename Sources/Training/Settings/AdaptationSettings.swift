import CMRLCodec

extension AdaptationConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "An adaptation",
            """
            `"family": "adaptation"`. A few numbers inside a codec model that is there already; \
            `nwc-train adapt` writes such a configuration.
            """,
            defaults: Self(name: "", seed: 1, adapter: AdapterShape(.bands), phases: []),
            [Setting("family", .choice(["adaptation"]), "", .required, "What is trained.")]
                + CommonSettings.schedule(item: "segments", phases: phaseSettings) + own
                + CommonSettings.levels("segments"))
    }

    private static var own: [Setting] {
        [
            Setting(
                "model", .text, "", .usual,
                "Model that is adapted: a built-in one's name, or a path."),
            Setting(
                "adapter", .group(adapterSettings), "", .usual, "Which numbers are trained."),
            Setting(
                "forward", .group(CommonSettings.forward), "", .means("back-propagation"),
                "How steps are made of forward passes alone."),
            Setting(
                "segmentFrames", .whole(2...100_000), "frames", .usual,
                "Length of a segment; a multiple of the model's frames per block."),
            Setting(
                "lowestPosition", .real(0...1), "rate positions", .usual,
                "Segments are coded at positions from this one on, drawn uniformly."),
            Setting(
                "highestPosition", .real(0...1), "rate positions", .usual,
                "The highest of these positions, at least `lowestPosition`."),
        ]
    }

    private static let phaseSettings = SettingGroup(
        "phases[]", "A stretch of training with one schedule of the learning rate.",
        defaults: [String: Int](), CommonSettings.phase.filter { $0.name != "train" })

    private static let adapterSettings = SettingGroup(
        "adapter", "What of the network is changed; see [adaptation](adaptation.md).",
        defaults: AdapterShape(.bands),
        [
            Setting(
                "kind", .choice(AdapterShape.Kind.allCases.map(\.rawValue)), "", .usual,
                """
                `bands`: shifts of gains, exponent, entropy models and noise, band by band; \
                `shifts`: coefficient by coefficient; the others add scales of layers or products \
                of narrow matrices to `bands`.
                """),
            Setting(
                "rank", .whole(0...8), "", .usual,
                "Of the products of `low-rank` and `tensor-train`, 1 ... 8; 0 with the others."),
        ])
}
