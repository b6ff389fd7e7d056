//! P14: nobody outside of an area learns anything of it but its name and its aim, over HTTP: with each of the two walls alone. Each text of the
//! area has a canary in it (`zone_world.rs`); no page, function, file, mail, event, error, title or header shows it to anybody outside.

use std::sync::{Arc, Mutex};

use axum::{
    body::{Body, to_bytes},
    http::{Request, header},
};
use services::database;
use sqlx::{
    AssertSqlSafe, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use uuid::Uuid;

use super::{
    OK,
    asking::stored,
    forms::summary,
    helping, markup,
    support::{Site, form_request, with_session},
    zone::{FILES, FUNCTIONS, OTHERS, PAGES},
    zone_world::{
        CANARY, LEAD, LEARNER, MEMBER, MEMBER_ELSEWHERE, NOBODY, ROLES, SUPPORT, Zone, files, prepared,
    },
};

/// What a role got: its status, its headers, and its body as text, whatever it is.
struct Got {
    what: String,
    status: u16,
    text: String,
}

async fn got(site: &Site, what: &str, body: &str, session: Option<&str>) -> Got {
    let request = if what.starts_with("/api/") {
        form_request(what, body, session, "application/json", "/somewhere")
    } else {
        let page = Request::get(what).header(header::ACCEPT, "text/html");
        with_session(page, session).body(Body::empty()).unwrap()
    };
    let (parts, body) = site.open(request).await.into_parts();
    // A stream does not end.
    let body = if what.starts_with("/live") {
        Vec::new()
    } else {
        to_bytes(body, usize::MAX).await.unwrap().to_vec()
    };
    let mut headers: Vec<_> = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or_default()))
        .collect();
    headers.sort();
    let text = headers.concat() + &String::from_utf8_lossy(&body);
    Got { what: what.to_owned(), status: parts.status.as_u16(), text }
}

/// Everything that somebody can ask for: the rows of the tables, the same by the address of the other area, and pages about people elsewhere.
fn everything(zone: &Zone) -> Vec<(String, String)> {
    let pages = PAGES.iter().map(|row| row.1).chain(FILES.iter().chain(OTHERS).map(|row| row.0));
    let pages = pages.flat_map(|address| [zone.put(address), zone.put_elsewhere(address)]);
    let of_person = zone.put("/support/people/{member_person}");
    let elsewhere =
        helping::PAGES.iter().map(|row| row.1).filter(|address| !address.contains('{')).map(str::to_owned);
    let more = ["/", "/account", "/account/withdraw", "/support?search=zone", "/live"].map(str::to_owned);
    let asked = pages.chain([of_person]).chain(elsewhere).chain(more).map(|address| (address, String::new()));
    let functions = FUNCTIONS.iter().flat_map(|(path, body, _)| {
        [((*path).to_owned(), zone.put(body)), ((*path).to_owned(), zone.put_elsewhere(body))]
    });
    // Those that load come before those that change what others find.
    let (load, change): (Vec<_>, Vec<_>) = functions.partition(|(path, _)| path.contains("/load_"));
    asked.chain(load).chain(change).collect()
}

/// Everybody who is outside of the area, and what they get that has its canary.
async fn leaks(site: &Site, zone: &Zone) -> Vec<String> {
    let mut leaks = Vec::new();
    for (what, body) in everything(zone) {
        for role in (0..ROLES).filter(|role| ![MEMBER, LEAD].contains(role)) {
            let got = got(site, &what, &body, zone.sessions[role].as_deref()).await;
            if let Some((before, _)) = got.text.split_once(CANARY) {
                let before: String =
                    before.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
                leaks.push(format!("{} {body} as role {role}: {} …{before}", got.what, got.status));
            }
        }
    }
    leaks
}

/// In place of the first wall a door that is open to everybody: the proof is of whatever area is asked for, and of its lead. What the database
/// shows is what it would show to who asks: nothing, or the area that is theirs.
const NO_FIRST_WALL: &str = "
    create or replace function zone_access(of_slug text, asker uuid) returns table (proof jsonb) language plpgsql as $$
    declare
        own record;
    begin
        perform set_config('zone.person', asker::text, true), set_config('zone.area', '', true), set_config('zone.lead', '', true);
        select m.area_id, exists (select from grants g where g.person_id = asker and g.zone_area_id = m.area_id) as leads into own
        from zone_members m where m.person_id = asker and m.state = 'member' order by m.id limit 1;
        if own.area_id is not null then
            perform set_config('zone.area', own.area_id::text, true), set_config('zone.lead', case when own.leads then 'yes' else '' end, true);
        end if;
        return query select jsonb_build_object('area', a.id, 'member', '{lead}'::uuid, 'person', '{lead_person}'::uuid, 'lead', true)
        from zone_areas a where a.slug = of_slug;
    end $$";

async fn without_the_first_wall(db: &PgPool, zone: &Zone) {
    let forged = ["{lead}", "{lead_person}"];
    let forged =
        forged.iter().fold(NO_FIRST_WALL.to_owned(), |text, name| text.replace(name, &zone.put(name)));
    sqlx::raw_sql(AssertSqlSafe(forged)).execute(db).await.unwrap();
}

/// A role that owns nothing, and the same application with its connections.
async fn application(db: &PgPool, owner: &Site) -> (Site, String) {
    let role = format!("application_{}", Uuid::now_v7().simple());
    sqlx::raw_sql(AssertSqlSafe(format!("create role {role}"))).execute(db).await.unwrap();
    database::grant_to_application(&owner.services, &role).await.unwrap();
    let become_it = format!("set role {role}");
    let pool = PgPoolOptions::new()
        .max_connections(5)
        .after_connect(move |connection, _| {
            let become_it = become_it.clone();
            Box::pin(async move {
                sqlx::raw_sql(AssertSqlSafe(become_it)).execute(connection).await?;
                Ok(())
            })
        })
        .connect_with((*db.connect_options()).clone())
        .await
        .unwrap();
    let site = Site::new(pool, &[]);
    files(&site, db).await;
    (site, role)
}

async fn end(db: &PgPool, site: Site, role: &str) {
    site.services.db.close().await;
    sqlx::raw_sql(AssertSqlSafe(format!("drop owned by {role}; drop role {role}")))
        .execute(db)
        .await
        .unwrap();
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_first_wall_alone_shows_nobody_outside_a_word_of_an_area(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let leaks = leaks(&site, &zone).await;
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_second_wall_alone_shows_nobody_outside_a_word_of_an_area(db: PgPool) {
    let owner = Site::with_demo(db.clone()).await;
    let zone = prepared(&owner).await;
    without_the_first_wall(&db, &zone).await;
    let (site, role) = application(&db, &owner).await;
    let leaks = leaks(&site, &zone).await;
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    end(&db, site, &role).await;
}

/// So that the two tests above do not pass because they look at nothing.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn without_either_wall_every_page_of_an_area_leaks(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let zone = prepared(&site).await;
    without_the_first_wall(&db, &zone).await;
    let leaks = leaks(&site, &zone).await.join("\n");
    for seen in [
        "/zone/{area}/directory",
        "/zone/{area}/members/{other} ",
        "/zone/{area}/members/{other}/picture",
        "/zone/{area}/contacts",
        "/zone/{area}/resources?",
        "/zone/{area}/resources/{resource} ",
        "/zone/{area}/resources/{resource}/versions/{version}/file",
        "/zone/{area}/applications",
        "/zone/{area}/reports",
        "/zone/{area}/messages",
        "/api/zone/load_directory",
        "/api/zone/load_member",
        "/api/zone/load_contacts",
        "/api/zone/load_resources",
        "/api/zone/load_reports",
        "/api/zone/load_applications",
    ] {
        assert!(leaks.contains(&zone.put(seen)), "{seen} is not looked at:\n{leaks}");
    }
}

/// A body without what differs between two requests for the same: their address, their number and the nonce.
fn told(got: &Got, area: &str) -> String {
    let nonce =
        got.text.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or("no nonce");
    let request =
        got.text.split("x-request-id: ").nth(1).and_then(|rest| rest.lines().next()).unwrap_or("no number");
    let text = got.text.replace(nonce, "NONCE").replace(request, "REQUEST").replace(area, "AREA");
    let lines =
        text.lines().filter(|line| !line.starts_with("content-length: ") && !line.starts_with("date: "));
    format!("{}\n{}", got.status, lines.collect::<Vec<_>>().join("\n"))
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_area_that_is_not_there_is_answered_like_one_that_is_not_theirs(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    // As long as the other one.
    let nowhere = "nowhere-at";
    let area = zone.put("{area}");
    assert_eq!(area.len(), nowhere.len());
    let pages = PAGES.iter().map(|row| row.1).chain(FILES.iter().chain(OTHERS).map(|row| row.0));
    // That of joining is public.
    let pages = pages.filter(|address| address.starts_with("/zone/{area}") && !address.ends_with("/join"));
    let functions = FUNCTIONS.iter().filter(|(path, body, _)| {
        body.starts_with("area={area}&") || *body == "area={area}" && !path.ends_with("/load_join")
    });
    // To join an area is open to everybody, and so is to leave it.
    let public = ["/register", "/apply", "/withdraw_application", "/leave_area"];
    let functions = functions.filter(|(path, ..)| !public.iter().any(|public| path.ends_with(public)));
    let asked: Vec<(&str, &str)> =
        pages.map(|address| (address, "")).chain(functions.map(|(path, body, _)| (*path, *body))).collect();
    assert!(asked.len() > 50, "{}", asked.len());
    let mut wrong = Vec::new();
    for (what, body) in asked {
        for role in (0..ROLES).filter(|role| ![MEMBER, LEAD].contains(role)) {
            let session = zone.sessions[role].as_deref();
            let ask = async |area: &str| {
                let put = |text: &str| zone.put(&text.replace("{area}", area));
                told(&got(&site, &put(what), &put(body), session).await, area)
            };
            let (theirs, none) = (ask(&area).await, ask(nowhere).await);
            if theirs != none {
                let differs = theirs.lines().zip(none.lines()).find(|(one, other)| one != other);
                wrong.push(format!("{what} {body} as role {role}: {differs:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The statements about the Zone that this thread has sent.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            let mut text = String::new();
            event.record(&mut |field: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                if ["summary", "db.statement"].contains(&field.name()) {
                    text.push_str(&format!("{value:?} "));
                }
            });
            if text.contains("zone_") {
                self.0.lock().unwrap().push(text);
            }
        }
    }
}

/// What takes time for a foreign area is what takes time for none: one statement, which asks for the proof.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_request_for_a_foreign_area_reads_nothing_but_the_proof(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let statements = Statements::default();
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(statements.clone()));
    let pages = PAGES.iter().map(|row| row.1).chain(FILES.iter().chain(OTHERS).map(|row| row.0));
    let pages: Vec<_> =
        pages.filter(|address| address.starts_with("/zone/{area}") && !address.ends_with("/join")).collect();
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for address in pages {
        for role in (0..ROLES).filter(|role| ![NOBODY, MEMBER, LEAD].contains(role)) {
            statements.0.lock().unwrap().clear();
            site.look(&zone.put(address), zone.sessions[role].as_deref()).await;
            let sent = statements.0.lock().unwrap().clone();
            asked += sent.len();
            if sent.len() != 1 || !sent[0].contains("zone_access(") {
                wrong.push(format!("{address} as role {role}: {sent:#?}"));
            }
        }
    }
    assert!(wrong.is_empty() && asked > 100, "{asked}: {}", wrong.join("\n"));
    // A member's request reads more, and is heard here.
    statements.0.lock().unwrap().clear();
    site.get(&zone.put("/zone/{area}"), zone.sessions[MEMBER].as_deref()).await;
    assert!(statements.0.lock().unwrap().len() >= 2, "{:?}", statements.0.lock().unwrap());
}

/// What members and leads do is told to nobody outside: no mail and no event has a word of it.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn neither_mail_nor_events_carry_a_word_of_an_area_outside(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let zone = prepared(&site).await;
    let mut heard = PgListener::connect_with(&db).await.unwrap();
    heard.listen("live").await.unwrap();
    for (path, body, expected) in FUNCTIONS.iter().filter(|row| !row.0.contains("/load_")) {
        // What they send has the canary too.
        let body = zone.put(body).replace("=Hello", &format!("={CANARY}+hello"));
        for role in [MEMBER, LEAD].into_iter().filter(|role| expected[*role] == OK) {
            // The last ones end their memberships.
            if ["/leave_area", "/leave_zone", "/apply", "/register"].iter().any(|end| path.ends_with(end)) {
                continue;
            }
            site.call(path, &body, zone.sessions[role].as_deref()).await;
        }
    }
    let outside: Vec<(String, String)> = sqlx::query_as(
        "select coalesce(p.email, c.email), o.kind from outbox o join outbox_content c on c.mail_id = o.id left join people p on p.id = o.person_id
        where concat_ws(' ', c.subject, c.body, c.html, c.unsubscribe) like '%' || $1 || '%'
            and not exists (select from zone_members m join zone_areas a on a.id = m.area_id
                where m.person_id = p.id and a.slug = 'north-area' and m.state = 'member')",
    )
    .bind(CANARY)
    .fetch_all(&db)
    .await
    .unwrap();
    assert!(outside.is_empty(), "{outside:?}");
    let inside: i64 = sqlx::query_scalar(
        "select count(*) from outbox o join outbox_content c on c.mail_id = o.id where concat_ws(' ', c.subject, c.body) like '%' || $1 || '%'",
    )
    .bind(CANARY)
    .fetch_one(&db)
    .await
    .unwrap();
    assert!(inside >= 2, "messages are relayed by mail");
    // Nobody but the two and support wrote or got anything: the addresses of members are in no mail.
    let addresses: i64 = sqlx::query_scalar(
        "select count(*) from outbox_content c, people p where p.email like 'zone.%' and concat_ws(' ', c.subject, c.body, c.html, c.unsubscribe) like '%' || p.email || '%'",
    )
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(addresses, 0);
    // An event says what has changed, and never what: a topic is a kind and an id.
    sqlx::query("select pg_notify('live', 'the end')").execute(&db).await.unwrap();
    let area: Uuid = sqlx::query_scalar("select id from zone_areas where slug = 'north-area'")
        .fetch_one(&db)
        .await
        .unwrap();
    loop {
        let event = heard.recv().await.unwrap().payload().to_owned();
        if event == "the end" {
            break;
        }
        // That somebody has left is told to the members, who alone may follow their area: see `topics.rs`.
        if event != format!("area:{area}") {
            assert!(!event.contains(CANARY) && !event.contains(&area.to_string()), "{event}");
        }
    }
}

/// Support helps with the account, and sees no member, number or text of an area.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn support_that_helps_a_member_sees_nothing_of_their_areas(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    for address in ["/support/people/{member_person}", "/support/log?search=zone"] {
        let page = got(&site, &zone.put(address), "", zone.sessions[SUPPORT].as_deref()).await;
        assert_eq!(page.status, OK, "{address}");
        assert!(!page.text.contains(CANARY), "{address}");
        for id in ["{member}", "{lead}", "{other}"] {
            assert!(!page.text.contains(&zone.put(id)), "{address} shows {id}");
        }
    }
    for address in ["/zone/{area}", "/zone/{area}/members/{member}", "/zone/{area}/reports"] {
        let page = got(&site, &zone.put(address), "", zone.sessions[SUPPORT].as_deref()).await;
        assert_eq!(page.status, 404, "{address}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_page_that_is_refused_is_titled_like_one_that_is_not_there(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let title = async |address: &str| {
        let page = site.get(&zone.put(address), zone.sessions[MEMBER_ELSEWHERE].as_deref()).await;
        assert_eq!(page.status.as_u16(), 404, "{address}");
        page.body.split("<title>").nth(1).and_then(|rest| rest.split("</title>").next()).unwrap().to_owned()
    };
    let none = title("/zone/nowhere/directory").await;
    assert!(!none.is_empty() && !none.contains("north"), "{none}");
    for (_, address, _) in
        PAGES.iter().filter(|row| row.1.starts_with("/zone/{area}") && !row.1.ends_with("/join"))
    {
        assert_eq!(title(address).await, none, "{address}");
    }
}

/// A visit, a HEAD request and one ahead of a visit.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn looking_at_an_area_changes_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let before = stored(&site).await;
    for address in PAGES.iter().map(|row| row.1).chain(FILES.iter().chain(OTHERS).map(|row| row.0)) {
        for session in &zone.sessions {
            for request in [
                Request::get(zone.put(address)),
                Request::head(zone.put(address)),
                Request::get(zone.put(address)).header("sec-purpose", "prefetch"),
            ] {
                let status = site
                    .open(with_session(request, session.as_deref()).body(Body::empty()).unwrap())
                    .await
                    .status();
                assert!(!status.is_server_error(), "{address}: {status}");
            }
        }
    }
    let changed: Vec<_> = stored(&site).await.into_iter().filter(|table| !before.contains(table)).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

/// The columns of text by people that the pages of an area show.
const WORDS: [(&str, &[&str]); 7] = [
    ("zone_areas", &["name", "aim"]),
    ("zone_profiles", &["role", "work_area", "place", "about", "interests", "telephone"]),
    ("people", &["full_name"]),
    ("zone_contacts", &["name", "purpose", "telephone", "hours"]),
    ("zone_resources", &["title", "purpose", "reason"]),
    ("zone_messages", &["text"]),
    ("zone_reports", &["words"]),
];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn no_page_of_an_area_treats_text_as_markup(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let zone = prepared(&site).await;
    for (table, columns) in WORDS {
        for column in columns {
            let typed =
                format!("update {table} set {column} = $1 || left({column}, 20) where {column} is not null");
            sqlx::query(AssertSqlSafe(typed)).bind(markup::TYPED).execute(&db).await.unwrap();
        }
    }
    for address in PAGES
        .iter()
        .map(|row| row.1)
        .chain(["/zone/{area}/resources/{suggested}", "/zone/{area}/resources/{retired}"])
    {
        let page = site.get(&zone.put(address), zone.sessions[LEAD].as_deref()).await;
        assert_eq!(page.status.as_u16(), OK, "{address}");
        assert!(!page.body.contains("<b id=x>"), "{address}: {}", page.body);
    }
}

/// Sends a form without scripts: the problems in the order of their fields, each with its field on the page.
#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn all_problems_of_a_form_are_reported_at_once_in_the_order_of_its_fields(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let lead = zone.sessions[LEAD].as_deref();
    for (path, form, address, session, problems) in [
        (
            "register",
            "area={area}&name=&email=x&new_password=short&policy=2026-12-06&code_version=2026-12-02",
            "join",
            None,
            5,
        ),
        ("apply", "area={area}&code_version=2026-12-02", "join", zone.sessions[LEARNER].as_deref(), 1),
        (
            "save_profile",
            "area={area}&own_role={long}&work_area=&other_work_area=&workplace={long}&about_me=&interests=&years_qualified=many&telephone=x\
             &shows_email=&takes_messages=&own_views=&version=0",
            "profile",
            lead,
            4,
        ),
        ("send_message", "area={area}&member={other}&message_text=", "members/{other}", lead, 1),
        (
            "report_to_leads",
            "area={area}&member={other}&kind=&words={long}{long}{long}{long}{long}{long}",
            "members/{other}",
            lead,
            2,
        ),
        ("add_service", "area={area}&name=&purpose=&telephone=&email=x&web=http&hours=", "contacts", lead, 4),
        (
            "change_resource",
            "area={area}&resource={resource}&title=&purpose=&owner=x&review_on=x",
            "resources/{resource}",
            lead,
            4,
        ),
        ("admit_domain", "area={area}&domain=", "applications", lead, 1),
        ("refuse", "area={area}&member={declined}&reason=", "applications", lead, 1),
        (
            "remove_member",
            "area={area}&member={removable}&end_reason=",
            "applications?end={removable}",
            lead,
            1,
        ),
        ("close_report", "area={area}&report={report}&note=", "reports", lead, 1),
    ] {
        let long = "a".repeat(201);
        let form = zone.put(&form.replace("{long}", &long));
        let address = zone.put(&format!("/zone/{{area}}/{address}"));
        let page = site
            .send(form_request(&format!("/api/zone/{path}"), &form, session, "text/html", &address))
            .await;
        assert_eq!(page.status.as_u16(), 422, "{path}");
        assert_eq!(summary(&page).len(), problems, "{path}: {:?}", summary(&page));
        let (_, after) = page.body.split_once("error-summary-title").unwrap();
        let (links, rest) = after.split_once("<h1").unwrap();
        let fields: Vec<_> =
            links.split("href=\"#").skip(1).map(|link| link.split('"').next().unwrap()).collect();
        assert_eq!(fields.len(), problems, "{path}: {fields:?}");
        let places: Vec<_> = fields
            .iter()
            .map(|field| {
                rest.find(&format!("id=\"{field}\"")).unwrap_or_else(|| panic!("{path}: no field {field}"))
            })
            .collect();
        assert!(places.is_sorted(), "{path}: {fields:?}");
    }
}
