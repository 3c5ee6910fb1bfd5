import HoldfastCore
import HoldfastPlan

/// One executed interval, as a line of `events.jsonl`.
public struct FaultLine: Codable, Equatable, Sendable {
    /// Always `fault`.
    public var type = FaultLine.type
    /// First effect; plan seconds since t0.
    public var at: Double
    /// Last effect; plan seconds since t0, null while it goes on.
    @OrNull public var end: Double?
    /// The fault's index in the timeline.
    public var fault: Int
    /// The gateway it was carried out on; null when its scope is sessions.
    @OrNull public var gateway: GatewayID?
    /// Such as `rolling-restart`.
    public var kind: String
    /// What it does in a few words.
    public var label: String

    static let type = "fault"

    init(_ interval: ExecutedInterval, event: TimelineEvent, clock: RunClock) {
        at = clock.planSeconds(of: interval.start)
        end = interval.end.map(clock.planSeconds(of:))
        fault = interval.fault
        gateway = interval.gateway
        kind = event.action.kind.resultName
        label = event.label
    }
}
