//! P14: access to NMP Zone: the same tests as in `main`, for two areas and the people outside of both. Each row is asked for with the area's
//! own ids, with those of the other area inside its address, and by the address of the other area.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use super::{
    BAD, GONE, OK, ON, TO,
    support::{ORIGIN, Site, with_session},
    table::Asked,
    zone_world::{
        APPLICANT, Expected, LEAD, LEAD_ELSEWHERE, MEMBER, MEMBER_ELSEWHERE, NOBODY, REFUSED, ROLES,
        everybody, only, page, prepared,
    },
};

/// For members of the area, and for its leads.
const MEMBERS: Expected = only(&[(MEMBER, OK), (LEAD, OK)]);
const LEADS: Expected = only(&[(LEAD, OK)]);
/// The same of the other area.
const ELSEWHERE: Expected = only(&[(MEMBER_ELSEWHERE, OK), (LEAD_ELSEWHERE, OK)]);
const LEADS_ELSEWHERE: Expected = only(&[(LEAD_ELSEWHERE, OK)]);
/// What is not there, or of the other area; and the same where a lead is told what is wrong.
const NONE: Expected = only(&[]);
const LEADS_TOLD: Expected = only(&[(LEAD, BAD)]);
/// What has a next step, and nothing wrong in it.
const PREVIEWED: Expected = only(&[(MEMBER, BAD), (LEAD, BAD)]);
/// What a message was sent to one of the two about.
const OWN: Expected = only(&[(MEMBER, OK)]);
const SIGNED_IN: Expected = everybody(OK);
const PUBLIC: Expected = [OK; ROLES];

/// Path, a body with names in braces to fill in, and the status for each role. The order matters: some change what later ones find.
pub const FUNCTIONS: &[(&str, &str, Expected)] = &[
    ("/api/zone/load_areas", "", PUBLIC),
    ("/api/zone/load_join", "area={area}", PUBLIC),
    ("/api/zone/load_join", "area=nowhere", [GONE; ROLES]),
    (
        "/api/zone/register",
        "area={area}&name=Sam&email=new%40b.example&new_password=purple+wheel+garden+lamp&policy=2026-12-06&consent=true\
         &code_version=2026-12-02&code=true",
        PUBLIC,
    ),
    ("/api/zone/load_area", "area={area}", MEMBERS),
    ("/api/zone/load_area", "area={area_elsewhere}", ELSEWHERE),
    ("/api/zone/load_area", "area=nowhere", NONE),
    ("/api/zone/load_directory", "area={area}&query=search%3Dnorthcan%26sort%3Dnewest", MEMBERS),
    ("/api/zone/load_directory", "area={area_elsewhere}&query=search%3Dnorthcan", ELSEWHERE),
    ("/api/zone/load_directory", "area=nowhere", NONE),
    ("/api/zone/load_member", "area={area}&member={other}", MEMBERS),
    ("/api/zone/load_member", "area={area}&member={foreign_member}", NONE),
    ("/api/zone/load_member", "area={area}&member={approved}", NONE),
    ("/api/zone/load_member", "area={area_elsewhere}&member={foreign_member}", ELSEWHERE),
    ("/api/zone/load_member", "area={area_elsewhere}&member={other}", NONE),
    ("/api/zone/load_profile", "area={area}", MEMBERS),
    ("/api/zone/load_profile", "area={area_elsewhere}", ELSEWHERE),
    (
        "/api/zone/save_profile",
        "area={area}&own_role=Nurse&work_area=&other_work_area=&workplace=Leeds&about_me=&interests=&years_qualified=&telephone=&shows_email=\
         &takes_messages=true&own_views=&version=0",
        MEMBERS,
    ),
    (
        "/api/zone/save_profile",
        "area={area_elsewhere}&own_role=Nurse&work_area=&other_work_area=&workplace=Leeds&about_me=&interests=&years_qualified=&telephone=&shows_email=\
         &takes_messages=true&own_views=&version=0",
        ELSEWHERE,
    ),
    (
        "/api/zone/save_profile",
        "area={area}&act=preview&own_role=Nurse&work_area=&other_work_area=&workplace=Leeds&about_me=&interests=&years_qualified=&telephone=\
         &version=0",
        PREVIEWED,
    ),
    ("/api/zone/remove_picture", "area={area}", MEMBERS),
    ("/api/zone/remove_picture", "area=nowhere", NONE),
    ("/api/zone/load_messages", "area={area}&query=show%3Dreceived", MEMBERS),
    ("/api/zone/load_messages", "area={area_elsewhere}", ELSEWHERE),
    ("/api/zone/load_reports", "area={area}", LEADS),
    ("/api/zone/load_reports", "area={area_elsewhere}", LEADS_ELSEWHERE),
    ("/api/zone/send_message", "area={area}&member={other}&message_text=Hello", MEMBERS),
    ("/api/zone/send_message", "area={area}&member={foreign_member}&message_text=Hello", NONE),
    ("/api/zone/send_message", "area={area_elsewhere}&member={other}&message_text=Hello", NONE),
    ("/api/zone/send_message", "area={area}&member={other}&message_text=", everybody(BAD)),
    ("/api/zone/block_member", "area={area}&member={other}", MEMBERS),
    ("/api/zone/block_member", "area={area}&member={foreign_member}", NONE),
    ("/api/zone/unblock_member", "area={area}&member={other}", MEMBERS),
    ("/api/zone/unblock_member", "area={area}&member={foreign_member}", NONE),
    ("/api/zone/report_to_leads", "area={area}&member={other}&kind=unkind", MEMBERS),
    ("/api/zone/report_to_leads", "area={area}&member={foreign_member}&kind=unkind", NONE),
    // A message is reported by who got it.
    ("/api/zone/report_to_leads", "area={area}&message={message}&kind=unkind", OWN),
    ("/api/zone/report_to_leads", "area={area}&message={foreign_message}&kind=unkind", NONE),
    ("/api/zone/report_to_leads", "area={area}&member={other}&kind=", everybody(BAD)),
    ("/api/zone/close_report", "area={area}&report={report}&note=Talked+to+both", LEADS),
    ("/api/zone/close_report", "area={area}&report={foreign_report}&note=Talked+to+both", NONE),
    ("/api/zone/stop_messages", "token=x", PUBLIC),
    ("/api/zone/load_contacts", "area={area}", MEMBERS),
    ("/api/zone/load_contacts", "area={area_elsewhere}", ELSEWHERE),
    (
        "/api/zone/add_service",
        "area={area}&name=Advice&purpose=Questions&telephone=&email=&web=https://x.example&hours=",
        LEADS,
    ),
    ("/api/zone/add_service", "area={area}&name=&purpose=", LEADS_TOLD),
    ("/api/zone/pin_member", "area={area}&pinned=Olwen+Otter&purpose=Questions", LEADS),
    ("/api/zone/pin_member", "area={area}&pinned=Stella+Stranger&purpose=Questions", LEADS_TOLD),
    (
        "/api/zone/change_contact",
        "area={area}&contact={contact}&name=Advice&purpose=Questions&telephone=&email=&web=https://x.example&hours=",
        LEADS,
    ),
    (
        "/api/zone/change_contact",
        "area={area}&contact={foreign_contact}&name=Advice&purpose=Questions&telephone=&email=&web=https://x.example&hours=",
        NONE,
    ),
    ("/api/zone/move_contact", "area={area}&contact={contact}&act=down&at=0", LEADS),
    ("/api/zone/move_contact", "area={area}&contact={contact}&act=aside&at=0", everybody(BAD)),
    // Where nothing is there, nothing is to be done.
    ("/api/zone/move_contact", "area={area}&contact={foreign_contact}&act=down&at=0", LEADS),
    ("/api/zone/remove_contact", "area={area}&contact={foreign_contact}", LEADS),
    ("/api/zone/remove_contact", "area={area}&contact={contact}", LEADS),
    ("/api/zone/load_resources", "area={area}&query=sort%3Dtitle", MEMBERS),
    ("/api/zone/load_resources", "area={area_elsewhere}", ELSEWHERE),
    ("/api/zone/load_resource", "area={area}&resource={resource}", MEMBERS),
    ("/api/zone/load_resource", "area={area}&resource={foreign_resource}", NONE),
    ("/api/zone/load_resource", "area={area_elsewhere}&resource={resource}", NONE),
    ("/api/zone/load_resource", "area={area_elsewhere}&resource={foreign_resource}", ELSEWHERE),
    // Of another member, so that leads alone see it.
    ("/api/zone/load_resource", "area={area}&resource={suggested}", LEADS),
    ("/api/zone/load_resource", "area={area}&resource={retired}", LEADS),
    (
        "/api/zone/change_resource",
        "area={area}&resource={resource}&title=Guide&purpose=To+look+up&owner=Olwen+Otter&review_on=01/09/2099",
        LEADS,
    ),
    (
        "/api/zone/change_resource",
        "area={area}&resource={resource}&title=Guide&purpose=To+look+up&owner=Stella+Stranger&review_on=01/09/2099",
        LEADS_TOLD,
    ),
    (
        "/api/zone/change_resource",
        "area={area}&resource={foreign_resource}&title=Guide&purpose=To+look+up&owner=&review_on=01/09/2099",
        NONE,
    ),
    ("/api/zone/decide_resource", "area={area}&resource={suggested}&act=accept&reason=", LEADS),
    ("/api/zone/decide_resource", "area={area}&resource={foreign_resource}&act=retire&reason=Old", NONE),
    ("/api/zone/decide_resource", "area={area}&resource={resource}&act=burn&reason=", everybody(BAD)),
    // It is in use.
    ("/api/zone/remove_resource", "area={area}&resource={resource}", only(&[(MEMBER, BAD), (LEAD, BAD)])),
    // A member is not told that it is there.
    ("/api/zone/remove_resource", "area={area}&resource={foreign_resource}", MEMBERS),
    ("/api/zone/remove_resource", "area={area}&resource={retired}", MEMBERS),
    ("/api/zone/load_applications", "area={area}&end={removable}", LEADS),
    ("/api/zone/load_applications", "area={area_elsewhere}&end={removable}", LEADS_ELSEWHERE),
    ("/api/zone/load_applications", "area=nowhere", NONE),
    ("/api/zone/approve", "area={area}&member={approved}", LEADS),
    ("/api/zone/approve", "area={area}&member={foreign_applicant}", LEADS_TOLD),
    ("/api/zone/approve", "area={area_elsewhere}&member={approved}", only(&[(LEAD_ELSEWHERE, BAD)])),
    ("/api/zone/refuse", "area={area}&member={declined}&reason=Not+a+prescriber", LEADS),
    ("/api/zone/refuse", "area={area}&member={foreign_applicant}&reason=Not+a+prescriber", LEADS_TOLD),
    ("/api/zone/remove_member", "area={area}&member={removable}&end_reason=Promotes+a+product", LEADS),
    (
        "/api/zone/remove_member",
        "area={area}&member={foreign_member}&end_reason=Promotes+a+product",
        LEADS_TOLD,
    ),
    ("/api/zone/admit_domain", "area={area}&domain=x.example", LEADS),
    ("/api/zone/admit_domain", "area={area}&domain=", everybody(BAD)),
    ("/api/zone/admit_domain", "area={area_elsewhere}&domain=x.example", LEADS_ELSEWHERE),
    ("/api/zone/drop_domain", "area={area}&dropped=x.example", LEADS),
    ("/api/zone/load_leave", "area={area}", MEMBERS),
    ("/api/zone/load_leave", "area={area_elsewhere}", ELSEWHERE),
    ("/api/zone/load_leave_zone", "", SIGNED_IN),
    // From here on they become something else. Who is a member already is led to the area.
    ("/api/zone/apply", "area={area}&code_version=2026-12-02&code=true", SIGNED_IN),
    ("/api/zone/apply", "area={area}&code_version=2026-12-02", everybody(BAD)),
    ("/api/zone/apply", "area=nowhere&code_version=2026-12-02&code=true", NONE),
    ("/api/zone/withdraw_application", "area={area}", WITHDRAWN),
    ("/api/zone/withdraw_application", "area=nowhere", NONE),
    ("/api/zone/leave_area", "area={area}", SIGNED_IN),
    ("/api/zone/leave_area", "area=nowhere", NONE),
    ("/api/zone/leave_zone", "", SIGNED_IN),
];

/// Members have no application to take back.
const WITHDRAWN: Expected = {
    let mut expected = SIGNED_IN;
    expected[MEMBER] = BAD;
    expected[LEAD] = BAD;
    expected
};

/// The route as the application names it, one of its addresses, and the status for each role.
pub const PAGES: &[(&str, &str, Expected)] = &[
    ("/zone", "/zone", PUBLIC),
    ("/zone/leave", "/zone/leave", page(SIGNED_IN)),
    ("/zone/left", "/zone/left", page(SIGNED_IN)),
    ("/zone/{area}/join", "/zone/{area}/join", PUBLIC),
    ("/zone/{area}", "/zone/{area}", page(MEMBERS)),
    ("/zone/{area}/directory", "/zone/{area}/directory?search=northcan", page(MEMBERS)),
    ("/zone/{area}/members/{member}", "/zone/{area}/members/{other}", page(MEMBERS)),
    ("/zone/{area}/profile", "/zone/{area}/profile", page(MEMBERS)),
    ("/zone/{area}/contacts", "/zone/{area}/contacts", page(MEMBERS)),
    ("/zone/{area}/resources", "/zone/{area}/resources?sort=title", page(MEMBERS)),
    ("/zone/{area}/resources/{resource}", "/zone/{area}/resources/{resource}", page(MEMBERS)),
    ("/zone/{area}/messages", "/zone/{area}/messages", page(MEMBERS)),
    ("/zone/{area}/applications", "/zone/{area}/applications", page(LEADS)),
    ("/zone/{area}/reports", "/zone/{area}/reports", page(LEADS)),
    ("/zone/{area}/leave", "/zone/{area}/leave", page(MEMBERS)),
    ("/stop-messages/done", "/stop-messages/done", PUBLIC),
    ("/stop-messages/{token}", "/stop-messages/x", PUBLIC),
];

/// The files, by `server::web::downloads::FILES`.
pub const FILES: &[(&str, Expected)] = &[
    ("/zone/{area}/resources/{resource}/versions/{version}/file", page(MEMBERS)),
    ("/zone/{area}/resources/{resource}/versions/{version}/captions", page(NONE)),
];

/// More addresses: with foreign ids, by the address of the other area, and the pictures.
pub const OTHERS: &[(&str, Expected)] = &[
    ("/zone/nowhere/join", [GONE; ROLES]),
    ("/zone/{area_elsewhere}", page(ELSEWHERE)),
    ("/zone/nowhere", page(NONE)),
    ("/zone/{area_elsewhere}/directory", page(ELSEWHERE)),
    ("/zone/{area_elsewhere}/applications", page(LEADS_ELSEWHERE)),
    ("/zone/{area_elsewhere}/reports", page(LEADS_ELSEWHERE)),
    ("/zone/{area_elsewhere}/messages", page(ELSEWHERE)),
    ("/zone/{area}/members/{foreign_member}", page(NONE)),
    ("/zone/{area}/members/{approved}", page(NONE)),
    ("/zone/{area}/members/{nothing}", page(NONE)),
    ("/zone/{area_elsewhere}/members/{other}", page(NONE)),
    ("/zone/{area}/members/{other}/picture", page(MEMBERS)),
    ("/zone/{area}/members/{foreign_member}/picture", page(NONE)),
    ("/zone/{area}/members/{nothing}/picture", page(NONE)),
    ("/zone/{area_elsewhere}/members/{other}/picture", page(NONE)),
    ("/zone/{area_elsewhere}/members/{foreign_member}/picture", page(ELSEWHERE)),
    ("/zone/{area}/resources/{foreign_resource}", page(NONE)),
    ("/zone/{area}/resources/{suggested}", page(LEADS)),
    ("/zone/{area}/resources/{retired}", page(LEADS)),
    ("/zone/{area_elsewhere}/resources/{resource}", page(NONE)),
    ("/zone/{area}/resources/{foreign_resource}/versions/{foreign_version}/file", page(NONE)),
    ("/zone/{area}/resources/{resource}/versions/{foreign_version}/file", page(NONE)),
    ("/zone/{area_elsewhere}/resources/{resource}/versions/{version}/file", page(NONE)),
    ("/zone/{area_elsewhere}/resources/{foreign_resource}/versions/{foreign_version}/file", page(ELSEWHERE)),
];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_function_page_and_file_of_an_area_serves_its_members_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let mut asked = Asked::new(&site, &zone.sessions);
    let pages = PAGES.iter().map(|(_, address, expected)| (*address, expected));
    let more = FILES.iter().chain(OTHERS).map(|(address, expected)| (*address, expected));
    for (address, expected) in pages.chain(more) {
        asked.open(&zone.put(address), expected).await;
    }
    for (path, body, expected) in FUNCTIONS {
        asked.call(path, &zone.put(body), expected).await;
    }
    asked.finish();
}

/// A form with a picture, or with another file, as a browser sends it.
pub fn form(to: &str, field: &str, file: &[u8], session: Option<&str>) -> Request<Body> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a\"\r\nContent-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let request = Request::post(to)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, ORIGIN);
    with_session(request, session).body(Body::from(body)).unwrap()
}

/// What is no picture, and no file of a library: who may bring one is told so, and nobody else.
const NO_FILE: &[u8] = b"neither";

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_picture_or_a_file_is_taken_from_members_alone(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let told = only(&[(MEMBER, BAD), (LEAD, BAD)]);
    let told_elsewhere = only(&[(MEMBER_ELSEWHERE, BAD), (LEAD_ELSEWHERE, BAD)]);
    for (address, field, expected) in [
        ("/pictures?area={area}", "picture", told),
        ("/pictures?area={area_elsewhere}", "picture", told_elsewhere),
        ("/pictures?area=nowhere", "picture", NONE),
        ("/zone-resources?area={area}", "file", told),
        ("/zone-resources?area={area_elsewhere}", "file", told_elsewhere),
        ("/zone-resources?area=nowhere", "file", NONE),
        // A version: leads add it, and members suggest it, of what they find.
        ("/zone-resources?area={area}&resource={resource}", "file", told),
        ("/zone-resources?area={area}&resource={retired}", "file", LEADS_TOLD),
        ("/zone-resources?area={area}&resource={foreign_resource}", "file", NONE),
    ] {
        for (role, session) in zone.sessions.iter().enumerate() {
            let answer = site.send(form(&zone.put(address), field, NO_FILE, session.as_deref())).await;
            assert_eq!(answer.status.as_u16(), expected[role], "{address} as role {role}");
        }
    }
}

/// Whoever may be the last lead reads before leaving, in whatever way, what becomes of the area.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_lead_who_goes_is_told_to_ask_for_another_one_first(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    for (address, when) in [
        ("/zone/{area}/leave", "Nobody else leads "),
        ("/zone/leave", "Nobody else leads "),
        ("/account/withdraw", "If nobody else leads it"),
    ] {
        let page = site.get(&zone.put(address), zone.sessions[LEAD].as_deref()).await;
        assert_eq!(page.status.as_u16(), OK, "{address}");
        for words in [when, "ask our support first to appoint somebody"] {
            assert!(page.body.contains(words), "{address}: {words}");
        }
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn only_members_are_led_from_an_area_to_what_is_in_it(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    for (role, session) in zone.sessions.iter().enumerate() {
        let all = site.get("/zone", session.as_deref()).await;
        assert_eq!(all.status.as_u16(), OK, "role {role}");
        assert!(
            all.body.contains("Area of the north") && all.body.contains("Area of the south"),
            "role {role}"
        );
        for (area, of) in
            [("{area}", [MEMBER, LEAD]), ("{area_elsewhere}", [MEMBER_ELSEWHERE, LEAD_ELSEWHERE])]
        {
            let link = zone.put(&format!("href=\"/zone/{area}\""));
            assert_eq!(all.body.contains(&link), of.contains(&role), "role {role}: {link}");
        }
    }
    // Of their applications people see their own.
    for (role, words) in [(APPLICANT, "Waits for a lead"), (REFUSED, "Not a prescriber")] {
        for (other, session) in zone.sessions.iter().enumerate() {
            let all = site.get("/zone", session.as_deref()).await.body;
            assert_eq!(all.contains(words), other == role, "{words} as role {other}");
        }
    }
    let lead = site.get(&zone.put("/zone/{area}"), zone.sessions[LEAD].as_deref()).await.body;
    let member = site.get(&zone.put("/zone/{area}"), zone.sessions[MEMBER].as_deref()).await.body;
    for (link, leads) in [
        ("directory", false),
        ("profile", false),
        ("contacts", false),
        ("resources", false),
        ("leave", false),
        ("applications", true),
        ("reports", true),
    ] {
        let link = zone.put(&format!("href=\"/zone/{{area}}/{link}"));
        assert!(lead.contains(&link), "{link}");
        assert_eq!(member.contains(&link), !leads, "{link}");
    }
    let visitor = site.get(&zone.put("/zone/{area}"), zone.sessions[NOBODY].as_deref()).await;
    assert_eq!(visitor.status.as_u16(), TO);
    assert!(visitor.header("location").starts_with("/sign-in?next="), "{}", visitor.header("location"));
    let left =
        site.post("/api/zone/leave_area", &zone.put("area={area}"), zone.sessions[MEMBER].as_deref()).await;
    assert_eq!((left.status.as_u16(), left.header("location")), (ON, "/zone/left"));
    // Who has left is outside from the next request on.
    let after = site.get(&zone.put("/zone/{area}"), zone.sessions[MEMBER].as_deref()).await;
    assert_eq!(after.status.as_u16(), GONE);
}
