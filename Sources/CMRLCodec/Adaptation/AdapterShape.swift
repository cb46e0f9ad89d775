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
        let isWide = kind == .shifts
        let bands = network.configuration.envelopeWidth
        let width = network.configuration.frameWidth
        func perCoefficient(_ target: Parameter, _ unit: Float, from first: Int = 0) -> AdapterPart
        {
            AdapterPart(
                target: target, columns: first..<first + width,
                form: isWide ? .shift : .bands(bands), unit: unit)
        }
        func all(_ target: Parameter, _ form: AdapterPart.Form, _ unit: Float) -> AdapterPart {
            AdapterPart(target: target, columns: 0..<target.columns, form: form, unit: unit)
        }
        var parts = [
            perCoefficient(module.gain.rows, 0.05), perCoefficient(network.exponent.rows, 0.02),
            all(coder.gain.rows, .shift, 0.05),
        ]
        if let bias = coder.output.bias { parts.append(all(bias, .shift, 0.05)) }
        if let bias = module.context.output.bias { parts.append(perCoefficient(bias, 0.05)) }
        if let bias = module.decoder.last?.leave.bias, bias.columns == 2 * width {
            parts.append(perCoefficient(bias, 0.02, from: width))
        }
        let blocks = module.encoder + module.decoder
        switch kind {
        case .bands, .shifts: break
        case .scales:
            for block in blocks {
                for layer in [block.enter, block.filter, block.leave] {
                    parts.append(all(layer.weight, .scale, 0.02))
                }
            }
        case .lowRank, .tensorTrain:
            let form: AdapterPart.Form = kind == .lowRank ? .lowRank(rank) : .tensorTrain(rank)
            for block in blocks {
                for layer in [block.enter, block.leave] {
                    parts.append(all(layer.weight, form, 0.02))
                }
            }
            for layer in [module.context.side, module.context.output] {
                parts.append(all(layer.weight, form, 0.02))
            }
        }
        return parts
    }
}
