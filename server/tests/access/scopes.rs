//! Database functions (`services::access`) decide what roles open, and each of their conditions that ends in
//! `/* scope */` is needed: without it a role may see or do more than the tables say. Conditions that end in
//! `/* implied: … */` follow from the others.

use std::collections::BTreeSet;

use sqlx::{AssertSqlSafe, PgPool};

use super::{
    BAD, OK, ON, TO,
    assessment::{
        self, ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, COLLEAGUE, Expected, LEARNER, OWN, Prepared, ROLES,
        SETTER, SETTER_ELSEWHERE, SILENT, SUPPORT, TUTOR, TUTOR_ELSEWHERE, WHY, only, page,
    },
    helping, organisations,
    support::Site,
};

/// Requests beyond those of the tables: about another organisation's data (`{foreign}`, a paper that one of its
/// learners sits), and about a paper of a former setter (`{left}`). An address, or the path of a function and its body.
const STATUSES: &[(&str, &str, Expected)] = &[
    ("/cohorts/{cohort}", "", page(only(&[(ADMINISTRATOR, OK), (TUTOR, OK)]))),
    ("/cohorts/{theirs}", "", page(only(&[(ADMINISTRATOR_ELSEWHERE, OK), (TUTOR_ELSEWHERE, OK)]))),
    ("/cohorts/{cohort}/students.xlsx", "", page(only(&[(ADMINISTRATOR, OK), (TUTOR, OK)]))),
    (
        "/cohorts/{theirs}/students.csv",
        "",
        page(only(&[(ADMINISTRATOR_ELSEWHERE, OK), (TUTOR_ELSEWHERE, OK)])),
    ),
    ("/cohorts/{cohort}/progress", "", page(only(&[(ADMINISTRATOR, OK), (TUTOR, OK)]))),
    ("/cohorts/{cohort}/dates", "", page(only(&[(ADMINISTRATOR, OK), (TUTOR, OK)]))),
    ("/cohorts/{theirs}/remind", "", page(only(&[(ADMINISTRATOR_ELSEWHERE, OK), (TUTOR_ELSEWHERE, OK)]))),
    ("/cohorts/{cohort}/students/{student}", "", page(only(&[(ADMINISTRATOR, OK), (TUTOR, OK)]))),
    // Whose cohort it is does not make everybody a student of it.
    ("/cohorts/{theirs}/students/{student}", "", page(only(&[]))),
    ("/live?topics=cohort:{cohort}", "", only(&[(ADMINISTRATOR, OK), (TUTOR, OK)])),
    ("/live?topics=cohort:{theirs}", "", only(&[(ADMINISTRATOR_ELSEWHERE, OK), (TUTOR_ELSEWHERE, OK)])),
    ("/live?topics=sitting:{sitting}", "", OWN),
    ("/live?topics=sitting:{foreign_sitting}", "", only(&[(LEARNER, OK)])),
    ("/assessments/papers/{left}", "", page(only(&[(ADMINISTRATOR, OK), (SUPPORT, WHY), (SILENT, WHY)]))),
    ("/assessments/papers/{foreign}", "", page(THEIRS)),
    ("/assessments/papers/{foreign}/results", "", page(THEIRS)),
    ("/assessments/papers/{foreign}/results.xlsx", "", page(THEIRS)),
    ("/assessments/papers/{foreign}/candidates.csv", "", page(THEIRS)),
    ("/assessments/papers/{foreign}/sittings/{foreign_sitting}", "", page(THEIRS)),
    ("/assessments/adjustments/{elsewhere}", "", page(THEIRS)),
    ("/assessments/adjustments/{elsewhere}/extra-time.xlsx", "", page(THEIRS)),
    ("/assessments/questions/{elsewhere}/templates.csv", "", page(THEIR_BANK)),
    ("/organisation/{slug_elsewhere}", "", page(organisations::ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/people.csv", "", page(organisations::ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/uploads/{their_upload}", "", page(organisations::ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/sponsored", "", page(organisations::ELSEWHERE)),
    ("/organisation/{slug}/people.xlsx", "", page(organisations::HEADS)),
    ("/organisation/{slug}/reports.xlsx", "", page(organisations::FOLLOWERS)),
    ("/organisation/{slug_elsewhere}/reports", "", page(organisations::FOLLOWERS_ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/reports.csv", "", page(organisations::FOLLOWERS_ELSEWHERE)),
    ("/live?topics=organisation:{organisation}", "", organisations::FOLLOWERS),
    ("/live?topics=organisation:{elsewhere}", "", organisations::FOLLOWERS_ELSEWHERE),
    ("/api/assessment/load_invigilation", "paper={foreign}", THEIRS),
    ("/api/assessment/load_sitting_overview", "sitting={foreign_sitting}", THEIRS),
];
/// Support has given no reason for their data, except the support account that has given a reason for nothing else.
const THEIRS: Expected =
    only(&[(SETTER_ELSEWHERE, OK), (ADMINISTRATOR_ELSEWHERE, OK), (SUPPORT, WHY), (SILENT, OK)]);

/// The questions are about no person, so support sees them without a reason.
const THEIR_BANK: Expected =
    only(&[(SETTER_ELSEWHERE, OK), (ADMINISTRATOR_ELSEWHERE, OK), (SUPPORT, OK), (SILENT, OK)]);

/// An address or the path of a function, a text, and the roles whose reply contains it.
const SHOWN: &[(&str, &str, &[usize])] = &[
    ("/", "href=\"/cohorts\"", &[ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, TUTOR, TUTOR_ELSEWHERE]),
    ("/", "href=\"/support\"", &[SUPPORT, SILENT]),
    ("/api/cohorts/load_cohorts", "{cohort}", &[ADMINISTRATOR, TUTOR]),
    ("/api/cohorts/load_cohorts", "{theirs}", &[ADMINISTRATOR_ELSEWHERE, TUTOR_ELSEWHERE]),
    ("/api/cohorts/load_cohorts", "{slug}", &[ADMINISTRATOR]),
    ("/api/cohorts/load_cohorts", "{slug_elsewhere}", &[ADMINISTRATOR_ELSEWHERE]),
    ("/organisation/{slug}/cohorts/{own_cohort}", "tutor@demo.example", &[ADMINISTRATOR, SUPPORT]),
    ("/organisation/{slug}/cohorts/{own_cohort}", "tutor.elsewhere@demo.example", &[]),
    // P10: of the course that somebody follows alone, while both have said so; never of the other organisation's.
    // Support sees who they are, and nothing of what they do.
    ("/organisation/{slug}/sponsored", "5 of 12 modules", &[ADMINISTRATOR]),
    ("/organisation/{slug}/sponsored", "6 of 12 modules", &[]),
    ("/organisation/{slug}/sponsored", "7 of 12 modules", &[]),
    ("/organisation/{slug_elsewhere}/sponsored", "5 of 12 modules", &[]),
    ("/organisation/{slug_elsewhere}/sponsored", "6 of 12 modules", &[ADMINISTRATOR_ELSEWHERE]),
    ("/assessments", "href=\"/assessments/papers\"", SETTERS),
    ("/api/assessment/load_papers", "{sat}", &[SETTER, ADMINISTRATOR, SUPPORT, SILENT]),
    ("/api/assessment/load_papers", "{left}", &[ADMINISTRATOR, SUPPORT, SILENT]),
    (
        "/api/assessment/load_papers",
        "{foreign}",
        &[SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE, SUPPORT, SILENT],
    ),
    // Support has chosen no organisation.
    ("/api/assessment/load_papers", "{elsewhere}", &[SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE]),
    (
        "/api/assessment/load_organisations",
        "{elsewhere}",
        &[SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE, SUPPORT, SILENT],
    ),
    (
        "/api/assessment/load_organisations",
        "{organisation}",
        &[SETTER, COLLEAGUE, ADMINISTRATOR, SUPPORT, SILENT],
    ),
];
const SETTERS: &[usize] =
    &[SETTER, COLLEAGUE, ADMINISTRATOR, SUPPORT, SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE, SILENT];

/// Each function of `services::access`, and what it decides in the tables: addresses and functions with these prefixes.
const DECIDES: &[(&str, &[&str])] = &[
    (
        "support_access",
        &[
            "/api/assessment/load_papers",
            "/assessments/papers/{left}",
            "/assessments/papers/{open}",
            "/api/support/search_people",
            "/support/log",
        ],
    ),
    (
        "support_reason",
        &[
            "/assessments/papers/{sat}/results",
            "/assessments/papers/{open}",
            "/assessments/adjustments/",
            "/support/people/",
            "/support/log",
        ],
    ),
    ("support_look", &["/support/people/", "/support/log", "/api/support/load_"]),
    ("roles_of", &["/"]),
    ("cohort_access", &["/cohorts/{", "/live?topics=cohort"]),
    ("followed_cohorts", &["/api/cohorts/load_cohorts"]),
    ("organisation_administration", &["/organisation/{slug}", "/organisation/{slug_elsewhere}"]),
    ("administered_organisations", &["/api/cohorts/load_cohorts"]),
    (
        "progress_access",
        &[
            "/organisation/{slug}/reports",
            "/organisation/{slug_elsewhere}/reports",
            "/organisation/{slug}/sponsored",
            "/live?topics=organisation",
        ],
    ),
    ("cohort_tutors", &["/organisation/{slug}/cohorts/{own_cohort}"]),
    ("sets_papers", &["/assessments", "/api/assessment/load_papers", "/api/assessment/load_organisations"]),
    ("organisation_access", &["/assessments/questions/{organisation}", "/assessments/adjustments/"]),
    (
        "paper_access",
        &["/assessments/papers/{open}", "/assessments/papers/{left}", "/assessments/papers/{foreign}"],
    ),
    ("papers_seen", &["/api/assessment/load_papers"]),
    ("progress_seen", &["/organisation/{slug}/sponsored", "/organisation/{slug_elsewhere}/sponsored"]),
    ("sitting_access", &["/api/assessment/load_sitting_overview", "/assessments/papers/{sat}/sittings"]),
    ("item_access", &["/api/assessment/correct_item"]),
    ("own_sitting", &["/live?topics=sitting"]),
    // `zone_scopes.rs`: the Zone has roles of its own.
    ("zone_access", &[]),
];

/// A title, and the roles that may read it. It is on no page and in no answer for any other role.
const CANARIES: &[(&str, &[usize])] = &[
    ("Foreign", &[LEARNER, SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE, SUPPORT, SILENT]),
    ("Left behind", &[ADMINISTRATOR, SUPPORT, SILENT]),
    ("Their cohort", &[SETTER_ELSEWHERE, ADMINISTRATOR_ELSEWHERE, TUTOR_ELSEWHERE, SUPPORT, SILENT]),
];

/// The contents of one line of a table.
enum Holds {
    Status(Expected),
    Shows(&'static str, &'static [usize]),
}

struct Row {
    what: &'static str,
    body: &'static str,
    holds: Holds,
}

/// The selected rows of all tables. A prefix without more matches that address alone.
fn rows(begin: &[&str]) -> Vec<Row> {
    let status = |what, body, expected: &Expected| Row { what, body, holds: Holds::Status(*expected) };
    let pages = assessment::PAGES.iter().chain(organisations::PAGES).chain(helping::PAGES);
    let pages = pages.map(|(_, address, expected)| status(*address, "", expected));
    let functions = assessment::FUNCTIONS.iter().chain(helping::FUNCTIONS);
    let functions = functions.map(|(path, body, expected)| status(*path, *body, expected));
    let more = STATUSES.iter().map(|(what, body, expected)| status(*what, *body, expected));
    let shown =
        SHOWN.iter().map(|(what, text, whose)| Row { what, body: "", holds: Holds::Shows(text, whose) });
    let whole = ["/", "/assessments", "/assessments/papers/{open}"];
    let asked = |row: &Row| {
        begin
            .iter()
            .any(|begin| if whole.contains(begin) { row.what == *begin } else { row.what.starts_with(begin) })
    };
    more.chain(shown).chain(pages).chain(functions).filter(asked).collect()
}

/// The faults of a cell that count.
#[derive(Clone, Copy, PartialEq)]
enum Wrong {
    /// Any difference from its row.
    Any,
    /// A role may see or do more than its cell says. A server error or one refusal too many opens nothing, so neither counts.
    TooMuch,
}

impl Row {
    fn is_wrong(
        &self,
        role: usize,
        status: u16,
        text: &str,
        what: Wrong,
        put: impl Fn(&str) -> String,
    ) -> bool {
        let leaks = CANARIES.iter().any(|(title, whose)| text.contains(title) && !whose.contains(&role));
        leaks
            || match (&self.holds, what) {
                (Holds::Status(expected), Wrong::Any) => {
                    let expected = expected[role];
                    // Support that has to give a reason for a file is led to the page that asks for it: see `reasons.rs`.
                    let file = self.what.ends_with(".xlsx") || self.what.ends_with(".csv");
                    let asked = file && expected == WHY && status == TO;
                    status != expected && !asked && !([OK, TO].contains(&expected) && status == ON)
                }
                (Holds::Status(expected), Wrong::TooMuch) => {
                    // A caller who is told the problems of a form was let in. A visitor who is redirected to sign in was not.
                    let let_in = |status| [OK, ON, BAD].contains(&status);
                    let expected = expected[role];
                    !let_in(expected) && let_in(status) && !(expected == TO && status == ON)
                }
                (Holds::Shows(shown, whose), what) => {
                    let (shows, may) = (text.contains(&put(shown)), whose.contains(&role));
                    shows && !may || what == Wrong::Any && shows != may
                }
            }
    }
}

/// The first cell that is wrong.
async fn wrong(
    site: &Site,
    prepared: &Prepared,
    names: &[(&str, String)],
    rows: &[Row],
    looked_for: Wrong,
) -> Option<String> {
    let put = |text: &str| names.iter().fold(prepared.put(text), |text, (name, id)| text.replace(name, id));
    for row in rows {
        for role in 0..ROLES {
            let session = prepared.sessions[role].as_deref();
            let (what, body) = (put(row.what), put(row.body));
            assert!(!format!("{what} {body}").contains('{'), "{what} {body}");
            let (status, text) = if what.starts_with("/api/") {
                let answer = site.call(&what, &body, session).await;
                (answer.status.as_u16(), answer.body)
            } else if what.starts_with("/live") {
                (site.look(&what, session).await.status().as_u16(), String::new())
            } else {
                let answer = site.get(&what, session).await;
                (answer.status.as_u16(), answer.body)
            };
            if row.is_wrong(role, status, &text, looked_for, put) {
                return Some(format!("{what} as role {role}: {status}"));
            }
        }
    }
    None
}

/// Another organisation's data, a former setter's paper, and support's reasons, recent and old.
async fn strangers(site: &Site, prepared: &Prepared) -> Vec<(&'static str, String)> {
    let run = async |what: &str| {
        let query = AssertSqlSafe(prepared.put(what));
        sqlx::raw_sql(query).execute(&mut *site.services.db.acquire().await.unwrap()).await.unwrap();
    };
    run("insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints,
            attempts, opens_at, closes_at, release, published_at, created_at)
        select gen_random_uuid(), n.organisation::uuid, h.id, p.kind, n.title, p.limit_minutes, p.pass_percent, p.calculator, p.shuffle,
            p.hints, p.attempts, now(), now() + interval '1 day', 'by-hand', now(), now()
        from papers p, people h, (values ('{elsewhere}', 'Foreign'), ('{organisation}', 'Left behind')) n (organisation, title)
        where p.id = '{sat}' and h.email = 'setter.elsewhere@demo.example';
        insert into paper_sections (id, paper_id, position, title) select id, id, 1, 'Sums' from papers where title = 'Foreign';
        insert into paper_items (id, paper_id, section_id, attempt, position, question, marks)
        select p.id, p.id, p.id, 1, 1, i.question, 1 from papers p, paper_items i where p.title = 'Foreign' and i.id = '{item_of_sat}';
        insert into sittings (id, paper_id, learner_id, attempt, started_at, allowed_seconds, closes_at, deadline_at, last_contact_at, removed_on)
        select p.id, p.id, h.id, 1, now(), 1800, p.closes_at, p.closes_at, now(), current_date + 100
        from papers p, people h where p.title = 'Foreign' and h.email = 'student002@demo.example';
        insert into audit_events (id, at, actor_id, action, detail)
        select gen_random_uuid(), now() - n.ago::interval, h.id, n.action, jsonb_build_object(n.key, n.id)
        from people h, (values
            ('2 hours', 'assessment.seen_by_support', 'paper', '{open}'),
            ('2 hours', 'assessment.seen_by_support', 'organisation', '{organisation}'),
            ('1 minute', 'assessment.opened', 'paper', '{sat}')
        ) n (ago, action, key, id) where h.email = 'support.silent@demo.example'").await;
    let id = async |what: &str| -> String {
        let query = AssertSqlSafe(format!("select ({what})::text"));
        sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap()
    };
    let foreign = id("select id from papers where title = 'Foreign'").await;
    let about = [format!("paper/{foreign}"), prepared.put("adjustments/{elsewhere}")];
    for about in about {
        let body = format!("about={about}&reason=Asked+by+telephone");
        site.call("/api/assessment/give_reason", &body, prepared.sessions[SILENT].as_deref()).await;
    }
    let helped = id("select id from people where email = 'student004@demo.example'").await;
    for about in [format!("person/{helped}"), "log".to_owned()] {
        let body = format!("about={about}&reason=Asked+by+telephone");
        site.call("/api/assessment/give_reason", &body, prepared.sessions[SUPPORT].as_deref()).await;
    }
    let of_tutor = "select g.cohort_id from grants g join people p on p.id = g.person_id where p.email = 'tutor@demo.example'";
    vec![
        ("{helped}", helped),
        ("{foreign_sitting}", foreign.clone()),
        ("{foreign}", foreign),
        ("{left}", id("select id from papers where title = 'Left behind'").await),
        ("{cohort}", id(of_tutor).await),
        (
            "{student}",
            id(&format!("select min(e.learner_id::text) from enrolments e where e.cohort_id = ({of_tutor})"))
                .await,
        ),
        ("{theirs}", id("select id from cohorts where name = 'Their cohort'").await),
    ]
}

/// A function in the database: its name, and the statement that creates it unchanged.
async fn functions(site: &Site) -> Vec<(String, String)> {
    sqlx::query_as(
        "select proname::text, pg_get_functiondef(oid) from pg_proc
        where pronamespace = 'public'::regnamespace and prokind = 'f' and (prosrc ~ '\\mgrants\\M' or prosrc ~ '/\\* (scope|implied)')
        order by proname",
    )
    .fetch_all(&site.services.db)
    .await
    .unwrap()
}

/// The line without its marked condition, if it has one, and whether other conditions imply that condition.
fn without(line: &str) -> Option<(String, bool)> {
    let (condition, mark) = line.trim().split_once(" /* ")?;
    let is_implied = mark.starts_with("implied: ");
    let word = condition.split_whitespace().next()?;
    (is_implied || mark == "scope */").then(|| (format!("{word} true"), is_implied))
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_an_organisation_itself_sees_its_data(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let names = strangers(&site, &prepared).await;
    for row in rows(&["/"]).into_iter().chain(rows(&[
        "/cohorts",
        "/live",
        "/api/",
        "/assessments/",
        "/organisation/",
    ])) {
        let more = STATUSES.iter().any(|(what, body, _)| (row.what, row.body) == (what, body));
        if more || matches!(row.holds, Holds::Shows(..)) {
            assert_eq!(wrong(&site, &prepared, &names, &[row], Wrong::Any).await, None);
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_scoping_condition_is_needed(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let names = strangers(&site, &prepared).await;
    let functions = functions(&site).await;
    let there: BTreeSet<_> = functions.iter().map(|(name, _)| name.as_str()).collect();
    let listed: BTreeSet<_> = DECIDES.iter().map(|(name, _)| *name).collect();
    assert_eq!(there, listed, "every function that reads grants, or has marked conditions");

    let run = async |statement: String| {
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut *site.services.db.acquire().await.unwrap())
            .await
            .unwrap();
    };
    let (mut taken_out, mut implied, mut missed, mut unmarked) = (0, 0, Vec::new(), Vec::new());
    for (name, made) in &functions {
        let (_, decides) = DECIDES.iter().find(|(listed, _)| listed == name).unwrap();
        if decides.is_empty() {
            continue;
        }
        let rows = rows(decides);
        assert_eq!(wrong(&site, &prepared, &names, &rows, Wrong::Any).await, None, "{name} as it is");
        let lines: Vec<_> = made.lines().collect();
        for (n, line) in lines.iter().enumerate() {
            let condition = line.trim_start().starts_with("where ") || line.trim_start().starts_with("and ");
            let Some((gone, is_implied)) = without(line) else {
                if condition && !line.contains("/* page */") {
                    unmarked.push(format!("{name}: {line}"));
                }
                continue;
            };
            assert!(condition, "{name}: a mark and no condition: {line}");
            let changed: Vec<_> =
                lines.iter().enumerate().map(|(m, line)| if m == n { gone.as_str() } else { line }).collect();
            run(changed.join("\n")).await;
            match (wrong(&site, &prepared, &names, &rows, Wrong::TooMuch).await, is_implied) {
                (None, false) => missed.push(format!("{name}: {}: nothing opens without it", line.trim())),
                (Some(cell), true) => missed.push(format!("{name}: {}: without it {cell}", line.trim())),
                _ => {}
            }
            run(made.clone()).await;
            taken_out += 1;
            implied += u32::from(is_implied);
        }
        assert_eq!(wrong(&site, &prepared, &names, &rows, Wrong::Any).await, None, "{name} as it is again");
    }
    assert!(unmarked.is_empty(), "conditions that do not say what they are for: {unmarked:#?}");
    assert!(missed.is_empty(), "conditions with a wrong mark: {missed:#?}");
    assert!(taken_out >= 42 && implied >= 5, "{taken_out}, {implied}");
}
