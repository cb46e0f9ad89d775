// swift-tools-version: 6.2
import PackageDescription

let kernelFlags: [CSetting] = [
    // NWC_KERNEL_FLAGS: instrumentation (Scripts/sanitize.sh), of our C alone and not of the
    // packages'. Contraction is switched off in the sources as well (dispatch/exact.h).
    .unsafeFlags(
        ["-O3", "-ffp-contract=off", "-fno-math-errno", "-std=c17"]
            + (Context.environment["NWC_KERNEL_FLAGS"]?.split(separator: " ").map(String.init)
                ?? [])
    )
]

/// NWC_FUZZ: sanitizers of the targets that are fuzzed (Scripts/fuzz.sh); the more code is
/// instrumented, the slower.
let fuzzed: [SwiftSetting] =
    Context.environment["NWC_FUZZ"].map { [.unsafeFlags(["-sanitize=\($0)"])] } ?? []

/// The Swift run time inside the programs, so that they run where no Swift is. What is built for
/// instrumentation takes the run time as the sanitizers expect it.
let programLinks: [LinkerSetting] =
    Context.environment["NWC_KERNEL_FLAGS"] != nil
    ? []
    : [
        .unsafeFlags(
            // lld: the archives need each other, in no order that gold would take.
            ["-static-stdlib", "-use-ld=lld"]
                // Modules are compiled against the shared libraries, which need not say what
                // they are made of. Only what is used is taken from the archives.
                + [
                    "_FoundationCollections", "_FoundationCShims", "swiftSynchronization",
                    "FoundationInternationalization", "_FoundationICU", "CoreFoundation",
                ].map { "-l\($0)" },
            .when(platforms: [.linux]))
    ]

let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

/// Descriptions of codecs that nwc is compared with.
let peers = [
    "nwc", "nwc-plain", "opus", "opus-auto", "opus-nolace", "amrwb", "speex", "mp3", "codec2",
    "lc3", "nwc-audio", "lame", "opus-music", "opus16-music", "vorbis", "musepack", "lc3-48k",
]

let package = Package(
    name: "nwc",
    products: [
        // For programs that encode and decode
        .library(name: "NWC", targets: ["NWC"]),
        // For Benchmarks/ and programs that train
        .library(
            name: "NWCTraining",
            targets: [
                "Training", "BLASBackend", "NeuralNetwork", "Psychoacoustic",
                "SpectralTransform", "ToolSupport",
            ]),
        // Slow encoding that tries its choices out
        .library(name: "NWCRefinement", targets: ["EncoderRefinement"]),
        // The objects of the C library, which Scripts/c-library.sh links
        .library(name: "nwc-objects", type: .static, targets: ["CLibrary"]),
        // For Fuzzing/
        .library(name: "NWCHostileInput", targets: ["HostileInput"]),
        .executable(name: "nwc-enc", targets: ["nwc-enc"]),
        .executable(name: "nwc-dec", targets: ["nwc-dec"]),
        .executable(name: "nwc-denoise", targets: ["nwc-denoise"]),
        .executable(name: "nwc-info", targets: ["nwc-info"]),
        .executable(name: "nwc-train", targets: ["nwc-train"]),
        .executable(name: "nwc-eval", targets: ["nwc-eval"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
    ],
    targets: [
        // C
        .target(name: "CKernels", cSettings: kernelFlags),
        .target(name: "CSHA256"),
        .systemLibrary(
            name: "CSndfile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
        // Below libsndfile, and used directly for what it does not tell
        .systemLibrary(name: "CFLAC", pkgConfig: "flac", providers: [.apt(["libflac-dev"])]),
        .systemLibrary(
            name: "CMPG123", pkgConfig: "libmpg123", providers: [.apt(["libmpg123-dev"])]),
        .systemLibrary(
            name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(
            name: "CFreeType", pkgConfig: "freetype2", providers: [.apt(["libfreetype-dev"])]),
        // Declarations alone
        .systemLibrary(name: "CSpawn"),
        // The public header of the C library
        .systemLibrary(name: "CNWC"),
        // Codec core: no file or terminal I/O, no logging, no traps on input
        .target(name: "SignalProcessing"),
        .target(
            name: "NeuralNetwork",
            dependencies: ["CKernels", "CSHA256", "SignalProcessing"], swiftSettings: fuzzed),
        // Knows nothing of codecs
        .target(name: "ForwardTuning", dependencies: ["SignalProcessing"]),
        .target(name: "LPCModule", dependencies: ["NeuralNetwork"]),
        .target(
            name: "CMRLCodec",
            dependencies: [
                "CKernels", "GainFilter", "LPCModule", "NeuralNetwork", "SignalProcessing",
            ], swiftSettings: fuzzed),
        .target(name: "GainFilter", dependencies: ["NeuralNetwork", "SpectralTransform"]),
        .target(
            name: "CBuiltInModel",
            exclude: [
                "audio.nwm", "default.nwm", "post-filter.nwm", "small.nwm", "small-post-filter.nwm",
            ],
            cSettings: [.unsafeFlags(["-std=c23"])]),
        .target(
            name: "BuiltInModel", dependencies: ["CBuiltInModel", "CMRLCodec", "NeuralNetwork"]),
        .target(
            name: "CBuiltInDenoiser", exclude: ["denoiser.nwm"],
            cSettings: [.unsafeFlags(["-std=c23"])]),
        .target(name: "BuiltInDenoiser", dependencies: ["CBuiltInDenoiser", "Enhancement"]),
        .target(name: "NWC", dependencies: ["BuiltInModel", "CMRLCodec"]),
        .target(
            name: "CLibrary",
            dependencies: ["BuiltInDenoiser", "BuiltInModel", "CMRLCodec", "CNWC", "Enhancement"]),
        // Around the core
        .target(
            name: "ModelWriting",
            dependencies: ["CMRLCodec", "Enhancement", "GainFilter", "NeuralNetwork"]),
        .target(name: "SpectralTransform", dependencies: ["CKernels", "SignalProcessing"]),
        .target(name: "BLASBackend", dependencies: ["CBLAS", "NeuralNetwork"]),
        .target(
            name: "PerceptualLoss",
            dependencies: ["NeuralNetwork", "SpectralTransform", "SignalProcessing"]),
        .target(
            name: "EncoderRefinement",
            dependencies: [
                "CMRLCodec", "ForwardTuning", "NeuralNetwork", "PerceptualLoss", "SignalProcessing",
            ]),
        .target(
            name: "AudioFile",
            dependencies: ["CFLAC", "CMPG123", "CSndfile", "CSoxr", "System"],
            swiftSettings: fuzzed),
        .target(name: "Enhancement", dependencies: ["GainFilter", "NeuralNetwork"]),
        .target(name: "Psychoacoustic", dependencies: ["SignalProcessing"]),
        .target(name: "System", dependencies: ["CSpawn"]),
        .target(
            name: "QualityMetrics",
            dependencies: [
                "SpectralTransform", "SignalProcessing", "Psychoacoustic", "System",
            ]),
        .target(
            name: "Training",
            dependencies: [
                "BuiltInModel", "CKernels", "CMRLCodec", "ForwardTuning", "LPCModule",
                "ModelWriting",
                "NeuralNetwork", "BLASBackend",
                "SpectralTransform", "PerceptualLoss", "Psychoacoustic", "AudioFile",
                "Enhancement", "GainFilter", "SignalProcessing", "System",
            ], swiftSettings: fuzzed),
        .target(name: "MessagePassing", dependencies: ["Training"]),
        .target(
            name: "CChartFont", exclude: ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"],
            cSettings: [.unsafeFlags(["-std=c23"])]),
        .target(
            name: "Plotting",
            dependencies: ["CChartFont", "CFreeType", "CPNG", "SpectralTransform"],
            // Its tests look inside, also in release mode.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .target(
            name: "ToolSupport",
            dependencies: [
                "AudioFile", "CMRLCodec", "BuiltInModel", "BuiltInDenoiser", "Enhancement",
                "NeuralNetwork", "SignalProcessing", "System", argumentParser,
            ]),
        .target(
            name: "CodecComparison",
            dependencies: [
                "ToolSupport", "QualityMetrics", "AudioFile", "NeuralNetwork", "Plotting",
                "System",
            ],
            resources: peers.map { .embedInCode("Peers/\($0).json") }
                + ["page.css", "page.js"].map { .embedInCode("Report/\($0)") }
                + ["judges.sh", "judge.py"].map { .embedInCode("Judges/\($0)") },
            // Its tests look inside, also in release mode.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        // Programs: argument parsing and reports only
        .executableTarget(
            name: "nwc-enc",
            dependencies: [
                "ToolSupport", "CMRLCodec", "EncoderRefinement", "AudioFile", argumentParser,
            ],
            linkerSettings: programLinks),
        .executableTarget(
            name: "nwc-dec",
            dependencies: ["ToolSupport", "CMRLCodec", "AudioFile", argumentParser],
            linkerSettings: programLinks),
        .executableTarget(
            name: "nwc-denoise", dependencies: ["ToolSupport", "AudioFile", argumentParser],
            linkerSettings: programLinks),
        .executableTarget(
            name: "nwc-info",
            dependencies: [
                "ToolSupport", "CMRLCodec", "BuiltInModel", "NeuralNetwork", argumentParser,
            ],
            linkerSettings: programLinks),
        .executableTarget(
            name: "nwc-train",
            dependencies: [
                "ToolSupport", "MessagePassing", "Training", "CMRLCodec", "LPCModule", "AudioFile",
                "Plotting", "QualityMetrics", "System", argumentParser,
            ],
            linkerSettings: programLinks),
        .executableTarget(
            name: "nwc-eval",
            dependencies: [
                "ToolSupport", "CodecComparison", "QualityMetrics", "Psychoacoustic",
                "SpectralTransform", "Plotting", "System", argumentParser,
            ],
            linkerSettings: programLinks),
        // Tests
        .systemLibrary(name: "CMalloc", path: "Tests/CMalloc"),
        .target(
            name: "TestSupport",
            dependencies: [
                "CMalloc", "CMRLCodec", "GainFilter", "ModelWriting", "NeuralNetwork",
            ],
            path: "Tests/TestSupport"),
        .target(
            name: "HostileInput",
            dependencies: [
                "CMRLCodec", "NeuralNetwork", "AudioFile", "Training",
            ],
            path: "Tests/HostileInput", swiftSettings: fuzzed),
        .testTarget(
            name: "HostileInputTests",
            dependencies: ["HostileInput", "CMRLCodec", "NeuralNetwork"]),
        // For Scripts/check-arm64.sh
        .executableTarget(
            name: "architecture-check", dependencies: ["CMRLCodec"], path: "Tests/Architectures",
            exclude: ["kernels.c"]),
        // For Scripts/check-inputs.sh
        .executableTarget(name: "sound-dump", dependencies: ["AudioFile"], path: "Tests/SoundDump"),
        .testTarget(name: "CKernelsTests", dependencies: ["CKernels", "SignalProcessing"]),
        .testTarget(
            name: "SpectralTransformTests",
            dependencies: ["SpectralTransform", "SignalProcessing"]),
        .testTarget(
            name: "NeuralNetworkTests",
            dependencies: [
                "CSHA256", "NeuralNetwork", "BLASBackend", "SignalProcessing", "TestSupport",
            ]),
        .testTarget(
            name: "LPCModuleTests", dependencies: ["LPCModule", "NeuralNetwork", "TestSupport"]),
        .testTarget(
            name: "CMRLCodecTests",
            dependencies: [
                "CMRLCodec", "GainFilter", "LPCModule", "ModelWriting", "NeuralNetwork",
                "BuiltInModel", "CKernels", "SignalProcessing", "TestSupport",
            ]),
        .testTarget(
            name: "ForwardTuningTests", dependencies: ["ForwardTuning", "SignalProcessing"]),
        .testTarget(
            name: "GainFilterTests", dependencies: ["GainFilter", "NeuralNetwork", "TestSupport"]),
        .testTarget(
            name: "AudioFileTests", dependencies: ["AudioFile", "CSndfile", "SignalProcessing"]),
        .testTarget(
            name: "PsychoacousticTests", dependencies: ["Psychoacoustic", "SpectralTransform"]),
        .testTarget(
            name: "QualityMetricsTests", dependencies: ["QualityMetrics", "SignalProcessing"]),
        .testTarget(name: "SystemTests", dependencies: ["System", "TestSupport"]),
        .testTarget(
            name: "CodecComparisonTests",
            dependencies: ["CodecComparison", "AudioFile", "Plotting", "QualityMetrics"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "CMRLCodec", "Enhancement", "GainFilter", "NeuralNetwork",
                "PerceptualLoss", "Psychoacoustic", "AudioFile", "SignalProcessing", "TestSupport",
            ]),
        .testTarget(
            name: "EncoderRefinementTests",
            dependencies: [
                "EncoderRefinement", "CMRLCodec", "NeuralNetwork", "PerceptualLoss", "BuiltInModel",
                "TestSupport",
            ]),
        .testTarget(name: "PlottingTests", dependencies: ["Plotting", "CPNG"]),
        .testTarget(
            name: "ToolTests",
            dependencies: [
                "ToolSupport", "AudioFile", "CMRLCodec", "System", "TestSupport", argumentParser,
            ]),
        .testTarget(
            name: "ProgramTests", dependencies: ["CMRLCodec", "NeuralNetwork", "TestSupport"]),
    ]
)
