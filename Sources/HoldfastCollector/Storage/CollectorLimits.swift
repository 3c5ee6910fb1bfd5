/// What bounds a collector, whatever is sent to it.
public struct CollectorLimits: Equatable, Sendable {
    /// Series kept; points of further ones are rejected and counted in the answer.
    public var series = 20_000
    /// Points kept of one series, the newest: an hour at one a second.
    public var pointsOfSeries = 3_600
    /// Bytes of names and attributes of one series.
    public var seriesBytes = 4_096
    /// Bytes of one request.
    public var requestBytes = 16 << 20

    /// 20,000 series of 3,600 points; 16 MiB a request.
    public init() {}
}
