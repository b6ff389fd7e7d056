//! Every page costs at most three statements, including the session's: for every role and state, even when there is
//! nothing to see. They are counted as sent, including writes: the record of an opened page is part of a statement that
//! reads. Once in five minutes a page costs one more, which records the use of the session; a page to print costs one
//! more.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use server::web::pages;
use sqlx::PgPool;
use support::Site;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    util::SubscriberInitExt,
};

/// Counts sqlx's log events: one for each statement. Statements that begin and end a transaction are not among them.
#[derive(Clone, Default)]
struct Counter(Arc<AtomicUsize>);

impl<S: Subscriber> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut passed_over = false;
            event.record(&mut |_: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                let value = format!("{value:?}");
                // The server's own heartbeat runs beside the requests.
                passed_over |= value.contains("pg_notify") || value.trim_matches('"') == "COMMIT";
            });
            if !passed_over {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

const MOST: usize = 3;
/// A try of an access code is recorded before the paper is looked up with it, and removed when the code was right: two
/// separate writes, and a second read.
const MOST_WITH_A_CODE: usize = 5;
/// A page to print waits for its turn, like a file. Permission is checked before the wait, and again with what the page
/// shows.
const MOST_TO_PRINT: usize = 4;

/// Every page as the application names it, with addresses for its possible states. [`prepared`] gives the values of the
/// names in braces.
const PAGES: &[(&str, &[&str])] = &[
    ("/", &["/"]),
    ("/sign-in", &["/sign-in", "/sign-in?next=/learn"]),
    ("/forgotten-password", &["/forgotten-password"]),
    ("/forgotten-password/sent", &["/forgotten-password/sent"]),
    ("/choose-password/done", &["/choose-password/done"]),
    ("/choose-password/{token}", &["/choose-password/none"]),
    ("/account", &["/account", "/account?done=password"]),
    ("/activate/new", &["/activate/new"]),
    ("/activate/done", &["/activate/done"]),
    ("/activate/{token}", &["/activate/link", "/activate/none"]),
    ("/stop-reminders/done", &["/stop-reminders/done"]),
    ("/stop-reminders/{token}", &["/stop-reminders/link"]),
    ("/stop-own-reminders/done", &["/stop-own-reminders/done"]),
    ("/stop-own-reminders/{token}", &["/stop-own-reminders/link"]),
    ("/register", &["/register"]),
    ("/register/sent", &["/register/sent"]),
    ("/register/done", &["/register/done"]),
    ("/register/{token}", &["/register/link", "/register/none"]),
    ("/account/withdraw", &["/account/withdraw"]),
    ("/account/reminders", &["/account/reminders", "/account/reminders?done=off"]),
    ("/account/second-factor", &["/account/second-factor", "/account/second-factor?done=off"]),
    ("/sign-in/code", &["/sign-in/code"]),
    ("/consent-withdrawn", &["/consent-withdrawn"]),
    ("/display", &["/display", "/display?done=saved"]),
    ("/offline", &["/offline"]),
    ("/help", &["/help"]),
    ("/accessibility", &["/accessibility"]),
    ("/privacy", &["/privacy"]),
    ("/learn", &["/learn"]),
    ("/learn/record", &["/learn/record", "/learn/record?done=reflection"]),
    (
        "/learn/record/{course}/{module}",
        &["/learn/record/nmp/{completed}", "/learn/record/nmp/none", "/learn/record/none/consultation"],
    ),
    ("/learn/{course}", &["/learn/nmp", "/learn/none"]),
    ("/learn/{course}/end", &["/learn/nmp/end", "/learn/nmp/end?done=answers", "/learn/none/end"]),
    ("/learn/{course}/search", &["/learn/nmp/search", "/learn/nmp/search?search=dose", "/learn/none/search"]),
    ("/learn/{course}/glossary", &["/learn/nmp/glossary", "/learn/none/glossary"]),
    ("/learn/{course}/notes", &["/learn/nmp/notes", "/learn/nmp/notes?done=removed", "/learn/none/notes"]),
    (
        "/learn/{course}/{module}",
        &["/learn/nmp/consultation", "/learn/nmp/pharmacokinetics", "/learn/nmp/none"],
    ),
    ("/learn/{course}/{module}/print", &["/learn/nmp/consultation/print", "/learn/nmp/none/print"]),
    (
        "/learn/{course}/{module}/{page}",
        // The first opening records more than the second, in the same statement.
        &["/learn/nmp/consultation/structure", "/learn/nmp/consultation/none"],
    ),
    (
        "/learn/{course}/{module}/{page}/note",
        &[
            "/learn/nmp/consultation/structure/note",
            "/learn/nmp/consultation/structure/note?done=note",
            "/learn/nmp/consultation/structure/note?done=highlights",
            "/learn/nmp/consultation/none/note",
        ],
    ),
    (
        "/learn/{course}/{module}/check",
        &[
            "/learn/nmp/consultation/check",
            "/learn/nmp/{module}/check",
            "/learn/nmp/{module}/check?attempt={attempt}",
            "/learn/nmp/consultation/check?attempt={nothing}",
        ],
    ),
    ("/cohorts", &["/cohorts", "/cohorts?search=a&sort=students"]),
    (
        "/cohorts/{cohort}",
        &[
            "/cohorts/{cohort}",
            "/cohorts/{cohort}?search=a&sort=completed&order=down&state=in-progress&team=a&area=b&print=all",
            "/cohorts/{cohort}?attention=behind",
            "/cohorts/{nothing}",
        ],
    ),
    ("/cohorts/{cohort}/progress", &["/cohorts/{cohort}/progress", "/cohorts/{nothing}/progress"]),
    ("/cohorts/{cohort}/dates", &["/cohorts/{cohort}/dates", "/cohorts/{nothing}/dates"]),
    (
        "/cohorts/{cohort}/remind",
        &[
            "/cohorts/{cohort}/remind",
            "/cohorts/{cohort}/remind?attention=never",
            "/cohorts/{nothing}/remind",
        ],
    ),
    (
        "/cohorts/{cohort}/reminders/{reminder}",
        &[
            "/cohorts/{cohort}/reminders/{begun}",
            "/cohorts/{cohort}/reminders/{sent}",
            "/cohorts/{cohort}/reminders/{nothing}",
        ],
    ),
    (
        "/cohorts/{cohort}/students/{person}",
        &["/cohorts/{cohort}/students/{student}", "/cohorts/{cohort}/students/{nothing}"],
    ),
    ("/stop-cohort-reminders/done", &["/stop-cohort-reminders/done"]),
    ("/stop-cohort-reminders/{token}", &["/stop-cohort-reminders/none"]),
    (
        "/organisation/{slug}",
        &["/organisation/{slug}", "/organisation/{slug_elsewhere}", "/organisation/none"],
    ),
    (
        "/organisation/{slug}/people",
        &[
            "/organisation/{slug}/people",
            "/organisation/{slug}/people?search=a&state=active&team=a&area=b&cohort=c&sort=joined&order=up",
            "/organisation/{slug_elsewhere}/people",
        ],
    ),
    ("/organisation/{slug}/people/new", &["/organisation/{slug}/people/new"]),
    (
        "/organisation/{slug}/sponsored",
        &[
            "/organisation/{slug}/sponsored",
            "/organisation/{slug}/sponsored?search=a&show=waiting&sort=asked&order=up",
            "/organisation/{slug_elsewhere}/sponsored",
        ],
    ),
    (
        "/organisation/{slug}/cohorts",
        &["/organisation/{slug}/cohorts", "/organisation/{slug_elsewhere}/cohorts"],
    ),
    (
        "/organisation/{slug}/cohorts/{cohort}",
        &["/organisation/{slug}/cohorts/{cohort}", "/organisation/{slug}/cohorts/{nothing}"],
    ),
    (
        "/organisation/{slug}/courses",
        &[
            "/organisation/{slug}/courses",
            "/organisation/{slug}/courses?done=given&assignment={nothing}",
            "/organisation/{slug_elsewhere}/courses",
        ],
    ),
    (
        "/organisation/{slug}/reports",
        &[
            "/organisation/{slug}/reports",
            "/organisation/{slug}/reports?search=a&state=completed&course=a&cohort=b&team=c&area=d&sort=last-completed&order=up",
            "/organisation/{slug}/reports?print=all",
            "/organisation/{slug_elsewhere}/reports",
        ],
    ),
    (
        "/organisation/{slug}/uploads",
        &["/organisation/{slug}/uploads", "/organisation/{slug_elsewhere}/uploads?search=a"],
    ),
    (
        "/organisation/{slug}/uploads/{upload}",
        &[
            "/organisation/{slug}/uploads/{upload}",
            "/organisation/{slug}/uploads/{upload}?show=wrong&search=a",
            "/organisation/{slug}/uploads/{confirmed}",
            "/organisation/{slug}/uploads/{done}",
            "/organisation/{slug}/uploads/{nothing}",
        ],
    ),
    (
        "/organisation/{slug}/feedback",
        &["/organisation/{slug}/feedback", "/organisation/{slug_elsewhere}/feedback"],
    ),
    (
        "/support/feedback",
        &["/support/feedback", "/support/feedback?search=a", "/support/feedback?print=all"],
    ),
    ("/support", &["/support", "/support?search=student&sort=email&order=down"]),
    ("/support/log", &["/support/log", "/support/log?search=demo&show=accounts", "/support/log?print=all"]),
    ("/support/people/{person}", &["/support/people/{helped}", "/support/people/{nothing}"]),
    ("/zone", &["/zone", "/zone?done=applied"]),
    ("/zone/leave", &["/zone/leave"]),
    ("/zone/left", &["/zone/left"]),
    ("/zone/{area}/join", &["/zone/{area}/join", "/zone/none/join"]),
    ("/zone/{area}", &["/zone/{area}", "/zone/none"]),
    (
        "/zone/{area}/directory",
        &[
            "/zone/{area}/directory",
            "/zone/{area}/directory?search=northcan",
            "/zone/{area}/directory?search=nrothcanary&sort=newest&role=northcanary+role&place=northcanary+place",
            "/zone/{area}/directory?search=nobody",
        ],
    ),
    (
        "/zone/{area}/members/{member}",
        &["/zone/{area}/members/{zone_member}", "/zone/{area}/members/{nothing}"],
    ),
    ("/zone/{area}/profile", &["/zone/{area}/profile", "/zone/{area}/profile?done=saved"]),
    ("/zone/{area}/contacts", &["/zone/{area}/contacts"]),
    (
        "/zone/{area}/resources",
        &["/zone/{area}/resources", "/zone/{area}/resources?search=a&sort=newest&kind=image&state=suggested"],
    ),
    (
        "/zone/{area}/resources/{resource}",
        &["/zone/{area}/resources/{resource}", "/zone/{area}/resources/{nothing}"],
    ),
    (
        "/zone/{area}/messages",
        &["/zone/{area}/messages", "/zone/{area}/messages?show=received", "/zone/{area}/messages?show=sent"],
    ),
    (
        "/zone/{area}/applications",
        &["/zone/{area}/applications", "/zone/{area}/applications?end={zone_member}"],
    ),
    ("/zone/{area}/reports", &["/zone/{area}/reports"]),
    ("/zone/{area}/leave", &["/zone/{area}/leave"]),
    ("/stop-messages/done", &["/stop-messages/done"]),
    ("/stop-messages/{token}", &["/stop-messages/none"]),
    ("/assessments", &["/assessments"]),
    (
        "/assessments/start/{paper}",
        &[
            "/assessments/start/{open}",
            "/assessments/start/{open}?code=DEMO2026",
            "/assessments/start/{open}?code=WRONG",
            "/assessments/start/{sat}",
            "/assessments/start/{waiting}",
            "/assessments/start/{draft}",
        ],
    ),
    (
        "/assessments/sittings/{sitting}",
        &[
            "/assessments/sittings/{sitting}",
            "/assessments/sittings/{sitting}?question=2",
            "/assessments/sittings/{sitting}?question=review",
            "/assessments/sittings/{resting}",
            "/assessments/sittings/{submitted}",
        ],
    ),
    (
        "/assessments/sittings/{sitting}/receipt",
        &["/assessments/sittings/{sitting}/receipt", "/assessments/sittings/{submitted}/receipt"],
    ),
    (
        "/assessments/sittings/{sitting}/result",
        &[
            "/assessments/sittings/{sitting}/result",
            "/assessments/sittings/{submitted}/result",
            "/assessments/sittings/{unreleased}/result",
        ],
    ),
    ("/assessments/practice", &["/assessments/practice"]),
    (
        "/assessments/practice/{question}",
        &[
            "/assessments/practice/{practice}",
            "/assessments/practice/{practised}",
            "/assessments/practice/{nothing}",
        ],
    ),
    ("/verify/{code}", &["/verify/{code}", "/verify/C7QM-3XRP-9WTD", "/verify/none"]),
    (
        "/assessments/papers",
        &[
            "/assessments/papers",
            "/assessments/papers?search=demo&show=open&sort=title",
            "/assessments/papers?print=all",
            "/assessments/papers?show=put-away",
            "/assessments/papers?organisation={organisation}",
        ],
    ),
    (
        "/assessments/organisations",
        &[
            "/assessments/organisations",
            "/assessments/organisations?search=another&show=university&sort=kind&order=down&print=all",
        ],
    ),
    ("/assessments/papers/{paper}", EVERY_PAPER),
    (
        "/assessments/papers/{paper}",
        &["/assessments/papers/{open}?search=a&show=out-of-contact&sort=time-left&order=down"],
    ),
    ("/assessments/papers/{paper}/candidates", &["/assessments/papers/{open}/candidates?print=all"]),
    ("/assessments/papers/{paper}/results", &["/assessments/papers/{sat}/results?print=all"]),
    ("/assessments/papers/{paper}/settings", EVERY_PAPER),
    ("/assessments/papers/{paper}/questions", EVERY_PAPER),
    ("/assessments/papers/{paper}/candidates", EVERY_PAPER),
    ("/assessments/papers/{paper}/change", EVERY_PAPER),
    ("/assessments/papers/{paper}/preview", EVERY_PAPER),
    ("/assessments/papers/{paper}/publish", EVERY_PAPER),
    ("/assessments/papers/{paper}/try", EVERY_PAPER),
    ("/assessments/papers/{paper}/try", &["/assessments/papers/{sat}/try?seed=1&marked=yes"]),
    ("/assessments/papers/{paper}/results", EVERY_PAPER),
    ("/assessments/papers/{paper}/items", EVERY_PAPER),
    (
        "/assessments/papers/{paper}/sittings/{sitting}",
        &[
            "/assessments/papers/{sat}/sittings/{submitted}",
            "/assessments/papers/{open}/sittings/{sitting}",
            "/assessments/papers/{open}/sittings/{resting}",
            "/assessments/papers/{open}/sittings/{nothing}",
        ],
    ),
    (
        "/assessments/questions/{organisation}",
        &[
            "/assessments/questions/{organisation}",
            "/assessments/questions/{organisation}?search=a&show=retired&category=oral-liquids&difficulty=2&sort=name",
            "/assessments/questions/{elsewhere}",
        ],
    ),
    (
        "/assessments/questions/{organisation}/write",
        &[
            "/assessments/questions/{organisation}/write",
            "/assessments/questions/{organisation}/write?draft={writing}&show=preview",
            "/assessments/questions/{organisation}/write?draft={nothing}",
            "/assessments/questions/{elsewhere}/write",
        ],
    ),
    (
        "/assessments/questions/{organisation}/{draft}",
        &["/assessments/questions/{organisation}/{bank}", "/assessments/questions/{organisation}/{nothing}"],
    ),
    (
        "/questions",
        &[
            "/questions",
            "/questions?search=a&category=oral-liquids&difficulty=1&kind=number",
            "/questions?search=nothing+at+all",
        ],
    ),
    (
        "/questions/{template}",
        &["/questions/{template}", "/questions/{template}?seed=7", "/questions/{nothing}"],
    ),
    (
        "/assessments/adjustments/{organisation}",
        &[
            "/assessments/adjustments/{organisation}",
            "/assessments/adjustments/{organisation}?search=nobody&show=rest-breaks&sort=extra-time&print=all",
            "/assessments/adjustments/{elsewhere}",
        ],
    ),
];

/// The address of a page of one paper, for every possible state of a paper: [`addresses`] makes it from the route.
const EVERY_PAPER: &[&str] = &["{draft}", "{open}", "{sat}", "{waiting}", "{empty}", "{nothing}"];

fn addresses(route: &str, states: &[&str]) -> Vec<String> {
    let of_paper = |state: &&str| {
        if state.starts_with('{') { route.replace("{paper}", state) } else { (*state).to_owned() }
    };
    states.iter().map(of_paper).collect()
}

/// The roles, besides a visitor.
const PEOPLE: [&str; 16] = [
    // Learners: one who has sat a paper, one who has taken checks, one who is sitting a paper, one in a rest break, and
    // one who has done nothing yet.
    "student000",
    "student012",
    "learner",
    "resting",
    "student",
    // A learner of another university.
    "student002",
    "tutor",
    "setter",
    "colleague",
    "administrator",
    "administrator.elsewhere",
    "support",
    // Support that has not given a reason.
    "support.silent",
    // A member, a lead and an applicant of an area of the Zone.
    "zone.member",
    "zone.lead",
    "zone.applicant",
];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_page_costs_at_most_three_statements(db: PgPool) {
    let site = Site::with_demo(db).await;
    people(&site).await.unwrap();
    zone(&site).await.unwrap();
    support::with_links(&site).await;
    let mut sessions = vec![("nobody", None)];
    for name in PEOPLE {
        sessions.push((name, Some(site.sign_in(&format!("{name}@demo.example")).await)));
    }
    let names = prepared(&site, &sessions).await;
    let put = |text: &str| names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id));
    let counter = Counter::default();
    tracing_subscriber::registry().with(counter.clone()).init();
    // However long this test takes, no use of a session is recorded meanwhile.
    used(&site, "1 hour").await;

    let listed: BTreeSet<_> = PAGES.iter().map(|(route, _)| (*route).to_owned()).collect();
    let there: BTreeSet<_> = pages::addresses().map(str::to_owned).collect();
    assert_eq!(there, listed, "every page is counted");

    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (route, states) in PAGES {
        for address in addresses(route, states) {
            let path = put(&address);
            assert!(!path.contains('{'), "{path}");
            // A second visit may cost less than the first, or more.
            for (name, session) in sessions.iter().chain(&sessions) {
                counter.0.store(0, Ordering::SeqCst);
                let page = site.get(&path, session.as_deref()).await;
                let asked = counter.0.load(Ordering::SeqCst);
                let most = if address.contains("?code=") {
                    MOST_WITH_A_CODE
                } else if address.contains("print=all") {
                    MOST_TO_PRINT
                } else {
                    MOST
                };
                if asked > most || asked < usize::from(session.is_some()) {
                    wrong.push(format!("{address} costs {name} {asked} statements ({})", page.status));
                }
                if page.status == 200 {
                    seen.insert(address.clone());
                }
                if page.status.is_server_error() {
                    wrong.push(format!("{address} answers {name} with {}", page.status));
                }
            }
        }
    }
    // An address that no role sees as intended proves nothing.
    let every = PAGES.iter().flat_map(|(route, states)| addresses(route, states));
    let unseen: Vec<_> = every
        .filter(|address| !seen.contains(address) && !address.contains("{nothing}"))
        .filter(|address| !NOT_FOUND.contains(&address.as_str()) && !LEAD_ON.contains(&address.as_str()))
        .collect();
    wrong.dedup();
    assert!(wrong.is_empty() && unseen.is_empty(), "{wrong:#?}, seen by no role: {unseen:#?}");

    // The use of a session is recorded once.
    let student =
        sessions.iter().find(|(name, _)| *name == "student").and_then(|(_, session)| session.as_deref());
    let mut costs = Vec::new();
    used(&site, "-6 minutes").await;
    for _ in 0..2 {
        counter.0.store(0, Ordering::SeqCst);
        assert_eq!(site.get("/learn/nmp/consultation/structure", student).await.status, 200);
        costs.push(counter.0.load(Ordering::SeqCst));
    }
    assert_eq!(costs, [MOST + 1, MOST]);
    used(&site, "1 hour").await;

    // Publishing also checks and writes; two hundred lines in the draft cost nothing.
    let setter =
        sessions.iter().find(|(name, _)| *name == "setter").and_then(|(_, session)| session.as_deref());
    let draft = put("{draft}");
    counter.0.store(0, Ordering::SeqCst);
    let form =
        format!("paper={draft}&confirmed=true&settings_version=0&questions_version=0&candidates_version=0");
    let published = site.post("/api/assessment/publish_paper", &form, setter).await;
    assert_eq!(published.header("location"), format!("/assessments/papers/{draft}"));
    let asked = counter.0.load(Ordering::SeqCst);
    assert!(asked <= 15, "publishing costs {asked} queries");
}

/// Sets the last use of every session to this long from now.
async fn used(site: &Site, from_now: &str) {
    let query = format!("update sessions set last_used_at = now() + interval '{from_now}'");
    sqlx::query(sqlx::AssertSqlSafe(query)).execute(&site.services.db).await.unwrap();
}

/// Addresses that are not found, which must not cost more.
const NOT_FOUND: &[&str] = &[
    "/choose-password/none",
    "/activate/none",
    "/register/none",
    "/learn/record/nmp/none",
    "/learn/record/none/consultation",
    "/learn/none",
    "/learn/none/end",
    "/learn/none/search",
    "/learn/none/glossary",
    "/learn/none/notes",
    "/learn/nmp/none",
    "/learn/nmp/consultation/none",
    "/learn/nmp/none/print",
    "/learn/nmp/consultation/none/note",
    "/organisation/none",
    "/zone/none",
    "/zone/none/join",
    "/assessments/start/{draft}",
    "/assessments/start/{open}?code=WRONG",
    "/assessments/sittings/{unreleased}/result",
    "/verify/none",
];

/// Addresses that redirect their visitors: from the room to the receipt, and back while the sitting goes on.
const LEAD_ON: &[&str] = &[
    "/assessments/sittings/{submitted}",
    "/assessments/sittings/{sitting}/receipt",
    "/assessments/sittings/{sitting}/result",
];

/// The accounts that the demo does not have.
async fn people(site: &Site) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(
        "insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'Another university', 'university', now());
        insert into people (id, email, full_name, password_hash, created_at, activated_at, demo)
        select gen_random_uuid(), n || '@demo.example', n, password_hash, now(), now(), true from people,
            unnest('{resting,colleague,administrator,administrator.elsewhere,support.silent}'::text[]) n where email = 'setter@demo.example';
        insert into grants (person_id, role, granted_at, reason)
        select id, 'support', now(), 'For a test' from people where email = 'support.silent@demo.example';
        insert into grants (person_id, role, organisation_id, granted_at, reason)
        select h.id, case when h.email like 'colleague@%' then 'paper-setter' else 'organisation-administrator' end, r.organisation_id,
            now(), 'For a test'
        from people h, grants r
        where h.email in ('colleague@demo.example', 'administrator@demo.example') and r.role = 'paper-setter';
        insert into grants (person_id, role, organisation_id, granted_at, reason)
        select h.id, 'organisation-administrator', o.id, now(), 'For a test' from people h, organisations o
        where h.email = 'administrator.elsewhere@demo.example' and o.name = 'Another university';",
    )
    .execute(&mut *site.services.db.acquire().await?)
    .await?;
    Ok(())
}

/// An area of the Zone that has everything.
async fn zone(site: &Site) -> Result<(), sqlx::Error> {
    let mut db = site.services.db.acquire().await?;
    sqlx::raw_sql(
        "insert into people (id, email, full_name, password_hash, created_at, activated_at, demo)
        select gen_random_uuid(), 'zone.' || n || '@demo.example', n, password_hash, now(), now(), true from people,
            unnest('{member,lead,applicant}'::text[]) n where email = 'setter@demo.example';
        insert into zone_areas (id, slug, name, aim, made_at) values (gen_random_uuid(), 'north-area', 'North', 'To find each other', now());
        insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
        select gen_random_uuid(), a.id, p.id, case p.full_name when 'applicant' then 'waiting' else 'member' end, '1', now(), now(),
            case p.full_name when 'applicant' then null else now() end
        from people p, zone_areas a where p.email like 'zone.%@demo.example';
        insert into grants (person_id, role, zone_area_id, granted_at, reason)
        select p.id, 'zone-lead', a.id, now(), 'For a test' from people p, zone_areas a where p.email = 'zone.lead@demo.example'",
    )
    .execute(&mut *db)
    .await?;
    let area: uuid::Uuid = sqlx::query_scalar("select id from zone_areas").fetch_one(&mut *db).await?;
    let everything = include_str!("../../services/src/zone/tests/wall/everything.sql");
    let everything = everything.replace("{area}", &area.to_string()).replace("{word}", "northcanary");
    sqlx::raw_sql(sqlx::AssertSqlSafe(everything)).execute(&mut *db).await?;
    Ok(())
}

/// Puts papers, sittings and a check into every state, and returns the values of the names in braces.
async fn prepared(site: &Site, sessions: &[(&str, Option<String>)]) -> Vec<(&'static str, String)> {
    let id = async |what: &str| -> String {
        let query = sqlx::AssertSqlSafe(format!("select ({what})::text"));
        let found: Option<String> = sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap();
        found.unwrap_or_else(|| panic!("nothing there: {what}"))
    };
    let run = async |what: &str| {
        let query = sqlx::AssertSqlSafe(what.to_owned());
        sqlx::raw_sql(query).execute(&mut *site.services.db.acquire().await.unwrap()).await.unwrap();
    };
    let call = async |who: &str, function: &str, form: &str| {
        let session =
            sessions.iter().find(|(name, _)| *name == who).and_then(|(_, session)| session.as_deref());
        let answer = site.call(&format!("/api/{function}"), form, session).await;
        assert!(answer.status.as_u16() < 400, "{function} as {who}: {} {}", answer.status, answer.body);
    };
    let person = |name: &str| format!("select id from people where email = '{name}@demo.example'");
    let organisation = id("select distinct organisation_id from papers").await;
    let open = id("select id from papers where access_code is not null").await;
    let sat = id("select distinct paper_id from sittings where submitted_at is not null").await;

    let draft = long_draft(site).await.unwrap().to_string();
    call("setter", "assessment/create_paper", &format!("organisation={organisation}&title=Empty&kind=mock"))
        .await;
    let empty = id("select id from papers where title = 'Empty'").await;
    // One that is published and has not opened yet.
    call("setter", "assessment/duplicate_paper", &format!("paper={open}&candidates=true&form={empty}")).await;
    let waiting = id("select id from papers where title like 'Copy of %'").await;
    call(
        "setter",
        "assessment/publish_paper",
        &format!(
            "paper={waiting}&confirmed=true&settings_version=0&questions_version=0&candidates_version=0"
        ),
    )
    .await;

    call("learner", "assessment/start_sitting", &format!("paper={open}")).await;
    let sitting = id(&format!("select id from sittings where learner_id = ({})", person("learner"))).await;
    call("resting", "assessment/start_sitting", &format!("paper={open}&code=DEMO2026")).await;
    let resting = id(&format!("select id from sittings where learner_id = ({})", person("resting"))).await;
    run(&format!("update sittings set break_allowed_seconds = 600 where id = '{resting}'",)).await;
    call("resting", "assessment/pause_sitting", &format!("sitting={resting}")).await;
    // A learner has sat it once more, and waits for the result.
    let submitted = id(&format!(
        "select id from sittings where paper_id = '{sat}' and learner_id = ({})",
        person("student000")
    ))
    .await;
    call("student000", "assessment/start_sitting", &format!("paper={open}&code=DEMO2026")).await;
    let unreleased = id(&format!(
        "select id from sittings where paper_id = '{open}' and learner_id = ({})",
        person("student000")
    ))
    .await;
    call("student000", "assessment/submit_sitting", &format!("sitting={unreleased}")).await;
    run(&format!("update papers set release = 'by-hand' where id = '{open}'")).await;
    run(&format!(
        "update sittings set passed = true, verification_code = 'ABCD-EFGH-JKLM' where id = '{submitted}'"
    ))
    .await;

    // One question of practice that is answered, and one that is not.
    for _ in 0..2 {
        call("learner", "assessment/ask_practice", "category=si-conversion").await;
    }
    run("update practice_questions set question = (select question from paper_items where question->'key' ? 'number' limit 1)").await;
    let practised = id("select min(id::text) from practice_questions").await;
    let practice = id("select max(id::text) from practice_questions").await;
    call("learner", "assessment/answer_practice", &format!("question={practised}&kind=number&typed=1")).await;

    // A knowledge check that was taken, and is taken again.
    let taken = format!(
        "from check_attempts a join modules m on m.id = a.module_id join enrolments e on e.id = a.enrolment_id
        where e.learner_id = ({}) order by m.position limit 1",
        person("student012")
    );
    let (module, attempt) =
        (id(&format!("select m.slug {taken}")).await, id(&format!("select a.id {taken}")).await);

    // What somebody has completed, and the certificate of a course.
    let completed = format!(
        "select m.slug from module_completions d join modules m on m.id = d.module_id join enrolments e on e.id = d.enrolment_id
        where e.learner_id = ({}) order by m.position limit 1",
        person("student012")
    );
    let completed = id(&completed).await;
    run("insert into course_certificates (enrolment_id, code, title, modules, minutes, completed_at, made_at)
        select id, 'C7QM-3XRP-9WTD', 'Learning to prescribe', 12, 156, now(), now() from enrolments order by id limit 1")
    .await;

    call("setter", "assessment/draft_bank", &format!("organisation={organisation}&bank=x")).await;
    let writing = "draft=01a00000-0000-7000-8000-000000000001&fields[wording]=x&act=preview";
    call("setter", "assessment/write_question", &format!("organisation={organisation}&{writing}")).await;
    for (email, extra) in [("student000@demo.example", 25), ("student001@demo.example", 10)] {
        let form = format!("organisation={organisation}&email={email}&extra_percent={extra}");
        call("setter", "assessment/set_adjustment", &form).await;
    }
    let about = [&open, &sat, &draft, &empty, &waiting].map(|paper| format!("paper/{paper}"));
    run(&format!(
        "insert into uploads (id, organisation_id, file_name, state, attested_version, attested_at, created_at, all_rows)
        select gen_random_uuid(), '{organisation}', s || '.csv', s, 'x', now(), now(), 60 from unnest('{{preview,confirmed,done}}'::text[]) s;
        insert into upload_rows (upload_id, row_number, name, email, outcome)
        select u.id, n, 'Name ' || n, 'a' || n || '@x.example', case when n % 2 = 0 then 'new' else 'wrong' end
        from uploads u, generate_series(2, 61) n where u.state = 'preview'"
    ))
    .await;
    run(
        "insert into cohort_reminders (id, cohort_id, author_id, text, begun_at, sent_at)
        select gen_random_uuid(), g.cohort_id, g.person_id, 'Hello', now(), n.sent
        from grants g, (values (null::timestamptz), (now())) n (sent) where g.role = 'cohort-tutor';
        insert into cohort_reminded (reminder_id, person_id)
        select r.id, e.learner_id from cohort_reminders r join enrolments e on e.cohort_id = r.cohort_id;
        insert into cohort_notes (id, cohort_id, person_id, author_id, text, written_at)
        select gen_random_uuid(), g.cohort_id, e.learner_id, g.person_id, 'Well', now()
        from grants g join enrolments e on e.cohort_id = g.cohort_id;
        insert into cohort_dates (cohort_id, module_id, due_on, set_at)
        select c.id, m.id, current_date - 1, now() from cohorts c join modules m on m.course_id = c.course_id",
    )
    .await;
    let members = [format!("adjustments/{organisation}"), format!("members/{organisation}")];
    let helped = id(&person("student004")).await;
    let helping = [format!("person/{helped}"), "log".to_owned()];
    for about in about.into_iter().chain(members).chain(helping) {
        call("support", "assessment/give_reason", &format!("about={about}&reason=Asked+by+telephone")).await;
    }
    vec![
        ("{cohort}", id("select cohort_id from grants where role = 'cohort-tutor' limit 1").await),
        ("{begun}", id("select min(id::text) from cohort_reminders where sent_at is null").await),
        ("{sent}", id("select min(id::text) from cohort_reminders where sent_at is not null").await),
        ("{student}", id("select min(e.learner_id::text) from enrolments e where e.cohort_id in (select cohort_id from grants where role = 'cohort-tutor')").await),
        ("{code}", "ABCD-EFGH-JKLM".to_owned()),
        ("{bank}", id("select id from bank_drafts").await),
        ("{writing}", id("select id from question_drafts").await),
        ("{template}", id("select id from question_templates where organisation_id is null order by name limit 1").await),
        ("{elsewhere}", id("select id from organisations where name = 'Another university'").await),
        ("{slug}", id(&format!("select slug from organisations where id = '{organisation}'")).await),
        ("{slug_elsewhere}", id("select slug from organisations where name = 'Another university'").await),
        ("{upload}", id("select id from uploads where state = 'preview' and organisation_id in (select organisation_id from papers)").await),
        ("{confirmed}", id("select id from uploads where state = 'confirmed'").await),
        ("{done}", id("select id from uploads where file_name = 'done.csv'").await),
        ("{area}", "north-area".to_owned()),
        ("{zone_member}", id("select m.id from zone_members m join people p on p.id = m.person_id where p.email = 'zone.member@demo.example'").await),
        ("{resource}", id("select min(id::text) from zone_resources where state = 'current'").await),
        ("{nothing}", uuid::Uuid::nil().to_string()),
        ("{helped}", helped),
        ("{organisation}", organisation),
        ("{open}", open),
        ("{sat}", sat),
        ("{draft}", draft),
        ("{empty}", empty),
        ("{waiting}", waiting),
        ("{sitting}", sitting),
        ("{resting}", resting),
        ("{submitted}", submitted),
        ("{unreleased}", unreleased),
        ("{practised}", practised),
        ("{practice}", practice),
        ("{module}", module),
        ("{completed}", completed),
        ("{attempt}", attempt),
    ]
}

/// A draft of the setter's with two hundred lines, some with a chosen template.
async fn long_draft(site: &Site) -> Result<uuid::Uuid, sqlx::Error> {
    let draft = sqlx::query_scalar(
        "with paper as (
            insert into papers (id, organisation_id, set_by, kind, title, limit_minutes, pass_percent, calculator, shuffle, hints,
                attempts, opens_at, closes_at, access_code, release, created_at)
            select gen_random_uuid(), r.organisation_id, h.id, 'examination', 'Long', 60, 60, true, false, false, 1,
                now() + interval '1 day', now() + interval '2 days', 'LONG2026', 'at-close', now()
            from people h join grants r on r.person_id = h.id where h.email = 'setter@demo.example' limit 1 returning id
        ), sections as (
            insert into paper_sections (id, paper_id, position, title)
            select gen_random_uuid(), id, n, 'Section ' || n from paper, generate_series(1, 10) n returning id
        ), lines as (
            insert into selection_rules (id, section_id, position, category, difficulty, template_id, questions, marks)
            select gen_random_uuid(), s.id, n, case when n > 1 then 'si-conversion' end, case when n > 15 then 1 end,
                case when n = 1 then (select id from question_templates where category = 'si-conversion' order by name limit 1) end, 1, 1
            from sections s, generate_series(1, 20) n
        )
        select id from paper",
    );
    draft.fetch_one(&site.services.db).await
}
