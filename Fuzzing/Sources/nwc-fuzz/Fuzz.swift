import Foundation
import HostileInput

/// The entry that NWC_FUZZ_ENTRY names.
private let entry: HostileInput = {
    let name = ProcessInfo.processInfo.environment["NWC_FUZZ_ENTRY"] ?? ""
    guard let entry = HostileInput(rawValue: name) else {
        fatalError(
            """
            NWC_FUZZ_ENTRY is "\(name)", possible are \
            \(HostileInput.allCases.map(\.rawValue).joined(separator: ", "))
            """
        )
    }
    return entry
}()

/// Called by libFuzzer with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    _ = entry.outcome(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// libFuzzer without its `main`, which the package manager replaces.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main
struct Fuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
    }
}
