//! Staff and administrators set up a second factor before they see anybody's data: a session that is only half open is
//! answered like a visitor, by every page, function, file and stream.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use super::{
    BAD, COHORT_FILES, COHORT_PAGES, ENDING, FUNCTIONS, OF_COHORT, OK, ON, OTHERS, OWN_FILES, PAGES, TO,
    assessment::{self, ADMINISTRATOR, LEARNER, Prepared, SETTER, SUPPORT, TUTOR},
    helping, organisations,
    support::{Site, with_session},
    without_names, zone,
};

const NOTHING: &str = "00000000-0000-0000-0000-000000000000";

/// With an id that names nothing where the table has a name of another test.
fn put(prepared: &Prepared, text: &str) -> String {
    let mut text = prepared.put(text);
    while let Some((before, rest)) = text.split_once('{')
        && let Some((name, after)) = rest.split_once('}')
        && !name.contains('"')
    {
        text = format!("{before}{NOTHING}{after}");
    }
    text
}

/// Open to everybody, so it would end the session before the others have been asked.
const SIGN_OUT: &str = "/api/accounts/sign_out";

/// Of all access tables.
fn functions() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of_cohort = OF_COHORT.iter().map(|row| (row.0, row.1));
    let ending = ENDING.iter().map(|row| (row.0, "")).filter(|row| row.0 != SIGN_OUT);
    let own = FUNCTIONS.iter().map(|row| (row.0, row.1)).chain(of_cohort).chain(ending);
    let others = assessment::FUNCTIONS.iter().chain(organisations::FUNCTIONS).chain(helping::FUNCTIONS);
    let of_zone = zone::FUNCTIONS.iter().map(|row| (row.0, row.1));
    own.chain(others.map(|row| (row.0, row.1))).chain(of_zone)
}

/// The routes of the pages, each with an address.
fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = PAGES.iter().map(|row| (row.0, row.1));
    let own = own.chain(COHORT_PAGES.iter().map(|row| (row.0, row.0)));
    let others = assessment::PAGES.iter().chain(organisations::PAGES).chain(helping::PAGES);
    let of_zone = zone::PAGES.iter().map(|row| (row.0, row.1));
    own.chain(others.map(|row| (row.0, row.1))).chain(of_zone)
}

fn files() -> impl Iterator<Item = &'static str> {
    let others = assessment::FILES.iter().chain(organisations::FILES).chain(helping::FILES);
    let of_zone = zone::FILES.iter().map(|row| row.0);
    let own = COHORT_FILES.iter().chain(&OWN_FILES).map(|row| row.0);
    others.map(|row| row.0).chain(own).chain(of_zone)
}

/// Pages, files, streams and what the server adds.
fn addresses() -> impl Iterator<Item = &'static str> {
    let streams = ["/live?topics=cohort:{cohort}", "/live?topics=sitting:{sitting}"];
    pages().map(|page| page.1).chain(files()).chain(OTHERS.iter().map(|row| row.0)).chain(streams)
}

#[test]
fn a_half_open_session_tries_every_function_page_and_file() {
    let tried: BTreeSet<_> = functions().map(|row| row.0).chain([SIGN_OUT]).collect();
    let there: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(tried, there);
    let tried: BTreeSet<_> = pages().map(|page| page.0).collect();
    let there: BTreeSet<_> = server::web::pages::addresses().collect();
    assert_eq!(tried, there);
    let tried: BTreeSet<_> = files().map(without_names).collect();
    let there: BTreeSet<_> =
        server::web::downloads::FILES.iter().map(|(address, _)| without_names(address)).collect();
    assert_eq!(tried, there);
}

/// The status and where it leads.
async fn asked(site: &Site, address: &str, session: Option<&str>) -> (u16, String) {
    let request = with_session(Request::get(address).header(header::ACCEPT, "text/html"), session);
    let response = site.open(request.body(Body::empty()).unwrap()).await;
    let leads = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
    (response.status().as_u16(), leads.unwrap_or_default())
}

/// What this half open session gets that a visitor does not, apart from its own page and functions; or what of these
/// has another status.
async fn opens(
    site: &Site,
    prepared: &Prepared,
    session: &str,
    page: &str,
    own: &[(&str, u16)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for address in addresses() {
        let address = put(prepared, address);
        let visitor = asked(site, &address, None).await;
        let (status, leads) = asked(site, &address, Some(session)).await;
        let expected = match address.as_str() {
            own if own == page => OK,
            // Open pages that make no sense now.
            "/" | "/sign-in" => TO,
            _ => visitor.0,
        };
        let led =
            status != TO || leads.starts_with(page) || leads == visitor.1 && !leads.starts_with("/sign-in?");
        if status != expected || !led {
            wrong.push(format!("{address}: {status} to {leads}, not {expected}"));
        }
    }
    for (path, body) in functions() {
        let body = put(prepared, body);
        let expected = match own.iter().find(|(own, _)| *own == path) {
            Some((_, expected)) => *expected,
            None => site.call(path, &body, None).await.status.as_u16(),
        };
        let status = site.call(path, &body, Some(session)).await.status.as_u16();
        if status != expected {
            wrong.push(format!("{path}: {status}, not {expected}"));
        }
    }
    wrong
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn people_with_a_role_see_nobodys_data_before_they_have_a_second_factor(db: PgPool) {
    let offering = Site::with_demo(db.clone()).await;
    let prepared = assessment::prepared(&offering).await;
    let site = Site::new(db, &[("SECOND_FACTOR", "required")]);
    let own = [
        ("/api/accounts/load_second_factor", OK),
        ("/api/accounts/start_second_factor", OK),
        ("/api/accounts/confirm_second_factor", BAD),
    ];
    for role in [TUTOR, SETTER, ADMINISTRATOR, SUPPORT] {
        let session = prepared.sessions[role].as_deref().unwrap();
        assert_eq!(
            asked(&offering, "/account", Some(session)).await.0,
            OK,
            "role {role} where it is offered"
        );
        let wrong = opens(&site, &prepared, session, "/account/second-factor", &own).await;
        assert!(wrong.is_empty(), "role {role}: {}", wrong.join("\n"));
    }
    // Learners may do without.
    let learner = prepared.sessions[LEARNER].as_deref();
    assert_eq!(asked(&site, "/account", learner).await.0, OK);
    assert_eq!(asked(&site, "/learn", learner).await.0, OK);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_password_without_the_code_opens_nothing(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let prepared = assessment::prepared(&site).await;
    sqlx::query(
        "insert into second_factors (person_id, secret, started_at, confirmed_at)
        select id, '\\x3132333435363738393031323334353637383930', now(), now() from people",
    )
    .execute(&db)
    .await
    .unwrap();
    for role in [LEARNER, TUTOR] {
        let session = prepared.sessions[role].as_deref().unwrap();
        let own = [("/api/accounts/enter_code", BAD)];
        let wrong = opens(&site, &prepared, session, "/sign-in/code", &own).await;
        assert!(wrong.is_empty(), "role {role}: {}", wrong.join("\n"));
        // It ends by signing out.
        site.call(SIGN_OUT, "", Some(session)).await;
        let (status, leads) = asked(&site, "/account", Some(session)).await;
        assert_eq!((status, leads.as_str()), (TO, "/sign-in?next=%2Faccount"));
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn without_scripts_the_code_is_asked_for_and_leads_on(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    sqlx::query(
        "insert into second_factors (person_id, secret, started_at, confirmed_at)
        select id, '\\x3132333435363738393031323334353637383930', now(), now() from people where email = 'tutor@demo.example'",
    )
    .execute(&db)
    .await
    .unwrap();
    sqlx::query("insert into recovery_codes (person_id, code_hash) select person_id, sha256('ABCDEFGHIJKLMN23') from second_factors")
        .execute(&db)
        .await
        .unwrap();
    let form = format!("email=tutor@demo.example&password={}&next=/cohorts", demo::PASSWORD);
    let answer = site.post("/api/accounts/sign_in", &form, None).await;
    assert_eq!(answer.header("location"), "/sign-in/code?next=%2Fcohorts");
    assert_eq!(answer.cookie("device"), None, "the password alone makes no browser known");
    let half = answer.cookie("session").unwrap().to_owned();
    let page = site.get("/sign-in/code?next=%2Fcohorts", Some(&half)).await.body;
    assert!(page.contains("Enter your code") && page.contains("value=\"/cohorts\""), "{page}");
    assert!(
        page.split("<footer").next().is_some_and(|own| own.contains("mailto:help@learning.example")),
        "who has neither reads how to reach support: {page}"
    );
    let wrong = "factor_code=abcd-efgh-ijkl-mn22&next=/cohorts&from=/sign-in/code";
    let answer = site.post("/api/accounts/enter_code", wrong, Some(&half)).await;
    assert_eq!(answer.status.as_u16(), BAD);
    assert!(answer.body.contains("Enter the code that your app shows now"), "{}", answer.body);
    assert!(!answer.body.contains("abcd-efgh"), "no page contains a typed code");
    let right = "factor_code=abcd-efgh-ijkl-mn23&next=/cohorts";
    let answer = site.post("/api/accounts/enter_code", right, Some(&half)).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (ON, "/cohorts"));
    let whole = answer.cookie("session").unwrap();
    assert_ne!(whole, half);
    assert!(answer.cookie("device").is_some());
    assert_eq!(site.get("/cohorts", Some(whole)).await.status.as_u16(), OK);
    assert_eq!(site.get("/cohorts", Some(&half)).await.status.as_u16(), TO, "the old token opens nothing");
    // The button was pressed twice: the browser shows the second answer, and knows nothing of the first.
    let again = site.post("/api/accounts/enter_code", right, Some(&half)).await;
    assert_eq!((again.status.as_u16(), again.header("location")), (ON, "/cohorts"));
    assert_eq!(site.get("/cohorts", again.cookie("session")).await.status.as_u16(), OK);
    let answer = site.post("/api/accounts/enter_code", wrong, Some(&half)).await;
    assert_eq!((answer.status.as_u16(), answer.cookie("session")), (BAD, None), "with the same code only");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn who_is_given_a_role_during_a_paper_finishes_it_and_sees_nothing_else(db: PgPool) {
    let offering = Site::with_demo(db.clone()).await;
    let prepared = assessment::prepared(&offering).await;
    let site = Site::new(db.clone(), &[("SECOND_FACTOR", "required")]);
    let email: String = sqlx::query_scalar(
        "with given as (
            insert into grants (person_id, role, granted_at, reason)
            select learner_id, 'support', now(), 'Staff now' from sittings where submitted_at is null returning person_id
        )
        select p.email from people p join given g on g.person_id = p.id",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    let room = prepared.put("/assessments/sittings/{sitting}");
    // Signing in again leads to the paper, and opens no more.
    let form = format!("email={email}&password={}", demo::PASSWORD);
    let again = site.post("/api/accounts/sign_in", &form, None).await;
    assert_eq!(again.header("location"), room);
    // The candidate of the open sitting.
    let own = prepared.sessions[1].as_deref().unwrap();
    for session in [own, again.cookie("session").unwrap()] {
        assert_eq!(asked(&site, &room, Some(session)).await.0, OK);
        for (path, body) in [
            ("/api/assessment/load_room_state", "sitting={sitting}"),
            ("/api/assessment/save_answers", "{\"sitting\":\"{sitting}\",\"saves\":[]}"),
            ("/api/assessment/save_and_go", "sitting={sitting}&item={item}&kind=number&place=1&typed=1&go=2"),
        ] {
            let status = site.call(path, &prepared.put(body), Some(session)).await.status.as_u16();
            assert!([OK, ON].contains(&status), "{path}: {status}");
        }
        let stream = site.look(&prepared.put("/live?topics=sitting:{sitting}"), Some(session)).await;
        assert_eq!(stream.status().as_u16(), OK);
        let stream = site.look("/live", Some(session)).await;
        assert_eq!(stream.status().as_u16(), 404, "of the paper alone");

        assert_eq!(asked(&site, "/", Some(session)).await, (TO, room.clone()));
        for page in ["/support", "/account", "/learn", "/assessments", &format!("{room}/result")] {
            let (status, leads) = asked(&site, page, Some(session)).await;
            assert!(
                status == TO && leads.starts_with("/account/second-factor?"),
                "{page}: {status} to {leads}"
            );
        }
        for function in [
            "support/search_people",
            "assessment/load_papers",
            "assessment/load_home",
            "assessment/start_sitting",
            "accounts/load_account",
        ] {
            let answer = site.call(&format!("/api/{function}"), "", Some(session)).await;
            assert_eq!(answer.status.as_u16(), 401, "{function}");
        }
        // The page that a refused form names as its own opens no more than its address does.
        let form = format!("sitting={NOTHING}&item={NOTHING}&kind=number&place=1&typed=1&go=2&from=/account");
        let answer = site.post("/api/assessment/save_and_go", &form, Some(session)).await;
        assert!(!answer.status.is_success() && !answer.body.contains(&email), "{}", answer.body);
    }
    let submitted =
        site.post("/api/assessment/submit_sitting", &prepared.put("sitting={sitting}"), Some(own)).await;
    assert_eq!(submitted.header("location"), format!("{room}/receipt"));
    for page in ["/receipt", "/receipt.txt", "/receipt.pdf"] {
        assert_eq!(asked(&site, &format!("{room}{page}"), Some(own)).await.0, OK, "{page}");
    }
    sqlx::query("update sittings set submitted_at = submitted_at - interval '16 minutes'")
        .execute(&db)
        .await
        .unwrap();
    assert_eq!(
        asked(&site, &format!("{room}/receipt"), Some(own)).await.0,
        TO,
        "then the second factor comes"
    );
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn setting_it_up_carries_the_page_that_was_asked_for_and_no_other_site(db: PgPool) {
    Site::with_demo(db.clone()).await;
    let site = Site::new(db, &[("SECOND_FACTOR", "required")]);
    let page = "/account/second-factor?next=%2Fcohorts";
    let form = format!("email=tutor@demo.example&password={}&next=/cohorts", demo::PASSWORD);
    let answer = site.post("/api/accounts/sign_in", &form, None).await;
    assert_eq!(answer.header("location"), page);
    let half = answer.cookie("session").unwrap().to_owned();
    let next = "value=\"/cohorts\"";
    let off = site.get(page, Some(&half)).await.body;
    assert!(off.contains(next) && !off.contains("id=\"current_password\""), "{off}");

    let start = async |next: &str| {
        let form = format!("next={next}");
        let answer = site.post("/api/accounts/start_second_factor", &form, Some(&half)).await;
        answer.header("location").to_owned()
    };
    assert_eq!(start("//evil.example").await, "/account/second-factor");
    assert_eq!(start("/cohorts").await, page);
    let form = "factor_code=abcd-efgh-ijkl-mnop&next=/cohorts&from=/account/second-factor?next=%252Fcohorts";
    let answer = site.post("/api/accounts/confirm_second_factor", form, Some(&half)).await;
    assert_eq!(answer.status.as_u16(), BAD);
    assert!(answer.body.contains(next) && answer.body.contains("id=\"secret\""), "{}", answer.body);
    assert!(!answer.body.contains("abcd-efgh"), "no page contains a typed code");
}
