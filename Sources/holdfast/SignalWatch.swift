import Dispatch
import Foundation

/// The first SIGINT or SIGTERM asks for a graceful end, the second leaves at once; the janitor takes care of the rest.
final class SignalWatch {
    private let sources: [any DispatchSourceSignal]

    /// `request` is told the name of the first signal that comes after this has returned.
    init(_ request: @escaping @Sendable (String) -> Void) {
        let seen = SignalCount()
        let registered = DispatchGroup()
        sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: seen.queue)
            source.setEventHandler {
                guard seen.next() == 1 else { _exit(ExitStatus.aborted.rawValue) }
                request(name)
            }
            // Until a source is registered, which is done by another thread, a signal is ignored, and lost.
            registered.enter()
            source.setRegistrationHandler { registered.leave() }
            source.resume()
            return source
        }
        registered.wait()
    }

    /// From now on a signal ends the program.
    func cancel() {
        sources.forEach { $0.cancel() }
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
    }
}

/// Counts on its own queue only.
private final class SignalCount: @unchecked Sendable {
    let queue = DispatchQueue(label: "holdfast.signals")
    private var count = 0

    func next() -> Int {
        count += 1
        return count
    }
}
