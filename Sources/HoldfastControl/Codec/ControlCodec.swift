import HoldfastResult
import SwiftProtobuf

/// The values of the control exchange as protobuf and back; `control.proto` says what they look like in between.
///
/// Both directions keep to `ControlLimits` and say which field broke them, so an agent that would be refused finds out
/// by itself.
public enum ControlCodec {
    /// The media type of every body.
    public static let mediaType = "application/x-protobuf"

    /// A `Join` as bytes.
    public static func encode(_ join: Join) throws(ControlCodecError) -> [UInt8] {
        try bytes(WireJoin(join))
    }

    /// The `Join` in `bytes`.
    public static func decodeJoin(_ bytes: [UInt8]) throws(ControlCodecError) -> Join {
        try message(WireJoin.self, bytes).value()
    }

    /// An `Assignment` as bytes.
    public static func encode(_ assignment: Assignment) throws(ControlCodecError) -> [UInt8] {
        try bytes(WireAssignment(assignment))
    }

    /// The `Assignment` in `bytes`.
    public static func decodeAssignment(_ bytes: [UInt8]) throws(ControlCodecError) -> Assignment {
        try message(WireAssignment.self, bytes).value()
    }

    /// An `AgentReport` as bytes.
    public static func encode(_ report: AgentReport) throws(ControlCodecError) -> [UInt8] {
        try bytes(WireReport(report))
    }

    /// The `AgentReport` in `bytes`.
    public static func decodeReport(_ bytes: [UInt8]) throws(ControlCodecError) -> AgentReport {
        try message(WireReport.self, bytes).value()
    }

    /// `Orders` as bytes.
    public static func encode(_ orders: Orders) throws(ControlCodecError) -> [UInt8] {
        try bytes(WireOrders(orders))
    }

    /// The `Orders` in `bytes`.
    public static func decodeOrders(_ bytes: [UInt8]) throws(ControlCodecError) -> Orders {
        try message(WireOrders.self, bytes).value()
    }

    private static func bytes(_ message: some Message) throws(ControlCodecError) -> [UInt8] {
        do {
            return try message.serializedBytes()
        } catch {
            throw .malformed("\(error)")
        }
    }

    private static func message<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws(ControlCodecError) -> M {
        do {
            return try M(serializedBytes: bytes)
        } catch {
            throw .malformed("\(error)")
        }
    }
}

/// Why a message of the control exchange is refused.
public enum ControlCodecError: Error, Equatable, CustomStringConvertible {
    /// Not protobuf, or cut off.
    case malformed(String)
    /// A repeated field or a text is longer than `ControlLimits` allows.
    case tooLong(field: String, count: Int, limit: Int)
    /// A field has a value that its type does not know.
    case invalid(field: String, found: String)

    /// One line.
    public var description: String {
        switch self {
        case .malformed(let reason): "not a control message: \(reason)"
        case .tooLong(let field, let count, let limit): "\(field) has \(count) entries; at most \(limit) are allowed"
        case .invalid(let field, let found): "\(field) is \(found), which has no meaning"
        }
    }
}
