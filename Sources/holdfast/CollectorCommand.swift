import ArgumentParser
import Foundation
import HoldfastCollector

/// `holdfast collector`: an OTLP receiver of its own, for runs that push to it.
struct CollectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collector",
        abstract: "Receives metrics over OTLP/HTTP, keeps them in SQLite and answers questions about them.",
        discussion: """
            Runs push to it with --push http://HOST:PORT. What arrived is shown at /, and answered as JSON at
            /api/v1/names and /api/v1/series?name=holdfast.sessions. Ends cleanly on SIGINT and SIGTERM.
            """
    )

    @Option(help: ArgumentHelp("Where to listen; port 0 lets the kernel choose.", valueName: "address:port"))
    var listen = ListenAddress(host: "127.0.0.1", port: 4_318)

    @Option(
        help: ArgumentHelp("The SQLite file to keep metrics in; without it they are kept in memory.", valueName: "path")
    )
    var database: String?

    func run() async throws {
        do {
            try await Collector.run(address: listen.host, port: listen.port, databasePath: database) { url in
                say("holdfast collector: listening on \(url)")
            }
        } catch let error as CollectorError {
            say("holdfast collector: \(error)")
            throw ExitStatus.couldNotStart
        }
    }

    private func say(_ line: String) { StandardStream.complain(line + "\n") }
}

/// An address and a port, as typed: `127.0.0.1:4318`, `[::1]:4318`.
struct ListenAddress: ExpressibleByArgument, CustomStringConvertible {
    var host: String
    var port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: Int(port))
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
