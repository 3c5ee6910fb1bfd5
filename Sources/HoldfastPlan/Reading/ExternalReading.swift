import HoldfastCore

/// `via: external`: the keys of a balancer that is there already.
extension SectionReader {
    private static let mostEndpoints = 64

    /// Nil where the balancer has neither of its keys.
    mutating func external(_ fields: Fields) -> ExternalBalancer? {
        guard fields["endpoints"] != nil || fields["counts"] != nil else { return nil }
        return ExternalBalancer(endpoints: endpoints(fields["endpoints"]), counts: counts(fields["counts"]))
    }

    private mutating func endpoints(_ node: PlanNode?) -> [Endpoint] {
        guard let node else { return [] }
        let expected = "a list of 1 to \(SectionReader.mostEndpoints) addresses such as [127.0.0.1:9000]"
        guard case .sequence(let items) = node.content, !items.isEmpty, items.count <= SectionReader.mostEndpoints
        else {
            reader.refuse(at: node.place, found: node.found, expected: expected)
            return []
        }
        let kind = ValueKind<Endpoint>(
            expected: "an IPv4 address of this machine and a port, such as 127.0.0.1:9000",
            parse: Endpoint.init(text:)
        )
        var endpoints: [Endpoint] = []
        for item in items {
            guard let endpoint = reader.value(item, kind) else { continue }
            if endpoints.contains(endpoint) {
                reader.refuse(at: item.place, found: "\(endpoint) again", expected: "each address once")
            }
            endpoints.append(endpoint)
        }
        return endpoints
    }

    private mutating func counts(_ node: PlanNode?) -> ExternalBalancer.Counts? {
        guard let node else { return nil }
        let fields = reader.fields(node, parent: node.place, known: ["command", "url"])
        if let command = fields["command"] {
            reader.refuse(["url"], in: fields, beside: "`command`", expected: "one of them")
            guard case .sequence(let items) = command.content, !items.isEmpty else {
                let expected = "a list of a program and its arguments"
                reader.refuse(at: command.place, found: command.found, expected: expected)
                return nil
            }
            let kind = ValueKind<String>(expected: "a text", parse: { $0 })
            return .command(items.compactMap { reader.value($0, kind) })
        }
        guard let url = fields["url"] else {
            reader.refuse(at: node.place, found: "`counts` without a source", expected: "`command` or `url`")
            return nil
        }
        let kind = ValueKind<String>(
            expected: "a URL such as http://127.0.0.1:9001/counts",
            parse: { $0.hasPrefix("http://") || $0.hasPrefix("https://") ? $0 : nil }
        )
        return reader.value(url, kind).map { .url($0) }
    }

    /// Who starts a balancer says where it listens; nobody else can.
    mutating func agreeOnExternal(_ target: Target, _ root: PlanNode) {
        let settings = target.balancer.external
        guard target.via == .external else {
            // A variant may leave out the balancer that the others have.
            guard settings != nil, target.via != .client else { return }
            let key = settings?.endpoints.isEmpty == false ? "endpoints" : "counts"
            let found = "`\(key)` with `via: \(target.via.rawValue)`"
            let place = root.place(of: "target", "balancer", key)
            return reader.refuse(at: place, found: found, expected: "`via: external`")
        }
        guard !reader.hasErrors else { return }
        if settings?.endpoints.isEmpty ?? true {
            let expected = "where the balancer listens, such as [127.0.0.1:9000], for `via: external`"
            let place = root.place(of: "target", "balancer")
            reader.refuse(at: place, found: "no key `endpoints`", expected: expected)
        }
        if target.gateway.port == nil {
            let expected = "the port of all gateways, as the balancer knows it, for `via: external`"
            reader.refuse(at: root.place(of: "target", "gateway"), found: "no key `port`", expected: expected)
        }
    }
}

extension Endpoint {
    /// From a text such as `127.0.0.1:9000`; nil when it is none.
    fileprivate init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { return nil }
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard numbers.count == 4, !numbers.contains(nil) else { return nil }
        let address = numbers.reduce(UInt32(0)) { $0 << 8 | UInt32($1 ?? 0) }
        guard address != 0, "\(dottedQuad(address)):\(port)" == text else { return nil }
        self.init(address: address, port: port)
    }
}
