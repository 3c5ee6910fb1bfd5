/// Highest random weight (Thaler and Ravishankar 1998): each session has its own order of all gateways and takes the
/// first that is there, so a gateway that leaves moves nobody but its own.
enum RendezvousHash {
    /// The gateway below `gateways` with the highest score for `session`, among those that `isThere` lets pass.
    static func pick(session: SessionID, gateways: Int, isThere: (Int) -> Bool) -> Int? {
        var best: (gateway: Int, score: UInt64)?
        for gateway in 0..<gateways where isThere(gateway) {
            let score = pairHash(session, UInt32(gateway))
            if let best, best.score >= score { continue }
            best = (gateway, score)
        }
        return best?.gateway
    }
}
