//! Finds the statements in the sources of this crate, and what each uses of the database.

use std::collections::BTreeMap;

use super::Named;

/// The texts that may be SQL, each with its first line: the whole of an SQL file, and every string literal of a Rust file.
pub(super) fn texts(file: &str, source: &str) -> Vec<(usize, String)> {
    if file.ends_with(".sql") {
        return vec![(1, source.to_owned())];
    }
    let source = without_tests(source);
    let (mut found, mut rest) = (Vec::new(), source);
    let line = |rest: &str| source[..source.len() - rest.len()].matches('\n').count() + 1;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let before = &rest[..at];
        rest = &rest[at..];
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if let Some(text) = rest.strip_prefix('"') {
            let hashes = before.len() - before.trim_end_matches('#').len();
            let is_raw = before.trim_end_matches('#').ends_with('r');
            let end =
                if is_raw { text.find(&format!("\"{}", "#".repeat(hashes))) } else { end_of_text(text) };
            let end = end.unwrap_or(text.len());
            found.push((line(text), text[..end].to_owned()));
            rest = text.get(end + 1..).unwrap_or_default();
        } else {
            // A character literal may contain a quotation mark. A lifetime or a division is this one character only.
            let quoted = ["'\"'", "'\\''", "'\\\\'"].into_iter().find(|quoted| rest.starts_with(quoted));
            rest = &rest[quoted.map_or(1, str::len)..];
        }
    }
    found
}

/// The source as far as the tests that it contains. `mod tests;` only names a file of tests, and more may follow it.
fn without_tests(source: &str) -> &str {
    let begin = "#[cfg(test)]\nmod ";
    let mut from = 0;
    while let Some(at) = source[from..].find(begin) {
        let (start, name) = (from + at, from + at + begin.len());
        if source[name..].find(['{', ';']).is_some_and(|end| source[name + end..].starts_with('{')) {
            return &source[..start];
        }
        from = name;
    }
    source
}

#[test]
fn a_source_is_read_to_the_tests_that_it_contains() {
    let named = "#[cfg(test)]\nmod tests;\n\nfn one() {}\n";
    let contained = "#[cfg(test)]\nmod more {\n    fn two() {}\n}\n";
    assert_eq!(without_tests(named), named);
    assert_eq!(without_tests(&format!("{named}{contained}")), named);
}

fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, letter)| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// The tables and views that a statement names after `from`, `join`, `into` and `update`, and the functions that it calls. Each comes with
/// its line, counted from nought.
pub(super) fn uses(sql: &str, names: &BTreeMap<String, Named>) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    // `in_list` tells whether this is inside the list after a `from`, `around` holds the same for each open bracket, and `table_next` tells
    // whether a table name comes next.
    let (mut in_list, mut around, mut table_next) = (false, Vec::new(), false);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let skipped = match first {
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ if word > 0 => word,
            _ => first.len_utf8(),
        };
        let (token, after) = rest.split_at(skipped);
        match token.to_ascii_lowercase().as_str() {
            "from" => (in_list, table_next) = (true, true),
            "join" | "into" | "update" | "using" => table_next = true,
            "lateral" | "only" => {}
            "where" | "group" | "order" | "limit" | "offset" | "union" | "returning" | "select" | "set"
            | "values" => {
                (in_list, table_next) = (false, false);
            }
            "," => table_next = in_list,
            "(" => around.push(std::mem::take(&mut in_list)),
            ")" => (in_list, table_next) = (around.pop().unwrap_or_default(), false),
            name if word > 0 => {
                let called = after.trim_start().starts_with('(');
                if names.get(name).is_some_and(|named| if named.is_function { called } else { table_next }) {
                    found.push((sql[..sql.len() - rest.len()].matches('\n').count(), name.to_owned()));
                }
                table_next = false;
            }
            _ => {}
        }
        rest = after;
    }
    found
}

#[test]
fn uses_are_found_everywhere_in_a_statement() {
    let named = |is_function| Named { area: "kit", is_function, is_published: false };
    let names = [("people", false), ("answers", false), ("sets_papers", true)];
    let names: BTreeMap<_, _> = names.map(|(name, is_function)| (name.to_owned(), named(is_function))).into();
    for (sql, expected) in [
        ("select p.x from people p", &["people"][..]),
        (
            "select x, (select count(*) from other o, people p) from y join ANSWERS a on true",
            &["people", "answers"],
        ),
        ("with a as (update people set x = 1) insert into answers (id) select 1", &["people", "answers"]),
        ("delete from people using answers where true", &["people", "answers"]),
        (
            "select from t cross join lateral (select from\n people offset 0) x, lateral sets_papers($1) s",
            &["people", "sets_papers"],
        ),
        ("select answers, people from t order by people, answers -- from people", &[]),
        ("insert into t (id, answers, people) values ('from people') returning answers", &[]),
        ("update t set answers = $1, people = extract(epoch from now()) /* from people */", &[]),
    ] {
        let found: Vec<_> = uses(sql, &names).into_iter().map(|(_, name)| name).collect();
        assert_eq!(found, expected, "{sql}");
    }
    let source = "// \"no\nlet a: &'static str = \"from \\\" people\"; let c = '\"';\nquery(r#\"one\"\ntwo\"#, r\"three\")\n#[cfg(test)]\nmod tests { \"no\" }";
    let expected = [(2, "from \\\" people"), (3, "one\"\ntwo"), (4, "three")];
    assert_eq!(texts("a.rs", source), expected.map(|(line, text)| (line, text.to_owned())));
}
