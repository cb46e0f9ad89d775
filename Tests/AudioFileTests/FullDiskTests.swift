import AudioFile
import SignalProcessing
import Foundation
import Testing

@Suite("A disk that is full")
struct FullDiskTests {
    @Test("Streams to a full device", arguments: [AudioContainer.wav, .au, .raw])
    func device(container: AudioContainer) throws {
        #expect(throws: AudioFileError.writeFailed(path: "/dev/full", code: ENOSPC)) {
            let writer = try AudioWriter(
                path: "/dev/full",
                settings: .init(container: container, sampleRate: 16_000, channels: 1))
            try writer.write(planar: [[Float](repeating: 0, count: 1000)])
            try writer.finish()
        }
    }

    /// A limit on the size of files stands for the full disk: libsndfile alone would report
    /// success.
    @Test("Files of every container fail when they cannot grow")
    func limit() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 16_384, rlim_max: 16_384)
            try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
            let folder = try TemporaryFolder()
            for container in AudioContainer.allCases {
                let path = folder.file("\(container)")
                do throws(AudioFileError) {
                    let writer = try AudioWriter(
                        path: path,
                        settings: .init(container: container, sampleRate: 16_000, channels: 1))
                    var generator = SplitMix64(seed: 3)
                    for _ in 0..<200 {
                        try writer.write(planar: [
                            (0..<1000).map { _ in Float.random(in: -1...1, using: &generator) }
                        ])
                    }
                    try writer.finish()
                    Issue.record("\(container): a full disk was not noticed")
                } catch {
                    #expect(error == .writeFailed(path: path, code: EFBIG), "\(container)")
                }
            }
        }
    }
}
