//! Access: every server function and every route, for every role. A function, page or file that the tables below do not list
//! fails the test, so that none is added without saying who may use it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should panic")]

mod addresses;
mod arriving;
mod asking;
mod assessment;
mod candidate;
mod extra_time;
mod forms;
mod helping;
mod markup;
mod organisations;
mod reasons;
mod room;
mod rubbish;
mod scopes;
mod second_factor;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod topics;
mod words;
mod zone;
mod zone_files;
mod zone_leaks;
mod zone_news;
mod zone_scopes;
mod zone_world;

use std::collections::BTreeSet;

use server::web::{downloads, pages};
use sqlx::PgPool;
use support::Site;
use table::Asked;

/// The roles, in the order of the columns: a visitor; a student of the cohort in question; a student of another
/// university; the tutor who is signed up for that cohort; the tutor of a cohort of the other university; staff; an
/// administrator and a setter of the cohort's university; the same two of the other university.
const ROLES: usize = 10;

const OK: u16 = 200;
/// To the sign-in page, for a page.
const TO: u16 = 303;
/// Redirected after an accepted form.
const ON: u16 = 302;
const NO: u16 = 401;
const GONE: u16 = 404;
const BAD: u16 = 422;

const SIGNED_IN: [u16; ROLES] = [NO, OK, OK, OK, OK, OK, OK, OK, OK, OK];
/// The same for a form with a wrong value.
const REFUSED: [u16; ROLES] = [NO, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD];
const LEARNERS: [u16; ROLES] = [NO, OK, OK, GONE, GONE, GONE, GONE, GONE, GONE, GONE];
/// For who has completed the course: the first student, and not the second.
const FINISHERS: [u16; ROLES] = [NO, OK, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE];
/// For people who see the cohort: its tutor, and administrators of its university.
const FOLLOWERS: [u16; ROLES] = [NO, GONE, GONE, OK, GONE, GONE, OK, GONE, GONE, GONE];

/// The same for a page.
const fn page(mut expected: [u16; ROLES]) -> [u16; ROLES] {
    expected[0] = TO;
    expected
}

/// Path, an acceptable body, and the status for each role.
const FUNCTIONS: [(&str, &str, [u16; ROLES]); 58] = [
    ("/api/accounts/sign_in", "email=a@b.example&password=wrong", [BAD; ROLES]),
    ("/api/accounts/request_link", "email=nobody@b.example", [OK; ROLES]),
    ("/api/accounts/load_link", "token=x", [GONE; ROLES]),
    ("/api/accounts/choose_password", "token=x&new_password=purple+wheel+garden+lamp", [BAD; ROLES]),
    ("/api/accounts/choose_display", "colours=dark&text_size=large", [OK; ROLES]),
    ("/api/accounts/load_activation", "token=link", [OK; ROLES]),
    // A link that no longer works: one that does opens the account only once.
    (
        "/api/accounts/activate",
        "token=x&policy=2026-12-06&consent=true&new_password=purple+wheel+garden+lamp",
        [BAD; ROLES],
    ),
    ("/api/accounts/stop_reminders", "token=x", [OK; ROLES]),
    (
        "/api/accounts/register",
        "name=Sam&email=new%40b.example&new_password=purple+wheel+garden+lamp&policy=2026-12-06&consent=true",
        [OK; ROLES],
    ),
    ("/api/accounts/load_registration", "token=link", [OK; ROLES]),
    ("/api/accounts/confirm_registration", "token=link&password=wrong", [BAD; ROLES]),
    ("/api/accounts/load_account", "", SIGNED_IN),
    (
        "/api/accounts/change_password",
        "current_password=wrong&new_password=purple+wheel+garden+lamp",
        [NO, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD],
    ),
    // They are signed in whole already: it leads on.
    ("/api/accounts/enter_code", "factor_code=abcd-efgh-ijkl-mnop", SIGNED_IN),
    ("/api/accounts/load_second_factor", "", SIGNED_IN),
    // With the password of the demo, so that the next one has a key to confirm.
    ("/api/accounts/start_second_factor", "current_password=learning-demo-2026", SIGNED_IN),
    ("/api/accounts/confirm_second_factor", "factor_code=abcd-efgh-ijkl-mnop&next=/cohorts", REFUSED),
    ("/api/accounts/move_second_factor", "move_password=wrong&move_factor_code=123456", REFUSED),
    ("/api/accounts/new_recovery_codes", "current_password=wrong&factor_code=123456", REFUSED),
    ("/api/accounts/keep_recovery_codes", "shown=none", SIGNED_IN),
    ("/api/accounts/turn_off_second_factor", "turn_off_password=wrong&turn_off_factor_code=123456", REFUSED),
    ("/api/accounts/end_session", "session=00000000-0000-0000-0000-000000000000", SIGNED_IN),
    ("/api/accounts/end_other_sessions", "", SIGNED_IN),
    ("/api/home/load_waiting", "", SIGNED_IN),
    ("/api/learning/load_courses", "", SIGNED_IN),
    ("/api/learning/load_course", "course=nmp", LEARNERS),
    ("/api/learning/load_progress", "course=nmp&module=consultation", LEARNERS),
    ("/api/learning/load_module", "course=nmp&module=consultation", LEARNERS),
    ("/api/learning/read_page", "course=nmp&module=consultation&page=structure", LEARNERS),
    ("/api/learning/open_page", "course=nmp&module=consultation&page=structure", LEARNERS),
    ("/api/learning/pages_to_keep", "", SIGNED_IN),
    // What is not the caller's to open is left out.
    (
        "/api/learning/send_openings",
        r#"{"openings":[{"course":"nmp","module":"consultation","page":"structure","at":1764500000000}]}"#,
        SIGNED_IN,
    ),
    ("/api/learning/search_course", "course=nmp&search=dose", LEARNERS),
    ("/api/learning/load_note", "course=nmp&module=consultation&page=structure", LEARNERS),
    ("/api/learning/load_glossary", "course=nmp", LEARNERS),
    ("/api/learning/load_notes", "course=nmp", LEARNERS),
    ("/api/learning/save_note", "course=nmp&module=consultation&page=structure&note=", LEARNERS),
    ("/api/learning/remove_note", "course=nmp&module=consultation&page=structure&version=1", LEARNERS),
    ("/api/learning/save_highlights", "course=nmp&module=consultation&page=structure&version=0", LEARNERS),
    ("/api/learning/load_printed", "course=nmp&module=consultation", LEARNERS),
    (
        "/api/learning/say_clear",
        "course=nmp&module=consultation&page=structure&version=1&was_clear=no&unclear_words=Why",
        LEARNERS,
    ),
    ("/api/learning/load_record", "", SIGNED_IN),
    ("/api/learning/load_reflection", "course=nmp&module=evidence-and-practice", FINISHERS),
    (
        "/api/learning/save_reflection",
        "course=nmp&module=evidence-and-practice&learnt=Much&competencies[]=9&version=0",
        FINISHERS,
    ),
    ("/api/learning/make_certificate", "course=nmp", FINISHERS),
    ("/api/learning/load_check", "course=nmp&module=consultation", LEARNERS),
    // A try that does not exist.
    (
        "/api/learning/save_check",
        "{\"course\":\"nmp\",\"module\":\"consultation\",\"save\":{\"attempt\":\"00000000-0000-0000-0000-000000000000\",\"version\":1,\"sequence\":1,\"answers\":{}}}",
        [NO, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE],
    ),
    (
        "/api/learning/submit_check",
        "course=nmp&module=consultation&version=1",
        [NO, BAD, BAD, GONE, GONE, GONE, GONE, GONE, GONE, GONE],
    ),
    ("/api/learning/load_end", "course=nmp", LEARNERS),
    (
        "/api/learning/answer_end",
        "course=nmp&wishes_version=2026-11-30&keep_access=yes&join_zone=no&version=2026-11-30&clear=5&useful=4&amount=3&easy=2&recommend=1&comment=Good",
        FINISHERS,
    ),
    ("/api/cohorts/load_cohorts", "", SIGNED_IN),
    ("/api/cohorts/stop_cohort_reminders", "token=x", [OK; ROLES]),
    ("/api/cohorts/take_cohort_reminders", "takes_reminders=no", SIGNED_IN),
    ("/api/learning/load_own_reminders", "", SIGNED_IN),
    ("/api/learning/set_own_reminders", "weekday=1&days_before=never", SIGNED_IN),
    // No page has made this token.
    (
        "/api/learning/make_calendar",
        "calendar_token=x",
        [NO, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE],
    ),
    ("/api/learning/remove_calendar", "", SIGNED_IN),
    ("/api/learning/stop_own_reminders", "token=x", [OK; ROLES]),
];

/// For nobody, although somebody follows the cohort that is named.
const NOBODY: [u16; ROLES] = [NO, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE, GONE];

/// Requests about the cohort of the second and fourth role: path, body, and the status for each role. [`of_cohort`] gives the ids in braces.
const OF_COHORT: [(&str, &str, [u16; ROLES]); 14] = [
    ("/api/cohorts/load_cohort", "cohort={cohort}&query=attention%3Dbehind%26sort%3Dcompleted", FOLLOWERS),
    ("/api/cohorts/load_cohort_progress", "cohort={cohort}", FOLLOWERS),
    ("/api/cohorts/load_cohort_dates", "cohort={cohort}", FOLLOWERS),
    (
        "/api/cohorts/set_cohort_dates",
        "cohort={cohort}&modules[]={module}&was[]=&due[]=2026-12-01",
        FOLLOWERS,
    ),
    ("/api/cohorts/load_cohort_student", "cohort={cohort}&person={person}", FOLLOWERS),
    // A student of another cohort.
    ("/api/cohorts/load_cohort_student", "cohort={cohort}&person={theirs}", NOBODY),
    ("/api/cohorts/write_note", "cohort={cohort}&person={person}&note=Well&form=", FOLLOWERS),
    ("/api/cohorts/write_note", "cohort={cohort}&person={theirs}&note=Well&form=", NOBODY),
    // The tutor has written it; the administrator comes when it is gone already.
    ("/api/cohorts/remove_note", "cohort={cohort}&person={person}&written={note}", FOLLOWERS),
    // Another tutor of the cohort has written this one.
    ("/api/cohorts/remove_note", "cohort={cohort}&person={person}&written={note_of_another}", NOBODY),
    ("/api/cohorts/begin_reminder", "cohort={cohort}&chosen[]={person}", FOLLOWERS),
    ("/api/cohorts/load_reminder", "cohort={cohort}&reminder={reminder}", FOLLOWERS),
    // It is sent already, and a second press says so.
    (
        "/api/cohorts/send_reminder",
        "cohort={cohort}&reminder={reminder}&reminder_text=Hello&act=send",
        FOLLOWERS,
    ),
    // Somebody else is writing it.
    ("/api/cohorts/load_reminder", "cohort={cohort}&reminder={draft_of_another}", NOBODY),
];

/// The last requests, because they end the session of their caller.
const ENDING: [(&str, [u16; ROLES]); 2] =
    [("/api/accounts/withdraw_consent", SIGNED_IN), ("/api/accounts/sign_out", [OK; ROLES])];

/// The route as the application names it, one of its addresses, and the status for each role.
const PAGES: [(&str, &str, [u16; ROLES]); 44] = [
    ("/", "/", [OK; ROLES]),
    ("/sign-in", "/sign-in", [OK; ROLES]),
    ("/forgotten-password", "/forgotten-password", [OK; ROLES]),
    ("/forgotten-password/sent", "/forgotten-password/sent", [OK; ROLES]),
    ("/choose-password/done", "/choose-password/done", [OK; ROLES]),
    // A link that no longer works.
    ("/choose-password/{token}", "/choose-password/x", [GONE; ROLES]),
    ("/activate/new", "/activate/new", [OK; ROLES]),
    ("/activate/done", "/activate/done", [OK; ROLES]),
    ("/activate/{token}", "/activate/link", [OK; ROLES]),
    ("/stop-reminders/done", "/stop-reminders/done", [OK; ROLES]),
    ("/stop-reminders/{token}", "/stop-reminders/x", [OK; ROLES]),
    ("/stop-cohort-reminders/done", "/stop-cohort-reminders/done", [OK; ROLES]),
    ("/stop-cohort-reminders/{token}", "/stop-cohort-reminders/x", [OK; ROLES]),
    ("/stop-own-reminders/done", "/stop-own-reminders/done", [OK; ROLES]),
    ("/stop-own-reminders/{token}", "/stop-own-reminders/x", [OK; ROLES]),
    ("/register", "/register", [OK; ROLES]),
    ("/register/sent", "/register/sent", [OK; ROLES]),
    ("/register/done", "/register/done", [OK; ROLES]),
    ("/register/{token}", "/register/link", [OK; ROLES]),
    ("/account/withdraw", "/account/withdraw", page(SIGNED_IN)),
    ("/consent-withdrawn", "/consent-withdrawn", [OK; ROLES]),
    ("/display", "/display", [OK; ROLES]),
    ("/help", "/help", [OK; ROLES]),
    ("/accessibility", "/accessibility", [OK; ROLES]),
    ("/privacy", "/privacy", [OK; ROLES]),
    ("/account", "/account", page(SIGNED_IN)),
    ("/account/second-factor", "/account/second-factor", page(SIGNED_IN)),
    ("/account/reminders", "/account/reminders", page(SIGNED_IN)),
    ("/sign-in/code", "/sign-in/code", page(SIGNED_IN)),
    ("/offline", "/offline", page(SIGNED_IN)),
    ("/learn", "/learn", page(SIGNED_IN)),
    ("/learn/record", "/learn/record", page(SIGNED_IN)),
    ("/learn/record/{course}/{module}", "/learn/record/nmp/evidence-and-practice", page(FINISHERS)),
    ("/learn/{course}", "/learn/nmp", page(LEARNERS)),
    ("/learn/{course}/end", "/learn/nmp/end", page(LEARNERS)),
    ("/learn/{course}/search", "/learn/nmp/search?search=dose", page(LEARNERS)),
    ("/learn/{course}/glossary", "/learn/nmp/glossary", page(LEARNERS)),
    ("/learn/{course}/notes", "/learn/nmp/notes", page(LEARNERS)),
    ("/learn/{course}/{module}", "/learn/nmp/consultation", page(LEARNERS)),
    ("/learn/{course}/{module}/print", "/learn/nmp/consultation/print", page(LEARNERS)),
    ("/learn/{course}/{module}/{page}", "/learn/nmp/consultation/structure", page(LEARNERS)),
    ("/learn/{course}/{module}/{page}/note", "/learn/nmp/consultation/structure/note", page(LEARNERS)),
    ("/learn/{course}/{module}/check", "/learn/nmp/consultation/check", page(LEARNERS)),
    ("/cohorts", "/cohorts", page(SIGNED_IN)),
];

/// The routes, whose ids [`of_cohort`] gives.
const COHORT_PAGES: [(&str, [u16; ROLES]); 6] = [
    ("/cohorts/{cohort}", page(FOLLOWERS)),
    ("/cohorts/{cohort}/progress", page(FOLLOWERS)),
    ("/cohorts/{cohort}/dates", page(FOLLOWERS)),
    ("/cohorts/{cohort}/remind", page(FOLLOWERS)),
    ("/cohorts/{cohort}/reminders/{reminder}", page(FOLLOWERS)),
    ("/cohorts/{cohort}/students/{person}", page(FOLLOWERS)),
];

/// The files of the cohort's students.
const COHORT_FILES: [(&str, [u16; ROLES]); 2] = [
    ("/cohorts/{cohort}/students.xlsx", page(FOLLOWERS)),
    ("/cohorts/{cohort}/students.csv", page(FOLLOWERS)),
];

/// What the person who asks has completed and keeps: their own, and nobody's who follows them.
const OWN_FILES: [(&str, [u16; ROLES]); 7] = [
    ("/learn/record.xlsx", page(SIGNED_IN)),
    ("/learn/record.csv", page(SIGNED_IN)),
    ("/learn/record.pdf", page(SIGNED_IN)),
    // The student's is made in `roles`.
    ("/learn/{course}/certificate.pdf", page(FINISHERS)),
    ("/learn/{course}/notes.xlsx", page(LEARNERS)),
    ("/learn/{course}/notes.csv", page(LEARNERS)),
    ("/learn/{course}/notes.pdf", page(LEARNERS)),
];

/// The stream of the same cohort's news.
const COHORT_STREAM: [u16; ROLES] = FOLLOWERS;

/// The server's additions to the pages. The stream stays open for a permitted listener, so only its start is read.
const OTHERS: [(&str, [u16; ROLES]); 10] = [
    ("/healthz", [OK; ROLES]),
    ("/readyz", [OK; ROLES]),
    ("/robots.txt", [OK; ROLES]),
    ("/media/0000.svg", [GONE; ROLES]),
    ("/mail/stop/x", [TO; ROLES]),
    ("/mail/stop-cohort-reminders/x", [TO; ROLES]),
    ("/mail/stop-own-reminders/x", [TO; ROLES]),
    // A secret address needs no session, and another one is not found by anybody.
    ("/calendar/x.ics", [GONE; ROLES]),
    ("/live", SIGNED_IN),
    ("/nowhere", [GONE; ROLES]),
];

/// The sessions of all roles, and the cohort in question.
async fn roles(site: &Site) -> ([Option<String>; ROLES], uuid::Uuid) {
    // The demo has one tutor; the others are made here.
    let of = |email: &str| {
        format!(
            "select c.organisation_id from cohorts c join enrolments e on e.cohort_id = c.id
        join people p on p.id = e.learner_id where p.email = '{email}@demo.example'"
        )
    };
    let (here, elsewhere) = (of("student"), of("student002"));
    let their_cohort = "select id from cohorts where name = 'V300, autumn 2026'".to_owned();
    for (name, role, scope, id) in [
        ("elsewhere", "cohort-tutor", "cohort_id", &their_cohort),
        ("head", "organisation-administrator", "organisation_id", &here),
        ("sets", "paper-setter", "organisation_id", &here),
        ("head.elsewhere", "organisation-administrator", "organisation_id", &elsewhere),
        ("sets.elsewhere", "paper-setter", "organisation_id", &elsewhere),
    ] {
        let made = format!(
            "with made as (insert into people (id, email, full_name, password_hash, created_at, activated_at, demo)
                select gen_random_uuid(), '{name}@demo.example', '{name}', password_hash, now(), now(), true from people
                where email = 'tutor@demo.example' returning id)
            insert into grants (person_id, role, {scope}, granted_at, reason) select made.id, '{role}', ({id}), now(), 'For a test' from made"
        );
        sqlx::query(sqlx::AssertSqlSafe(made)).execute(&site.services.db).await.unwrap();
    }
    support::with_links(site).await;
    support::completed(site, "student@demo.example").await;
    sqlx::query(
        "insert into course_certificates (enrolment_id, code, title, modules, minutes, completed_at, made_at)
        select e.id, 'C7QM-3XRP-9WTD', 'Learning to prescribe', 12, 156, now(), now()
        from enrolments e join people p on p.id = e.learner_id where p.email = 'student@demo.example'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let mut sessions = [const { None }; ROLES];
    let names = [
        "student",
        "student002",
        "tutor",
        "elsewhere",
        "support",
        "head",
        "sets",
        "head.elsewhere",
        "sets.elsewhere",
    ];
    for (session, name) in sessions[1..].iter_mut().zip(names) {
        *session = Some(site.sign_in(&format!("{name}@demo.example")).await);
    }
    let cohort = sqlx::query_scalar("select cohort_id from enrolments e join people p on p.id = e.learner_id where p.email = 'student@demo.example'")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    (sessions, cohort)
}

/// What the rows about a cohort name in braces: a student of it and one of another, a module, a note and a sent reminder of its tutor, and a note
/// and a draft of somebody else who followed it.
async fn of_cohort(site: &Site, cohort: uuid::Uuid) -> Vec<(&'static str, String)> {
    let made = sqlx::query_as::<_, (String, String, String, String, String, String, String)>(
        "with tutor as (
            select person_id as id from grants where cohort_id = $1 and role = 'cohort-tutor' limit 1
        ), student as (
            select e.learner_id as id from enrolments e join people p on p.id = e.learner_id
            where e.cohort_id = $1 and p.email <> 'student@demo.example' order by p.email limit 1
        ), notes as (
            insert into cohort_notes (id, cohort_id, person_id, author_id, text, written_at)
            select gen_random_uuid(), $1, s.id, n.author, 'Well', now()
            from student s, tutor t, lateral (values (t.id), (s.id)) n (author) returning id, author_id
        ), reminders as (
            insert into cohort_reminders (id, cohort_id, author_id, text, begun_at, sent_at)
            select gen_random_uuid(), $1, n.author, 'Hello', now(), n.sent
            from student s, tutor t, lateral (values (t.id, now()), (s.id, null)) n (author, sent) returning id, sent_at
        )
        select s.id::text, (select min(e.learner_id::text) from enrolments e where e.cohort_id <> $1),
            (select min(m.id::text) from modules m join cohorts c on c.course_id = m.course_id where c.id = $1 and not m.retired),
            (select id::text from notes where author_id = t.id), (select id::text from notes where author_id = s.id),
            (select id::text from reminders where sent_at is not null), (select id::text from reminders where sent_at is null)
        from student s, tutor t",
    )
    .bind(cohort)
    .fetch_one(&site.services.db)
    .await
    .unwrap();
    let (person, theirs, module, note, note_of_another, reminder, draft_of_another) = made;
    vec![
        ("{cohort}", cohort.to_string()),
        ("{course}", "nmp".to_owned()),
        ("{person}", person),
        ("{theirs}", theirs),
        ("{module}", module),
        ("{note}", note),
        ("{note_of_another}", note_of_another),
        ("{reminder}", reminder),
        ("{draft_of_another}", draft_of_another),
    ]
}

/// A text of the tables with these ids.
fn put(names: &[(&'static str, String)], text: &str) -> String {
    names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_function_and_route_serves_exactly_the_right_roles(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (sessions, cohort) = roles(&site).await;

    let names = of_cohort(&site, cohort).await;
    let mut asked = Asked::new(&site, &sessions);
    let functions = FUNCTIONS
        .iter()
        .map(|(path, body, expected)| (*path, (*body).to_owned(), expected))
        .chain(OF_COHORT.iter().map(|(path, body, expected)| (*path, put(&names, body), expected)))
        .chain(ENDING.iter().map(|(path, expected)| (*path, String::new(), expected)));
    let pages = PAGES
        .iter()
        .map(|(_, address, expected)| ((*address).to_owned(), expected))
        .chain(
            COHORT_PAGES
                .iter()
                .chain(&COHORT_FILES)
                .map(|(address, expected)| (put(&names, address), expected)),
        )
        .chain(OWN_FILES.iter().map(|(address, expected)| (put(&names, address), expected)))
        .chain([(format!("/live?topics=cohort:{cohort}"), &COHORT_STREAM)])
        .chain(OTHERS.iter().map(|(address, expected)| ((*address).to_owned(), expected)));
    for (address, expected) in pages {
        asked.open(&address, expected).await;
    }
    for (path, body, expected) in functions {
        asked.call(path, &body, expected).await;
    }
    asked.finish();
}

#[test]
fn the_tables_list_every_function_and_route() {
    let listed: BTreeSet<_> = FUNCTIONS
        .iter()
        .map(|row| row.0)
        .chain(OF_COHORT.iter().map(|row| row.0))
        .chain(ENDING.iter().map(|row| row.0))
        .chain(assessment::FUNCTIONS.iter().map(|row| row.0))
        .chain(organisations::FUNCTIONS.iter().map(|row| row.0))
        .chain(helping::FUNCTIONS.iter().map(|row| row.0))
        .chain(zone::FUNCTIONS.iter().map(|row| row.0))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<_> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(there, listed);

    let listed: BTreeSet<_> = PAGES
        .iter()
        .map(|row| row.0)
        .chain(COHORT_PAGES.iter().map(|row| row.0))
        .chain(assessment::PAGES.iter().map(|row| row.0))
        .chain(organisations::PAGES.iter().map(|row| row.0))
        .chain(helping::PAGES.iter().map(|row| row.0))
        .chain(zone::PAGES.iter().map(|row| row.0))
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<_> = pages::addresses().map(str::to_owned).collect();
    assert_eq!(there, listed);

    let listed: BTreeSet<_> = COHORT_FILES
        .iter()
        .chain(&OWN_FILES)
        .map(|row| row.0)
        .chain(assessment::FILES.iter().map(|row| row.0))
        .chain(organisations::FILES.iter().map(|row| row.0))
        .chain(helping::FILES.iter().map(|row| row.0))
        .chain(zone::FILES.iter().map(|row| row.0))
        .map(without_names)
        .collect();
    let there: BTreeSet<_> = downloads::FILES.iter().map(|(address, _)| without_names(address)).collect();
    assert_eq!(there, listed);
}

/// The rows name their ids otherwise than the routes do.
fn without_names(address: &str) -> String {
    let parts = address.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_function_takes_posts_only() {
    for (path, method) in leptos::server_fn::axum::server_fn_paths() {
        assert_eq!(method, axum::http::Method::POST, "{path}");
    }
}
