import HoldfastCore

/// `groups`: sessions that differ from the others.
extension SectionReader {
    mutating func groups(_ node: PlanNode?) -> [SessionGroup] {
        guard let node else { return [] }
        let items = reader.items(node, expected: "a list of groups with `name` and `share`")
        guard !items.isEmpty else { return [] }
        if items.count > SessionGroup.limit {
            let expected = "at most \(SessionGroup.limit)"
            reader.refuse(at: node.place, found: "\(items.count) groups", expected: expected)
        }
        var groups: [SessionGroup] = []
        for item in items {
            let group = group(item)
            if groups.contains(where: { $0.name == group.name }), !reader.hasErrors {
                let found = "a second group \(quoted(group.name))"
                reader.refuse(at: item.place(of: "name"), found: found, expected: "each name once")
            }
            groups.append(group)
        }
        let sum = groups.reduce(0) { $0 + $1.share }
        if !reader.hasErrors, abs(sum - 1) > 1e-6 {
            let found = "shares that are \(ScalarText.text(sum * 100))% together"
            reader.refuse(at: node.place, found: found, expected: "100%")
        }
        return groups
    }

    private mutating func group(_ node: PlanNode) -> SessionGroup {
        let known = ["name", "share", "heartbeat", "reconnect", "churn", "network", "region"]
        let fields = reader.fields(node, parent: node.place, known: known)
        if case .mapping = node.content {
            reader.require("name", in: fields, expected: "a name of the group")
            reader.require("share", in: fields, expected: "its share of all sessions")
        }
        var group = SessionGroup(
            name: reader.value(fields["name"], .name("a name"), or: ""),
            share: reader.value(fields["share"], .fraction(), or: 1)
        )
        if let name = fields["name"], Int(group.name) != nil {
            // The timeline may speak of groups by number.
            reader.refuse(at: name.place, found: quoted(group.name), expected: "a name that is not a number")
        }
        if let node = fields["heartbeat"] { group.heartbeat = heartbeat(node, parent: fields.place) }
        if let node = fields["reconnect"] {
            let (policy, onFailure) = reconnect(node, parent: fields.place)
            group.reconnect = SessionGroup.Reconnecting(policy: policy, onFailure: onFailure)
        }
        group.churn = churn(fields["churn"], parent: fields.place)
        group.network = network(fields["network"])
        group.region = reader.value(fields["region"], .name("a region"))
        return group
    }

    /// The name of a carrier, `none`, or a middlebox in full.
    private mutating func network(_ node: PlanNode?) -> SessionGroup.Network {
        guard let node else { return .asPlanned }
        guard case .scalar(let scalar) = node.content else {
            return middlebox(node, parent: node.place).map { .behind($0) } ?? .asPlanned
        }
        if scalar.text == SessionGroup.openNetwork { return .open }
        return reader.preset(node, MiddleboxPolicy.presets, []).map { .behind($0) } ?? .asPlanned
    }

    /// The group in the scope of a timeline event, by name or number.
    mutating func group(_ fields: Fields, _ plan: Plan?) -> Int? {
        guard let node = fields["group"] else { return nil }
        guard let plan else { return 0 }
        guard let name = reader.value(node, .name("a group")) else { return nil }
        if let index = plan.group(named: name) { return index }
        let names = plan.groups.map(\.name)
        reader.refuse(
            at: node.place,
            found: "unknown group \(quoted(name))",
            expected: names.isEmpty ? "a plan with `groups`" : listed(names),
            suggestion: nearestName(to: name, among: names)
        )
        return nil
    }
}

extension SessionGroup {
    /// What `network` is called that stands for no middlebox at all.
    static let openNetwork = "none"
}
