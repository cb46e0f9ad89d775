/// Pieces of HTML.
enum HTMLText {
    /// A table; cells are HTML already. Numbers stand to the right; the first column and those of
    /// `left` to the left.
    static func table(head: [String], rows: [[String]], left: Set<Int> = []) -> String {
        func text(_ column: Int) -> String { left.contains(column) ? " class=\"text\"" : "" }
        let body = rows.map { row in
            "<tr>"
                + row.enumerated().map {
                    $0 == 0 ? "<th scope=\"row\">\($1)</th>" : "<td\(text($0))>\($1)</td>"
                }.joined() + "</tr>"
        }.joined(separator: "\n")
        let head = head.enumerated().map { "<th scope=\"col\"\(text($0))>\($1)</th>" }.joined()
        return
            """
            <div class="scroll" \
            tabindex="0"><table><thead><tr>\(head)</tr></thead>\
            <tbody>\n\(body)\n</tbody></table></div>
            """
    }

    /// JSON as the text of a script element: `<` cannot end it.
    static func scriptData(_ json: String) -> String { json.replacing("<", with: "\\u003c") }
}
