import ArgumentParser
import CodecComparison
import QualityMetrics
import ToolSupport

struct Judges: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the outside judges of quality with their versions, or install them.",
        discussion: """
            PESQ, ViSQOL, DNSMOS and Zimtohrli are the field's own programs, PyPI packages in \
            Python environments of their own; nothing else of nwc needs Python. They are looked \
            for in the folder that the environment variable NWC_JUDGES names, else in \
            .build/judges of the current folder, else in $XDG_DATA_HOME/nwc/judges \
            (~/.local/share/nwc/judges). To install needs python3 with \
            venv, a C compiler, a connection to PyPI and some minutes.
            """)

    @Flag(help: "Install what is missing first.") var install = false
    @Argument(
        help: ArgumentHelp("Folder of the judges. (default: as above)", valueName: "folder"),
        completion: .directory) var folder: String?

    func run() throws {
        let folder = folder ?? ExternalJudge.defaultFolder
        if install {
            Console.note("\(folder): installing, which takes some minutes")
            let remarks: String
            do throws(ComparisonError) {
                remarks = try JudgeInstallation.run(into: folder)
            } catch { throw ToolFailure.runtime("\(error)") }
            if !remarks.isEmpty { Console.warning(remarks) }
        }
        try Output.line("folder        \(folder)")
        for measure in MeasureSet.speech.judges + MeasureSet.audio.judges {
            let space = String(repeating: " ", count: max(1, 14 - measure.title.count))
            try Output.line(measure.title + space + text(measure, folder))
        }
    }

    private func text(_ measure: ExternalJudge.Measure, _ folder: String) -> String {
        do { return try ExternalJudge(measure, folder: folder).implementation } catch {
            return "not there: \(error)"
        }
    }
}
