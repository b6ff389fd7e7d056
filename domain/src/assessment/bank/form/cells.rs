//! A list in one field, an item on each line, and a table, its cells between `|`. What would be read otherwise than it
//! is meant stands in quotation marks: `" 5"`, `"a | b"`, `"two\nlines"`.

/// Each text on a line of its own.
pub(super) fn lines(texts: &[String]) -> String {
    let lines: Vec<_> = texts.iter().map(|text| cell(text, false)).collect();
    lines.join("\n")
}

/// Empty lines are no items.
pub(super) fn read_lines(text: &str) -> Vec<String> {
    let items = text.lines().map(str::trim).filter(|line| !line.is_empty());
    items.map(|line| whole_quoted(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// Each row on a line of its own.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| {
        let cells: Vec<_> = row.iter().map(|text| cell(text, true)).collect();
        cells.join(" | ")
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Empty lines are no rows.
pub(super) fn read_table(text: &str) -> Vec<Vec<String>> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(read_row).collect()
}

fn read_row(line: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut rest = line;
    loop {
        let begin = rest.trim_start();
        // A quoted cell ends at the next `|` after its marks, or with the line.
        let quoted = quoted(begin).filter(|(_, after)| {
            let after = after.trim_start();
            after.is_empty() || after.starts_with('|')
        });
        let (text, after) = match quoted {
            Some((text, after)) => (text, after.trim_start()),
            None => {
                let end = begin.find('|').unwrap_or(begin.len());
                (begin[..end].trim_end().to_owned(), &begin[end..])
            }
        };
        cells.push(text);
        match after.strip_prefix('|') {
            Some(next) => rest = next,
            None => return cells,
        }
    }
}

fn cell(text: &str, in_table: bool) -> String {
    let quoted = text.is_empty()
        || text.trim() != text
        || text.starts_with('"')
        || text.contains(['\n', '\r'])
        || in_table && text.contains('|');
    if !quoted {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The text in the quotation marks that the line begins with, and what comes after them.
fn quoted(line: &str) -> Option<(String, &str)> {
    let inner = line.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((text, &inner[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => text.push('\n'),
                'r' => text.push('\r'),
                other => text.push(other),
            },
            _ => text.push(c),
        }
    }
    None
}

fn whole_quoted(line: &str) -> Option<String> {
    quoted(line).filter(|(_, after)| after.is_empty()).map(|(text, _)| text)
}
