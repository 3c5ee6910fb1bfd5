/// Some gateways of an ascending list, numbered from 0 in its order: all but at most two.
struct OfferedGateways {
    let count: Int
    private let list: [GatewayID]
    /// Places in the list that are left out, ascending.
    private let lower: Int
    private let upper: Int

    /// The gateways of `list` other than these two, which may be `noGateway`.
    init(_ list: [GatewayID], without first: GatewayID = noGateway, _ second: GatewayID = noGateway) {
        self.list = list
        let one = OfferedGateways.place(of: first, in: list)
        let other = first == second ? Int.max : OfferedGateways.place(of: second, in: list)
        lower = min(one, other)
        upper = max(one, other)
        count = list.count - (lower == .max ? 0 : 1) - (upper == .max ? 0 : 1)
    }

    subscript(number: Int) -> GatewayID {
        var place = number
        if place >= lower { place += 1 }
        if place >= upper { place += 1 }
        return list[place]
    }

    /// The number of the first one at or after `gateway`, or 0 when there is none.
    func number(from gateway: GatewayID) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < gateway { low = middle + 1 } else { high = middle }
        }
        return low == count ? 0 : low
    }

    private static func place(of gateway: GatewayID, in list: [GatewayID]) -> Int {
        guard gateway != noGateway else { return .max }
        for place in list.indices where list[place] == gateway { return place }
        return .max
    }
}
