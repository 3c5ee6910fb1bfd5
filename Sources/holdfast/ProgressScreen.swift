import Foundation
import HoldfastReport
import HoldfastResult
import Synchronization

/// Progress on standard error: redrawn on a terminal, a line a second everywhere else.
final class ProgressScreen: Sendable {
    private let isQuiet: Bool
    private let style: TextStyle?
    private let drawnLines = Mutex(0)

    init(isQuiet: Bool, usesColor: Bool) {
        self.isQuiet = isQuiet
        let isTerminal = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
        style = isTerminal ? TextStyle(columns: ProgressScreen.columns, isColoured: usesColor) : nil
    }

    /// Shows where the run is.
    func show(_ progress: RunProgress) {
        guard !isQuiet else { return }
        guard let style else { return write(ProgressLine.plain(progress) + "\n") }
        let view = ProgressLine.view(progress, style: style)
        drawnLines.withLock { drawn in
            write(ProgressLine.redraw(view, previousLines: drawn))
            drawn = view.count
        }
    }

    /// Clears what is redrawn.
    func end() {
        drawnLines.withLock { drawn in
            guard drawn > 0 else { return }
            write(ProgressLine.redraw([], previousLines: drawn))
            drawn = 0
        }
    }

    private func write(_ text: String) { StandardStream.complain(text) }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 100 }
        return Int(size.ws_col)
    }
}
