/// A mistake that a test puts into a run, to see that somebody notices.
enum PlantedBug: CaseIterable {
    /// An answer is not taken as proof of life.
    case answersProveNothing
    /// A client's FIN never arrives.
    case finIsLost
    /// The balancer does not notice that a connection is over.
    case balancerForgetsClose
    /// A session that lost its connection is not woken again.
    case deadlineIsForgotten
}
