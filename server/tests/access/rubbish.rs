//! Every reply to a malformed call of a server function names the problem, and never reports a fault of ours.
//! Every function of the tables is tested, so a new one cannot be forgotten.

use std::sync::{Arc, Mutex};

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures::stream;
use serde_json::Value;
use sqlx::PgPool;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use super::{
    ENDING, FUNCTIONS, NO, OF_COHORT, OK, assessment, helping, of_cohort, organisations, put, roles,
    support::{Answer, ORIGIN, Site, with_session},
    zone, zone_world,
};

/// Replacements for the value of a form field, as it travels.
const TYPED: [&str; 21] = [
    "",
    "x",
    "%00",
    "a%00b",
    "%",
    "%ff%fe",
    "+",
    "-1",
    "0",
    "32768",
    "2147483647",
    "-2147483648",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999999999",
    "1e400",
    "NaN",
    "true",
    "00000000-0000-0000-0000-000000000000",
    "9999-99-99T99%3A99",
    "%F0%9F%92%8A%E2%80%AE%EF%BF%BF",
];

/// The fields of an acceptable form, each replaced, missing, and of another shape.
fn forms(body: &str) -> Vec<String> {
    let fields: Vec<_> = body.split('&').filter_map(|field| field.split_once('=')).collect();
    let with = |at: usize, field: String| {
        let others = fields.iter().enumerate().filter(|(n, _)| *n != at);
        let mut all: Vec<_> = others.map(|(_, (name, value))| format!("{name}={value}")).collect();
        all.push(field);
        all.join("&")
    };
    let mut forms = Vec::new();
    for (at, (name, value)) in fields.iter().enumerate() {
        forms.extend(TYPED.iter().map(|typed| with(at, format!("{name}={typed}"))));
        forms.push(with(at, format!("{name}={}", "a".repeat(100_000))));
        forms.push(with(at, String::new()));
        for shape in ["[]", "[0]", "[a][b]", "[a][b][c][d][e][f][g]", "[99999999]", "["] {
            forms.push(with(at, format!("{name}{shape}={value}&{name}{shape}={value}")));
        }
        forms.push(with(at, format!("{name}={value}&{name}=x")));
    }
    forms
}

/// The same for JSON, at every depth.
fn jsons(body: &str) -> Vec<String> {
    let whole: Value = serde_json::from_str(body).unwrap();
    let mut all: Vec<_> =
        ["", "{}", "[]", "null", "\"x\"", "{", "nonsense"].into_iter().map(str::to_owned).collect();
    all.extend([1, 2, 3].map(|part| body[..body.len() * part / 4].to_owned()));
    let pointers = pointers(&whole, String::new());
    let others = [
        "null",
        "\"x\"",
        "\"\\u0000\"",
        "5",
        "-1",
        "1.5",
        "1e300",
        "99999999999999999999",
        "[]",
        "{}",
        "true",
    ];
    for pointer in &pointers {
        for other in others {
            let mut changed = whole.clone();
            *changed.pointer_mut(pointer).unwrap() = serde_json::from_str(other).unwrap();
            all.push(changed.to_string());
        }
        // A field under another name.
        if let Some(Value::Object(fields)) = whole.pointer(pointer) {
            for (name, value) in fields {
                for other in ["", "\0", "x"] {
                    let mut changed = whole.clone();
                    let renamed = changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
                    renamed.remove(name);
                    renamed.insert(other.to_owned(), value.clone());
                    all.push(changed.to_string());
                }
            }
        }
    }
    all
}

/// Pointers to every value in it, at every depth and in lists too.
fn pointers(value: &Value, here: String) -> Vec<String> {
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, item)| (n.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let deeper: Vec<_> =
        parts.into_iter().flat_map(|(name, value)| pointers(value, format!("{here}/{name}"))).collect();
    std::iter::once(here).filter(|here| !here.is_empty()).chain(deeper).collect()
}

/// Everything that this thread logs as a fault of ours.
#[derive(Clone, Default)]
struct Faults(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Faults {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::ERROR {
            let mut text = String::new();
            event.record(&mut |_: &tracing::field::Field, value: &dyn std::fmt::Debug| {
                text.push_str(&format!("{value:?} "));
            });
            self.0.lock().unwrap().push(text);
        }
    }
}

async fn send(site: &Site, path: &str, content_type: &str, body: Body, session: Option<&str>) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, content_type)
        .header(header::ACCEPT, "application/json")
        .header(header::ORIGIN, ORIGIN);
    site.send(with_session(request, session).body(body).unwrap()).await
}

/// Bodies with more than an outer shape to spoil: with answers in them.
async fn with_answers(site: &Site, prepared: &assessment::Prepared, path: &str, body: &str) -> String {
    let id = async |query: &str| -> String {
        sqlx::query_scalar(sqlx::AssertSqlSafe(query.to_owned()))
            .fetch_one(&site.services.db)
            .await
            .unwrap_or_else(|error| panic!("{query}: {error}"))
    };
    match path {
        "/api/assessment/save_answers" | "/api/assessment/submit_answers" => {
            let item = if path.ends_with("save_answers") {
                prepared.put("{item}")
            } else {
                let of = "select i.id::text from sittings s join paper_items i on i.paper_id = s.paper_id and i.attempt = s.attempt
                    where s.id::text = '{submitted}' limit 1";
                id(&prepared.put(of)).await
            };
            let save = |response: &str| {
                format!(
                    "{{\"item\":\"{item}\",\"sequence\":1,\"response\":{response},\"flagged\":true,\"only_flag\":false,\"flag_sequence\":1}}"
                )
            };
            let saves = [
                save("{\"number\":{\"typed\":\"1\",\"unit\":\"mg\"}}"),
                save("{\"chosen\":[\"a\"]}"),
                save("{\"text\":\"x\"}"),
            ];
            body.replace("\"saves\":[]", &format!("\"saves\":[{}]", saves.join(",")))
        }
        "/api/learning/save_check" => {
            // The candidate's own try, which began when the check was opened.
            let (course, module) = ("course=nmp", "module=consultation");
            let opened = site
                .call(
                    "/api/learning/load_check",
                    &format!("{course}&{module}"),
                    prepared.sessions[1].as_deref(),
                )
                .await;
            assert_eq!(opened.status, 200);
            let own = "select t.id::text from check_tries t join enrolments e on e.id = t.enrolment_id
                join people p on p.id = e.learner_id join modules m on m.id = t.module_id
                where p.email = 'student000@demo.example' and m.slug = 'consultation'";
            let question =
                "select question->>'id' from check_versions v join modules m on m.id = v.module_id,
                jsonb_array_elements(v.questions) question where m.slug = 'consultation' limit 1";
            body.replace(&uuid::Uuid::nil().to_string(), &id(own).await).replace(
                "\"answers\":{}",
                &format!("\"answers\":{{\"{}\":[\"a\",\"b\"]}}", id(question).await),
            )
        }
        _ => body.to_owned(),
    }
}

/// Resets the effects of earlier requests, so that the next one is really checked: the form shows the newest version,
/// nothing was corrected, and no code was tried.
async fn afresh(site: &Site, body: &str) {
    let version = body.split("version=").nth(1).and_then(|rest| rest.split('&').next());
    // That of questions and texts is a day.
    if let Some(version) = version.and_then(|version| version.parse::<i64>().ok()) {
        for versions in [
            "update paper_versions set version = $1 where version <> $1",
            "update zone_profiles set version = $1 where version <> $1",
        ] {
            sqlx::query(versions).bind(version).execute(&site.services.db).await.unwrap();
        }
    }
    for kept in ["paper_corrections", "code_tries", "page_notes", "page_highlights"] {
        let gone = format!("delete from {kept}");
        sqlx::query(sqlx::AssertSqlSafe(gone)).execute(&site.services.db).await.unwrap();
    }
}

/// Whether a reply is about an earlier request: a version that is not the newest, a code too many.
fn beside_the_point(body: &str, sent: &str, answer: &Answer) -> bool {
    let versions = |text: &str| {
        text.split('&')
            .filter(|field| field.split('=').next().is_some_and(|name| name.ends_with("version")))
            .collect::<Vec<_>>()
            .join("&")
    };
    answer.body.contains("CodeWait")
        || answer.body.contains("ChangedMeanwhile") && versions(body) == versions(sent)
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Every form of rubbish for a function with this body: the content type, and the body.
fn rubbish(body: &str) -> Vec<(&'static str, Vec<u8>)> {
    let json = body.starts_with('{');
    let own = if json { JSON } else { FORM };
    let mut all: Vec<_> = if json { jsons(body) } else { forms(body) }
        .into_iter()
        .map(|sent| (own, sent.into_bytes()))
        .collect();
    for content_type in
        ["text/plain", "application/octet-stream", "multipart/form-data; boundary=x", FORM, JSON, ""]
    {
        all.push((content_type, body.as_bytes().to_vec()));
    }
    all.push((own, b"\xff\xfe\x00=\x00".to_vec()));
    all.push((own, Vec::new()));
    all.push((own, vec![b'['; 100_000]));
    all
}

/// The fault of a reply, if it has one.
fn wrong(answer: &Answer) -> Option<String> {
    let status = answer.status.as_u16();
    if answer.header("x-request-id").is_empty() {
        return Some("has no request id".to_owned());
    }
    if status >= 500 {
        return Some(format!("{status}"));
    }
    if status < 400 {
        return None;
    }
    let error: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let kind = error["kind"].as_str().unwrap_or_default();
    let said = ["NotFound", "Invalid"].contains(&kind) && error["request_id"].is_string();
    (!said).then(|| format!("{status} {}", answer.body.chars().take(100).collect::<String>()))
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn rubbish_is_refused_and_is_never_a_server_error(db: PgPool) {
    let site = Site::with_demo(db).await;
    let (sessions, cohort) = roles(&site).await;
    let prepared = assessment::prepared(&site).await;
    let of_zone = zone_world::prepared_beside(&site, &prepared).await;
    let faults = Faults::default();
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(faults.clone()));
    let names = of_cohort(&site, cohort).await;
    let functions =
        FUNCTIONS.iter().map(|(path, body, expected)| (*path, (*body).to_owned(), expected[0], false));
    let functions = functions
        .chain(OF_COHORT.iter().map(|(path, body, expected)| (*path, put(&names, body), expected[0], false)))
        .chain(assessment::FUNCTIONS.iter().chain(organisations::FUNCTIONS).chain(helping::FUNCTIONS).map(
            |(path, body, expected)| {
                let supports = assessment::is_for_support_alone(expected);
                (*path, prepared.put(body), expected[0], supports)
            },
        ))
        .chain(zone::FUNCTIONS.iter().enumerate().filter_map(|(n, (path, body, expected))| {
            // The rows with foreign ids have the same fields.
            let first = zone::FUNCTIONS.iter().position(|row| row.0 == *path) == Some(n);
            first.then(|| (*path, of_zone.put(body), expected[0], false))
        }))
        .chain(ENDING.iter().map(|(path, expected)| (*path, String::new(), expected[0], false)));
    let mut found = Vec::new();
    let mut for_support = 0;
    for (path, body, nobody, supports) in functions {
        let plain = body;
        let body = with_answers(&site, &prepared, path, &plain).await;
        if body != plain {
            // Unspoiled it is accepted.
            let taken = send(&site, path, JSON, body.clone().into(), prepared.sessions[1].as_deref()).await;
            assert_eq!(taken.status, 200, "{path}: {}", taken.body);
        }
        if supports {
            for_support += 1;
            let support = prepared.sessions[assessment::SUPPORT].as_deref();
            let taken = send(&site, path, FORM, body.clone().into(), support).await;
            assert_eq!(taken.status, OK, "{path}: {}", taken.body);
        }
        for (content_type, sent) in rubbish(&body) {
            let whole = String::from_utf8_lossy(&sent).into_owned();
            let text = String::from_utf8_lossy(&sent).chars().take(160).collect::<String>();
            let mut note = |who: &str, what: String| {
                found.push(format!("{path} as {who}: {what}: {content_type} {text}"))
            };
            let answer = send(&site, path, content_type, sent.clone().into(), None).await;
            if nobody == NO {
                if answer.status != NO || !answer.body.contains("SignedOut") {
                    note("nobody", format!("{} and not 401", answer.status));
                }
            } else if let Some(what) = wrong(&answer) {
                note("nobody", what);
            }
            // The role that the function is for: a student of the cohort or the setter of the papers, in the same order
            // in both tables; or support alone.
            for (who, session) in [
                ("candidate", &prepared.sessions[1]),
                ("setter", &prepared.sessions[3]),
                ("tutor", &sessions[3]),
                ("administrator", &prepared.sessions[assessment::ADMINISTRATOR]),
                ("support", &prepared.sessions[assessment::SUPPORT]),
                ("lead", &of_zone.sessions[zone_world::LEAD]),
            ] {
                let theirs = match who {
                    "tutor" => {
                        !["/assessment/", "/organisations/", "/zone/"].iter().any(|area| path.contains(area))
                    }
                    "administrator" => path.contains("/organisations/"),
                    "setter" => path.contains("/assessment/"),
                    "support" => supports,
                    "lead" => path.contains("/zone/"),
                    _ => true,
                };
                // These end their own session, or cost a password's work each time.
                let costly = [
                    "sign_in",
                    "sign_out",
                    "change_password",
                    "move_second_factor",
                    "new_recovery_codes",
                    "turn_off_second_factor",
                    "end_session",
                    "register",
                    "confirm_registration",
                ]
                .iter()
                .any(|costly| path.ends_with(costly));
                let ends = ["sign_out", "withdraw_consent", "end_other_sessions"]
                    .iter()
                    .any(|ends| path.ends_with(ends));
                if !theirs || costly && who != "candidate" || ends {
                    continue;
                }
                afresh(&site, &body).await;
                let answer = send(&site, path, content_type, sent.clone().into(), session.as_deref()).await;
                if let Some(what) = wrong(&answer) {
                    note(who, what);
                }
                if beside_the_point(&body, &whole, &answer) {
                    note(who, format!("not looked at: {}", answer.body));
                }
            }
        }
    }
    found.extend(faults.0.lock().unwrap().drain(..).map(|fault| format!("logged: {fault}")));
    assert!(for_support > 0, "no function is for support alone");
    assert!(
        found.is_empty(),
        "{} found, among them:\n{}",
        found.len(),
        found[..found.len().min(60)].join("\n")
    );
}

/// In pieces, so that its length is unknown before it has arrived.
fn in_pieces(length: usize) -> Body {
    let piece = Bytes::from(vec![b'a'; 16 * 1024]);
    Body::from_stream(stream::iter(
        (0..length / piece.len()).map(move |_| Ok::<_, std::io::Error>(piece.clone())),
    ))
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_incomplete_or_too_large_body_is_refused_with_the_reason(db: PgPool) {
    let site = Site::new(db, &[]);
    let faults = Faults::default();
    let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(faults.clone()));
    let sign_in = "/api/accounts/sign_in";
    let cut_off = || {
        let parts = [Ok(Bytes::from_static(b"email=")), Err(std::io::Error::other("gone"))];
        Body::from_stream(stream::iter(parts))
    };
    for (body, status) in
        [(in_pieces(300 * 1024), 413), (Body::from("a".repeat(300 * 1024)), 413), (cut_off(), 400)]
    {
        let answer = send(&site, sign_in, FORM, body, None).await;
        assert_eq!(answer.status, status);
        assert_eq!(wrong(&answer), None);
    }
    // The body of a visitor who is not signed in is not read.
    assert_eq!(send(&site, "/api/accounts/load_account", FORM, in_pieces(300 * 1024), None).await.status, NO);
    assert!(faults.0.lock().unwrap().is_empty());
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refusal_without_a_function_is_in_plain_words(db: PgPool) {
    let site = Site::new(db, &[]);
    for path in ["/api/accounts/sign_in/", "/api/nothing", "/api/accounts%2Fsign_in"] {
        let answer = send(&site, path, FORM, Body::empty(), None).await;
        assert_eq!((answer.status.as_u16(), wrong(&answer)), (404, None), "{path}");
        let page = site.post(path, "", None).await;
        assert_eq!(page.status, 404);
        assert!(
            page.body.contains("<h1>Page not found</h1>") && !page.body.contains("server function"),
            "{path}"
        );
    }
}
