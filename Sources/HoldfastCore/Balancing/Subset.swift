/// Deterministic subsetting (Beyer et al., "Site Reliability Engineering", chapter 20): sessions are taken in rounds of
/// gateways / size, and each round deals a shuffle of its own of all gateways into its subsets.
///
/// A round has a gateway in at most one of its subsets, so after r whole rounds no gateway is in more than r. What is
/// left over of a shuffle goes to nobody in that round.
enum Subset {
    /// Member `number` of the subset of `session`, `size` of `gateways` gateways.
    /// - Precondition: `number < size <= gateways`.
    static func member(_ number: UInt32, of session: SessionID, size: UInt32, gateways: UInt32, seed: Seed) -> GatewayID
    {
        let subsets = gateways / size
        let place = session % subsets * size + number
        return seed.permute(.subset, salt: session / subsets, count: gateways, place)
    }
}
