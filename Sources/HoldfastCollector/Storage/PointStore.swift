import Foundation
import GRDB
import Synchronization

/// Series and points in SQLite. A point that arrives twice is stored once: (series, time) is the key, the last value
/// wins.
final class PointStore: Sendable {
    private struct Known {
        var ids: [ReceivedPoint.Series: Int64] = [:]
        var insertsSinceTrim: [Int64: Int] = [:]
    }

    /// Trimming walks the series' newest points, so it is not done for every point.
    private static let insertsBetweenTrims = 256

    /// Every series is written to in turn, so that no cache is large enough, and the kernel has the file's pages.
    private static let cacheKibibytes = 512

    private let database: DatabaseQueue
    private let limits: CollectorLimits
    private let known = Mutex(Known())

    /// Opens or creates the tables at `path`; nil keeps everything in memory. The file may have other tables and
    /// writers.
    init(path: String?, limits: CollectorLimits) throws {
        self.limits = limits
        var configuration = Configuration()
        configuration.label = "holdfast.collector"
        configuration.busyMode = .timeout(5)
        if path != nil { configuration.journalMode = .wal }
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)") }
        database =
            try path.map { try DatabaseQueue(path: $0, configuration: configuration) }
            ?? DatabaseQueue(configuration: configuration)
        try database.write { database in
            try database.execute(sql: Self.schema)
        }
        try loadKnownSeries()
    }

    private static let schema = """
        CREATE TABLE IF NOT EXISTS collector_series (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            unit TEXT NOT NULL,
            kind TEXT NOT NULL,
            attributes TEXT NOT NULL,
            UNIQUE (name, unit, kind, attributes)
        ) STRICT;
        CREATE TABLE IF NOT EXISTS collector_points (
            series INTEGER NOT NULL REFERENCES collector_series (id),
            time INTEGER NOT NULL,
            value REAL NOT NULL,
            PRIMARY KEY (series, time)
        ) STRICT, WITHOUT ROWID;
        """

    /// Stores what fits, all or nothing; what was rejected is added to what the batch already counts.
    func store(_ batch: ReceivedBatch) async throws -> ReceivedBatch {
        try await database.write { [self] database in
            var result = batch
            var ids = known.withLock { $0.ids }
            let insert = try database.cachedStatement(
                sql: """
                    INSERT INTO collector_points (series, time, value) VALUES (?, ?, ?)
                    ON CONFLICT (series, time) DO UPDATE SET value = excluded.value
                    """
            )
            for point in batch.points {
                guard let series = try id(of: point.series, &ids, database, &result) else { continue }
                try insert.execute(arguments: [series, point.unixNanoseconds, point.value])
                try trimWhenDue(series, database)
            }
            // Only once nothing can fail any more; writes are one after the other, so nobody's series are lost here.
            known.withLock { $0.ids = ids }
            return result
        }
    }

    /// Every series whose name is `name` in OTLP's or in Prometheus's spelling and that has all of `attributes`, with
    /// its points at or after `since` (nanoseconds since 1970), oldest first.
    func series(
        name: String,
        attributes: [String: String],
        since: Int64
    ) async throws -> [(series: ReceivedPoint.Series, points: [(unixNanoseconds: Int64, value: Double)])] {
        let matching = known.withLock { known in
            known.ids.filter { $0.key.isNamed(name) && $0.key.has(attributes) }
        }
        let ordered = matching.sorted { $0.value < $1.value }
        return try await database.read { database in
            let select = try database.cachedStatement(
                sql: "SELECT time, value FROM collector_points WHERE series = ? AND time >= ? ORDER BY time"
            )
            return try ordered.map { series, id in
                let rows = try Row.fetchAll(select, arguments: [id, since])
                return (series, rows.map { (unixNanoseconds: $0[0], value: $0[1]) })
            }
        }
    }

    /// Every series, without its points.
    func allSeries() -> [ReceivedPoint.Series] { known.withLock { Array($0.ids.keys) } }

    /// Waits for what is under way and closes the file.
    func close() throws { try database.close() }

    private func loadKnownSeries() throws {
        let rows = try database.read { database in
            try Row.fetchAll(database, sql: "SELECT id, name, unit, kind, attributes FROM collector_series")
        }
        let decoder = JSONDecoder()
        var ids: [ReceivedPoint.Series: Int64] = [:]
        for row in rows {
            let text: String = row[4]
            let attributes = try decoder.decode([String: String].self, from: Data(text.utf8))
            ids[.init(name: row[1], unit: row[2], kind: row[3], attributes: attributes)] = row[0]
        }
        known.withLock { $0.ids = ids }
    }

    private func id(
        of series: ReceivedPoint.Series,
        _ ids: inout [ReceivedPoint.Series: Int64],
        _ database: Database,
        _ batch: inout ReceivedBatch
    ) throws -> Int64? {
        if let id = ids[series] { return id }
        guard ids.count < limits.series else {
            batch.reject(1, "\(series.name): at most \(limits.series) series are kept")
            return nil
        }
        let attributes = try series.attributesText()
        guard series.name.utf8.count + series.unit.utf8.count + attributes.utf8.count <= limits.seriesBytes else {
            batch.reject(1, "\(series.name.prefix(64)): names and attributes may have \(limits.seriesBytes) bytes")
            return nil
        }
        try database.execute(
            sql: "INSERT INTO collector_series (name, unit, kind, attributes) VALUES (?, ?, ?, ?)",
            arguments: [series.name, series.unit, series.kind, attributes]
        )
        ids[series] = database.lastInsertedRowID
        return database.lastInsertedRowID
    }

    private func trimWhenDue(_ series: Int64, _ database: Database) throws {
        let isDue = known.withLock { known in
            let inserts = known.insertsSinceTrim[series, default: 0] + 1
            known.insertsSinceTrim[series] = inserts % Self.insertsBetweenTrims
            return inserts == Self.insertsBetweenTrims
        }
        guard isDue else { return }
        let delete = try database.cachedStatement(
            sql: """
                DELETE FROM collector_points WHERE series = ?1 AND time <= (
                    SELECT time FROM collector_points WHERE series = ?1 ORDER BY time DESC LIMIT 1 OFFSET ?2
                )
                """
        )
        try delete.execute(arguments: [series, limits.pointsOfSeries])
    }
}
