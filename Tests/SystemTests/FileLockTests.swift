import System
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A lock ends when it is given back, whoever has the file open.
@Suite struct FileLockTests {
    @Test func releasedWhileAChildHasTheFile() throws {
        var name = Array("/tmp/nwc-lock-XXXXXX".utf8CString)
        let first = mkstemp(&name)
        let second = open(name, O_RDWR)
        try #require(first >= 0 && second >= 0)
        defer { unlink(name) }
        #expect(FileLock.take(first))
        #expect(!FileLock.take(second) && errno == EWOULDBLOCK)
        // What a child has between its birth and the beginning of its program.
        let inherited = dup(first)
        FileLock.release(first)
        #expect(FileLock.take(second))
        FileLock.release(second)
        close(inherited)
    }
}
