import Training
import Foundation
import Testing

/// Settings that do not exist are refused by name, at any depth, in both families of
/// configurations.
@Suite struct ConfigurationNamesTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Configs")

    /// The reason why a configuration is refused, nil if it is not.
    private func refusal(_ name: String, _ change: (inout [String: Any]) -> Void) throws -> String?
    {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent(name))
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        change(&object)
        do {
            _ = try ConfigurationFile.parse(
                JSONSerialization.data(withJSONObject: object), path: name)
        } catch TrainingError.badConfiguration(_, let reason) {
            return reason
        }
        return nil
    }

    private func change(
        _ object: inout [String: Any], in list: String, _ index: Int, _ name: String,
        _ value: Any? = 1
    ) {
        guard var entries = object[list] as? [[String: Any]] else { return }
        entries[index][name] = value
        object[list] = entries
    }

    @Test(arguments: [
        ("default.json", "hiden", "hidden"), ("paper-cmrl.json", "narow", "narrow"),
    ])
    func unknownSettings(name: String, misspelt: String, meant: String) throws {
        #expect(try refusal(name) { _ in } == nil)
        #expect(try refusal(name) { $0["learningRte"] = 3 } == "no setting is called learningRte")
        #expect(
            try refusal(name) { change(&$0, in: "phases", 1, "stepz") }
                == "no setting is called phases[1].stepz (steps?)")
        let network = try refusal(name) { object in
            guard var network = object["network"] as? [String: Any] else { return }
            change(&network, in: "modules", 0, misspelt)
            object["network"] = network
        }
        #expect(network == "no setting is called network.modules[0].\(misspelt) (\(meant)?)")
        // A name without a value is as good as none.
        #expect(try refusal(name) { $0["later"] = NSNull() } == nil)
    }

    /// Whatever is wrong with single settings is said at once: unknown names, also where the right
    /// one is missing for it, types and ranges.
    @Test func allAtOnce() throws {
        let reason = try refusal("default.json") { object in
            change(&object, in: "phases", 0, "learningRate", nil)
            change(&object, in: "phases", 0, "learningRat", 0.1)
            change(&object, in: "phases", 1, "hardSymbols", 1)
            change(&object, in: "phases", 1, "layers", 1.5)
            object["batch"] = "16"
            object["seed"] = -1
            object["loss"] = ["exponent": 3, "mell": 1]
            object["network"] = [1]
        }
        #expect(
            reason
                == """
                8 problems
                  seed is -1, possible are 0 ... 18446744073709551615
                  no setting is called phases[0].learningRat (learningRate?)
                  phases[0].learningRate: missing
                  phases[1].layers is 1.5, must be a whole number
                  phases[1].hardSymbols is 1, must be true or false
                  batch is "16", must be a whole number
                  network: must be an object, {...}, not [1]
                  no setting is called loss.mell (mel?)
                  loss.exponent is 3.0, possible are 0.0 ... 2.0
                """.replacing("8 problems", with: "9 problems"))
    }

    /// Numbers mean what they are, however they are written.
    @Test func numbers() throws {
        func read(_ text: String) throws -> CodecTrainingConfiguration {
            let small = """
                {"name": "a", "seed": \(text), "network": {}, "phases": [{"name": "b", \
                "steps": 1e2, "layers": 1, "learningRate": 1, "finalLearningRate": 0}]}
                """
            let configuration = try ConfigurationFile.parse(Data(small.utf8), path: "x")
            return try #require(configuration as? CodecTrainingConfiguration)
        }
        #expect(try read("18446744073709551615").seed == .max)
        let read = try read("1.0")
        #expect(read.seed == 1 && read.phases[0].steps == 100)
        // What is left out has its default.
        #expect(
            read
                == CodecTrainingConfiguration(
                    name: "a", seed: 1, network: .init(), phases: read.phases))
    }
}
