extension CodecTrainingConfiguration {
    static let compressionSettings = SettingGroup(
        "compression",
        """
        How the weights of a trained model are made small. Training starts from that model; \
        parameters of fewer than 1024 values stay as they are.
        """,
        defaults: CompressionSettings(),
        [
            Setting(
                "model", .text, "", .usual,
                """
                Model to start from: a built-in one's name, or a path. `network` must be its \
                network, or that with fewer modules.
                """),
            Setting(
                "method", .choice(CompressionSettings.Method.allCases.map(\.rawValue)), "", .usual,
                """
                `straight-through`: multiples of a trained step of each column (LSQ). `gq`: \
                trained centroids in a mu-law space, assigned softly, then hard. `s8bqat`: \
                Lloyd-Max centroids of the model on the 8-bit grid, which weights are pulled to.
                """),
            Setting(
                "bits", .whole(2...8), "bits", .usual,
                "Of a weight: 2^bits - 1 different values (straight-through), or 2^bits."),
            Setting(
                "exceptions",
                .list(
                    .group(
                        SettingGroup(
                            "compression.exceptions[]", "Other bits for some parameters.",
                            defaults: [String: Int](),
                            [
                                Setting(
                                    "parameters", .text, "", .required,
                                    "What their names begin with."),
                                Setting("bits", .whole(2...8), "bits", .required, "Of theirs."),
                            ])), count: 0...1000), "", .means("none"),
                "Other bits for some parameters; the last one that fits counts."),
            Setting(
                "targetKilobytes", .real(0.001...1e6), "KB of 1024 bytes", .means("no price"),
                """
                What the range coder shall need for all these weights: a price on their bits rises \
                while they need more, and falls while they need less. Only straight-through.
                """),
            Setting(
                "sparsity", .real(0...0.99), "", .means("none"),
                """
                Share of each matrix that is zero after four fifths of the steps (CSP); it rises \
                as 1 - (1 - t)^3, and the last fifth keeps what is zero.
                """),
            Setting(
                "sparsityEvery", .whole(1...1_000_000), "steps", .usual,
                "From one sparsity step to the next."),
            Setting(
                "pull", .real(0...1e6), "", .usual,
                "rho: half of it times the squared distance to the last sparse weights is a loss."),
            Setting(
                "sharpness", .list(.real(1e-3...1e6), count: 2...2), "", .usual,
                "Of soft assignment, at the start and when it turns hard (gq)."),
            Setting("mu", .real(0.01...1e6), "", .usual, "Of the mu-law space (gq)."),
            Setting(
                "hardFrom", .real(0...1), "", .usual,
                "Share of the steps after which assignment is hard (gq)."),
            Setting(
                "regulariser", .real(0...1e6), "", .usual,
                """
                Weight in the end of the mean absolute cosine between centroids, which rises \
                linearly (s8bqat).
                """),
            Setting(
                "snapEvery", .whole(1...1_000_000), "steps", .usual,
                "Steps from one hard compression to the next (s8bqat)."),
            Setting(
                "distillation", .real(0...1e6), "", .means("none"),
                """
                Weight of W, as of `loss.weightedSNR`, between what the trained model decodes and \
                what this one does.
                """),
        ])
}
