/// What a fleet does about the connection of an account that logs in once more.
public enum DuplicateLogin: String, CaseIterable, Sendable {
    /// It tells the older session, which then stops, and ends its connection.
    case notify
    /// It ends the older connection; its session does not know why, and comes back.
    case silent
    /// Nothing: an account may have as many connections as it likes.
    case allow
}
