import Foundation
import System
import TestSupport
import Testing

@Suite("Outputs that are complete or not there")
struct AtomicOutputTests {
    func failure(_ body: () throws -> Void) -> OutputError? {
        do {
            try body()
            return nil
        } catch { return error as? OutputError }
    }

    @Test("The name appears with the commit, not before")
    func commit() throws {
        let folder = try TemporaryFolder()
        let output = try AtomicOutput(path: folder.file("x.nwc"), force: false)
        try output.write(Array("Hallo".utf8))
        try output.write(Array("e".utf8), at: 1)
        let pattern = #/\.x\.nwc\.tmp-[0-9a-f]{12}/#
        #expect(try folder.names.count == 1)
        #expect(try folder.names.allSatisfy { $0.wholeMatch(of: pattern) != nil })
        try output.commit()
        #expect(try folder.names == ["x.nwc"])
        #expect(try text(of: folder.file("x.nwc")) == "Hello")
        var status = stat()
        try #require(stat(folder.file("x.nwc"), &status) == 0)
        let mask = umask(0)
        umask(mask)
        #expect(status.st_mode & 0o777 == 0o666 & ~mask)
    }

    @Test("Without a commit nothing is left")
    func discard() throws {
        let folder = try TemporaryFolder()
        do {
            let output = try AtomicOutput(path: folder.file("x"), force: false)
            try output.write([1, 2, 3])
            #expect(try folder.names.count == 1)
        }
        #expect(try folder.names == [])
        let output = try AtomicOutput(path: folder.file("x"), force: false)
        output.discard()
        #expect(try folder.names == [])
        output.discard()
    }

    @Test("An existing file is refused and stays, or is replaced by force and keeps its mode")
    func existing() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("old", to: "x")
        chmod(path, 0o640)
        #expect(failure { _ = try AtomicOutput(path: path, force: false) } == .exists(path: path))
        #expect(
            OutputError.exists(path: "x").description
                == "x: exists already; use -f (--force) to overwrite it")
        #expect(try folder.names == ["x"])
        let output = try AtomicOutput(path: path, force: true)
        try output.write(Array("new".utf8))
        #expect(try text(of: path) == "old")
        try output.commit()
        #expect(try text(of: path) == "new")
        #expect(try folder.names == ["x"])
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o640)
    }

    @Test("A file that appears meanwhile is not replaced")
    func race() throws {
        let folder = try TemporaryFolder()
        let output = try AtomicOutput(path: folder.file("x"), force: false)
        try output.write(Array("mine".utf8))
        let path = try folder.write("theirs", to: "x")
        #expect(failure { try output.commit() } == .exists(path: path))
        #expect(try text(of: path) == "theirs")
        #expect(try folder.names == ["x"])
    }

    @Test("An input is never the output, under any name, even by force")
    func sameFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("sound", to: "x.wav")
        try #require(link(path, folder.file("hard")) == 0)
        try #require(symlink(path, folder.file("soft")) == 0)
        let inputs = [FileIdentity(input: path)].compactMap { $0 }
        try #require(inputs.count == 1)
        for name in [
            "x.wav", "hard", "soft", "../\(folder.path.split(separator: "/").last ?? "")/x.wav",
        ] {
            let output = folder.file(name)
            #expect(
                failure { _ = try AtomicOutput(path: output, force: true, inputs: inputs) }
                    == .sameAsInput(path: output))
        }
        #expect(try text(of: path) == "sound")
        // Another file with the same contents is no input.
        _ = try AtomicOutput(path: folder.write("sound", to: "y.wav"), force: true, inputs: inputs)
    }

    @Test("A symbolic link stays, and what it points to is replaced")
    func symbolicLink() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.file("sub"), withIntermediateDirectories: false)
        let target = try folder.write("old", to: "sub/target")
        try #require(symlink("sub/target", folder.file("link")) == 0)
        let output = try AtomicOutput(path: folder.file("link"), force: true)
        try output.write(Array("new".utf8))
        try output.commit()
        #expect(try text(of: target) == "new")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
                == "sub/target")
        try #require(symlink("nowhere", folder.file("dangling")) == 0)
        #expect(
            failure { _ = try AtomicOutput(path: folder.file("dangling"), force: false) }
                == .exists(path: folder.file("dangling")))
    }

    @Test("Devices and FIFOs are written directly")
    func devices() throws {
        let null = try AtomicOutput(path: "/dev/null", force: false)
        #expect(null.kind == .device)
        try null.write([1, 2, 3])
        try null.commit()
        #expect(FileManager.default.fileExists(atPath: "/dev/null"))
        #expect(throws: OutputError.writeFailed(path: "/dev/full", code: ENOSPC)) {
            try AtomicOutput(path: "/dev/full", force: false).write([1])
        }

        let folder = try TemporaryFolder()
        let fifo = folder.file("fifo")
        try #require(mkfifo(fifo, 0o600) == 0)
        let reader = open(fifo, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let output = try AtomicOutput(path: fifo, force: false)
        #expect(!output.isSeekable)
        #expect(failure { try output.write([1], at: 0) } == .writeFailed(path: fifo, code: ESPIPE))
        try output.write([7, 8])
        try output.commit()
        var received = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &received, 8) == 2)
        #expect(received.prefix(2) == [7, 8])
        #expect(try folder.names == ["fifo"])
    }

    /// In a container process numbers repeat: what a killed program left must not be in the way of
    /// the next one.
    @Test("Unfinished files of others are left alone and block nothing")
    func unfinishedFiles() throws {
        let folder = try TemporaryFolder()
        for number in 1...1000 {
            _ = try folder.write("stale", to: ".x.tmp-\(getpid())-\(number)")
        }
        let first = try AtomicOutput(path: folder.file("x"), force: false)
        try first.commit()
        _ = try folder.write("stale", to: ".x.tmp-0")
        var calls = 0
        func next() -> String {
            calls += 1
            return "\(calls / 3)"
        }
        let output = try AtomicOutput(path: folder.file("x"), force: true, suffix: next)
        try output.write(Array("new".utf8))
        try output.commit()
        #expect(calls == 3)
        #expect(try text(of: folder.file("x")) == "new")
        #expect(try text(of: folder.file(".x.tmp-0")) == "stale")
        #expect(
            failure {
                _ = try AtomicOutput(path: folder.file("x"), force: true, suffix: { "0" })
            } == .cannotCreate(path: folder.file("x"), code: EEXIST))
        #expect(try text(of: folder.file(".x.tmp-0")) == "stale")
    }

    @Test("Names of open descriptors are written where they stand, and never replaced")
    func descriptors() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("kept ", to: "x")
        let appending = open(path, O_WRONLY | O_APPEND)
        defer { close(appending) }
        let link = folder.file("link")
        try #require(symlink("/dev/fd/\(appending)", link) == 0)
        for (name, more) in [("/dev/fd/\(appending)", "one "), (link, "two ")] {
            let output = try AtomicOutput(path: name, force: true)
            #expect(output.kind == .device && !output.isSeekable)
            try output.write(Array(more.utf8))
            try output.commit()
        }
        #expect(try text(of: path) == "kept one two ")
        // Behind what was written; corrections count from there.
        let plain = open(path, O_WRONLY)
        defer { close(plain) }
        try #require(lseek(plain, 5, SEEK_SET) == 5)
        let output = try AtomicOutput(path: "/proc/self/fd/\(plain)", force: false)
        #expect(output.isSeekable)
        try output.write(Array("abc".utf8))
        try output.write(Array("A".utf8), at: 0)
        try output.commit()
        #expect(try text(of: path) == "kept Abc two ")
        #expect(try folder.names == ["link", "x"])
        let input = open(path, O_RDONLY)
        defer { close(input) }
        #expect(
            failure { _ = try AtomicOutput(path: "/dev/fd/\(input)", force: true) }
                == .notOpenForWriting(path: "/dev/fd/\(input)"))
        let inputs = [FileIdentity(input: path)].compactMap { $0 }
        #expect(
            failure {
                _ = try AtomicOutput(path: "/dev/fd/\(appending)", force: true, inputs: inputs)
            } == .sameAsInput(path: "/dev/fd/\(appending)"))
    }

    @Test("What cannot be an output")
    func impossible() throws {
        let folder = try TemporaryFolder()
        #expect(
            failure { _ = try AtomicOutput(path: folder.path, force: true) }
                == .notAFile(path: folder.path))
        let missing = folder.file("no/x")
        #expect(
            failure { _ = try AtomicOutput(path: missing, force: false) }
                == .cannotCreate(path: missing, code: ENOENT))
        let long = folder.file(String(repeating: "x", count: 250) + ".nwc")
        let output = try AtomicOutput(path: long, force: false)
        try output.commit()
        #expect(try folder.names.map(\.count) == [254])
    }

    @Test("A terminal gets binary data only by force")
    func terminal() throws {
        var (main, other): (CInt, CInt) = (-1, -1)
        var name = [CChar](repeating: 0, count: 128)
        try #require(openpty(&main, &other, &name, nil, nil) == 0)
        defer {
            close(main)
            close(other)
        }
        let path = String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #expect(failure { _ = try AtomicOutput(path: path, force: false) } == .terminal(path: path))
        let forced = try AtomicOutput(path: path, force: true)
        try forced.write([65])
        try forced.commit()
    }

    @Test("A pipe without a reader is told apart")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            var ends: [CInt] = [0, 0]
            try #require(pipe(&ends) == 0)
            dup2(ends[1], STDOUT_FILENO)
            close(ends[0])
            PartialOutputs.installHandlers()
            let output = try AtomicOutput(path: "-", force: false)
            #expect(throws: OutputError.brokenPipe(path: "-")) { try output.write([1]) }
            #expect(OutputError.brokenPipe(path: "-").isBrokenPipe)
        }
    }

    @Test("A full disk leaves nothing behind")
    func fullDisk() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            let folder = try TemporaryFolder()
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            try #require(setrlimit(__rlimit_resource_t(1), &limit) == 0)
            do {
                let output = try AtomicOutput(path: folder.file("x"), force: false)
                #expect(throws: OutputError.writeFailed(path: folder.file("x"), code: EFBIG)) {
                    for _ in 0..<10 { try output.write([UInt8](repeating: 0, count: 1000)) }
                }
            }
            #expect(try folder.names == [])
        }
    }
}
