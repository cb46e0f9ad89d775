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
        _ object: inout [String: Any], in list: String, _ index: Int, _ name: String
    ) {
        guard var entries = object[list] as? [[String: Any]] else { return }
        entries[index][name] = 1
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
        #expect(
            try refusal(name) { object in
                change(&object, in: "phases", 0, "hardSymbol")
                change(&object, in: "phases", 1, "warmpu")
            } == "no setting is called phases[0].hardSymbol (hardSymbols?), "
                + "nor phases[1].warmpu (warmup?)", "names that are not set, all at once")
        let network = try refusal(name) { object in
            guard var network = object["network"] as? [String: Any] else { return }
            change(&network, in: "modules", 0, misspelt)
            object["network"] = network
        }
        #expect(network == "no setting is called network.modules[0].\(misspelt) (\(meant)?)")
        // A name without a value is as good as none.
        #expect(try refusal(name) { $0["later"] = NSNull() } == nil)
    }
}
