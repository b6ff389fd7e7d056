//! Access to the assessments: the same tests as in `main`, for other roles.

use sqlx::PgPool;
use uuid::Uuid;

use super::{BAD, GONE, NO, OK, TO, support::Site, table::Asked, zone::form};

/// The roles. Their names say which belong to another organisation.
pub const ROLES: usize = 12;
pub const NOBODY: usize = 0;
/// A learner for whom the papers are set and who has sat one, and a learner of another cohort.
pub const CANDIDATE: usize = 1;
pub const LEARNER: usize = 2;
/// The papers' setter, a colleague who sets papers there too, and an administrator.
pub const SETTER: usize = 3;
pub const COLLEAGUE: usize = 4;
pub const ADMINISTRATOR: usize = 5;
pub const SUPPORT: usize = 6;
pub const SETTER_ELSEWHERE: usize = 7;
pub const ADMINISTRATOR_ELSEWHERE: usize = 8;
/// A person who is signed up for a cohort.
pub const TUTOR: usize = 9;
pub const TUTOR_ELSEWHERE: usize = 10;
/// Support that has not given a reason.
pub const SILENT: usize = 11;

pub type Expected = [u16; ROLES];

/// The listed roles get the status beside them. Visitors are sent to sign in, and all other roles get "not found".
pub const fn only(whose: &[(usize, u16)]) -> Expected {
    let mut expected = [GONE; ROLES];
    expected[NOBODY] = NO;
    let mut n = 0;
    while n < whose.len() {
        expected[whose[n].0] = whose[n].1;
        n += 1;
    }
    expected
}

pub const fn everybody(status: u16) -> Expected {
    let mut expected = [status; ROLES];
    expected[NOBODY] = NO;
    expected
}

/// The same for a page.
pub const fn page(mut expected: Expected) -> Expected {
    expected[NOBODY] = TO;
    expected
}

/// For "not found" to all other roles.
pub fn is_for_support_alone(expected: &Expected) -> bool {
    expected.iter().enumerate().all(|(role, status)| (*status == OK) == [SUPPORT, SILENT].contains(&role))
}

/// Support has not given a reason.
pub const WHY: u16 = 403;

const ANYBODY: Expected = everybody(OK);
/// For the candidate alone: even the setter cannot sit for the candidate.
pub const OWN: Expected = only(&[(CANDIDATE, OK)]);
/// For people who may see the paper: its setter, administrators of the organisation and support.
const PAPER: Expected = only(&[(SETTER, OK), (ADMINISTRATOR, OK), (SUPPORT, OK), (SILENT, WHY)]);
/// The same when all support has given a reason.
const EXPLAINED: Expected = only(&[(SETTER, OK), (ADMINISTRATOR, OK), (SUPPORT, OK), (SILENT, OK)]);
/// The same for a form of one version: the second sender has seen an old one.
const FIRST: Expected = only(&[(SETTER, OK), (ADMINISTRATOR, BAD), (SUPPORT, BAD), (SILENT, WHY)]);
/// The same when a value is missing.
const UNFINISHED: Expected = only(&[(SETTER, BAD), (ADMINISTRATOR, BAD), (SUPPORT, BAD), (SILENT, WHY)]);
/// For missing things, to every role; if they are looked for in a paper or among people, support first gives a reason.
const NOT_THERE: Expected = only(&[]);
const NOT_IN_IT: Expected = only(&[(SILENT, WHY)]);
/// For people who may set papers in the organisation.
const ORGANISATION: Expected =
    only(&[(SETTER, OK), (COLLEAGUE, OK), (ADMINISTRATOR, OK), (SUPPORT, OK), (SILENT, OK)]);
/// The same when it is about people.
const PEOPLE: Expected =
    only(&[(SETTER, OK), (COLLEAGUE, OK), (ADMINISTRATOR, OK), (SUPPORT, OK), (SILENT, WHY)]);

/// For people who may set papers anywhere.
const SOME_ORGANISATION: Expected = only(&[
    (SETTER, OK),
    (COLLEAGUE, OK),
    (ADMINISTRATOR, OK),
    (SUPPORT, OK),
    (SETTER_ELSEWHERE, OK),
    (ADMINISTRATOR_ELSEWHERE, OK),
    (SILENT, OK),
]);
/// For people who may set papers in the other organisation; no support has given a reason for looking at its people.
const ELSEWHERE: Expected =
    only(&[(SUPPORT, OK), (SILENT, OK), (SETTER_ELSEWHERE, OK), (ADMINISTRATOR_ELSEWHERE, OK)]);
const ELSEWHERE_WITH_REASON: Expected =
    only(&[(SUPPORT, WHY), (SILENT, WHY), (SETTER_ELSEWHERE, OK), (ADMINISTRATOR_ELSEWHERE, OK)]);

/// Path, a body with names in braces to fill in, and the status for each role. The order matters: some change what
/// later ones find.
pub const FUNCTIONS: &[(&str, &str, Expected)] = &[
    ("/api/assessment/load_home", "", ANYBODY),
    ("/api/assessment/enter_code", "code=NONE", everybody(BAD)),
    ("/api/assessment/load_start", "paper={open}", OWN),
    ("/api/assessment/start_sitting", "paper={open}", OWN),
    ("/api/assessment/open_room", "sitting={sitting}", OWN),
    ("/api/assessment/begin_epoch", "sitting={sitting}", OWN),
    ("/api/assessment/load_room_state", "sitting={sitting}", OWN),
    ("/api/assessment/save_answers", "{\"sitting\":\"{sitting}\",\"saves\":[]}", OWN),
    ("/api/assessment/save_and_go", "sitting={sitting}&item={item}&kind=number&place=1&typed=1&go=2", OWN),
    ("/api/assessment/open_hint", "sitting={sitting}&item={item}", OWN),
    ("/api/assessment/pause_sitting", "sitting={sitting}", OWN),
    ("/api/assessment/resume_sitting", "sitting={sitting}", OWN),
    ("/api/assessment/report_window", "sitting={sitting}&left=true", OWN),
    ("/api/assessment/submit_sitting", "sitting={submitted}", OWN),
    ("/api/assessment/submit_answers", "{\"sitting\":\"{submitted}\",\"saves\":[]}", OWN),
    ("/api/assessment/load_receipt", "sitting={submitted}", OWN),
    ("/api/assessment/load_result", "sitting={submitted}", OWN),
    ("/api/assessment/name_certificate", "sitting={submitted}&certificate_name=Wang+Xiaoming", OWN),
    ("/api/assessment/load_verification", "code=NONE", [GONE; ROLES]),
    ("/api/assessment/load_practice", "", ANYBODY),
    ("/api/assessment/ask_practice", "category=si-conversion", ANYBODY),
    ("/api/assessment/load_practice_question", "question={practice}", OWN),
    ("/api/assessment/answer_practice", "question={practice}&kind=number&typed=1", OWN),
    ("/api/assessment/load_papers", "", SOME_ORGANISATION),
    ("/api/assessment/load_organisations", "query=search%3Da%26sort%3Dkind", SOME_ORGANISATION),
    ("/api/assessment/create_paper", "organisation={organisation}&title=New&kind=mock", ORGANISATION),
    ("/api/assessment/load_paper", "paper={open}", PAPER),
    ("/api/assessment/load_sections", "paper={open}", PAPER),
    ("/api/assessment/load_publication", "paper={open}", PAPER),
    ("/api/assessment/load_candidates", "paper={open}", PAPER),
    (
        "/api/assessment/save_settings",
        "paper={draft}&title=New&kind=mock&limit_minutes=30&pass_percent=80&attempts=1&opens={year}-01-01T09:00\
         &closes={later}-01-01T09:00&release=at-once&version=0",
        FIRST,
    ),
    ("/api/assessment/add_section", "paper={draft}&section_title=Doses&version=1", FIRST),
    (
        "/api/assessment/add_rule",
        "paper={draft}&section={section}&source=si-conversion&questions=1&marks=1&version=2",
        FIRST,
    ),
    ("/api/assessment/remove_rule", "paper={draft}&rule={nothing}&version=3", NOT_IN_IT),
    ("/api/assessment/move_rule", "paper={draft}&rule={nothing}&go=up&version=3", NOT_IN_IT),
    ("/api/assessment/remove_section", "paper={draft}&section={section}&version=3", FIRST),
    ("/api/assessment/save_candidates", "paper={draft}&emails=&version=0", FIRST),
    (
        "/api/assessment/remove_candidates",
        "paper={draft}&chosen[]=a@x.example&confirmed=true&version=1",
        FIRST,
    ),
    ("/api/assessment/load_preview", "paper={draft}", PAPER),
    ("/api/assessment/load_trial", "paper={draft}&seed=1", PAPER),
    ("/api/assessment/load_trial", "paper={sat}&seed=1&marked=yes", PAPER),
    ("/api/assessment/try_and_go", "paper={draft}&seed=1&place=1&kind=number&typed=5&go=2", PAPER),
    (
        "/api/assessment/publish_paper",
        "paper={draft}&settings_version=0&questions_version=0&candidates_version=0",
        UNFINISHED,
    ),
    ("/api/assessment/load_invigilation", "paper={open}", PAPER),
    ("/api/assessment/load_sitting_overview", "sitting={submitted}", PAPER),
    ("/api/assessment/add_time", "paper={open}&minutes=1", PAPER),
    ("/api/assessment/note_incident", "paper={sat}&sitting={submitted}&note=Noise", PAPER),
    ("/api/assessment/release_results", "paper={sat}", PAPER),
    ("/api/assessment/load_results", "paper={sat}", PAPER),
    ("/api/assessment/load_items", "paper={sat}", PAPER),
    ("/api/assessment/load_items", "paper={sat}&item={item_of_sat}&how=void", PAPER),
    (
        "/api/assessment/correct_item",
        // It only asks what would change.
        "paper={sat}&item={item_of_sat}&how=void&go=effect",
        PAPER,
    ),
    ("/api/assessment/load_remarking", "paper={sat}", PAPER),
    (
        "/api/assessment/correct_item",
        "paper={sat}&item={item_of_sat}&how=void&reason=Unclear&confirmed=true&version=0",
        // A voided question stays voided when another role asks for it again.
        PAPER,
    ),
    // It has not failed: there is nothing to do.
    ("/api/assessment/go_on_marking", "paper={sat}", PAPER),
    (
        "/api/assessment/give_reason",
        "about=paper/{draft}&reason=Asked+by+telephone",
        only(&[(SUPPORT, OK), (SILENT, OK)]),
    ),
    ("/api/assessment/load_bank", "query=search%3Da%26kind%3Dnumber", SOME_ORGANISATION),
    ("/api/assessment/load_bank_question", "template={template}", SOME_ORGANISATION),
    ("/api/assessment/load_bank_question", "template={nothing}", NOT_THERE),
    (
        "/api/assessment/load_bank_question",
        "template={own_template}",
        only(&[(SETTER, OK), (COLLEAGUE, OK), (ADMINISTRATOR, OK)]),
    ),
    ("/api/assessment/load_questions", "organisation={organisation}", ORGANISATION),
    ("/api/assessment/retire_template", "organisation={organisation}&template={nothing}", NOT_THERE),
    ("/api/assessment/draft_bank", "organisation={organisation}&bank=x", ORGANISATION),
    ("/api/assessment/load_bank_draft", "draft={bank}", only(&[(SETTER, OK)])),
    ("/api/assessment/import_bank", "draft={bank}", only(&[(SETTER, BAD)])),
    ("/api/assessment/load_writing", "organisation={organisation}", ORGANISATION),
    (
        "/api/assessment/load_writing",
        "organisation={organisation}&template={own_template}&show=text",
        ORGANISATION,
    ),
    ("/api/assessment/load_writing", "organisation={organisation}&template={template}", NOT_THERE),
    (
        "/api/assessment/load_writing",
        "organisation={organisation}&draft={writing}&show=preview",
        only(&[(SETTER, OK)]),
    ),
    ("/api/assessment/try_question", "organisation={organisation}&typed=x", ORGANISATION),
    (
        "/api/assessment/write_question",
        "organisation={organisation}&draft={writing}&version=0&fields[wording]=x&pasted=x&act=preview",
        only(&[(SETTER, OK)]),
    ),
    ("/api/assessment/load_adjustments", "organisation={organisation}", PEOPLE),
    (
        "/api/assessment/set_adjustment",
        "organisation={organisation}&email=student000@demo.example&extra_percent=25",
        PEOPLE,
    ),
    (
        "/api/assessment/set_adjustments",
        "organisation={organisation}&extra_time_list=student000@demo.example,25",
        PEOPLE,
    ),
    ("/api/assessment/take_back_adjustment", "organisation={organisation}&adjustment={nothing}", NOT_IN_IT),
    ("/api/assessment/create_paper", "organisation={elsewhere}&title=New&kind=mock", ELSEWHERE),
    ("/api/assessment/load_questions", "organisation={elsewhere}", ELSEWHERE),
    ("/api/assessment/draft_bank", "organisation={elsewhere}&bank=x", ELSEWHERE),
    ("/api/assessment/load_writing", "organisation={elsewhere}", ELSEWHERE),
    ("/api/assessment/try_question", "organisation={elsewhere}&typed=x", ELSEWHERE),
    ("/api/assessment/load_adjustments", "organisation={elsewhere}", ELSEWHERE_WITH_REASON),
    (
        "/api/assessment/set_adjustment",
        "organisation={elsewhere}&email=student000@demo.example&extra_percent=25",
        only(&[(SUPPORT, WHY), (SILENT, WHY), (SETTER_ELSEWHERE, BAD), (ADMINISTRATOR_ELSEWHERE, BAD)]),
    ),
    (
        "/api/assessment/set_adjustments",
        "organisation={elsewhere}&extra_time_list=student000@demo.example,25",
        only(&[(SUPPORT, WHY), (SILENT, WHY), (SETTER_ELSEWHERE, BAD), (ADMINISTRATOR_ELSEWHERE, BAD)]),
    ),
    // A sitting of another paper does not belong to this one.
    ("/api/assessment/add_time", "paper={sat}&sitting={sitting}&minutes=1", NOT_IN_IT),
    ("/api/assessment/submit_for", "paper={open}&sitting={sitting}", PAPER),
    ("/api/assessment/submit_for", "paper={sat}&sitting={sitting}", NOT_IN_IT),
    ("/api/assessment/reopen_sitting", "paper={sat}&sitting={sitting}&minutes=5", NOT_IN_IT),
    ("/api/assessment/note_incident", "paper={sat}&sitting={sitting}&note=Noise", NOT_IN_IT),
    (
        "/api/assessment/correct_item",
        "paper={open}&item={item_of_sat}&how=void&reason=Unclear&confirmed=true&version=0",
        NOT_IN_IT,
    ),
    // The second caller finds it already open.
    (
        "/api/assessment/reopen_sitting",
        "paper={open}&sitting={sitting}&minutes=5",
        only(&[(SETTER, OK), (SILENT, WHY)]),
    ),
    ("/api/assessment/change_window", "paper={sat}&closes={later}-01-01T09:00&reason=Snow&version=0", FIRST),
    // A candidate has started it.
    (
        "/api/assessment/withdraw_paper",
        "paper={sat}&withdraw_reason=Snow&confirmed=true&version=1",
        UNFINISHED,
    ),
    ("/api/assessment/correct_wording", "paper={sat}&title=Corrected&wording_reason=Slip&version=1", FIRST),
    ("/api/assessment/change_code", "paper={sat}&access_code=ANOTHER26&code_reason=Spread&version=2", FIRST),
    ("/api/assessment/close_paper", "paper={sat}&close_reason=Fire&confirmed=true&version=3", FIRST),
    ("/api/assessment/duplicate_paper", "paper={sat}&candidates=true", PAPER),
    ("/api/assessment/put_away_paper", "paper={sat}&put_away=yes", PAPER),
    // Support has given its reason for the draft above, and none for the paper.
    ("/api/assessment/add_to_paper", "template={template}&place={draft}/&marks=1", EXPLAINED),
    ("/api/assessment/add_to_paper", "template={template}&place={sat}/&marks=1", NOT_IN_IT),
    // The second caller finds it gone.
    ("/api/assessment/remove_draft", "paper={draft}", only(&[(SETTER, OK)])),
];

const PAGE: Expected = page(PAPER);
const CANDIDATE_PAGE: Expected = page(OWN);
const ANYBODYS_PAGE: Expected = page(ANYBODY);

/// The route as the application names it, one of its addresses, and the status for each role.
pub const PAGES: &[(&str, &str, Expected)] = &[
    ("/verify/{code}", "/verify/NONE", [GONE; ROLES]),
    ("/assessments", "/assessments", ANYBODYS_PAGE),
    ("/assessments/start/{paper}", "/assessments/start/{open}", CANDIDATE_PAGE),
    ("/assessments/sittings/{sitting}", "/assessments/sittings/{sitting}", CANDIDATE_PAGE),
    ("/assessments/sittings/{sitting}/receipt", "/assessments/sittings/{submitted}/receipt", CANDIDATE_PAGE),
    ("/assessments/sittings/{sitting}/result", "/assessments/sittings/{submitted}/result", CANDIDATE_PAGE),
    ("/assessments/practice", "/assessments/practice", ANYBODYS_PAGE),
    ("/assessments/practice/{question}", "/assessments/practice/{practice}", CANDIDATE_PAGE),
    ("/assessments/papers", "/assessments/papers", page(SOME_ORGANISATION)),
    ("/assessments/organisations", "/assessments/organisations", page(SOME_ORGANISATION)),
    ("/assessments/papers/{paper}", "/assessments/papers/{open}", PAGE),
    ("/assessments/papers/{paper}/settings", "/assessments/papers/{draft}/settings", PAGE),
    ("/assessments/papers/{paper}/questions", "/assessments/papers/{draft}/questions", PAGE),
    ("/assessments/papers/{paper}/candidates", "/assessments/papers/{draft}/candidates", PAGE),
    ("/assessments/papers/{paper}/change", "/assessments/papers/{open}/change", PAGE),
    ("/assessments/papers/{paper}/preview", "/assessments/papers/{draft}/preview", PAGE),
    ("/assessments/papers/{paper}/publish", "/assessments/papers/{draft}/publish", PAGE),
    ("/assessments/papers/{paper}/try", "/assessments/papers/{draft}/try", PAGE),
    ("/assessments/papers/{paper}/results", "/assessments/papers/{sat}/results", PAGE),
    ("/assessments/papers/{paper}/items", "/assessments/papers/{sat}/items", PAGE),
    (
        "/assessments/papers/{paper}/sittings/{sitting}",
        "/assessments/papers/{sat}/sittings/{submitted}",
        PAGE,
    ),
    ("/assessments/questions/{organisation}", "/assessments/questions/{organisation}", page(ORGANISATION)),
    (
        "/assessments/questions/{organisation}/write",
        "/assessments/questions/{organisation}/write?template={own_template}",
        page(ORGANISATION),
    ),
    (
        "/assessments/questions/{organisation}/{draft}",
        "/assessments/questions/{organisation}/{bank}",
        page(only(&[(SETTER, OK)])),
    ),
    ("/assessments/adjustments/{organisation}", "/assessments/adjustments/{organisation}", page(PEOPLE)),
    ("/questions", "/questions", page(SOME_ORGANISATION)),
    ("/questions/{template}", "/questions/{template}?seed=2", page(SOME_ORGANISATION)),
];

/// The files, by `server::web::downloads::FILES`.
pub const FILES: &[(&str, Expected)] = &[
    ("/assessments/papers/{sat}/results.xlsx", PAGE),
    ("/assessments/papers/{sat}/results.csv", PAGE),
    ("/assessments/papers/{open}/candidates.xlsx", PAGE),
    ("/assessments/papers/{open}/candidates.csv", PAGE),
    ("/assessments/adjustments/{organisation}/extra-time.xlsx", page(PEOPLE)),
    ("/assessments/adjustments/{organisation}/extra-time.csv", page(PEOPLE)),
    ("/assessments/questions/{organisation}/templates.xlsx", page(ORGANISATION)),
    ("/assessments/questions/{organisation}/templates.csv", page(ORGANISATION)),
    ("/assessments/sittings/{submitted}/receipt.txt", CANDIDATE_PAGE),
    ("/assessments/sittings/{submitted}/receipt.pdf", CANDIDATE_PAGE),
    ("/assessments/sittings/{submitted}/certificate.pdf", CANDIDATE_PAGE),
];

async fn id(site: &Site, query: &str) -> String {
    let id: Uuid = sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()))
        .fetch_one(&site.services.db)
        .await
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    id.to_string()
}

async fn people(site: &Site) -> [Option<String>; ROLES] {
    // Another organisation, with a cohort of its own.
    sqlx::raw_sql(
        "with made as (
            insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'Another university', 'university', now())
            returning id
        )
        insert into cohorts (id, organisation_id, course_id, name, created_at)
        select gen_random_uuid(), made.id, c.id, 'Their cohort', now() from made, courses c",
    )
    .execute(&mut *site.services.db.acquire().await.unwrap())
    .await
    .unwrap();
    let home = "select organisation_id from grants where role = 'paper-setter' limit 1";
    let elsewhere = "select id from organisations where name = 'Another university'";
    let theirs = "select id from cohorts where name = 'Their cohort'";
    for (name, role, scope, of) in [
        ("colleague", "paper-setter", "organisation_id", home),
        ("administrator", "organisation-administrator", "organisation_id", home),
        ("setter.elsewhere", "paper-setter", "organisation_id", elsewhere),
        ("administrator.elsewhere", "organisation-administrator", "organisation_id", elsewhere),
        ("tutor.elsewhere", "cohort-tutor", "cohort_id", theirs),
        ("support.silent", "support", "organisation_id", "select null::uuid"),
    ] {
        let made = format!(
            "with made as (insert into people (id, email, full_name, password_hash, created_at, activated_at, demo)
                select gen_random_uuid(), '{name}@demo.example', '{name}', password_hash, now(), now(), true from people
                where email = 'setter@demo.example' returning id)
            insert into grants (person_id, role, {scope}, granted_at, reason) select made.id, '{role}', ({of}), now(), 'For a test' from made"
        );
        sqlx::query(sqlx::AssertSqlSafe(made)).execute(&site.services.db).await.unwrap();
    }
    let mut sessions = [const { None }; ROLES];
    let names = [
        "student000",
        "student002",
        "setter",
        "colleague",
        "administrator",
        "support",
        "setter.elsewhere",
        "administrator.elsewhere",
        "tutor",
        "tutor.elsewhere",
        "support.silent",
    ];
    for (session, name) in sessions[1..].iter_mut().zip(names) {
        *session = Some(site.sign_in(&format!("{name}@demo.example")).await);
    }
    sessions
}

/// The roles, and the values of the names in braces.
pub struct Prepared {
    pub sessions: [Option<String>; ROLES],
    names: [(&'static str, String); 29],
}

impl Prepared {
    pub fn put(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(name, id))
    }
}

pub async fn prepared(site: &Site) -> Prepared {
    let sessions = people(site).await;
    let of = |role: usize| sessions[role].as_deref();
    let open = id(site, "select id from papers where access_code is not null").await;
    // The candidate of the demo's paper has passed here, to have a certificate.
    sqlx::query(
        "update sittings set passed = true, verification_code = id::text, certificate_name = 'Wang Xiaoming'",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    // This candidate has a name that the certificate needs in Latin letters.
    sqlx::query("update people set full_name = '王小明' where email like 'student000@%'")
        .execute(&site.services.db)
        .await
        .unwrap();
    site.call("/api/assessment/start_sitting", &format!("paper={open}"), of(1)).await;
    site.call("/api/assessment/ask_practice", "category=si-conversion", of(1)).await;
    // The question is random; the answer below is for a number.
    sqlx::query(
        "update practice_questions set question =
            (select question from paper_items where question->'key' ? 'number' limit 1)",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let organisation = id(site, "select distinct organisation_id from papers").await;
    let draft = format!("organisation={organisation}&title=Draft&kind=mock");
    site.call("/api/assessment/create_paper", &draft, of(3)).await;
    let draft = id(site, "select id from papers where published_at is null").await;
    site.call("/api/assessment/add_section", &format!("paper={draft}&section_title=Sums&version=0"), of(3))
        .await;
    site.call("/api/assessment/draft_bank", &format!("organisation={organisation}&bank=x"), of(3)).await;
    let writing =
        format!("organisation={organisation}&draft={}&fields[wording]=x&act=preview", Uuid::now_v7());
    site.call("/api/assessment/write_question", &writing, of(3)).await;
    let year = async |ahead: i32| -> String {
        sqlx::query_scalar("select (extract(year from now())::integer + $1)::text")
            .bind(ahead)
            .fetch_one(&site.services.db)
            .await
            .unwrap()
    };
    uploads(site).await;
    assignments(site).await;
    sponsorships(site).await;
    let upload_of =
        "select u.id from uploads u join organisations o on o.id = u.organisation_id where o.name";
    let assignment_of =
        "select a.id from course_assignments a join organisations o on o.id = a.organisation_id where o.name";
    // A question of the organisation's own.
    let own_template = format!(
        "insert into question_templates (id, organisation_id, name, category, difficulty, source, imported_at)
        select gen_random_uuid(), '{organisation}', 'own-question', category, difficulty, source, now()
        from question_templates where organisation_id is null order by name limit 1 returning id"
    );
    let slug = async |of: &str| -> String {
        let query = sqlx::AssertSqlSafe(format!("select slug from organisations where {of}"));
        sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap()
    };
    let names = [
        ("{slug}", slug(&format!("id = '{organisation}'")).await),
        ("{slug_elsewhere}", slug("name = 'Another university'").await),
        ("{own_cohort}", id(site, "select g.cohort_id from grants g join people p on p.id = g.person_id where p.email = 'tutor@demo.example'").await),
        ("{their_cohort}", id(site, "select id from cohorts where name = 'Their cohort'").await),
        ("{tutor}", id(site, "select id from people where email = 'tutor@demo.example'").await),
        ("{paid}", id(site, "select id from people where email = 'paid@sponsored.example'").await),
        ("{asks}", id(site, "select id from people where email = 'asks@sponsored.example'").await),
        ("{upload}", id(site, &format!("{upload_of} <> 'Another university' and u.state = 'preview'")).await),
        ("{their_upload}", id(site, &format!("{upload_of} = 'Another university'")).await),
        ("{assignment}", id(site, &format!("{assignment_of} <> 'Another university' and a.team = 'Nobody here'")).await),
        ("{their_assignment}", id(site, &format!("{assignment_of} = 'Another university'")).await),
        ("{year}", year(0).await),
        ("{later}", year(5).await),
        ("{item_of_sat}", id(site, "select i.id from paper_items i join papers p on p.id = i.paper_id where p.access_code is null limit 1").await),
        ("{item}", id(site, &format!("select id from paper_items where paper_id = '{open}' and attempt = 1 limit 1")).await),
        ("{sat}", id(site, "select paper_id from sittings where submitted_at is not null limit 1").await),
        ("{submitted}", id(site, "select s.id from sittings s join people p on p.id = s.learner_id where p.email like 'student000@%' and submitted_at is not null").await),
        ("{sitting}", id(site, "select s.id from sittings s where submitted_at is null").await),
        ("{practice}", id(site, "select id from practice_questions").await),
        ("{section}", id(site, &format!("select id from paper_sections where paper_id = '{draft}'")).await),
        ("{bank}", id(site, "select id from bank_drafts").await),
        ("{writing}", id(site, "select id from question_drafts").await),
        ("{template}", id(site, "select id from question_templates where organisation_id is null order by name limit 1").await),
        ("{own_template}", id(site, &own_template).await),
        ("{elsewhere}", id(site, "select id from organisations where name = 'Another university'").await),
        ("{nothing}", Uuid::nil().to_string()),
        ("{organisation}", organisation),
        ("{draft}", draft),
        ("{open}", open),
    ];
    let prepared = Prepared { sessions, names };
    // Support gives a reason. `reasons.rs` tests access without one.
    for about in [
        "paper/{open}",
        "paper/{draft}",
        "paper/{sat}",
        "adjustments/{organisation}",
        "members/{organisation}",
    ] {
        let body = prepared.put(&format!("about={about}&reason=Asked+by+telephone"));
        site.call("/api/assessment/give_reason", &body, prepared.sessions[SUPPORT].as_deref()).await;
    }
    prepared
}

/// A course that each of the two organisations gives to a team in which nobody is.
async fn assignments(site: &Site) {
    sqlx::raw_sql(
        "insert into course_assignments (id, organisation_id, course_id, team, assigned_at)
        select gen_random_uuid(), o.id, c.id, 'Nobody here', now() from organisations o cross join courses c
        where c.slug = 'nmp' and (o.name = 'Another university' or o.id in (select organisation_id from papers))",
    )
    .execute(&mut *site.services.db.acquire().await.unwrap())
    .await
    .unwrap();
}

/// Learners with an account of their own: one for whom the organisation pays; one who waits for its answer, and for whom the other one pays;
/// and one for whom it pays, who follows a course of the other one. Each has completed another number of modules.
async fn sponsorships(site: &Site) {
    sqlx::raw_sql(
        "insert into people (id, email, full_name, created_at, activated_at)
        select gen_random_uuid(), name || '@sponsored.example', name, now(), now() from unnest(array['paid', 'asks', 'between']) name;
        insert into enrolments (id, learner_id, course_id, cohort_id, enrolled_at, modules_completed)
        select gen_random_uuid(), p.id, c.id,
            case p.full_name when 'between' then (select id from cohorts where name = 'Their cohort') end, now(),
            case p.full_name when 'paid' then 5 when 'asks' then 6 else 7 end
        from people p, courses c where p.email like '%@sponsored.example' and c.slug = 'nmp';
        insert into sponsorships (organisation_id, person_id, named_at, consent_version, consented_at, shown_from, confirmed_at)
        select o.id, p.id, now(), '2026-12-01', now(), now(),
            case when p.full_name <> 'asks' or o.name = 'Another university' then now() end
        from people p, organisations o
        where p.email like '%@sponsored.example'
            and (o.id in (select organisation_id from papers) or o.name = 'Another university' and p.full_name = 'asks')",
    )
    .execute(&mut *site.services.db.acquire().await.unwrap())
    .await
    .unwrap();
}

/// A file that nobody has confirmed, of each of the two organisations.
async fn uploads(site: &Site) {
    sqlx::raw_sql(
        "insert into uploads (id, organisation_id, file_name, state, attested_version, attested_at, created_at, all_rows, wrong_rows)
        select gen_random_uuid(), o.id, 'people.csv', 'preview', '2026-11-29', now(), now(), 1, 1 from organisations o
        where o.name = 'Another university' or o.id in (select organisation_id from papers);
        insert into upload_files (upload_id, content)
        select id, convert_to(E'Name,E-mail\\nAda Lovelace,nobody\\nGrace Hopper,grace@x.example\\n', 'UTF8') from uploads where state = 'preview';
        update uploads set matching = '[\"full_name\", \"email\"]', columns = '[{\"heading\": \"Name\", \"examples\": []}, {\"heading\": \"E-mail\", \"examples\": []}]'
        where state = 'preview' and matching = '[]'",
    )
    .execute(&mut *site.services.db.acquire().await.unwrap())
    .await
    .unwrap();
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_function_and_page_of_the_assessments_serves_the_right_roles(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = prepared(&site).await;
    let mut asked = Asked::new(&site, &prepared.sessions);
    let pages = PAGES.iter().map(|(_, address, expected)| (*address, expected));
    let files = FILES.iter().map(|(address, expected)| (*address, expected));
    for (address, expected) in pages.chain(files) {
        asked.open(&prepared.put(address), expected).await;
    }
    for (path, body, expected) in FUNCTIONS {
        asked.call(path, &prepared.put(body), expected).await;
    }
    asked.finish();
}

/// What is no picture: who may bring one is told so, and nobody else.
const NO_PICTURE: &[u8] = b"neither";

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_picture_of_a_question_is_taken_from_the_writer_of_its_draft_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = prepared(&site).await;
    for (address, expected) in [
        // The setter has begun the draft.
        ("/question-pictures?organisation={organisation}&draft={writing}", only(&[(SETTER, BAD)])),
        ("/question-pictures?organisation={organisation}&draft={nothing}", NOT_THERE),
        ("/question-pictures?organisation={elsewhere}&draft={writing}", NOT_THERE),
        ("/question-pictures?organisation=x&draft={writing}", NOT_THERE),
        ("/question-pictures", NOT_THERE),
    ] {
        for (role, session) in prepared.sessions.iter().enumerate() {
            let sent = form(&prepared.put(address), "picture", NO_PICTURE, session.as_deref());
            let status = site.send(sent).await.status.as_u16();
            assert_eq!(status, expected[role], "{address} as role {role}");
        }
    }
    let kept = sqlx::query_scalar::<_, i64>("select count(*) from question_pictures");
    assert_eq!(kept.fetch_one(&site.services.db).await.unwrap(), 0);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_picture_of_a_question_is_shown_to_its_setters_and_to_who_is_asked(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = prepared(&site).await;
    let mut pictures = Vec::new();
    for organisation in ["{organisation}", "{elsewhere}"] {
        let picture = Uuid::now_v7();
        site.services.files.put(picture, b"a picture".to_vec()).await.unwrap();
        sqlx::query(
            "insert into question_pictures (id, organisation_id, brought_at) values ($1, $2::uuid, now())",
        )
        .bind(picture)
        .bind(prepared.put(organisation))
        .execute(&site.services.db)
        .await
        .unwrap();
        pictures.push(picture);
    }
    let ask = async |picture: Uuid| {
        sqlx::query(
            "update paper_items set question = jsonb_set(question, '{figure}', jsonb_build_object('picture',
                jsonb_build_object('picture', $1::text, 'width', 40, 'height', 20, 'alt', 'A chart')))
            where paper_id = $2::uuid",
        )
        .bind(picture)
        .bind(prepared.put("{open}"))
        .execute(&site.services.db)
        .await
        .unwrap();
    };
    let address = |picture: Uuid| format!("/question-pictures/{picture}");
    let [own, elsewhere] = [pictures[0], pictures[1]];
    let mut asked = Asked::new(&site, &prepared.sessions);
    asked.open("/question-pictures/x", &page(NOT_THERE)).await;
    asked.open(&address(Uuid::nil()), &page(NOT_THERE)).await;
    asked.open(&address(own), &page(ORGANISATION)).await;
    asked.open(&address(elsewhere), &page(ELSEWHERE)).await;
    ask(own).await;
    let mut and_candidate = page(ORGANISATION);
    and_candidate[CANDIDATE] = OK;
    asked.open(&address(own), &and_candidate).await;
    // A paper that names the picture of another organisation shows it to nobody.
    ask(elsewhere).await;
    asked.open(&address(elsewhere), &page(ELSEWHERE)).await;
    asked.open(&address(own), &page(ORGANISATION)).await;
    asked.finish();

    // A browser keeps it for a while, and nobody between.
    let shown = site.look(&address(own), prepared.sessions[SETTER].as_deref()).await;
    assert_eq!(shown.headers()["cache-control"], "private, max-age=3600");
    assert_eq!(shown.headers()["x-content-type-options"], "nosniff");
    let gone = site.look(&address(own), prepared.sessions[CANDIDATE].as_deref()).await;
    assert_eq!(gone.headers()["cache-control"], "no-store");
}
