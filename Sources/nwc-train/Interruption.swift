import Foundation
import Synchronization
import System
import ToolSupport

/// SIGINT, SIGTERM and SIGHUP as a wish to stop: training ends behind the step that runs, with a
/// checkpoint. A second signal ends the program at once.
enum Interruption {
    private static let caught = Atomic<CInt>(0)

    /// The signal that came.
    static var signal: CInt? {
        let number = caught.load(ordering: .sequentiallyConsistent)
        return number == 0 ? nil : number
    }

    /// Signals that were ignored at the start (`nohup`) stay ignored.
    static func catchSignals() {
        caught.store(0, ordering: .sequentiallyConsistent)  // so that it is there before a handler
        for number in EndingSignals.catchable {
            var new = sigaction()
            #if canImport(Glibc)
                new.__sigaction_handler.sa_handler = { Interruption.note($0) }
            #else
                new.__sa_handler.sa_handler = { Interruption.note($0) }
            #endif
            // The default comes back with the first signal; writing goes on where it was.
            new.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND)) | CInt(SA_RESTART)
            sigaction(number, &new, nil)
        }
    }

    /// Runs inside the handler: nothing but what is allowed there.
    private static func note(_ number: CInt) {
        caught.store(number, ordering: .sequentiallyConsistent)
        let text: StaticString =
            "nwc-train: ends behind this step, with a checkpoint; once more to end at once\n"
        _ = write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }

    /// Ends the program as the signal would have done, so that shells and scripts see it.
    static func end(by number: CInt) {
        Foundation.signal(number, SIG_DFL)
        raise(number)
    }
}
