import HoldfastControl
import HoldfastCore
import HoldfastLab
import HoldfastPlan
import HoldfastResult

/// Somebody else's balancer: started, watched, asked for its counts.
extension Stage {
    /// Starts the balancer of the plan, where it is somebody else's, in front of gateways that listen already.
    func startBalancer(_ plan: Plan, _ directory: RunDirectory) async throws {
        if plan.target.via == .external { return try await reachExternal(plan) }
        do {
            guard let balancer = try await launch(plan, directory) else { return }
            self.balancer.withLock { $0 = balancer }
            // It takes so long to find that a gateway is not there yet.
            let check = plan.realTime.target.balancer.check
            try await balancer.waitUntilReady(within: .seconds(10) + check.interval * Int64(check.fall))
        } catch {
            throw StartFailure("\(error)")
        }
    }

    /// How the balancer ended, if it did: in words.
    func balancerEnd() -> String? {
        guard let balancer = balancer.withLock({ $0 }), let status = balancer.process.pollExit() else { return nil }
        return "\(balancer.program.executableName) ended (\(status))"
    }

    /// What is wrong with a balancer that is there. Blocks the calling thread for a moment, at most two seconds.
    var balancerTrouble: String? {
        guard let balancer = balancer.withLock({ $0 }), balancer.process.isAlive else { return nil }
        do throws(ForeignProgramError) {
            _ = try balancer.servers()
            return nil
        } catch {
            return error.reason == .lostWorker ? "\(error)" : "\(balancer.program.executableName) answered nothing"
        }
    }

    /// Asks the balancer for its counts at every whole plan second; nil when there is none. `note` hears, once, that it
    /// answers no more, and since when.
    func watchBalancer(
        _ plan: Plan,
        t0: Instant,
        note: @escaping @Sendable (_ line: String) -> Void
    ) -> Task<Void, Never>? {
        guard let balancer = balancer.withLock({ $0 }) else { return watchExternal(plan, t0: t0, note: note) }
        let timing = RunTiming(plan: plan)
        return Task { [desk] in
            var report = AgentReport.ofBalancer
            var silence = BalancerSilence(name: balancer.program.executableName)
            var next = Instant.zero
            for second in 0...timing.endSecond {
                let instant = timing.cutInstant(second, after: t0)
                guard await sleep(until: instant) else { return }
                // Each question to one that is silent takes its two seconds; those that became due meanwhile are left.
                if silence.since != nil, ControlClock.now - instant > .seconds(1) { continue }
                // Whether one that keeps no counts is well is known soon enough once a second of the machine's.
                guard balancer.tellsCounts || instant >= next || second == timing.endSecond else { continue }
                next = instant + .seconds(1)
                do throws(ForeignProgramError) {
                    let servers = try balancer.servers()
                    silence.since = nil
                    guard balancer.tellsCounts else { continue }
                    report.follow(with: Stage.cut(second, servers), isLast: second == timing.endSecond)
                    await desk.record(report)
                } catch {
                    silence.note(error, second: second, isAlive: balancer.process.isAlive, note)
                }
            }
            silence.end(isAlive: balancer.process.isAlive, note)
        }
    }

    private func launch(
        _ plan: Plan,
        _ directory: RunDirectory
    ) async throws(ForeignProgramError) -> RunningBalancer? {
        switch plan.target.via {
        case .client, .embedded, .external: return nil
        case .haproxy:
            let haproxy = try await HAProxy.start(
                haproxyConfiguration(plan),
                canReload: plan.timeline.contains { $0.action.kind == .reloadBalancer },
                spawner: spawner,
                socketDirectory: sockets.path,
                logDirectory: directory.logs
            )
            return .haproxy(haproxy)
        case .nginx:
            let configuration = nginxConfiguration(plan, gateways: plan.target.gateways)
            return .nginx(try await Nginx.start(configuration, spawner: spawner, logDirectory: directory.logs))
        }
    }

    private func gatewayAddresses(_ count: Int) -> [String] {
        (0..<count).map { dottedQuad(FleetAddressing.gateway(GatewayID($0))) }
    }

    private func haproxyConfiguration(_ plan: Plan) -> HAProxyConfiguration {
        let limits = SystemLimits.current()
        return HAProxyConfiguration(
            address: dottedQuad(FleetAddressing.balancer),
            port: preflight.balancerPort,
            gatewayAddresses: gatewayAddresses(plan.mostGateways),
            absentGateways: plan.mostGateways - plan.target.gateways,
            gatewayPort: preflight.gatewayPort,
            algorithm: plan.target.algorithm,
            weights: plan.target.gateway.weights,
            capacity: plan.target.gateway.capacity,
            boundedLoad: plan.target.boundedLoad,
            maximumConnections: HAProxyConfiguration.maximumConnections(
                descriptorLimit: limits.descriptorsHard,
                servers: plan.mostGateways
            ),
            acceptQueue: limits.acceptQueue,
            connectTimeout: plan.target.balancer.connectTimeout,
            check: plan.target.balancer.healthCheck.isActive
                ? plan.realTime.target.balancer.check : HAProxyConfiguration.quickCheck,
            slowStart: plan.realTime.target.balancer.slowStart,
            wantsAnswer: plan.target.balancer.healthCheck == .application,
            idleTimeout: plan.realTime.target.balancer.idleTimeout
        )
    }

    /// nginx with the first `gateways` of the gateways.
    func nginxConfiguration(_ plan: Plan, gateways: Int) -> NginxConfiguration {
        let limits = SystemLimits.current()
        let settings = plan.target.balancer
        let workers = MachineNeeds.nginxWorkers(for: plan, limits: limits)
        return NginxConfiguration(
            address: dottedQuad(FleetAddressing.balancer),
            port: preflight.balancerPort,
            gatewayAddresses: gatewayAddresses(gateways),
            gatewayPort: preflight.gatewayPort,
            algorithm: plan.target.algorithm,
            weights: plan.target.gateway.weights,
            workers: workers,
            sharesCounts: settings.instances == 1,
            connectionsPerWorker: MachineNeeds.nginxDescriptors(for: plan, workers: workers),
            acceptQueue: limits.acceptQueue,
            connectTimeout: settings.connectTimeout,
            failTimeout: settings.healthCheck == .none ? nil : plan.realTime.target.balancer.failTimeout,
            triesNext: settings.connectFailure != .reset,
            maxConnections: settings.maxConnections,
            idleTimeout: plan.realTime.target.balancer.idleTimeout
        )
    }

    private static func cut(_ second: Int32, _ servers: [HAProxyServer]) -> Cut {
        var cut = Cut(second: second)
        cut.populations = servers.map { server in
            GatewayPopulation(
                gateway: GatewayID(server.gateway),
                opened: UInt64(server.connectionsTotal),
                closed: UInt64(server.connectionsTotal - server.connections),
                digest: Digest()
            )
        }
        return cut
    }
}

extension AgentReport {
    /// The first of a balancer that does not speak for itself.
    static var ofBalancer: AgentReport {
        AgentReport(
            agent: AgentID(role: .balancer, index: 0),
            incarnation: 0,
            sequence: 0,
            stage: .running,
            harness: HarnessReport()
        )
    }

    /// Becomes the next one, with what there is at `cut`.
    mutating func follow(with cut: Cut, isLast: Bool) {
        sequence += 1
        stage = isLast ? .ended : .running
        cuts = [cut]
    }
}

/// A balancer that answers no more: noted once, at the second time in a row.
private struct BalancerSilence {
    let name: String
    /// The second of the first question that had no answer.
    var since: Int32?
    private var isNoted = false

    init(name: String) { self.name = name }

    mutating func note(_ error: ForeignProgramError, second: Int32, isAlive: Bool, _ note: (String) -> Void) {
        if error.reason == .lostWorker {
            if !isNoted { note("\(error)") }
            isNoted = true
        } else if since != nil {
            end(isAlive: isAlive, note)
        }
        since = since ?? second
    }

    mutating func end(isAlive: Bool, _ note: (String) -> Void) {
        guard let since, !isNoted, isAlive else { return }
        note("\(name) answered nothing since second \(since) of the run")
        isNoted = true
    }
}
