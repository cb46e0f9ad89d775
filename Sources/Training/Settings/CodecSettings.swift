import CMRLCodec

extension CodecTrainingConfiguration {
    public static var settings: SettingGroup {
        SettingGroup(
            "The codec",
            "No `family`. A cascade of modules that quantise coefficients of a lapped transform.",
            defaults: Self(name: "", seed: 1, network: NetworkConfiguration(), phases: []),
            CommonSettings.schedule(item: "segments", phases: phaseSettings) + [
                Setting(
                    "network", .group(networkSettings), "", .required, "What the network is."),
                Setting(
                    "loss", .group(lossSettings), "", .usual,
                    "Weights of what is minimised, where a phase has no `loss` of its own."),
                Setting(
                    "compression", .group(compressionSettings), "", .means("none"),
                    "Makes the weights of a trained model small instead of training from the start."
                ),
                Setting(
                    "segmentFrames", .whole(2...100_000), "frames", .usual,
                    """
                    Length of a segment in frames of `network.hop` samples; a multiple of \
                    `network.framesPerBlock`.
                    """),
                Setting(
                    "lowestRate", .real(0.1...1000), "kbit/s", .usual,
                    "Rate that rate position 0 (rate index 0) aims at."),
                Setting(
                    "highestRate", .real(0.1...1000), "kbit/s", .usual,
                    "Rate that rate position 1 (rate index 255) aims at; at least `lowestRate`."),
            ] + CommonSettings.levels("segments"))
    }

    static let phaseSettings = SettingGroup(
        "phases[]", "A stretch of training with one schedule of the learning rate.",
        defaults: [String: Int](),
        CommonSettings.phase + [
            Setting(
                "layers", .whole(1...8), "modules", .required,
                "Modules of the cascade that run, at most those of `network.modules`."),
            Setting(
                "randomLayers", .flag, "", .means("false"),
                """
                The number of modules is drawn anew each step, so that every prefix is trained \
                (CMRL's joint phase).
                """),
            Setting(
                "layerDistance", .real(0...1), "rate positions", .means("drawn at random"),
                """
                Every module that far below the one above it in rate, as encoders choose them \
                (60/255).
                """),
            Setting(
                "hardSymbols", .flag, "", .means("false"),
                """
                The rate is counted on rounded symbols instead of on those with uniform noise: \
                for the end of training.
                """),
            Setting(
                "randomSigns", .flag, "", .means("as the phase before"),
                """
                From this phase on coefficients change sign at random around the modules: what \
                the decoder invents is noise, not a tone.
                """),
            Setting(
                "augmentation", .group(CommonSettings.augmentation), "", .means("none"),
                "Random changes of the segments."),
            Setting(
                "loss", .group(lossSettings), "", .means("that of the configuration"),
                "Weights of this phase; they replace those of the configuration as a whole."),
        ])

    static let lossSettings = SettingGroup(
        "loss",
        """
        Weights of what is minimised: weightedSNR * W + mel * M + loudness * L + \
        lambda(position) * kbit/s. A term without weight is not computed.
        """,
        defaults: Loss(),
        [
            Setting(
                "weightedSNR", .real(EncodingObjective.weights), "", .usual,
                """
                Weight of W, log10 of the weighted ratio of noise to signal in frames of 20 ms: \
                keeps the waveform.
                """),
            Setting(
                "mel", .real(EncodingObjective.weights), "", .usual,
                """
                Weight of M, the mean difference of log mel magnitudes in five resolutions: keeps \
                the spectrum.
                """),
            Setting(
                "loudness", .real(EncodingObjective.weights), "", .means("0"),
                """
                Weight of L, the loudness distance in Bark bands with masking: moves bits to \
                where they are heard.
                """),
            Setting(
                "clippedLoudness", .flag, "", .means("false"),
                "Nothing below the threshold in quiet counts in L."),
            Setting(
                "prefix", .real(EncodingObjective.weights), "", .usual,
                """
                In phases of several modules: weight of the sound of the lower ones alone, \
                relative to that of all.
                """),
            Setting(
                "exponent", .real(EncodingObjective.exponents), "", .usual,
                """
                Of the weighting in W: both spectra are divided by the signal's own to this \
                power. 0 = plain SNR; 1 = noise as far below the signal everywhere.
                """),
            Setting(
                "lambda", .real(EncodingObjective.weights), "per kbit/s", .usual,
                "Price of a kbit/s at 27 kbit/s. Higher: lower rates at the same position."),
            Setting(
                "lambdaSlope", .real(EncodingObjective.slopes), "", .usual,
                """
                Growth of the price towards low rates: lambda(position) = lambda (27 / rate) to \
                this power.
                """),
            Setting(
                "priorityWeighting", .real(EncodingObjective.weights), "", .means("0"),
                "Weight of the loss that counts what lies above the masking threshold more."),
            Setting(
                "noiseModulation", .real(EncodingObjective.weights), "", .means("0"),
                "Weight of the loss on noise above the masking threshold."),
            Setting(
                "maskingForm", .choice(["published", "smooth"]), "", .means("smooth"),
                """
                Of the two losses before: `published` has no gradient where they are cut off, \
                `smooth` has one everywhere.
                """),
        ])

    static let networkSettings = SettingGroup(
        "network", "Sizes of the codec; they are stored in every model file.",
        defaults: NetworkConfiguration(),
        [
            Setting(
                "sampleRate", .whole(SignalFormat.sampleRateRange), "Hz", .usual,
                "Of the sound that is coded; speech of other rates is converted."),
            Setting(
                "channels", .whole(1...1), "", .usual,
                "Channels that are coded together; training takes one."),
            Setting(
                "hop", .whole(SignalFormat.hopRange), "samples", .usual,
                """
                From one frame to the next, and coefficients of a frame; the window is twice as \
                long.
                """),
            Setting(
                "framesPerBlock", .whole(SignalFormat.framesPerBlockRange), "frames", .usual,
                """
                Frames that share an envelope, the unit of packets; a block has \
                \(SettingsCheck.text(SignalFormat.blockSamplesRange)) samples. More: less side \
                information, more delay.
                """),
            Setting(
                "bands", .whole(2...64), "", .usual,
                "Mel-spaced bands of the envelope (side information of every module)."),
            Setting(
                "envelopeContext", .whole(1...256), "units", .usual,
                "Recurrent state of the envelope's entropy model."),
            Setting(
                "rateKnots", .whole(2...16), "", .usual,
                "Points of the rate scale at which quantiser steps are trained."),
            Setting(
                "modules", .list(.group(moduleSettings), count: 1...8), "", .usual,
                "The cascade; every module codes what those before it left."),
            Setting(
                "randomSigns", .flag, "", .means("false"),
                "Random signs around the modules in all phases, see `phases[].randomSigns`."),
            Setting(
                "pairRotation", .flag, "", .means("false"),
                """
                Encoders rotate neighbouring channels band by band, so that what both have in \
                common is coded once; training, of single channels, does not mind.
                """),
            Setting(
                "attackGain", .flag, "", .means("false"),
                """
                What comes before an attack is amplified in front of the transform and attenuated \
                behind it, with the noise of coding.
                """),
            Setting(
                "lineSpectrum", .group(lineSpectrumSettings), "", .means("envelope by bands"),
                "An envelope by linear prediction, for experiments: trained, but no bitstream."),
        ])

    private static let moduleSettings = SettingGroup(
        "network.modules[]", "An autoencoder with a quantiser and an entropy model.",
        defaults: NetworkConfiguration.Module(),
        [
            Setting(
                "encoderBlocks", .whole(0...8), "", .usual, "Gated blocks before the quantiser."),
            Setting(
                "decoderBlocks", .whole(0...8), "", .usual,
                "Gated blocks behind the quantiser; at least 1 with `noiseFilling`."),
            Setting(
                "hidden", .whole(1...512), "channels", .usual,
                "Inside a gated block. The size of encoder and decoder grows with it."),
            Setting(
                "context", .whole(1...256), "units", .usual,
                "Recurrent state of the entropy model of coefficients."),
            Setting(
                "local", .whole(1...16), "units", .usual,
                "Hidden units of the entropy model's part for each coefficient."),
            Setting(
                "noiseFilling", .flag, "", .usual,
                "The last decoder block also sets the level of noise in every coefficient."),
        ])

    private static let lineSpectrumSettings = SettingGroup(
        "network.lineSpectrum", "An envelope by linear prediction.",
        defaults: NetworkConfiguration.LineSpectrum(),
        [
            Setting(
                "order", .whole(2...32), "", .usual,
                "Line spectral frequencies of a block; an even number."),
            Setting(
                "steps", .list(.real(0.0001...1), count: 2...32), "radians", .means("all 0.04"),
                "First quantiser steps, one a frequency."),
        ])
}
