/// Where the processes of a run take connections over from its balancer: beside the coordinator's socket, whose
/// directory is removed with everything in it when the run is over.
enum PassagePath {
    /// Process `shard` of gateway `index`.
    static func gateway(_ index: Int, shard: Int, _ controlSocket: String) -> String {
        "\(controlSocket).handoff-\(index).\(shard)"
    }

    /// Carrier `shard`, from 1.
    static func carrier(_ shard: Int, _ controlSocket: String) -> String { "\(controlSocket).carrier-\(shard)" }
}
