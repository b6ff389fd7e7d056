//! Access to the pages of an organisation's administrators: the same tests as in `main`, for the roles of the assessments.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use super::{
    BAD, GONE, OK, ON, TO,
    assessment::{
        self, ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, Expected, NOBODY, SILENT, SUPPORT, WHY, everybody,
        only, page,
    },
    support::{Answer, ORIGIN, Site, with_session},
    table::Asked,
};

/// For who administers the organisation, and support with a reason.
pub const HEADS: Expected = only(&[(ADMINISTRATOR, OK), (SUPPORT, OK), (SILENT, WHY)]);
/// The same for what can be done once.
const FIRST: Expected = only(&[(ADMINISTRATOR, OK), (SUPPORT, BAD), (SILENT, WHY)]);
/// The same for what is not there for support, because it comes second, or may not do it.
const ONCE: Expected = only(&[(ADMINISTRATOR, OK), (SILENT, WHY)]);
/// Not there, by the address of the other organisation.
const THEIR_MISSING: Expected = only(&[(SUPPORT, WHY), (SILENT, WHY)]);
/// Not there, or of another organisation.
const NOT_IN_IT: Expected = only(&[(SILENT, WHY)]);
/// The same for what is refused with a problem, like the cohort of another organisation, which is no choice.
const NOT_TO_THEM: Expected = only(&[(ADMINISTRATOR, BAD), (SUPPORT, BAD), (SILENT, WHY)]);
/// For the organisation itself, which says whether it pays: support says nothing for it. Refused with a problem.
const NOT_BY_SUPPORT: Expected = only(&[(ADMINISTRATOR, BAD), (SILENT, WHY)]);
/// For who administers the other organisation; no support has given a reason for its people.
pub const ELSEWHERE: Expected = only(&[(ADMINISTRATOR_ELSEWHERE, OK), (SUPPORT, WHY), (SILENT, WHY)]);

/// Who has completed what: for who administers the organisation. Support sees who belongs to it, and nothing of what they do.
pub const FOLLOWERS: Expected = only(&[(ADMINISTRATOR, OK)]);
/// The same of the other organisation.
pub const FOLLOWERS_ELSEWHERE: Expected = only(&[(ADMINISTRATOR_ELSEWHERE, OK)]);

/// Path, a body with names in braces to fill in, and the status for each role. The order matters.
pub const FUNCTIONS: &[(&str, &str, Expected)] = &[
    ("/api/organisations/load_organisation", "organisation={slug}", HEADS),
    ("/api/organisations/load_organisation", "organisation={slug_elsewhere}", ELSEWHERE),
    ("/api/organisations/load_people", "organisation={slug}&query=sort%3Dteam", HEADS),
    ("/api/organisations/load_people", "organisation={slug_elsewhere}", ELSEWHERE),
    ("/api/organisations/load_report", "organisation={slug}&query=sort%3Dteam", FOLLOWERS),
    ("/api/organisations/load_report", "organisation={slug_elsewhere}", FOLLOWERS_ELSEWHERE),
    (
        "/api/organisations/add_person",
        "organisation={slug}&name=Ada&email=ada@x.example&student_number=1&team=A&person_area=B&cohort=&attested=true",
        HEADS,
    ),
    ("/api/organisations/resend_activation", "organisation={slug}&person={nothing}", NOT_IN_IT),
    ("/api/organisations/resend_all_activations", "organisation={slug}", HEADS),
    ("/api/organisations/load_sponsored", "organisation={slug}&query=show%3Dwaiting", HEADS),
    ("/api/organisations/load_sponsored", "organisation={slug_elsewhere}", ELSEWHERE),
    ("/api/organisations/give_out_code", "organisation={slug}&offered=yes", HEADS),
    ("/api/organisations/give_out_code", "organisation={slug_elsewhere}&offered=no", ELSEWHERE),
    // Who pays for this learner is not for the other organisation to say.
    ("/api/organisations/confirm_sponsored", "organisation={slug_elsewhere}&person={paid}", THEIR_MISSING),
    (
        "/api/organisations/end_sponsored",
        "organisation={slug_elsewhere}&person={paid}&state=confirmed",
        THEIR_MISSING,
    ),
    ("/api/organisations/confirm_sponsored", "organisation={slug}&person={nothing}", NOT_IN_IT),
    // Support answers for no organisation.
    ("/api/organisations/confirm_sponsored", "organisation={slug}&person={asks}", ONCE),
    // The page still shows that the learner waits for an answer.
    ("/api/organisations/end_sponsored", "organisation={slug}&person={asks}&state=waiting", NOT_BY_SUPPORT),
    ("/api/organisations/end_sponsored", "organisation={slug}&person={asks}&state=confirmed", ONCE),
    // A word that no button has is not taken for one of theirs.
    ("/api/organisations/give_out_code", "organisation={slug}&offered=perhaps", everybody(BAD)),
    ("/api/organisations/end_sponsored", "organisation={slug}&person={asks}", everybody(BAD)),
    ("/api/organisations/answer_membership", "organisation={nothing}&agrees=perhaps", everybody(BAD)),
    // Nobody, and none.
    ("/api/organisations/end_membership", "organisation={slug}&person={nothing}", NOT_IN_IT),
    ("/api/organisations/end_membership", "organisation={slug_elsewhere}&person={nothing}", THEIR_MISSING),
    ("/api/organisations/leave_organisation", "organisation={nothing}", only(&[])),
    ("/api/organisations/name_sponsor", "sponsor_code=", everybody(BAD)),
    // They have named none.
    (
        "/api/organisations/consent_to_sponsor",
        "organisation={organisation}&agreed_to=2026-12-01&sponsor_consent=true",
        only(&[]),
    ),
    ("/api/organisations/end_sponsor", "organisation={organisation}", only(&[])),
    ("/api/organisations/load_organisation_cohorts", "organisation={slug}", HEADS),
    ("/api/organisations/load_organisation_cohorts", "organisation={slug_elsewhere}", ELSEWHERE),
    (
        "/api/organisations/make_cohort",
        "organisation={slug}&name=New&course=nmp&starts_on=2027-01-01&ends_on=&access_from=&access_until=",
        FIRST,
    ),
    ("/api/organisations/load_cohort_tutors", "organisation={slug}&cohort={own_cohort}", HEADS),
    ("/api/organisations/load_cohort_tutors", "organisation={slug}&cohort={their_cohort}", NOT_IN_IT),
    (
        "/api/organisations/give_tutor",
        "organisation={slug}&cohort={own_cohort}&email=ada@x.example&reason=Leads+it",
        HEADS,
    ),
    (
        "/api/organisations/give_tutor",
        "organisation={slug}&cohort={their_cohort}&email=ada@x.example&reason=Leads+it",
        NOT_IN_IT,
    ),
    (
        "/api/organisations/take_back_tutor",
        "organisation={slug}&cohort={their_cohort}&person={tutor}&reason=Left",
        NOT_IN_IT,
    ),
    // The second caller finds the role gone.
    (
        "/api/organisations/take_back_tutor",
        "organisation={slug}&cohort={own_cohort}&person={tutor}&reason=Left",
        ONCE,
    ),
    ("/api/organisations/load_organisation_courses", "organisation={slug}", HEADS),
    ("/api/organisations/load_organisation_courses", "organisation={slug_elsewhere}", ELSEWHERE),
    ("/api/organisations/assign_course", "organisation={slug}&course=nmp&to=cohort:{own_cohort}", HEADS),
    (
        "/api/organisations/assign_course",
        "organisation={slug}&course=nmp&to=cohort:{their_cohort}",
        NOT_TO_THEM,
    ),
    ("/api/organisations/assign_course", "organisation={slug_elsewhere}&course=nmp&to=everyone", ELSEWHERE),
    ("/api/organisations/take_back_course", "organisation={slug}&assignment={their_assignment}", NOT_IN_IT),
    // The second caller finds it taken back, which is fine.
    ("/api/organisations/take_back_course", "organisation={slug}&assignment={assignment}", HEADS),
    ("/api/organisations/load_uploads", "organisation={slug}", HEADS),
    ("/api/organisations/load_uploads", "organisation={slug_elsewhere}", ELSEWHERE),
    ("/api/organisations/load_upload", "organisation={slug}&upload={upload}&query=show%3Dnew", HEADS),
    ("/api/organisations/load_upload", "organisation={slug}&upload={their_upload}", NOT_IN_IT),
    (
        "/api/organisations/match_columns",
        "organisation={slug}&upload={their_upload}&version=1&fields[]=full_name&fields[]=email&linked=",
        NOT_IN_IT,
    ),
    (
        "/api/organisations/match_columns",
        "organisation={slug}&upload={upload}&version=1&sheet=0&fields[]=full_name&fields[]=email&linked=",
        FIRST,
    ),
    ("/api/organisations/confirm_upload", "organisation={slug}&upload={their_upload}&version=1", NOT_IN_IT),
    // The second caller is told that it was confirmed before.
    ("/api/organisations/confirm_upload", "organisation={slug}&upload={upload}&version=2", HEADS),
    ("/api/organisations/discard_upload", "organisation={slug}&upload={their_upload}", NOT_IN_IT),
    // It is confirmed, and not done.
    ("/api/organisations/discard_upload", "organisation={slug}&upload={upload}", NOT_IN_IT),
    ("/api/organisations/undo_upload", "organisation={slug}&upload={upload}", NOT_IN_IT),
    ("/api/organisations/undo_upload", "organisation={slug}&upload={their_upload}", NOT_IN_IT),
    ("/api/organisations/load_feedback", "organisation={slug}", HEADS),
    ("/api/organisations/load_feedback", "organisation={slug_elsewhere}", ELSEWHERE),
    // Nobody is asked by it.
    ("/api/organisations/answer_membership", "organisation={nothing}&agrees=yes", only(&[])),
];

const PAGE: Expected = page(HEADS);

/// The route as the application names it, one of its addresses, and the status for each role.
pub const PAGES: &[(&str, &str, Expected)] = &[
    ("/organisation/{slug}", "/organisation/{slug}", PAGE),
    ("/organisation/{slug}/people", "/organisation/{slug}/people", PAGE),
    ("/organisation/{slug}/people/new", "/organisation/{slug}/people/new", PAGE),
    ("/organisation/{slug}/sponsored", "/organisation/{slug}/sponsored", PAGE),
    ("/organisation/{slug}/cohorts", "/organisation/{slug}/cohorts", PAGE),
    ("/organisation/{slug}/cohorts/{cohort}", "/organisation/{slug}/cohorts/{own_cohort}", PAGE),
    ("/organisation/{slug}/courses", "/organisation/{slug}/courses", PAGE),
    ("/organisation/{slug}/reports", "/organisation/{slug}/reports", page(FOLLOWERS)),
    ("/organisation/{slug}/uploads", "/organisation/{slug}/uploads", PAGE),
    ("/organisation/{slug}/uploads/{upload}", "/organisation/{slug}/uploads/{upload}", PAGE),
    ("/organisation/{slug}/feedback", "/organisation/{slug}/feedback", PAGE),
];

/// The files, by `server::web::downloads::FILES`.
pub const FILES: &[(&str, Expected)] = &[
    ("/organisation/{slug}/people.xlsx", PAGE),
    ("/organisation/{slug}/people.csv", PAGE),
    ("/organisation/{slug}/reports.xlsx", page(FOLLOWERS)),
    ("/organisation/{slug}/reports.csv", page(FOLLOWERS)),
    ("/organisation/{slug}/uploads/{upload}/failed.csv", PAGE),
    ("/organisation/{slug}/feedback.xlsx", PAGE),
    ("/organisation/{slug}/feedback.csv", PAGE),
];

/// What no role but those of the other organisation may see, by the address of either.
const OTHERS: &[(&str, Expected)] = &[
    ("/organisation/{slug_elsewhere}", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/courses", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/people.csv", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/reports", page(FOLLOWERS_ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/reports.csv", page(FOLLOWERS_ELSEWHERE)),
    ("/organisation/nothing/reports.xlsx", page(only(&[]))),
    ("/organisation/{slug_elsewhere}/sponsored", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/uploads/{their_upload}", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/uploads/{their_upload}/failed.csv", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/feedback", page(ELSEWHERE)),
    ("/organisation/{slug_elsewhere}/feedback.csv", page(ELSEWHERE)),
    ("/organisation/{slug}/uploads/{their_upload}", page(NOT_IN_IT)),
    ("/organisation/{slug}/uploads/{their_upload}/failed.csv", page(NOT_IN_IT)),
    ("/organisation/{slug}/cohorts/{their_cohort}", page(NOT_IN_IT)),
    ("/organisation/nothing", page(only(&[]))),
];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_function_page_and_file_of_an_organisation_serves_the_right_roles(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let mut asked = Asked::new(&site, &prepared.sessions);
    let pages = PAGES.iter().map(|(_, address, expected)| (*address, expected));
    let more = FILES.iter().chain(OTHERS).map(|(address, expected)| (*address, expected));
    for (address, expected) in pages.chain(more) {
        asked.open(&prepared.put(address), expected).await;
    }
    for (path, body, expected) in FUNCTIONS {
        asked.call(path, &prepared.put(body), expected).await;
    }
    asked.finish();
}

/// A form with a file, as a browser sends it.
async fn send(
    site: &Site,
    slug: &str,
    fields: &[(&str, &str)],
    file: &[u8],
    session: Option<&str>,
) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    body.extend(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let request = Request::post(format!("/uploads?organisation={slug}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, ORIGIN);
    site.send(with_session(request, session).body(Body::from(body)).unwrap()).await
}

const FILE: &[u8] = b"Name,E-mail\nAda Lovelace,ada@x.example\n";
const AGREED: &[(&str, &str)] = &[("attested", "true")];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_file_is_taken_from_the_organisations_administrators_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    for (slug, expected) in [("{slug}", &HEADS), ("{slug_elsewhere}", &ELSEWHERE), ("nothing", &only(&[]))] {
        for (role, expected) in expected.iter().copied().enumerate() {
            let answer =
                send(&site, &prepared.put(slug), AGREED, FILE, prepared.sessions[role].as_deref()).await;
            let status = answer.status.as_u16();
            let wanted = if expected == OK { ON } else { expected };
            assert_eq!(status, wanted, "{slug} as role {role}: {}", answer.header("location"));
            if expected == OK {
                assert!(
                    answer
                        .header("location")
                        .starts_with(&prepared.put(&format!("/organisation/{slug}/uploads/")))
                );
            }
        }
    }
    // Who has been signed out is told that it was not taken.
    let page = prepared.put("/organisation/{slug}/uploads");
    let told = send(&site, &prepared.put("{slug}"), AGREED, FILE, None).await;
    assert_eq!((told.status, told.header("location")), (StatusCode::UNAUTHORIZED, ""));
    let sign_in = format!("href=\"/sign-in?next={}\"", page.replace('/', "%2F"));
    assert!(told.body.contains("The file was not taken") && told.body.contains(&sign_in), "{}", told.body);
    // From a page of another site, although an administrator is signed in here.
    let session = prepared.sessions[ADMINISTRATOR].as_deref().unwrap();
    let foreign = Request::post(prepared.put("/uploads?organisation={slug}"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::ORIGIN, "https://evil.example")
        .header(header::COOKIE, format!("session={session}"));
    assert_eq!(
        site.send(foreign.body(Body::from("--edge--\r\n")).unwrap()).await.status,
        StatusCode::FORBIDDEN
    );
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn what_is_wrong_with_a_file_stands_beside_its_field_without_scripts(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let session = prepared.sessions[ADMINISTRATOR].as_deref();
    let slug = prepared.put("{slug}");
    let page = format!("/organisation/{slug}/uploads");
    let from = |more: &'static [(&str, &str)]| -> Vec<(&str, &str)> {
        [("from", page.as_str())].into_iter().chain(more.iter().copied()).collect()
    };
    let refused = send(&site, &slug, &from(AGREED), b"%PDF-1.7", session).await;
    assert_eq!(refused.status.as_u16(), BAD);
    for part in [
        "id=\"file-problem\"",
        "Upload the spreadsheet that this PDF was made from",
        "href=\"#file\"",
        "checked",
    ] {
        assert!(refused.body.contains(part), "{part}");
    }
    let refused = send(&site, &slug, &from(&[]), FILE, session).await;
    assert_eq!(refused.status.as_u16(), BAD);
    assert!(refused.body.contains("id=\"attested-problem\""), "{}", refused.body);
    let large = vec![b'a'; 26_000_000];
    let refused = send(&site, &slug, &from(AGREED), &large, session).await;
    assert_eq!(refused.status.as_u16(), BAD);
    assert!(refused.body.contains("Choose a file of at most 25 MB"));
    let taken = send(&site, &slug, &from(AGREED), FILE, session).await;
    assert_eq!(taken.status.as_u16(), ON);
    let shown = site.get(taken.header("location"), session).await;
    assert!(shown.body.contains("Ada Lovelace") && shown.body.contains("Take in 1 row"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_form_for_one_person_acts_once(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let session = prepared.sessions[ADMINISTRATOR].as_deref();
    let page = site.get(&prepared.put("/organisation/{slug}/people/new"), session).await;
    let form = page.body.split("name=\"form\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let sent = prepared.put("organisation={slug}&name=Ada&email=ada@x.example&attested=true&form=") + form;
    let first = site.post("/api/organisations/add_person", &sent, session).await;
    let again = site.post("/api/organisations/add_person", &sent, session).await;
    assert!(first.header("location").contains("/uploads/"), "{}", first.body);
    assert_eq!(again.header("location"), first.header("location"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn without_a_reason_support_sees_nobody_of_an_organisation(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let silent = prepared.sessions[SILENT].as_deref();
    let page = prepared.put("/organisation/{slug}/people");
    let refused = site.get(&page, silent).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("Why do you look at this?") && !refused.body.contains("student0"));
    // A file leads to the page of its list, which asks.
    let file = site.get(&format!("{page}.csv?state=active"), silent).await;
    assert_eq!(
        (file.status.as_u16(), file.header("location")),
        (TO, format!("{page}?state=active").as_str())
    );
    let about = prepared.put("about=members/{organisation}&reason=Asked+to+help");
    let given = site.post("/api/assessment/give_reason", &about, silent).await;
    assert_eq!(
        (given.status.as_u16(), given.header("location")),
        (ON, prepared.put("/organisation/{slug}").as_str())
    );
    // It leads to the page that asked, with its search, if the reason opens that.
    let asked = format!("{page}?search=student160");
    for (from, to) in
        [(asked.as_str(), asked.clone()), ("/support/log", prepared.put("/organisation/{slug}"))]
    {
        let from: String = url::form_urlencoded::byte_serialize(from.as_bytes()).collect();
        let given = site.post("/api/assessment/give_reason", &format!("{about}&from={from}"), silent).await;
        assert_eq!(given.header("location"), to);
    }
    assert_eq!(site.get(&page, silent).await.status, StatusCode::OK);
    // It opens neither the extra time of the same people nor another organisation.
    let time = site.get(&prepared.put("/assessments/adjustments/{organisation}"), silent).await;
    assert_eq!(time.status, StatusCode::FORBIDDEN);
    let other = site.get(&prepared.put("/organisation/{slug_elsewhere}"), silent).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN);
    assert_eq!(site.get(&page, prepared.sessions[NOBODY].as_deref()).await.status.as_u16(), TO);
    assert_eq!(site.get("/organisation/nothing", silent).await.status.as_u16(), GONE);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_course_that_is_given_to_a_ward_opens_for_its_nurses_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    for (who, expected) in [("nurse", OK), ("nurse003", GONE), ("manager", GONE)] {
        let session = site.sign_in(&format!("{who}@demo.example")).await;
        for page in ["", "/consultation", "/consultation/structure", "/consultation/check"] {
            let got = site.get(&format!("/learn/nmp{page}"), Some(&session)).await;
            assert_eq!(got.status.as_u16(), expected, "{who}: /learn/nmp{page}");
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_account_says_of_each_tie_to_an_organisation_what_the_other_leaves(db: PgPool) {
    let site = Site::with_demo(db).await;
    demo::sponsor(&site.services).await.unwrap();
    let session = site.sign_in("alone@demo.example").await;
    let account = async || site.get("/account", Some(session.as_str())).await.body.replace("<!>", "");
    let of_both = ["it pays for you still", "What it sees because you belong to it, it sees still"];
    let of_one = "sees nothing of you from then on";
    let page = account().await;
    assert!(page.contains(of_one) && of_both.iter().all(|words| !page.contains(words)), "{page}");
    sqlx::query(
        "insert into memberships (organisation_id, person_id, joined_at)
        select organisation_id, person_id, now() from sponsorships where confirmed_at is not null",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let page = account().await;
    assert!(!page.contains(of_one) && of_both.iter().all(|words| page.contains(words)), "{page}");
    assert!(!page.contains("it does not see your progress any more"), "{page}");
}
