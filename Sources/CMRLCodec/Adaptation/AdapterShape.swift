import NeuralNetwork

/// Which numbers of a network a patch changes, and how.
package struct AdapterShape: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Values that are the same for a band of coefficients are added to gains, exponent, the
        /// output of the entropy models and the level of noise: `bands` or fewer numbers each.
        case bands
        /// The same for every coefficient on its own.
        case shifts
        /// Outputs of the gated blocks' layers are scaled, one by one, and what `bands` adds.
        case scales
        /// A product of two narrow matrices is added to matrices of gated blocks and entropy model
        /// (Hu et al. 2021, LoRA), and what `bands` adds.
        case lowRank = "low-rank"
        /// The same with both matrices in tensor-train form of two cores each (Yang et al. 2024,
        /// AdaZeta).
        case tensorTrain = "tensor-train"

        /// As patches say it.
        var code: UInt8 { UInt8(truncatingIfNeeded: Self.allCases.firstIndex(of: self) ?? 0) }

        var hasRank: Bool { self == .lowRank || self == .tensorTrain }
    }

    package var kind: Kind
    /// Of the products; 0 where there are none.
    package var rank: Int

    package static let ranks = 1...8

    package init(_ kind: Kind, rank: Int = 0) {
        self.kind = kind
        self.rank = kind.hasRank ? rank : 0
    }

    /// Whether there is such an adapter.
    package var isPossible: Bool { kind.hasRank ? Self.ranks.contains(rank) : rank == 0 }

    /// What is changed, in the order of a patch's numbers. Module 1 and the envelope only: further
    /// modules stay as they are.
    package func parts<S: EngineScalar>(of network: CodecNetwork<S>) -> [AdapterPart] {
        guard let module = network.modules.first else { return [] }
        let coder = network.envelope.coder
        var parts: [AdapterPart] = []
        func add(
            _ target: Parameter, _ form: AdapterPart.Form, _ unit: Float,
            columns: Range<Int>? = nil
        ) {
            parts.append(
                AdapterPart(
                    number: parts.count, target: target, columns: columns ?? 0..<target.columns,
                    form: form, unit: unit))
        }
        let perCoefficient: AdapterPart.Form =
            kind == .shifts ? .shift : .bands(network.configuration.envelopeWidth)
        add(module.gain.rows, perCoefficient, 0.1)
        add(network.exponent.rows, perCoefficient, 0.05)
        add(coder.gain.rows, .shift, 0.05)
        if let bias = coder.output.bias { add(bias, .shift, 0.1) }
        if let bias = module.context.output.bias { add(bias, perCoefficient, 0.1) }
        // What the decoder's last block says of noise stands behind what it says of coefficients.
        let width = network.configuration.frameWidth
        if let bias = module.decoder.last?.leave.bias, bias.columns == 2 * width {
            add(bias, perCoefficient, 0.01, columns: width..<2 * width)
        }
        let blocks = module.encoder + module.decoder
        switch kind {
        case .bands, .shifts: break
        case .scales:
            for block in blocks {
                for layer in [block.enter, block.filter, block.leave] {
                    add(layer.weight, .scale, 0.02)
                }
            }
        case .lowRank, .tensorTrain:
            let form: AdapterPart.Form = kind == .lowRank ? .lowRank(rank) : .tensorTrain(rank)
            for block in blocks {
                for layer in [block.enter, block.leave] { add(layer.weight, form, 0.02) }
            }
            for layer in [module.context.side, module.context.output] {
                add(layer.weight, form, 0.02)
            }
        }
        return parts
    }
}
