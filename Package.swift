// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "holdfast",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "holdfast", targets: ["holdfast"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C shims: each function says why it exists.
        .systemLibrary(
            name: "Clibcurl",
            pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .brew(["curl"])]
        ),
        .target(name: "CHoldfastCurl", dependencies: ["Clibcurl"]),
        .target(name: "CHoldfastBare"),
        .target(name: "CHoldfastLinux"),
        .target(name: "CHoldfastMemory"),
        .target(name: "CHoldfastSpawn"),

        // Pure.
        .target(name: "HoldfastCore"),
        .target(name: "HoldfastPlan", dependencies: ["HoldfastCore", "Yams"]),
        .target(name: "HoldfastResult", dependencies: ["HoldfastPlan"]),
        .target(name: "HoldfastReport", dependencies: ["HoldfastResult"]),
        .target(name: "HoldfastSimulation", dependencies: ["HoldfastResult", "CHoldfastMemory"]),

        // Talking to the world.
        .target(name: "HoldfastReactor", dependencies: ["HoldfastCore", "CHoldfastLinux"]),
        .target(name: "HoldfastHTTP", dependencies: ["CHoldfastCurl"]),
        .target(
            name: "HoldfastServer",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "HoldfastTelemetry",
            dependencies: [
                "HoldfastHTTP", "HoldfastCore",
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Protobuf/otlp_metrics.proto"]
        ),
        .target(
            name: "HoldfastControl",
            dependencies: [
                "HoldfastHTTP", "HoldfastResult", "HoldfastServer",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ],
            exclude: ["Protobuf/control.proto"]
        ),
        .target(
            name: "HoldfastLab",
            dependencies: ["HoldfastPlan", "HoldfastHTTP", "CHoldfastMemory", "CHoldfastSpawn"]
        ),
        .target(
            name: "HoldfastCollector",
            dependencies: [
                "HoldfastServer", "HoldfastTelemetry",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "SwiftProtobuf", package: "swift-protobuf"),
            ]
        ),

        // The live road.
        .target(name: "HoldfastWorker", dependencies: ["HoldfastReactor", "HoldfastControl", "HoldfastTelemetry"]),
        .target(
            name: "HoldfastFleet",
            dependencies: [
                "HoldfastReactor", "HoldfastControl", "HoldfastTelemetry",
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        ),
        .target(
            name: "HoldfastCoordinator",
            dependencies: ["HoldfastResult", "HoldfastControl", "HoldfastLab", "HoldfastCollector"]
        ),
        .executableTarget(
            name: "holdfast",
            dependencies: [
                "HoldfastCoordinator", "HoldfastFleet", "HoldfastReport", "HoldfastSimulation", "HoldfastWorker",
                "CHoldfastBare",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),

        .testTarget(name: "HoldfastCoreTests", dependencies: ["HoldfastCore"], exclude: ["Allocations"]),
        .testTarget(name: "HoldfastPlanTests", dependencies: ["HoldfastPlan"]),
        .testTarget(name: "HoldfastResultTests", dependencies: ["HoldfastResult"]),
        .testTarget(name: "HoldfastReportTests", dependencies: ["HoldfastReport"], exclude: ["Snapshots"]),
        .testTarget(name: "HoldfastSimulationTests", dependencies: ["HoldfastSimulation"]),
        .testTarget(name: "HoldfastReactorTests", dependencies: ["HoldfastReactor", "CPrivateNetwork"]),
        // A network that can be cut: Swift can neither enter one nor take an interface down.
        .target(name: "CPrivateNetwork", path: "Tests/CPrivateNetwork"),
        .testTarget(name: "HoldfastFleetTests", dependencies: ["HoldfastFleet", "HoldfastLab"]),
        .testTarget(
            name: "HoldfastTelemetryTests",
            dependencies: ["HoldfastHTTP", "HoldfastTelemetry", "HoldfastCollector"]
        ),
        .testTarget(name: "HoldfastControlTests", dependencies: ["HoldfastControl"]),
        .testTarget(name: "HoldfastLabTests", dependencies: ["HoldfastLab", "CSpawnRehearsal"]),
        // A coordinator to be killed: the test process cannot be, and Swift cannot fork.
        .target(name: "CSpawnRehearsal", dependencies: ["CHoldfastSpawn"], path: "Tests/CSpawnRehearsal"),
        .testTarget(name: "TidyTests"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["holdfast", "HoldfastHTTP", "HoldfastReport", "HoldfastResult"],
            exclude: ["Counting"]
        ),
    ],
    swiftLanguageModes: [.v6]
)
