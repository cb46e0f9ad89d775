/// Pieces of HTML.
enum HTMLText {
    /// A table; cells are HTML already.
    static func table(head: [String], rows: [[String]]) -> String {
        let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined(separator: "\n")
        let head = head.map { "<th scope=\"col\">\($0)</th>" }.joined()
        return "<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>\(head)</tr></thead><tbody>\n\(body)\n</tbody></table></div>"
    }

    /// JSON as the text of a script element: `<` cannot end it.
    static func scriptData(_ json: String) -> String { json.replacing("<", with: "\\u003c") }
}
