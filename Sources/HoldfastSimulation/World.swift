import HoldfastCore
import HoldfastPlan
import HoldfastResult
import Synchronization

/// Sessions, network, balancer and gateways in virtual time; 0 is the start of establishing.
struct World: ~Copyable {
    let plan: Plan
    /// The plan with every duration divided by `timeScale`.
    let real: Plan
    let policy: SessionPolicy
    let gatewayPolicy: GatewayPolicy
    /// What differs from group to group; one entry, which is the plan itself, without groups.
    let groups: [SimulatedGroup]
    let hasGroups: Bool
    let isFast: Bool
    let delay = Simulation.networkDelay
    let roundTrip = Simulation.networkDelay * 2
    let sessionCount: Int
    let seats: UnsafeMutablePointer<Seat>
    /// Those with a deadline event that matters.
    var armed: SessionSet
    var queue: EventQueue
    var now = Instant.zero
    let gateways: UnsafeMutableBufferPointer<SimulatedGateway>
    var balancer: BalancerInstances?
    var balancerCuts: [Cut] = []
    let cutPlan: CutPlan
    /// Who may end the run before its time; nil where nobody can.
    var interruption: Interruption?
    /// Who is in the fleet, who is kept out of service, and what goes on about it.
    var fleet: Fleet
    /// Who tells sessions where to go, if anybody does.
    var routing: RoutingService?
    /// What sessions remember of its answers; nil where they always ask.
    var routeCache: RouteCache?
    /// When gateways report to the registry.
    let reportTimes: ReportTimes?
    /// When they report next.
    var nextReport = Instant.zero
    /// Who waits for an attempt because so many a second may begin only.
    var attemptQueue: AttemptQueue
    /// What each client has learnt of its networks, with an adaptive heartbeat; empty otherwise.
    var adaptive: [AdaptiveHeartbeat]
    /// Probes of a third party by gateway, and how many of them found it there.
    var probes: ProbeTally
    /// Whether anything can happen on the way between sessions and gateways.
    let hasPaths: Bool
    /// Whether gateways take their time with new connections.
    let hasFrontDoor: Bool
    /// Whether gateways end connections that are silent for too long, in any group.
    let hasIdleTimeouts: Bool
    /// Whether gateways admit whoever logs in, without a word more than the login.
    let logsInFreely: Bool
    /// Whether an account may have one connection only.
    let keepsAccounts: Bool
    /// Who has which account, and whose connection was ended for that and does not know yet.
    var directory: AccountDirectory
    var duplicates: [SessionID: Ordinal] = [:]
    /// What lies on the way of each connection, where anything can.
    var paths: [LinkKey: Path] = [:]
    /// Where each session is, and what the middleboxes there are like.
    var networks: ClientNetworks
    /// How far it is from one place to another, in a plan with regions.
    let distances: Distances?
    /// When the present attempt of each session began, where it is of interest how long it took; empty otherwise.
    var attemptedAt: [Instant]
    let measuresConnects: Bool
    /// The balancer as a box that forgets.
    let balancerTable: MiddleboxPolicy?
    /// Entries of the middlebox of all, and of that of each group.
    var openMappings: [Int]
    /// The balancer's connects that nobody has answered yet, and to which gateway each of them is.
    var unanswered: [LinkKey: GatewayID] = [:]
    /// What is wrong with the network at present.
    var disturbances: [ActiveDisturbance] = []
    /// What goes over the connections beside heartbeats, by session; empty where nothing does.
    var business: [Business]
    /// What became of it.
    var messages = MessageTally()
    var requests = RequestTally()
    /// Connections of sessions that are on another one by now.
    var ghosts: [LinkKey: Link] = [:]
    let segments: UnsafeMutableBufferPointer<Segment>
    var executed: [ExecutedInterval] = []
    var thresholds: [RankThreshold] = []
    var steps: [TimelineStep] = []
    /// What is ending connections right now; nil outside of a drop.
    var injecting: Int?
    /// Whether what ends a connection right now is agreed on: its lifetime is over, or a pool lets it go.
    var isEndPlanned = false
    var planted: PlantedBug?
    /// When what the run itself does next to everybody is due: cuts and steps of the timeline, the last first.
    private var interruptions: [Instant] = []
    /// What is sent to arrive before this instant arrives at once, while beats are caught up with; nil while everything
    /// takes its time.
    var present: Instant?
    var t0: Instant?
    var isStarted = false
    var isEnded = false
    var admittedOnce = 0
    /// Sum mod 2^64 of the hashes of everything noted: free of order, the same for any number of segments.
    private(set) var eventHash: UInt64 = 0
    /// What must stay where it is makes a world that is handed on by its address; without it every call that only reads
    /// copies the 3 KB of a world first.
    private let anchor = Atomic(0)

    init(plan: Plan, fidelity: Simulation.Fidelity, segments count: Int) {
        // Everything is made first and stored once: a conditional store here is miscompiled with optimization.
        let real = plan.realTime
        let policy = SessionPolicy(plan: plan)
        let gatewayPolicy = GatewayPolicy(plan: plan)
        let groups = SimulatedGroup.groups(of: plan)
        let hasPaths = plan.hasEventfulPaths
        let segments = World.segments(of: plan, count: count)
        let keepsAccounts = plan.target.gateway.duplicateLogin != .allow
        let seats = World.seated(segments, count: plan.sessions)
        self.plan = plan
        self.real = real
        self.policy = policy
        self.gatewayPolicy = gatewayPolicy
        self.hasPaths = hasPaths
        self.keepsAccounts = keepsAccounts
        directory = AccountDirectory(accounts: keepsAccounts ? plan.accounts : 0)
        hasFrontDoor = real.target.gateway.hasFrontDoor
        let gateway = real.target.gateway
        let isUnlimited = gateway.capacity == nil && gateway.shed == nil && !gateway.hasFrontDoor
        logsInFreely = isUnlimited && !keepsAccounts && real.connect.tls == .none
        hasIdleTimeouts = groups.contains { $0.gatewayPolicy.idleTimeout != nil }
        self.groups = groups
        hasGroups = !plan.groups.isEmpty
        distances = Distances(plan)
        measuresConnects = plan.measuresConnects
        attemptedAt = [Instant](repeating: .zero, count: plan.measuresConnects ? plan.sessions : 0)
        attemptQueue = AttemptQueue(ratePerSecond: real.connect.ratePerSecond, sessions: plan.sessions)
        openMappings = [Int](repeating: 0, count: groups.count + 1)
        networks = ClientNetworks(plan)
        balancerTable = real.target.balancer.table
        isFast = fidelity == .fast && !hasPaths && plan.workload.isEmpty && groups.allSatisfy(World.isQuiet)
        sessionCount = plan.sessions
        self.seats = seats
        armed = SessionSet(count: plan.sessions)
        queue = EventQueue(horizon: Instant.zero + real.establish.timeout + World.announcement + real.duration)
        gateways = World.gateways(real.target, most: plan.mostGateways)
        fleet = Fleet(plan: plan)
        probes = ProbeTally(gateways: plan.mostGateways)
        adaptive = World.adaptive(plan)
        business = World.business(real)
        routing = RoutingService(plan: plan)
        let cache = real.target.registry?.cache
        routeCache = cache.map { RouteCache(lifetime: $0, sessions: plan.sessions) }
        reportTimes = ReportTimes(plan)
        balancer = plan.hasBalancer ? BalancerInstances(plan: plan) : nil
        cutPlan = CutPlan(plan)
        self.segments = segments
    }

    deinit {
        UnsafeMutableRawPointer(seats).deallocate()
        gateways.deinitialize()
        gateways.deallocate()
        segments.deinitialize()
        segments.deallocate()
    }

    /// t0 is announced this long ahead.
    static let announcement = Span.seconds(2)

    /// How many events go by between two looks at whether the run is to end.
    private static let interruptionEvents: UInt64 = 1 << 14

    /// Runs to the end, or until somebody interrupts it; returns how many events that took.
    mutating func live() -> UInt64 {
        seatGroups()
        let pace = Pace(start: .zero, ratePerSecond: plan.establish.ratePerSecond)
        for id in 0..<sessionCount {
            queue.push(SimulatedEvent(at: pace.instant(of: UInt32(id)), kind: .start, session: UInt32(id)))
        }
        if routing != nil { queue.push(SimulatedEvent(at: .zero, kind: .report)) }
        steps.append(.announce)
        pushDisturbance(SimulatedEvent(at: .zero + plan.establish.timeout, kind: .fault, session: 0))
        var events: UInt64 = 0
        let seats = seats
        // Seats are far away in memory; those of a slot are asked for together, and none of them is waited for.
        while !isEnded, let event = queue.pop({ if $0.isOfSession { (seats + Int($0.session)).prefetch() } }) {
            now = event.at
            events += 1
            if events % World.interruptionEvents == 0, let interruption, interruption.signal != nil {
                catchUpAll()
                break
            }
            perform(event)
        }
        return events
    }

    mutating func perform(_ event: SimulatedEvent) {
        let id = Int(event.session)
        switch event.kind {
        case .cut:
            interruptions.removeLast()
            cut(Int32(event.session))
        case .fault:
            interruptions.removeLast()
            perform(steps[id])
        case .toGateway: deliverToGateway(event)
        case .toClient: deliverToClient(event)
        case .path: pathDeadline(event.key)
        case .gatewayDeadline: gatewayDeadline(event.key)
        case .report: report()
        case .business: doBusiness(id)
        case .start: if !mustWait(id) { drive(id, .started) }
        case .attempt: beginAttempts()
        case .lifetime: endLifetime(event)
        case .sessionDeadline: sessionDeadline(id)
        }
    }

    /// The instant before which nothing happens but what sessions and gateways do by themselves.
    var nextDisturbance: Instant { interruptions.last ?? .never }

    /// Puts a cut or a step of the timeline into the queue.
    mutating func pushDisturbance(_ event: SimulatedEvent) {
        interruptions.append(event.at)
        var place = interruptions.count - 1
        while place > 0, interruptions[place - 1] < event.at {
            interruptions.swapAt(place - 1, place)
            place -= 1
        }
        queue.push(event)
    }

    /// Adds one fact to the hash of the run.
    mutating func hash(_ actor: UInt64, _ fact: Fact, _ detail: UInt64) {
        var chain = mix64(UInt64(bitPattern: now.nanoseconds) &+ goldenGamma)
        chain = mix64(chain ^ actor &+ goldenGamma)
        chain = mix64(chain ^ fact.rawValue &+ goldenGamma)
        eventHash &+= mix64(chain ^ detail &+ goldenGamma)
    }
}
