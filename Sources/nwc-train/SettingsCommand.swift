import ArgumentParser
import ToolSupport
import Training

/// Explains training configurations.
struct Settings: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Every setting of configurations: values, unit, default, effect (Markdown).",
        discussion: "The same text is Docs/settings.md.")
    @Argument(
        help: ArgumentHelp(
            "Family: \(SettingsReference.families.joined(separator: ", ")). (default: all)",
            valueName: "family"),
        completion: .list(SettingsReference.families)) var family: String?

    func validate() throws {
        if let family, !SettingsReference.families.contains(family) {
            throw ValidationError(
                """
                no family is called \(family); there are \
                \(SettingsReference.families.joined(separator: ", "))
                """)
        }
    }

    func run() throws {
        try Output.line(String(SettingsReference.markdown(family).dropLast()))
    }
}
