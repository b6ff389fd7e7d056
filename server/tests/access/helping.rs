//! Access to the pages of support: the same tests as in `main`, for the roles of the assessments.

use sqlx::PgPool;

use super::{
    BAD, OK,
    assessment::{self, Expected, SILENT, SUPPORT, WHY, only, page},
    support::Site,
    table::Asked,
};

/// For support, which finds people without a reason.
const SUPPORTS: Expected = only(&[(SUPPORT, OK), (SILENT, OK)]);
/// For support with a reason.
const REASONED: Expected = only(&[(SUPPORT, OK), (SILENT, WHY)]);
const UNFINISHED: Expected = only(&[(SUPPORT, BAD), (SILENT, WHY)]);
/// Nobody has given a reason for this person, who is of the same organisation, or of another, or not there.
const UNASKED: Expected = only(&[(SUPPORT, WHY), (SILENT, WHY)]);
/// A role that the person does not hold.
const NOT_HELD: Expected = only(&[(SILENT, WHY)]);

/// Path, a body with names in braces to fill in, and the status for each role. `{helped}` is a person for whom support has given a reason.
pub const FUNCTIONS: &[(&str, &str, Expected)] = &[
    ("/api/support/search_people", "query=search%3Dstudent%26sort%3Demail", SUPPORTS),
    ("/api/support/load_person", "person={helped}", REASONED),
    ("/api/support/load_person", "person={tutor}", UNASKED),
    ("/api/support/load_person", "person={nothing}", UNASKED),
    ("/api/support/load_log", "query=show%3Droles", REASONED),
    ("/api/support/load_comments", "query=search%3Ddoses", SUPPORTS),
    ("/api/support/unlock", "person={helped}&unlock_reason=Asked+by+telephone", REASONED),
    ("/api/support/unlock", "person={helped}&unlock_reason=", UNFINISHED),
    ("/api/support/unlock", "person={tutor}&unlock_reason=Asked+by+telephone", UNASKED),
    ("/api/support/send_mail", "person={helped}&mail_reason=Asked+by+telephone", REASONED),
    ("/api/support/send_mail", "person={helped}&mail_reason=", UNFINISHED),
    ("/api/support/send_mail", "person={tutor}&mail_reason=Asked+by+telephone", UNASKED),
    ("/api/support/end_sessions", "person={helped}&sessions_reason=Lost+the+telephone", REASONED),
    ("/api/support/end_sessions", "person={helped}&sessions_reason=", UNFINISHED),
    ("/api/support/end_sessions", "person={tutor}&sessions_reason=Asked+by+telephone", UNASKED),
    ("/api/support/end_second_factor", "person={helped}&factor_reason=Lost+the+telephone", REASONED),
    ("/api/support/end_second_factor", "person={helped}&factor_reason=", UNFINISHED),
    ("/api/support/end_second_factor", "person={tutor}&factor_reason=Lost+the+telephone", UNASKED),
    // No such area, and a reason too short.
    (
        "/api/support/appoint_lead",
        "person={helped}&lead_area=nowhere&lead_reason=Leads+the+area+now",
        UNFINISHED,
    ),
    ("/api/support/appoint_lead", "person={tutor}&lead_area=nowhere&lead_reason=Leads+the+area+now", UNASKED),
    ("/api/support/take_back_role", "person={helped}&role=support&role_reason=Left+the+employer", NOT_HELD),
    ("/api/support/take_back_role", "person={helped}&role=owner&role_reason=Left+the+employer", NOT_HELD),
    ("/api/support/take_back_role", "person={tutor}&role=support&role_reason=Left+the+employer", UNASKED),
];

/// The route as the application names it, one of its addresses, and the status for each role.
pub const PAGES: &[(&str, &str, Expected)] = &[
    ("/support", "/support?search=student", page(SUPPORTS)),
    ("/support/people/{person}", "/support/people/{helped}", page(REASONED)),
    ("/support/people/{person}", "/support/people/{tutor}", page(UNASKED)),
    ("/support/people/{person}", "/support/people/{nothing}", page(UNASKED)),
    ("/support/log", "/support/log?search=demo", page(REASONED)),
    ("/support/feedback", "/support/feedback?search=doses", page(SUPPORTS)),
];

/// The files, by `server::web::downloads::FILES`.
pub const FILES: &[(&str, Expected)] =
    &[("/support/log.xlsx", page(REASONED)), ("/support/log.csv", page(REASONED))];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_function_page_and_file_of_support_serves_support_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let helped: uuid::Uuid =
        sqlx::query_scalar("select id from people where email = 'student004@demo.example'")
            .fetch_one(&site.services.db)
            .await
            .unwrap();
    let put = |text: &str| prepared.put(&text.replace("{helped}", &helped.to_string()));
    for about in [put("person/{helped}"), "log".to_owned()] {
        let body = format!("about={about}&reason=Asked+by+telephone");
        let given =
            site.call("/api/assessment/give_reason", &body, prepared.sessions[SUPPORT].as_deref()).await;
        assert!(given.status.as_u16() < 400, "{about}: {}", given.status);
    }
    let mut asked = Asked::new(&site, &prepared.sessions);
    let pages = PAGES.iter().map(|(_, address, expected)| (*address, expected));
    for (address, expected) in pages.chain(FILES.iter().map(|(address, expected)| (*address, expected))) {
        asked.open(&put(address), expected).await;
    }
    for (path, body, expected) in FUNCTIONS {
        asked.call(path, &put(body), expected).await;
    }
    asked.finish();
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_support_is_led_to_the_pages_of_support(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    for (role, session) in prepared.sessions.iter().enumerate() {
        let start = site.get("/", session.as_deref()).await;
        let led = start.body.contains("href=\"/support\"");
        assert_eq!(led, [SUPPORT, SILENT].contains(&role), "role {role}");
    }
}
