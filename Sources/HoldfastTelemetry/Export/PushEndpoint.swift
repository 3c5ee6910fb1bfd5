/// Where metrics are pushed, from what people type after `--push`.
public enum PushEndpoint {
    /// Why a text is no URL to push to; one line.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// What is wrong, and what was expected.
        public let description: String
    }

    /// The URL that is posted to: `/v1/metrics` is added when `text` has no path. Only `http:` and `https:`.
    public static func url(for text: String) throws(Invalid) -> String {
        guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw Invalid(description: "push URL '\(text)'; expected http://HOST:PORT or https://HOST:PORT")
        }
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.hasPrefix(":"), !rest.contains(where: \.isWhitespace) else {
            throw Invalid(description: "push URL '\(text)' has no host; expected \(scheme)HOST:PORT")
        }
        guard isPortValid(authority) else {
            throw Invalid(description: "push URL '\(text)' has a wrong port; expected 1 to 65535")
        }
        let path = rest.dropFirst(authority.count)
        return path.isEmpty || path == "/" ? scheme + authority + "/v1/metrics" : text
    }

    private static func isPortValid(_ authority: Substring) -> Bool {
        // An IPv6 address has colons of its own, inside brackets.
        let afterAddress = authority.lastIndex(of: "]").map { authority[authority.index(after: $0)...] } ?? authority
        guard let colon = afterAddress.lastIndex(of: ":") else { return true }
        return UInt16(afterAddress[afterAddress.index(after: colon)...]).map { $0 > 0 } ?? false
    }
}
