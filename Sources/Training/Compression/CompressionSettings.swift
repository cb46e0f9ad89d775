/// How weights are made small while they are trained.
public struct CompressionSettings: Codable, Sendable, Equatable {
    /// How a weight's value is chosen from a few.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// Multiples of a trained step a column, rounded straight through (Esser et al. 2020, LSQ).
        case straightThrough = "straight-through"
        /// Trained centroids in a mu-law space, assigned softly, then hard (GQ, arXiv 2210.09188).
        case gq
        /// Lloyd-Max centroids of the start on the 8-bit grid, a regulariser that pulls weights to
        /// them, and hard compression now and then (S8BQAT, arXiv 2206.15408).
        case s8bqat
    }

    /// Bits of parameters whose names begin with a prefix.
    public struct Exception: Codable, Sendable, Equatable {
        public var parameters: String
        public var bits: Int

        public init(parameters: String, bits: Int) {
            self.parameters = parameters
            self.bits = bits
        }
    }

    /// The trained model to start from: a built-in one's name, or a path.
    public var model = "default"
    public var method = Method.straightThrough
    /// Of a weight: 2^bits - 1 values (straight-through) or 2^bits (the other methods).
    public var bits = 4
    public var exceptions: [Exception]?
    /// Coded size of the integers that training holds, 1 KB = 1024 bytes; nil = their entropy has
    /// no price. Straight-through only.
    public var targetKilobytes: Double?
    /// Share of weights that are zero in the end (CSP, arXiv 2102.04932); nil = as comes.
    public var sparsity: Double?
    /// Steps between two sparsity steps.
    public var sparsityEvery = 100
    /// rho of the error-reduction steps between them.
    public var pull = 0.01
    /// Sharpness of soft assignment at the start and at the end (gq).
    public var sharpness = [20.0, 1000.0]
    /// mu of the mu-law space (gq).
    public var mu = 15.0
    /// Share of the steps after which assignment is hard (gq).
    public var hardFrom = 0.7
    /// Weight of the regulariser in the end; it rises linearly (s8bqat).
    public var regulariser = 1.0
    /// Steps between two hard compressions (s8bqat).
    public var snapEvery = 500
    /// Weight of the distance to what the start makes of the same segment; nil = no such term.
    public var distillation: Double?

    public init() {}

    /// Bits of a parameter.
    func bits(of name: String) -> Int {
        exceptions?.last { name.hasPrefix($0.parameters) }?.bits ?? bits
    }

    package func validate() throws(ConfigurationProblem) {
        try ConfigurationProblem.check("compression.bits", bits, 2...8)
        for exception in exceptions ?? [] {
            try ConfigurationProblem.check(
                "compression.exceptions: bits of \(exception.parameters)", exception.bits, 2...8)
        }
        if let targetKilobytes {
            try ConfigurationProblem.check(
                "compression.targetKilobytes", targetKilobytes, 0.001...1e6)
            guard method == .straightThrough else {
                throw ConfigurationProblem(
                    """
                    compression.targetKilobytes is \(targetKilobytes), which method \
                    \(method.rawValue) does not know; only straight-through does
                    """)
            }
        }
        try ConfigurationProblem.check("compression.sparsity", sparsity ?? 0, 0...0.99)
        try ConfigurationProblem.check("compression.sparsityEvery", sparsityEvery, 1...1_000_000)
        try ConfigurationProblem.check("compression.pull", pull, 0...1e6)
        guard sharpness.count == 2 else {
            throw ConfigurationProblem(
                "compression.sharpness has \(sharpness.count) values, must have 2: start and end")
        }
        for value in sharpness {
            try ConfigurationProblem.check("compression.sharpness", value, 1e-3...1e6)
        }
        try ConfigurationProblem.check("compression.mu", mu, 0.01...1e6)
        try ConfigurationProblem.check("compression.hardFrom", hardFrom, 0...1)
        try ConfigurationProblem.check("compression.regulariser", regulariser, 0...1e6)
        try ConfigurationProblem.check("compression.snapEvery", snapEvery, 1...1_000_000)
        try ConfigurationProblem.check("compression.distillation", distillation ?? 0, 0...1e6)
    }
}
