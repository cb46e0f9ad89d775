import CMRLCodec
import Training
import Foundation
import Testing

/// The loss of a phase: all of it is trained, and all of it is checked.
@Suite struct PhaseLossTests {
    /// A phase's own loss gives the weights that the same loss of the configuration gives.
    @Test func phasesTrainTheirOwnLoss() throws {
        let speech = try Speech()
        let corpus = try speech.corpus()
        var other = CodecTrainingConfiguration.Loss()
        func weights(_ change: (inout CodecTrainingConfiguration) -> Void) throws -> [Float] {
            var configuration = try TrainerTests.configuration()
            change(&configuration)
            let trainer = try configuration.makeTrainer(TrainingData(train: corpus))
            for _ in 0..<2 { _ = try trainer.advance() }
            return trainer.store.values
        }
        for (exponent, loudness, clipped) in [(1.2, nil, nil), (0.6, 0.5, false), (0.6, 0.5, true)]
            as [(Double, Double?, Bool?)]
        {
            (other.exponent, other.loudness, other.clippedLoudness) = (exponent, loudness, clipped)
            let phase = try weights { $0.phases[0].loss = other }
            #expect(try phase == weights { $0.loss = other }, "\(other)")
            #expect(try phase != weights { _ in }, "\(other)")
            if clipped == true { #expect(try phase != weights { $0.loss.loudness = loudness }) }
        }
    }

    /// What a model file could not say is refused before training.
    @Test func lossesAreChecked() throws {
        func problem(_ change: (inout CodecTrainingConfiguration.Loss) -> Void) throws -> [String] {
            try [true, false].map { ofPhase in
                var configuration = try TrainerTests.configuration()
                var loss = configuration.loss
                change(&loss)
                if ofPhase {
                    configuration.phases[1].loss = loss
                } else {
                    configuration.loss = loss
                }
                do { try configuration.validate() } catch { return "\(error)" }
                return "valid"
            }
        }
        #expect(try problem { _ in } == ["valid", "valid"])
        #expect(
            try problem { $0.exponent = 3 }
                == ["phase two: ", ""].map { "\($0)loss.exponent is 3.0, possible are 0.0 ... 2.0" }
        )
        #expect(
            try problem { $0.lambda = -0.1 }
                == ["phase two: ", ""].map {
                    "\($0)loss.lambda is -0.1, possible are 0.0 ... 1000000.0"
                })
        for change: (inout CodecTrainingConfiguration.Loss) -> Void in [
            { $0.weightedSNR = .nan }, { $0.mel = -1 }, { $0.loudness = .infinity },
            { $0.prefix = -1 }, { $0.lambdaSlope = 11 }, { $0.noiseModulation = -1 },
            { $0.priorityWeighting = 1e300 },
        ] {
            let problems = try problem(change)
            #expect(
                problems.allSatisfy { $0.contains("loss.") && $0.contains("possible are") },
                "\(problems)")
        }
    }

    @Test func shippedConfigurationsAreValid() throws {
        let folder = CheckpointTests.root + "/Configs"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        for name in names {
            #expect(throws: Never.self, "\(name)") {
                try ConfigurationFile.read("\(folder)/\(name)")
            }
        }
        #expect(names.count >= 8)
    }
}
