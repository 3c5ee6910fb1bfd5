import HoldfastResult

extension WireAgent {
    init(_ agent: AgentID) throws(ControlCodecError) {
        role = position(agent.role)
        index = try narrow(agent.index, "agent.index")
        shard = try narrow(agent.shard, "agent.shard")
    }

    func value() throws(ControlCodecError) -> AgentID {
        AgentID(role: try HoldfastControl.value(role, "agent.role"), index: Int(index), shard: Int(shard))
    }
}

extension WireJoin {
    init(_ join: Join) throws(ControlCodecError) {
        agent = try WireAgent(join.agent)
        incarnation = join.incarnation
        build = try ControlLimits.check(join.build, "join.build", ControlLimits.word)
        pid = join.pid
    }

    func value() throws(ControlCodecError) -> Join {
        Join(
            agent: try agent.value(),
            incarnation: incarnation,
            build: try ControlLimits.check(build, "join.build", ControlLimits.word),
            pid: pid
        )
    }
}

extension WireAssignment {
    init(_ assignment: Assignment) throws(ControlCodecError) {
        planText = try ControlLimits.check(assignment.planText, "assignment.planText", ControlLimits.planText)
        planHash = try ControlLimits.check(assignment.planHash, "assignment.planHash", ControlLimits.word)
        run = assignment.run
        workers = try narrow(assignment.workers, "assignment.workers")
        gatewayPort = UInt32(assignment.gatewayPort)
        balancerPort = UInt32(assignment.balancerPort)
        if let port = assignment.registryPort { registryPort = UInt32(port) }
        if let port = assignment.etcdPort { etcdPort = UInt32(port) }
        middleboxPorts = assignment.middleboxPorts.map { UInt32($0) }
        if let url = assignment.pushURL {
            pushURL = try ControlLimits.check(url, "assignment.pushURL", ControlLimits.line)
        }
    }

    func value() throws(ControlCodecError) -> Assignment {
        Assignment(
            planText: try ControlLimits.check(planText, "assignment.planText", ControlLimits.planText),
            planHash: try ControlLimits.check(planHash, "assignment.planHash", ControlLimits.word),
            run: run,
            workers: Int(workers),
            gatewayPort: try narrow(gatewayPort, "assignment.gatewayPort"),
            balancerPort: try narrow(balancerPort, "assignment.balancerPort"),
            registryPort: hasRegistryPort ? try narrow(registryPort, "assignment.registryPort") : nil,
            etcdPort: hasEtcdPort ? try narrow(etcdPort, "assignment.etcdPort") : nil,
            middleboxPorts: try middleboxPorts.converted { port throws(ControlCodecError) in
                try narrow(port, "assignment.middleboxPorts")
            },
            pushURL: hasPushURL ? try ControlLimits.check(pushURL, "assignment.pushURL", ControlLimits.line) : nil
        )
    }
}
