//! Links of an activation over HTTP: opening one changes nothing, and a mail program can stop reminders.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;

use crate::support::{Site, form_request, with_links};

/// All that a link could change.
async fn stored(site: &Site) -> String {
    let mut all = String::new();
    for table in ["people", "activation_links", "invitations", "consents", "registrations", "audit_events"] {
        let query = format!("select coalesce(string_agg(t::text, ' ' order by t::text), '') from {table} t");
        let text: String =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&site.services.db).await.unwrap();
        all.push_str(&text);
    }
    all
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn opening_a_link_of_a_mail_changes_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    with_links(&site).await;
    let before = stored(&site).await;
    for path in ["/activate/link", "/register/link", "/stop-reminders/stop", "/mail/stop/stop"] {
        for request in [Request::get(path), Request::head(path)] {
            let opened = site.send(request.body(Body::empty()).unwrap()).await;
            assert!(opened.status == StatusCode::OK || opened.status == StatusCode::SEE_OTHER, "{path}");
            assert_eq!(opened.cookies().iter().filter(|cookie| cookie.starts_with("session=")).count(), 0);
        }
    }
    assert_eq!(stored(&site).await, before);
}

/// RFC 8058: one POST, without cookies, from no page of ours.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mail_program_stops_the_reminders_with_one_post(db: PgPool) {
    let site = Site::with_demo(db).await;
    with_links(&site).await;
    let stopped = async || -> i64 {
        let query = "select count(*) from invitations where stopped_at is not null and remind_at is null";
        sqlx::query_scalar(query).fetch_one(&site.services.db).await.unwrap()
    };
    let press = async |token: &str| {
        let request = Request::post(format!("/mail/stop/{token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("List-Unsubscribe=One-Click"))
            .unwrap();
        site.send(request).await
    };
    // The link that opens the account is another secret.
    for unknown in ["x", "link", "%00", "%ff"] {
        assert!(!press(unknown).await.status.is_server_error(), "{unknown}");
    }
    assert_eq!(stopped().await, 0);
    let unknown = press("unknown").await;
    let known = press("stop").await;
    assert_eq!((known.status, &known.body), (StatusCode::OK, &unknown.body), "the reply says nothing");
    assert_eq!(stopped().await, 1);
    // The person's own page leads there too.
    let opened = site.get("/mail/stop/stop", None).await;
    assert_eq!(opened.header("location"), "/stop-reminders/stop");
}

/// The same for messages of members of an area.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mail_program_stops_messages_with_one_post_and_opening_the_link_changes_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    sqlx::raw_sql(
        "insert into zone_areas (id, slug, name, aim, made_at) values (gen_random_uuid(), 'north', 'North', 'To meet', now());
        insert into zone_members (id, area_id, person_id, state, code_version, code_accepted_at, applied_at, decided_at)
            select gen_random_uuid(), a.id, p.id, 'member', '1', now(), now(), now() from zone_areas a, people p
            where a.slug = 'north' and p.email in ('student@demo.example', 'tutor@demo.example');
        insert into zone_profiles (member_id, area_id, person_id, name, joined_at, changed_at)
            select m.id, m.area_id, p.id, p.full_name, now(), now() from zone_members m join zone_areas a on a.id = m.area_id
            join people p on p.id = m.person_id where a.slug = 'north';
        insert into zone_messages (id, area_id, from_member, to_member, text, shows_email, kept_back, sent_at)
            select gen_random_uuid(), f.area_id, f.member_id, t.member_id, 'Hello', false, false, now()
            from zone_profiles f join zone_profiles t on t.area_id = f.area_id and t.member_id <> f.member_id
            join people p on p.id = t.person_id join zone_areas a on a.id = f.area_id
            where p.email = 'student@demo.example' and a.slug = 'north';
        insert into zone_stops (token_hash, message_id, area_id, member_id, person_id)
            select sha256('stop'), m.id, m.area_id, t.member_id, t.person_id
            from zone_messages m join zone_profiles t on t.member_id = m.to_member",
    )
    .execute(&site.services.db)
    .await
    .unwrap();
    let stopped = async || -> Vec<String> {
        let query = "select p.email from zone_profiles f join people p on p.id = f.person_id
            join zone_areas a on a.id = f.area_id where a.slug = 'north' and not f.takes_messages";
        sqlx::query_scalar(query).fetch_all(&site.services.db).await.unwrap()
    };
    let opened = site.get("/mail/stop-messages/stop", None).await;
    assert_eq!(opened.header("location"), "/stop-messages/stop");
    assert_eq!(site.get("/stop-messages/stop", None).await.status, StatusCode::OK);
    assert!(stopped().await.is_empty());
    let press = async |token: &str| {
        let request = Request::post(format!("/mail/stop-messages/{token}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from("List-Unsubscribe=One-Click"))
            .unwrap();
        site.send(request).await
    };
    for unknown in ["x", "%00", "%ff"] {
        assert!(!press(unknown).await.status.is_server_error(), "{unknown}");
    }
    let (unknown, known) = (press("unknown").await, press("stop").await);
    assert_eq!((known.status, &known.body), (StatusCode::OK, &unknown.body), "the reply says nothing");
    assert_eq!(stopped().await, ["student@demo.example"]);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_without_consent_opens_no_account_and_keeps_what_was_ticked(db: PgPool) {
    let site = Site::with_demo(db).await;
    with_links(&site).await;
    let before = stored(&site).await;
    let send = async |form: &str| {
        site.send(form_request("/api/accounts/activate", form, None, "text/html", "/activate/link")).await
    };
    let password = "new_password=purple+wheel+garden+lamp";
    for (form, says) in [
        (format!("token=link&policy=2026-12-06&{password}"), "Without your consent"),
        (format!("token=link&{password}&consent=true"), "Load the page again"),
        (format!("token=link&policy=2018-05-25&consent=true&{password}"), "Load the page again"),
        ("token=link&policy=2026-12-06&consent=true&new_password=short".to_owned(), "at least 12 characters"),
    ] {
        let page = send(&form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.body.contains(says), "{form}");
        let box_ = page.body.split("id=\"consent\"").nth(1).unwrap().split('>').next().unwrap();
        assert_eq!(box_.contains("checked"), form.contains("consent=true"), "{form}");
    }
    assert_eq!(stored(&site).await, before);
    let opened = send(&format!("token=link&policy=2026-12-06&consent=true&{password}")).await;
    assert_eq!(opened.header("location"), "/activate/done");
    assert_eq!(opened.cookie("session"), None, "it signs nobody in");
    assert!(opened.cookie("device").is_some());
}
