/// Settings that all configurations have.
enum CommonSettings {
    private static let steps = 0...1_000_000_000
    static let name = Setting(
        "name", .text, "", .required, "What the run, its checkpoints and its model are called.")

    /// The settings of a `TrainingSchedule` that are not the task's own.
    /// - Parameter item: what a batch consists of, in the plural
    static func schedule(item: String, phases: SettingGroup) -> [Setting] {
        [
            name,
            Setting(
                "seed", .seed, "", .required,
                """
                Where all random numbers begin: first weights, segments, noise. The same seed on \
                the same data gives the same weights.
                """),
            Setting(
                "phases", .list(.group(phases), count: 1...1000), "", .required,
                "Stretches of training, one behind the other."),
            Setting(
                "batch", .whole(1...65_536), item, .usual,
                """
                Items of a step; a multiple of `shards`. Larger: a steadier gradient, fewer steps \
                an hour.
                """),
            Setting(
                "shards", .whole(1...64), "", .usual,
                """
                Parts that a batch is divided into, one thread each. The result depends on it, \
                not on the number of threads.
                """),
            Setting(
                "clip", .real(0...1e12), "", .usual,
                """
                Largest global norm of a gradient; a longer one is scaled down to it. Smaller: \
                steadier, slower.
                """),
            Setting(
                "beta1", .real(0...1), "", .usual,
                "Adam: what is kept a step of the mean of gradients."),
            Setting(
                "beta2", .real(0...1), "", .usual,
                "Adam: what is kept a step of the mean of squared gradients."),
            Setting(
                "averageDecay", .real(0...1), "", .usual,
                """
                What is kept a step of the average of the weights, which is what is validated and \
                exported: .999 averages over about 1000 steps.
                """),
            Setting(
                "validateEvery", .whole(1...1_000_000_000), "steps", .usual,
                "From one validation to the next; one more at the end."),
            Setting(
                "checkpointEvery", .whole(1...1_000_000_000), "steps", .usual,
                "From one checkpoint to the next; one more wherever training ends."),
        ]
    }

    /// The settings of a `TrainingPhase` that are not the task's own.
    static let phase: [Setting] = [
        Setting("name", .text, "", .required, "What the phase is called in curves and messages."),
        Setting(
            "steps", .whole(steps), "steps", .required, "Length of the phase; 0 leaves it out."),
        Setting(
            "train", .list(.text, count: 0...10_000), "", .means("all, see Docs/training.md"),
            """
            Parameters whose names begin with one of these words are trained, the others stay as \
            they are.
            """),
        Setting(
            "learningRate", .real(0...1e6), "", .required,
            "Learning rate (of Adam) behind the warm-up."),
        Setting(
            "finalLearningRate", .real(0...1e6), "", .required,
            "Learning rate at the end of the schedule, reached along half a cosine."),
        Setting(
            "warmup", .whole(steps), "steps", .means("200"),
            "Linear rise of the learning rate from 0 at the start of the phase."),
        Setting(
            "scheduleSteps", .whole(steps), "steps", .means("steps"),
            """
            Length of the cosine; longer than `steps`: the phase stops before the learning rate \
            has come down.
            """),
    ]

    static let augmentation = SettingGroup(
        "augmentation",
        """
        Random changes of training segments, drawn anew for each, so that a few hours of speech \
        cover more voices and places.
        """,
        defaults: Augmentation(),
        [
            Setting(
                "speedProbability", .real(0...1), "", .usual,
                "Share of segments whose speed and pitch are changed together."),
            Setting(
                "speed", .real(0...4), "", .usual,
                """
                The largest change of speed s: a factor from 1 / (1 + s) to 1 + s, uniform in its \
                logarithm.
                """),
            Setting(
                "noiseProbability", .real(0...1), "", .usual,
                "Share of segments with background noise mixed in; above 0 needs `--noise`."),
            Setting(
                "lowestSNR", .real(-200...200), "dB", .usual,
                "Lowest ratio of speech to noise; drawn uniformly."),
            Setting(
                "highestSNR", .real(-200...200), "dB", .usual,
                "Highest ratio of speech to noise, at least `lowestSNR`."),
            Setting(
                "noiseSpeed", .real(0...4), "", .means("none"),
                "The largest change of the noise's speed, as `speed`."),
            Setting(
                "noiseTilt", .real(0...0.99), "", .means("none"),
                """
                Largest coefficient a of a filter y[n] = x[n] + a y[n - 1] of the noise, drawn \
                from -a to a.
                """),
            Setting(
                "secondNoise", .real(0...1), "", .means("0"),
                "Share of the segments with noise that get another one, at a ratio of its own."),
            Setting(
                "stationaryNoise", .real(0...1), "", .means("0"),
                "Share of noises that are white noise, through the filter, and no recording."),
            Setting(
                "babble", .real(0...1), "", .means("0"),
                "Share of noises that are three to eight people of the training speech at once."),
            Setting(
                "noiseEqualisation", .real(0...60), "dB", .means("none"),
                """
                Largest gain, up or down, of three peaking filters (quality 0.7) of the noise; \
                frequencies from 0.006 to 0.45 of the sample rate, uniform in the logarithm.
                """),
            Setting(
                "noiseModulation", .real(0...60), "dB", .means("none"),
                """
                Largest change of the noise's level within a segment, up or down: two to ten \
                levels at equal distances, linear between them.
                """),
        ])

    /// - Parameter what: whose level is drawn
    static func levels(_ what: String) -> [Setting] {
        [
            Setting(
                "lowestLevel", .real(-120...0), "dBFS RMS", .usual,
                "Lowest level that \(what) are scaled to; drawn uniformly in dB."),
            Setting(
                "highestLevel", .real(-120...0), "dBFS RMS", .usual,
                "Highest level of \(what), at least `lowestLevel`."),
        ]
    }
}
