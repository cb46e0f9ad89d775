/// What is said where samples had to be limited.
enum LevelWarning {
    /// In an output of integers; nil where none were.
    static func clipped(_ samples: Int) -> String? {
        guard samples > 0 else { return nil }
        return "\(NumberText.count(samples, "sample")) limited to full scale; --float keeps them"
    }

    /// Before they are worked on; nil where none were.
    /// - Parameter largest: in full scales
    static func limited(_ samples: Int, largest: Float) -> String? {
        guard samples > 0 else { return nil }
        return """
            \(NumberText.count(samples, "sample")) beyond \(Int(largest)) times full scale \
            limited to that
            """
    }
}
