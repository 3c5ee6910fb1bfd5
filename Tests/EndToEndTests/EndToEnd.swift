import Testing

/// Real runs of the real program, one after the other: two of them at a time would disturb each other's timers.
@Suite(.serialized) struct EndToEnd {}
