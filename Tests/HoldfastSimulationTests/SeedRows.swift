/// Where each row of what the articles say on long connections is shown, or why only a live run can show it.
enum SeedRows {
    enum Place {
        /// A test of this directory.
        case simulated(String)
        /// A test of a pure part in the core's tests: no run has it yet.
        case core(String)
        /// A test of the command line, in the end-to-end tests.
        case command(String)
        /// Only real kernels, proxies or processes can show it.
        case live(String)
    }

    static let all: [(row: Int, place: Place)] = [
        (1, .simulated("carriers")),
        (2, .simulated("aPushThatNobodyHears")),
        (3, .simulated("aFullTableRefuses")),
        (4, .live("a firewall that drops what it does not know is the kernel's")),
        (5, .simulated("anotherAddress")),
        (6, .simulated("aKnownSwitchOfNetworks")),
        (7, .simulated("aNatThatForgets")),
        (8, .simulated("aTunnel")),
        (9, .simulated("aCrowd")),
        (10, .simulated("aHostThatComesBack")),
        (11, .simulated("aKilledProcessIsNoticedAtOnce")),
        (12, .simulated("aFrozenGateway")),
        (13, .simulated("aCableThatIsPutBack")),
        (14, .simulated("theIdleTimeoutEndsThem")),
        (15, .simulated("theUserTimeout")),
        (16, .simulated("threeRoundsOfSixtySeconds")),
        (17, .simulated("keepalive")),
        (18, .simulated("twoKeepalivesInOneRun")),
        (19, .simulated("theRetransmissionsGiveUp")),
        (20, .simulated("threeRoundsOfSixtySeconds")),
        (21, .simulated("aFrozenGateway")),
        (22, .simulated("aLimitBelowTwoIntervals")),
        (23, .simulated("whatAnIntervalCosts")),
        (24, .simulated("quarantineKeepsSessionsAway")),
        (25, .simulated("piggyback")),
        (26, .simulated("afterIdle")),
        (27, .simulated("beatsInTenMinutes")),
        (28, .simulated("theGatewayDictates")),
        (29, .simulated("anIdleTimeoutBelowTheIntervalCutsTheSession")),
        (30, .simulated("whereMarsSettles")),
        (31, .simulated("bothDirectionsCostTwice")),
        (32, .simulated("noHeartbeatNoticesNothing")),
        (33, .simulated("aReportedHeartbeatNoticesNothing")),
        (34, .simulated("designMistakes")),
        (35, .simulated("theDeadAreTakenAway")),
        (36, .simulated("withoutATimeoutTheyPileUp")),
        (37, .simulated("pushesToGhosts")),
        (38, .simulated("theAppIsOpened")),
        (39, .simulated("kickingEachOther")),
        (40, .simulated("givingUp")),
        (41, .simulated("stayingMultipliesAttempts")),
        (42, .live("the proxies of the field are processes")),
        (43, .simulated("withoutAHealthCheck")),
        (44, .simulated("everyAlgorithmSeesTheSameChurn")),
        (45, .simulated("unevenDepartures")),
        (46, .command("anUnevenFleetNeedsMoreGateways")),
        (47, .simulated("oneSiteIsFarFromSome")),
        (48, .simulated("stalePicksEndWithinTheTimeToLive")),
        (49, .simulated("longAgainstPoll")),
        (50, .simulated("onlyTheApplicationNotices")),
        (51, .simulated("theBalancersIdleTimeout")),
        (52, .simulated("resetEvery90Seconds")),
        (53, .simulated("whatIsPushedWhileOffline")),
        (54, .simulated("stalePool")),
        (55, .simulated("resetEvery90Seconds")),
        (56, .core("anUnknownOpcodeIsClosedWith1002")),
    ]

    /// Plans that are simulated for nothing but their verdict.
    static let plansOfVerdict: Set = ["planted-limits", "quickstart", "slb-vs-client"]
}
