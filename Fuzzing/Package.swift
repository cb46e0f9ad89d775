// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "nwc-fuzzing",
    dependencies: [.package(name: "nwc", path: "..")],
    targets: [
        .executableTarget(
            name: "nwc-fuzz", dependencies: [.product(name: "NWCHostileInput", package: "nwc")],
            // Scripts/fuzz.sh sets it, for the targets below as well.
            linkerSettings: [
                .unsafeFlags(["-sanitize=\(Context.environment["NWC_FUZZ"] ?? "fuzzer")"])
            ])
    ]
)
