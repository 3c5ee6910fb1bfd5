import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// What the fleet pushed, which no gateway could tell alone: some of them are gone.
extension Stage {
    /// The page that all gateways of the run find there; nil in a plan without messages.
    static func mailboxes(_ plan: Plan, _ sockets: SocketDirectory) throws -> MailboxPage? {
        guard plan.workload.push != nil else { return nil }
        let path = MailboxPage.path(controlSocket: sockets.path(of: "control.sock"))
        return try MailboxPage(path: path, sessions: plan.sessions)
    }

    /// Adds to the measurements of a run that is over what the fleet has to say of its messages.
    func addMessages(to measurements: inout RunMeasurements, endedAt: Instant?) {
        let plan = preflight.plan.realTime
        guard let mailboxes, let push = plan.workload.push, let t0 = measurements.t0 else { return }
        measurements.fleetMessages = mailboxes.tally(
            push,
            seed: Seed(plan.seed),
            t0: t0,
            end: min(t0 + plan.duration, endedAt ?? .never),
            delivered: measurements.sessions?.messages?.delivered ?? 0
        )
    }
}
