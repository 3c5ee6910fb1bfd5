/// What is noted in the hash of a run; each number belongs to one kind of fact for good, or known hashes would change.
enum Fact: UInt64 {
    case admission = 1
    case disconnect = 2
    case connectFailure = 3
    case stop = 4
    /// A fault begins on a gateway.
    case begin = 5
    case end = 6
    case drop = 7
    /// A session that was stopped tries again.
    case resumption = 8
    case resume = 9
    /// The network begins to be disturbed.
    case disturb = 10
    case settle = 11
    case reroute = 12
    case foreground = 13
    case reload = 14
    case registry = 15
    /// A message reaches its session.
    case delivery = 16
    /// A request is answered.
    case answer = 17
}
