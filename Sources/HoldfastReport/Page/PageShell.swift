/// What every page of Holdfast has around and between its figures; nothing in it is fetched from anywhere.
enum PageShell {
    /// A whole page.
    static func document(title: String, _ body: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(Markup.escape(title)) · Holdfast</title>
        <style>
        \(PageStyle.css)
        </style>
        </head>
        <body>
        <main>
        \(body.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// A part of a page; `content` is HTML.
    static func section(_ title: String, _ content: String) -> String {
        "<section>\n\(Markup.element("h2", title))\n\(content)\n</section>"
    }

    /// Plain sentences as a list.
    static func list(_ sentences: [String]) -> String {
        "<ul>\(sentences.map { Markup.element("li", $0) }.joined())</ul>"
    }
}
