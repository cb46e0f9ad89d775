import CMRLCodec
import Testing
import ToolSupport

@Suite("Numbers, progress and reports as text")
struct TextTests {
    @Test("Numbers")
    func numbers() {
        #expect(NumberText.fixed(3.14159, 2) == "3.14")
        #expect(NumberText.fixed(-0.05, 1) == "-0.1")
        #expect(NumberText.fixed(-0.001, 2) == "0.00")
        #expect(NumberText.fixed(0.9999, 3) == "1.000")
        #expect(NumberText.fixed(12, 0) == "12")
        #expect(NumberText.fixed(.nan, 2) == "-")
        #expect(NumberText.fixed(1e300, 2) == "-")
        #expect(NumberText.grouped(0) == "0")
        #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
        #expect(NumberText.grouped(.min) == "-9,223,372,036,854,775,808")
        #expect(NumberText.time(0) == "0:00.0")
        #expect(NumberText.time(59.96) == "1:00.0")
        #expect(NumberText.time(3599.94) == "59:59.9")
        #expect(NumberText.time(3661.25) == "1:01:01.3")
        #expect(NumberText.time(-1) == "-")
        #expect(NumberText.kilobits(15_936) == "15.94 kbit/s")
        #expect(NumberText.count(1, "channel") == "1 channel")
        #expect(NumberText.count(2000, "byte") == "2,000 bytes")
    }

    @Test("The progress line is rewritten at most five times a second and removed at the end")
    func progress() {
        var time = 100.0
        var shown: [String] = []
        do {
            let line = ProgressLine(
                totalSeconds: 60, isEnabled: true, now: { time }, show: { shown.append($0) })
            for step in 0..<100 {  // ten updates in each 0.1 s, for one second
                time = 100 + Double(step) * 0.01
                line.update(seconds: Double(step) * 0.3, bytes: step * 600)
            }
        }
        #expect(shown.count == 6)
        #expect(shown[0] == "\r0%  0:00.0 of 1:00.0")
        #expect(shown[2].hasPrefix("\r20%  0:12.0 of 1:00.0  30 x real time  16.00 kbit/s"))
        #expect(shown.last?.allSatisfy { $0 == " " || $0 == "\r" } == true)
        // Each text covers the one before it.
        #expect(
            zip(shown.dropFirst(), shown.dropFirst(2)).dropLast().allSatisfy {
                $1.count >= $0.trimmed.count
            })
        var silent: [String] = []
        let quiet = ProgressLine(totalSeconds: nil, isEnabled: false, show: { silent.append($0) })
        quiet.update(seconds: 1)
        quiet.clear()
        #expect(silent == [])
    }

    @Test("How long the rest takes, once that can be told")
    func timeLeft() {
        func text(_ seconds: Double, of total: Double?, after elapsed: Double) -> String {
            var time = 0.0
            var shown: [String] = []
            let line = ProgressLine(
                totalSeconds: total, isEnabled: true, now: { time }, show: { shown.append($0) })
            time = elapsed
            line.update(seconds: seconds)
            return shown.first ?? ""
        }
        #expect(
            text(120, of: 600, after: 4)
                == "\r20%  2:00.0 of 10:00.0  30 x real time  0:16.0 left")
        #expect(!text(30, of: 600, after: 1).contains("left"))
        #expect(!text(600, of: 600, after: 20).contains("left"))
        #expect(!text(120, of: nil, after: 4).contains("left"))
    }

    @Test("Of several files: how many, and the time left")
    func progressOfFiles() {
        var time = 0.0
        var shown: [String] = []
        let line = ProgressLine(
            totalSeconds: nil, isEnabled: true, now: { time }, show: { shown.append($0) })
        line.update(done: 0, of: 2000)
        time = 30
        line.update(done: 12, of: 2000)
        line.clear()
        // After other text it is there again at once.
        line.update(done: 13, of: 2000)
        #expect(shown.count == 4)
        #expect(shown[0] == "\r0 of 2,000")
        #expect(shown[1] == "\r12 of 2,000  1:22:50.0 left")
        #expect(shown[3].hasPrefix("\r13 of 2,000  "))
    }

    @Test("Reports have sorted keys and no surprises")
    func json() throws {
        struct Report: Encodable {
            var seconds = 1.5
            var bytes = 12
            var input = "a/b \"c\".wav"
            var missing: Int?
        }
        #expect(
            try JSONReport.line(Report()) == #"{"bytes":12,"input":"a/b \"c\".wav","seconds":1.5}"#)
    }

    @Test("Versions")
    func version() {
        let text = VersionText.text(
            tool: "nwc-enc", formatVersion: 1,
            models: [.init(name: "default", id: "0123456789abcdef")])
        #expect(
            text
                == """
                nwc-enc \(LibraryVersion.text)\nbitstream format 1\nmodel default \
                0123456789abcdef
                """
        )
        var asked = false
        _ = VersionText.lazy(tool: "x", formatVersion: nil) {
            asked = true
            return []
        }
        #expect(!asked)
    }
}

extension String {
    /// Without the spaces at the end.
    fileprivate var trimmed: Substring {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return text
    }
}
