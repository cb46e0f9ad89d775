import Foundation
import System
import Testing

@Suite("Programs behind a pipe")
struct PipedProgramTests {
    func shell(_ text: String, input: CInt? = nil) throws -> PipedProgram {
        try PipedProgram("/bin/sh", ["-c", text], input: input)
    }

    func text(_ program: PipedProgram) throws -> String {
        let handle = FileHandle(fileDescriptor: program.takeOutput(), closeOnDealloc: true)
        return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }

    @Test("Output while it runs, words on standard error, status")
    func basics() throws {
        let program = try shell("echo sound; echo trouble >&2; exit 3")
        #expect(try text(program) == "sound\n")
        #expect(program.wait() == "status 3")
        #expect(program.errorText == "trouble\n")
        #expect(program.wait() == "status 3")
        let good = try shell("cat")
        #expect(try text(good) == "" && good.wait() == nil)
        let killed = try shell("kill -9 $$")
        #expect(killed.wait() == "ended by signal 9")
    }

    @Test("Standard input is the given file, also one without a name")
    func input() throws {
        var name = Array((NSTemporaryDirectory() + "nwc-child-XXXXXX").utf8CString)
        let file = mkstemp(&name)
        unlink(name)
        defer { close(file) }
        _ = "hello".withCString { write(file, $0, 5) }
        // Opened anew, from its beginning.
        let program = try shell("cat /dev/stdin; cat /dev/stdin", input: file)
        #expect(try text(program) == "hellohello")
    }

    @Test("Many words on standard error block nothing, and the beginning is kept")
    func manyWords() throws {
        let program = try shell("head -c 3000000 /dev/zero | tr '\\0' y >&2; echo end")
        #expect(try text(program) == "end\n")
        #expect(program.wait() == nil && program.errorText == String(repeating: "y", count: 8192))
    }

    @Test("A program that nobody waits for is ended, and inherits no ignored signal")
    func abandoned() throws {
        signal(SIGPIPE, SIG_IGN)
        var program: PipedProgram? = try shell("exec sleep 1000")
        let began = Date()
        program = nil
        #expect(program == nil && Date().timeIntervalSince(began) < 60)
        // It dies of the closed pipe instead of writing on.
        let writer = try shell("exec cat /dev/zero")
        close(writer.takeOutput())
        #expect(writer.wait() == "ended by signal \(SIGPIPE)")
    }

    @Test("The end of one program's output does not wait for another one")
    func parallel() throws {
        let long = try shell("exec sleep 1000")
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            let program = try? shell("echo \(index)")
            #expect(program.flatMap { try? text($0) } == "\(index)\n")
        }
        _ = long.output
    }

    @Test("Open files of this process are not inherited")
    func descriptors() throws {
        // A number that the shell does not open by itself, and that it could not name.
        let file = fcntl(STDERR_FILENO, F_DUPFD, 90)
        defer { close(file) }
        #expect(file >= 90)
        let program = try shell("[ -e /proc/self/fd/\(file) ] && echo open || echo closed")
        #expect(try text(program) == "closed\n")
    }

    @Test("What is not there")
    func missing() throws {
        #expect(throws: ChildProcessError.self) { try PipedProgram("/no/such/program", []) }
        #expect(ChildProcess.path(of: "/tmp") == nil)
    }
}
