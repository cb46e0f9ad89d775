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
        let folder = try TemporaryFolder()
        let name = folder.file("lock")
        let first = open(name, O_RDWR | O_CREAT, 0o600)
        let second = open(name, O_RDWR)
        try #require(first >= 0 && second >= 0)
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
