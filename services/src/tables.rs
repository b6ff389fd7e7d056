//! Lists the area that owns each table, and tests that no area reads or writes the tables of another one. An area calls a function of the
//! other area instead, or reads a view or function of the database whose comment begins with "AREA, for the other areas".

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use sqlx::PgPool;

/// Every table, view and function of the database, by area. All areas share those of `kit`.
const OWNERS: &[(&str, &[&str])] = &[
    (
        "kit",
        &[
            "audit_append_only",
            "audit_events",
            "audit_log",
            "audit_once",
            "done_forms",
            "found_by",
            "jobs",
            "live_tell",
            "mails_of_people",
            "outbox",
            "outbox_content",
            "schedules",
            "searchable",
        ],
    ),
    (
        "accounts",
        &[
            "account_facts",
            "activation_links",
            "activation_states",
            "consents",
            "devices_signed_in",
            "invitations",
            "known_devices",
            "password_link_requests",
            "password_links",
            "people",
            "people_named",
            "recovery_codes",
            "registrations",
            "second_factor_shown",
            "second_factors",
            "session_ended",
            "sessions",
            "sign_in_addresses",
            "sign_in_tries",
        ],
    ),
    (
        "organisations",
        &[
            "member_details",
            "membership_questions",
            "membership_requests",
            "memberships",
            "organisation_members",
            "organisation_slug",
            "organisations",
            "organisations_named",
            "upload_files",
            "upload_rows",
            "uploads",
        ],
    ),
    ("cohorts", &["cohort_open", "cohorts", "cohorts_named"]),
    ("support", &["support_looks"]),
    (
        "access",
        &[
            "administered_organisations",
            "cohort_access",
            "cohort_tutors",
            "followed_cohorts",
            "follows_cohorts",
            "grants",
            "item_access",
            "looked_at",
            "organisation_access",
            "organisation_administration",
            "own_sitting",
            "paper_access",
            "papers_seen",
            "roles_held",
            "sets_papers",
            "sitting_access",
            "support_access",
            "support_look",
            "support_reason",
        ],
    ),
    (
        "learning",
        &[
            "check_attempts",
            "check_tries",
            "check_versions",
            "cohort_students",
            "competencies",
            "courses",
            "enrolments",
            "frameworks",
            "learning_check_taken",
            "learning_count",
            "learning_page_opened",
            "media",
            "module_completions",
            "module_progress",
            "module_recounts",
            "modules",
            "page_openings",
            "page_versions",
            "pages",
        ],
    ),
    (
        "assessment",
        &[
            "answers",
            "bank_drafts",
            "code_tries",
            "count_marks",
            "exam_adjustments",
            "in_london",
            "incidents",
            "item_category",
            "item_marks",
            "known_to_organisation",
            "late_answers",
            "mark_changes",
            "paper_changes",
            "paper_cohorts",
            "paper_corrections",
            "paper_items",
            "paper_learners",
            "selection_rules",
            "paper_sections",
            "paper_versions",
            "papers",
            "papers_sat",
            "practice_questions",
            "question_templates",
            "results_released",
            "sitting_certificate",
            "sitting_deadline",
            "sitting_news",
            "sitting_states",
            "sitting_totals",
            "sittings",
            "sittings_under_way",
            "takes_answers",
        ],
    ),
];

/// Files and folders that may use tables of another area, with the reason.
const ALLOWED: &[(&str, &[&str], &str)] = &[
    (
        "services/src/cohorts/",
        &["courses", "enrolments", "module_progress", "modules"],
        "the page of a cohort sorts and searches hundreds of students by their progress in one statement",
    ),
    (
        "services/src/organisations/",
        &["enrolments", "people"],
        "an upload of 50,000 people is compared and written in a few statements, and their list is one",
    ),
];

/// A table, view or function of the database.
struct Named {
    area: &'static str,
    is_function: bool,
    /// Whether its comment says that other areas may use it.
    is_published: bool,
}

#[sqlx::test(migrator = "crate::MIGRATIONS")]
async fn no_area_uses_the_tables_of_another(db: PgPool) {
    let names = names(&db).await;
    let mut found: Vec<(String, &'static str, String)> = Vec::new();
    let mut read = 0;
    for (file, text) in sources() {
        let area = file.trim_start_matches("services/src/").split('/').next().unwrap_or_default();
        let area = OWNERS.iter().find(|(owner, _)| *owner == area).map_or("kit", |(owner, _)| owner);
        for (line, sql) in texts(&file, &text) {
            read += 1;
            for (within, name) in uses(&sql, &names) {
                found.push((format!("{file}:{}", line + within), area, name));
            }
        }
    }
    assert!(read > 700 && found.len() > 400, "{read} {}", found.len());
    let bodies: Vec<(String, String)> = sqlx::query_as(
        "select proname::text, prosrc from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f'
        union all select viewname::text, definition from pg_views where schemaname = 'public'",
    )
    .fetch_all(&db)
    .await
    .unwrap();
    for (name, body) in bodies {
        for (_, used) in uses(&body, &names) {
            found.push((name.clone(), names[&name].area, used));
        }
    }

    let (mut wrong, mut needed) = (Vec::new(), BTreeSet::new());
    for (place, area, name) in found {
        let used = &names[&name];
        // Functions of `access` may read the owner of a cohort, paper or sitting from any area's tables.
        let asks_permission = area == "access" && names.get(&place).is_some_and(|named| named.is_function);
        let shared = used.is_published || used.is_function && matches!(used.area, "access" | "kit");
        if used.area == area || shared || asks_permission {
            continue;
        }
        let allowed =
            ALLOWED.iter().find(|(begin, of, _)| place.starts_with(begin) && of.contains(&name.as_str()));
        match allowed {
            Some((begin, ..)) => drop(needed.insert((*begin, name))),
            None => wrong.push(format!("{place}: {area} uses {name} of {}", used.area)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for (begin, names, _) in ALLOWED {
        for name in *names {
            assert!(needed.contains(&(*begin, (*name).to_owned())), "{begin} does not use {name} any more");
        }
    }
}

/// Every name of the database with its area.
async fn names(db: &PgPool) -> BTreeMap<String, Named> {
    let there: Vec<(String, bool, String)> = sqlx::query_as(
        "select relname::text, false, coalesce(obj_description(oid, 'pg_class'), '') from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') and relname <> '_sqlx_migrations'
        union all
        select proname::text, true, coalesce(obj_description(oid, 'pg_proc'), '') from pg_proc
        where pronamespace = 'public'::regnamespace",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let owners = OWNERS.iter().flat_map(|(area, names)| names.iter().map(|name| (*name, *area)));
    let owners: BTreeMap<_, _> = owners.collect();
    let listed: BTreeSet<_> = owners.keys().copied().collect();
    let known: BTreeSet<_> = there.iter().map(|(name, ..)| name.as_str()).collect();
    let missing: Vec<_> = listed.symmetric_difference(&known).collect();
    assert!(missing.is_empty(), "not in the database or in no area: {missing:?}");
    there
        .into_iter()
        .map(|(name, is_function, comment)| {
            let area = owners[name.as_str()];
            let is_published =
                comment.split_once(", for the other areas: ").is_some_and(|(of, _)| of == area);
            (name, Named { area, is_function, is_published })
        })
        .collect()
}

/// The files of this crate, without its tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut found) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.extend((name != "tests").then_some(path));
            } else if !["tests.rs", "testing.rs", "tables.rs"].contains(&name.as_str()) && is_read(&path) {
                let text = fs::read_to_string(&path).unwrap();
                found.push((
                    format!("services/src/{}", path.strip_prefix(&root).unwrap().to_str().unwrap()),
                    text,
                ));
            }
        }
    }
    found
}

fn is_read(path: &Path) -> bool {
    path.extension().is_some_and(|kind| kind == "rs" || kind == "sql")
}

/// The texts that may be SQL, each with its first line: the whole of an SQL file, and every string literal of a Rust file.
fn texts(file: &str, source: &str) -> Vec<(usize, String)> {
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
fn uses(sql: &str, names: &BTreeMap<String, Named>) -> Vec<(usize, String)> {
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
