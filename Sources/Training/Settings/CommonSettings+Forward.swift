extension CommonSettings {
    static let forward = SettingGroup(
        "forward", "Training by forward passes alone; see [adaptation](adaptation.md).",
        defaults: ForwardSettings(),
        [
            Setting(
                "method", .choice(ForwardSettings.Method.allCases.map(\.rawValue)), "", .usual,
                """
                `mezo`: two-sided differences along random directions; `adazeta`: the same with \
                more queries as it goes on; `mazo`: the same on the most important numbers of \
                several tasks; `fzoo`: one-sided, steps divided by the spread of losses; `quzo`: \
                on a grid of few bits.
                """),
            Setting(
                "radius", .real(1e-6...1e3), "units", .usual,
                "Distance at which losses are evaluated; `quzo`: in steps of the grid."),
            Setting(
                "queries", .whole(1...1000), "", .usual,
                "Directions of a step; `adazeta`: the least of them."),
            Setting(
                "mostQueries", .whole(1...1000), "", .usual, "The most of them, of `adazeta`."),
            Setting(
                "queryFactor", .real(0...1000), "", .usual,
                "a in a e^b, the directions in epoch e of 10 steps, of `adazeta`."),
            Setting("queryExponent", .real(0...4), "", .usual, "b in a e^b."),
            Setting(
                "bits", .whole(2...8), "", .usual, "Of an integer with its sign, of `quzo`."),
            Setting(
                "gridStep", .real(1e-3...16), "units", .usual,
                "What an integer of 1 means, of `quzo`."),
            Setting(
                "guardSteps", .whole(0...1_000_000), "steps", .usual,
                """
                Windows over which losses are compared: where they rise it goes back and halves \
                its step; 0 = only where they are no numbers.
                """),
            Setting(
                "decay", .real(0...1e3), "", .usual, "Pull of the numbers towards zero."),
            Setting(
                "share", .real(0.001...1), "", .usual,
                "Part of the numbers that may move, of `mazo`."),
        ])
}
