import NeuralNetwork

/// Sizes of the codecs as the papers describe them (Docs/papers.md): frames of 512 samples, a
/// cascade of convolutional autoencoders on residuals.
///
/// They are trainable baselines, and what models of `ModelFamily.timeDomainCascade` code with.
public struct PaperNetworkConfiguration: Codable, Sendable, Equatable {
    /// Residual block that a module is made of.
    public enum Layout: String, Codable, Sendable {
        /// Gated block of the later papers, depthwise-separable up-sampling (NWC; Docs/papers.md,
        /// B.1, B.2).
        case gated
        /// Plain bottleneck block, full convolution before the sub-pixel shuffle (CMRL 2019;
        /// Docs/papers.md, B.3).
        case bottleneck
    }

    /// One autoencoder of the cascade.
    public struct Module: Codable, Sendable, Equatable {
        public var layout: Layout
        /// Taps of the convolutions at the input, before the code and at the output.
        public var inputTaps: Int
        public var codeTaps: Int
        public var outputTaps: Int
        /// Channels between blocks and inside blocks.
        public var wide: Int
        public var narrow: Int
        /// Stages of stride 2: 1 gives a code of 256 values a frame, 2 gives 128.
        public var stages: Int
        /// Centroids of the quantiser.
        public var centroids: Int

        enum CodingKeys: String, CodingKey, CaseIterable {
            case layout, inputTaps, codeTaps, outputTaps, wide, narrow, stages, centroids
        }

        public init(
            layout: Layout, inputTaps: Int, codeTaps: Int, outputTaps: Int, wide: Int = 100,
            narrow: Int = 20, stages: Int = 1, centroids: Int = 32
        ) {
            self.layout = layout
            self.inputTaps = inputTaps
            self.codeTaps = codeTaps
            self.outputTaps = outputTaps
            self.wide = wide
            self.narrow = narrow
            self.stages = stages
            self.centroids = centroids
        }

        /// The final NWC module ("gln"): 229,841 parameters before the code, 120,311 behind it.
        public static let nwc = Module(layout: .gated, inputTaps: 55, codeTaps: 55, outputTaps: 55)
        /// The module of CMRL (2019): 446,552 parameters.
        public static let cmrl = Module(
            layout: .bottleneck, inputTaps: 9, codeTaps: 9, outputTaps: 9)

        /// Values of a frame's code.
        public var codeLength: Int { PaperFraming.frame >> stages }
    }

    public var modules: [Module]
    /// Factor on what module 2 and later see; their output is divided by it (Docs/papers.md, D.1).
    public var residualScale: Double

    enum CodingKeys: String, CodingKey, CaseIterable { case modules, residualScale }

    public init(modules: [Module], residualScale: Double = 1) {
        self.modules = modules
        self.residualScale = residualScale
    }

    /// Range checks before anything is allocated.
    public func validate() throws(NetworkConfigurationError) {
        try NetworkConfigurationError.check("modules", modules.count, 1...8)
        for module in modules {
            try NetworkConfigurationError.check("inputTaps", module.inputTaps, 1...127)
            try NetworkConfigurationError.check("codeTaps", module.codeTaps, 1...127)
            try NetworkConfigurationError.check("outputTaps", module.outputTaps, 1...127)
            try NetworkConfigurationError.check("narrow", module.narrow, 1...256)
            try NetworkConfigurationError.check("stages", module.stages, 1...4)
            try NetworkConfigurationError.check("wide", module.wide, (1 << module.stages)...512)
            try NetworkConfigurationError.check(
                "wide modulo 2^stages", module.wide % (1 << module.stages), 0...0)
            try NetworkConfigurationError.check("centroids", module.centroids, 2...256)
        }
        guard residualScale.isFinite, residualScale > 0 else {
            throw .notPositive(name: "residualScale", value: residualScale)
        }
    }

    /// Numbers of the network's parameters.
    package var parameterCount: Int {
        let store = ParameterStore<Float>.counting()
        _ = PaperCascade(store, self)
        return store.count
    }

    /// kbit/s (1 k = 1000) of a module whose code costs so many bits a value: 33.33 frames a
    /// second.
    public static func kbps(bitsPerValue: Double, codeLength: Int) -> Double {
        Double(PaperFraming.sampleRate) / Double(PaperFraming.hop) * Double(codeLength)
            * bitsPerValue / 1000
    }
}
