import Foundation
import HoldfastTelemetry
import Testing

@Suite("Dashboards")
struct DashboardTests {
    private struct Dashboard: Decodable {
        struct DataSource: Decodable, Equatable {
            var type: String
            var uid: String
        }
        struct Target: Decodable {
            var datasource: DataSource
            var expr: String
            var refId: String
        }
        struct Place: Decodable {
            var x: Int
            var y: Int
            var w: Int
            var h: Int
        }
        struct Panel: Decodable {
            var id: Int
            var type: String
            var title: String
            var description: String?
            var datasource: DataSource?
            var gridPos: Place
            var targets: [Target]?
        }
        struct Variable: Decodable {
            struct Question: Decodable {
                var query: String
            }
            var name: String
            var type: String
            var text: String

            private enum Key: CodingKey {
                case name
                case type
                case query
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: Key.self)
                name = try container.decode(String.self, forKey: .name)
                type = try container.decode(String.self, forKey: .type)
                let question = try? container.decode(Question.self, forKey: .query)
                text = try question?.query ?? container.decode(String.self, forKey: .query)
            }
        }
        struct Templating: Decodable {
            var list: [Variable]
        }
        var uid: String
        var title: String
        var schemaVersion: Int
        var templating: Templating
        var panels: [Panel]
    }

    @Test("Every dashboard can be read, and no two share a uid or a title")
    func unique() throws {
        let dashboards = try all()

        #expect(try files().map(\.lastPathComponent).contains("overview.json"))
        #expect(Set(dashboards.map(\.uid)).count == dashboards.count)
        #expect(Set(dashboards.map(\.title)).count == dashboards.count)
        for dashboard in dashboards { #expect((8...40).contains(dashboard.uid.count)) }
    }

    @Test("A dashboard finds its data source by itself: file provisioning resolves no inputs")
    func dataSource() throws {
        for file in try files() {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("__inputs"))
            #expect(!text.contains("DS_"))
        }
        for dashboard in try all() {
            #expect(dashboard.templating.list.contains { $0.name == "datasource" && $0.type == "datasource" })
            let sources =
                dashboard.panels.compactMap(\.datasource)
                + dashboard.panels.flatMap { $0.targets ?? [] }.map(\.datasource)
            #expect(sources.allSatisfy { $0 == .init(type: "prometheus", uid: "${datasource}") })
        }
    }

    @Test("Every metric and label in a query is one that Holdfast has, and every metric is shown")
    func metrics() throws {
        let dashboards = try all()
        let queries =
            dashboards.flatMap { $0.panels.flatMap { $0.targets ?? [] }.map(\.expr) }
            + dashboards.flatMap { $0.templating.list.map(\.text) }
        var shown: Set<String> = []
        for query in queries {
            let names = query.matches(of: /holdfast_[a-z_]+/).map { String($0.output) }
            for name in names {
                let instrument = Instrument.allCases.first { $0.prometheusName == name }
                #expect(instrument != nil, "\(name) is no metric: \(query)")
                guard let instrument else { continue }
                shown.insert(name)
                for label in labels(in: query) {
                    let known = instrument.definition.labels.map(\.rawValue) + ["instance", "job"]
                    #expect(known.contains(label), "\(name) has no label \(label): \(query)")
                }
                #expect(isAskedRightly(instrument, query), "\(instrument.definition.kind) \(name): \(query)")
            }
        }
        #expect(shown == Set(Instrument.allCases.map(\.prometheusName)))
    }

    @Test("Panels have titles, words, ids of their own, and places that do not overlap")
    func panels() throws {
        for dashboard in try all() {
            #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
            var taken: Set<[Int]> = []
            for panel in dashboard.panels {
                #expect(!panel.title.isEmpty)
                #expect(panel.type == "row" || panel.description?.isEmpty == false)
                let references = (panel.targets ?? []).map(\.refId)
                #expect(Set(references).count == references.count)
                let place = panel.gridPos
                #expect(place.x + place.w <= 24)
                for x in place.x..<place.x + place.w {
                    for y in place.y..<place.y + place.h {
                        #expect(taken.insert([x, y]).inserted, "\(panel.title) overlaps at \(x), \(y)")
                    }
                }
            }
        }
    }

    /// Counters and distributions are looked at through their rate, or counters as a whole number; gauges as they are.
    private func isAskedRightly(_ instrument: Instrument, _ query: String) -> Bool {
        let isRate = query.contains("rate(\(instrument.prometheusName){")
        switch instrument.definition.kind {
        case .histogram: return isRate && query.hasPrefix("histogram_quantile(")
        case .gauge: return !isRate
        case .counter: return isRate || !query.contains("rate(")
        }
    }

    private func labels(in query: String) -> Set<String> {
        let matchers = query.matches(of: /([a-z_]+)(=~|!=|!~|=)"/).map { String($0.output.1) }
        let groups = query.matches(of: /by \(([a-z_, ]+)\)/).flatMap { $0.output.1.split(separator: ",") }
        return Set(matchers + groups.map { $0.trimmingCharacters(in: .whitespaces) })
    }

    private func all() throws -> [Dashboard] {
        try files().map { try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: $0)) }
    }

    private func files() throws -> [URL] {
        let folder = sourceRoot.appending(path: "dashboards")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
    }
}
