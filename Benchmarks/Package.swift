// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "nwc-benchmarks",
    dependencies: [
        .package(name: "nwc", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    ],
    targets: [
        .executableTarget(
            name: "nwc-bench",
            dependencies: [
                .product(name: "NWC", package: "nwc"),
                .product(name: "NWCTraining", package: "nwc"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ])
    ]
)
