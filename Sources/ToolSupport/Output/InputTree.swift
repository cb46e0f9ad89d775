import AudioFile

/// Files that the operands of a command line stand for, where folders stand for what they hold.
struct InputTree {
    /// A file, and its name below the folder that was named.
    struct Entry {
        var path: String
        var name: String
    }

    private(set) var entries: [Entry] = []
    /// Recordings of folders that were left out because FFmpeg is not installed.
    private(set) var withoutFFmpeg: [String] = []

    /// - Parameters:
    ///   - operands: files and folders.
    ///   - isFolder: says which is which.
    ///   - isWanted: says by its name whether a file of a folder is an input. Hidden files are
    ///     none.
    /// - Throws: `ToolFailure.runtime` where a folder that was named cannot be read, or all
    ///   together hold no input.
    init(
        _ operands: some Collection<String>, isFolder: (String) -> Bool,
        isWanted: (String) -> Bool
    ) throws(ToolFailure) {
        for operand in operands {
            guard isFolder(operand) else {
                let name = operand.split(separator: "/").last.map(String.init) ?? operand
                entries.append(Entry(path: operand, name: name))
                continue
            }
            entries += try files(in: operand, isWanted: isWanted)
        }
        guard !entries.isEmpty else {
            let left = withoutFFmpeg.isEmpty ? "" : " without ffmpeg, which is not installed"
            throw .runtime("\(operands.joined(separator: ", ")): nothing to work on\(left)")
        }
    }

    private mutating func files(
        in folder: String, isWanted: (String) -> Bool
    ) throws(ToolFailure) -> [Entry] {
        let list: SoundFolder
        do throws(AudioFileError) {
            list = try SoundFolder(folder, isWanted: isWanted)
        } catch { throw .runtime(error.description) }
        // Broken ones are inputs too, so that each is named with its reason.
        let broken = list.omissions.faults.filter { $0.reason != .sidecar }.map(\.path)
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        withoutFFmpeg += list.omissions.entries.filter { $0.reason == .needsFFmpeg }
            .map { prefix + $0.path }.sorted()
        return (list.files + broken).sorted().map { Entry(path: prefix + $0, name: $0) }
    }
}
