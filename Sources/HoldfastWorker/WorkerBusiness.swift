import HoldfastCore
import HoldfastPlan
import HoldfastResult

/// What goes over the connections of a worker's sessions beside heartbeats. By slot; nothing is kept of what the plan
/// does not have.
struct WorkerBusiness {
    /// In real time.
    let policy: WorkloadPolicy
    private(set) var requests: RequestTally?
    private(set) var messages: MessageTally?
    /// When anything of a session's is due.
    private(set) var due = DueQueue()
    /// When each session last wrote anything.
    var lastWrites: [Instant]
    private var requesters: [Requester] = []
    private var receipts: [Receipts] = []
    /// The earliest instant of each session that waits in the queue; `never` without one.
    private var armed: [Instant] = []

    /// That of `sessions` sessions under `policy`; nil without a workload.
    init?(_ policy: WorkloadPolicy, sessions: Int) {
        guard !policy.isEmpty else { return nil }
        self.policy = policy
        lastWrites = Array(repeating: .zero, count: sessions)
        if policy.push != nil {
            messages = MessageTally()
            receipts = Array(repeating: Receipts(), count: sessions)
        }
        if policy.request != nil {
            requests = RequestTally()
            requests!.onStaleConnection = 0
            requesters = Array(repeating: Requester(), count: sessions)
            armed = Array(repeating: .never, count: sessions)
        }
    }

    /// Whether a connection carries one request only, which follows its login at once.
    var isShort: Bool { policy.request?.isShort == true }

    /// Whether what is pushed is acknowledged.
    var acknowledges: Bool { policy.push?.isAcknowledged == true }

    /// From t0 on `sessions`, the first of them at slot 0, have something to ask.
    mutating func start(at t0: Instant, sessions: Range<SessionID>, seed: Seed) {
        guard let request = policy.request else { return }
        for (slot, id) in sessions.enumerated() {
            requesters[slot].start(at: t0, session: id, policy: request, seed: seed)
            arm(slot, t0)
        }
    }

    /// A session whose time has come; nil when there is none.
    mutating func takeDue(at now: Instant) -> Int? {
        guard let (slot, at) = due.takeDue(at: now) else { return nil }
        if armed[slot] == at { armed[slot] = .never }
        return slot
    }

    /// What a session has to do now that heard something `lastHeard`; nil when there is nothing left, and then its next
    /// instant waits in the queue.
    mutating func nextAction(_ slot: Int, lastHeard: Instant, _ now: Instant) -> Requester.Action? {
        guard let request = policy.request, requests != nil else { return nil }
        if let action = requesters[slot].nextAction(now, request, &requests!, lastHeard: lastHeard) { return action }
        arm(slot, now)
        return nil
    }

    /// A session's connection carries requests before its login is answered.
    mutating func connect(_ slot: Int, _ now: Instant) {
        guard let request = policy.request else { return }
        requesters[slot].connect(now, request)
        arm(slot, now)
    }

    /// A session's connection carries requests.
    mutating func admit(_ slot: Int, _ now: Instant) {
        guard let request = policy.request else { return }
        requesters[slot].admit(now, request)
        arm(slot, now)
    }

    /// A session's connection is over, or never came to be. Where somebody else ended it, it heard something
    /// `lastHeard`.
    mutating func disconnect(_ slot: Int, lastHeard: Instant?, _ now: Instant) {
        guard let request = policy.request, requests != nil else { return }
        requesters[slot].disconnect(request, &requests!, lastHeard: lastHeard)
        arm(slot, now)
    }

    /// A session has the answer to request `number`.
    mutating func answer(_ number: UInt32, _ slot: Int, _ now: Instant) {
        guard let request = policy.request, requests != nil else { return }
        requesters[slot].answer(number, now, request, &requests!)
        arm(slot, now)
    }

    /// A session, admitted at `admitted`, has message `number`, which was to be sent at `intended`.
    mutating func receive(_ number: UInt32, intended: Instant, _ slot: Int, admitted: Instant, _ now: Instant) {
        guard messages != nil else { return }
        guard receipts[slot].receive(number) else {
            messages!.duplicated += 1
            return
        }
        messages!.delivered += 1
        // Whatever is older than the login has waited for it, where anything does.
        if policy.push?.queue == .offline, intended < admitted { messages!.delayed += 1 }
        messages!.latency.record(now - intended)
    }

    private mutating func arm(_ slot: Int, _ now: Instant) {
        let deadline = requesters[slot].deadline
        guard deadline < armed[slot] else { return }
        armed[slot] = max(now, deadline)
        due.add(slot, at: armed[slot])
    }
}
