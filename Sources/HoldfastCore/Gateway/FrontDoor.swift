/// How fast a gateway takes connections: they wait in its kernel's queue until the program accepts them, at a limited
/// rate, and their logins are answered one after the other.
///
/// What finds the queue full is dropped, as Linux drops first segments when `somaxconn` connections wait, and comes
/// again when its sender's kernel repeats it.
public struct FrontDoor: Equatable, Sendable {
    /// Connections that found the queue full.
    public private(set) var overflows: UInt64 = 0

    private let acceptInterval: Span
    private let loginTime: Span
    private let backlog: Int64
    private var nextAccept = Instant(nanoseconds: .min)
    private var nextLogin = Instant(nanoseconds: .min)
    private var heldBack: Int64 = 0

    /// A door that accepts `ratePerSecond` connections (above 0; nil as fast as they come), answers a login in
    /// `loginTime`, and lets `backlog` connections wait.
    public init(ratePerSecond: Double? = nil, loginTime: Span = .zero, backlog: Int = FrontDoor.usualBacklog) {
        acceptInterval = ratePerSecond.map { Span(seconds: 1 / $0) } ?? .zero
        self.loginTime = loginTime
        self.backlog = Int64(backlog)
    }

    /// `net.core.somaxconn` since Linux 5.4.
    public static let usualBacklog = 4096

    /// A connection arrived at `now`: when the program accepts it; nil when there is no room to wait.
    public mutating func arrive(_ now: Instant) -> Instant? {
        let accepted = max(now, nextAccept)
        let waiting = acceptInterval > .zero ? (accepted - now).nanoseconds / acceptInterval.nanoseconds : 0
        guard waiting + heldBack < backlog else {
            overflows += 1
            return nil
        }
        nextAccept = accepted + acceptInterval
        return accepted
    }

    /// The same while the program stands still: whether there is room to wait until it does not.
    public mutating func holdBack() -> Bool {
        guard heldBack < backlog else {
            overflows += 1
            return false
        }
        heldBack += 1
        return true
    }

    /// The program runs again and accepts what waited.
    public mutating func letIn() { heldBack = 0 }

    /// The login of a connection that was accepted at `accepted` arrived at `now`: when it is answered.
    public mutating func answerLogin(acceptedAt accepted: Instant, now: Instant) -> Instant {
        let answered = max(max(now, accepted), nextLogin) + loginTime
        if loginTime > .zero { nextLogin = answered }
        return answered
    }
}
