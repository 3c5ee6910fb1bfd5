/// A session's number in the run, 0-based; at most 2^31 sessions.
public typealias SessionID = UInt32

/// A logical gateway's number, 0-based; external gateways are numbered in the order of the plan's endpoints.
public typealias GatewayID = UInt32

/// The count of a session's `connect()` calls so far, failed ones included: the first connection has ordinal 0.
public typealias Ordinal = UInt32

/// No gateway: an attempt through a balancer, before the login reply names one.
public let noGateway = GatewayID.max
