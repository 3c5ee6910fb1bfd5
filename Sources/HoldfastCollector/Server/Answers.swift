/// The answer of `GET /api/v1/series`.
struct SeriesAnswer: Codable, Equatable {
    struct Series: Codable, Equatable {
        /// Attributes of the resource and of the points.
        var attributes: [String: String]
        /// Pairs of seconds since 1970 and value, oldest first.
        var points: [[Double]]
    }

    var series: [Series]
}

/// The answer of `GET /api/v1/names`.
struct NamesAnswer: Codable, Equatable {
    struct Name: Codable, Equatable {
        var name: String
        var prometheusName: String
        var unit: String
        var kind: String
        /// How many series bear it.
        var series: Int
    }

    var names: [Name]
}
