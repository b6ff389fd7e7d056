//! The server's promises about every request: headers, cookies, origins, forms without scripts, failures.

mod support;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use sqlx::PgPool;
use support::{ORIGIN, Site, form_request};

const PRODUCTION: [(&str, &str); 3] =
    [("PUBLIC_URL", "https://learning.example"), ("APP_ENV", "production"), ("SECOND_FACTOR", "required")];

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn every_page_has_a_strict_policy_whose_nonce_its_scripts_carry(db: PgPool) {
    let site = Site::new(db, &[]);
    let (first, second) = (site.get("/sign-in", None).await, site.get("/sign-in", None).await);
    let policy = first.header("content-security-policy");
    assert!(
        !policy.contains("unsafe-inline")
            && policy.contains("frame-ancestors 'none'")
            && policy.contains("'wasm-unsafe-eval'")
    );
    let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap();
    assert!(
        nonce.len() >= 16 && !second.header("content-security-policy").contains(nonce),
        "a new one each time"
    );
    for script in first.body.split("<script").skip(1) {
        assert!(script.split('>').next().unwrap().contains(&format!("nonce=\"{nonce}\"")), "{script}");
    }
    assert!(!first.body.contains(" style=\""));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(first.header(name), value);
    }
    assert!(!first.header("x-request-id").is_empty());
    assert!(first.headers.get("strict-transport-security").is_none(), "not on a site without TLS");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn over_tls_the_cookie_is_bound_to_the_host(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let plain = site
        .post(
            "/api/accounts/sign_in",
            "email=student@demo.example&password=learning-demo-2026&remember=true",
            None,
        )
        .await;
    assert_eq!((plain.status, plain.header("location")), (StatusCode::FOUND, "/"));
    let cookie =
        plain.cookies().into_iter().find(|cookie| cookie.starts_with("session=")).unwrap().to_owned();
    assert!(
        cookie.contains("; HttpOnly")
            && cookie.contains("; SameSite=Lax")
            && cookie.contains("; Max-Age=1209600"),
        "{cookie}"
    );

    let tls = Site::new(db, &PRODUCTION);
    let mut request = form_request(
        "/api/accounts/sign_in",
        "email=student@demo.example&password=learning-demo-2026",
        None,
        "text/html",
        "/",
    );
    request.headers_mut().insert(header::ORIGIN, "https://learning.example".parse().unwrap());
    let answer = tls.send(request).await;
    let device = answer.cookies().into_iter().find(|cookie| cookie.contains("device=")).unwrap().to_owned();
    assert!(
        device.starts_with("__Host-device=")
            && ["; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/;", "; Max-Age=31536000"]
                .iter()
                .all(|mark| device.contains(mark)),
        "{device}"
    );
    let cookie = answer.cookies().into_iter().find(|cookie| cookie.contains("session=")).unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-session=")
            && cookie.contains("; Secure")
            && cookie.contains("; Path=/;")
            && cookie.contains("; Max-Age=172800"),
        "{cookie}"
    );
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn scripts_can_read_the_owner_of_the_session(db: PgPool) {
    let site = Site::with_demo(db.clone()).await;
    let person: uuid::Uuid = sqlx::query_scalar("select id from people where email = 'student@demo.example'")
        .fetch_one(&db)
        .await
        .unwrap();
    let person = person.to_string();
    let form = format!("email=student@demo.example&password={}&remember=true", demo::PASSWORD);
    let opened = site.post("/api/accounts/sign_in", &form, None).await;
    let (session, whose) = (opened.cookie("session").unwrap(), opened.cookies());
    let whose = whose.iter().find(|cookie| cookie.starts_with("signed-in=")).unwrap();
    assert_eq!(*whose, format!("signed-in={person}; Path=/; SameSite=Lax; Max-Age=1209600"));

    // Each page corrects it, whatever has happened to the session since.
    let page = async |cookies: &str| {
        let request = Request::get("/").header(header::ACCEPT, "text/html").header(header::COOKIE, cookies);
        let page = site.send(request.body(Body::empty()).unwrap()).await;
        page.cookies().into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let right = format!("signed-in={person}; Path=/; SameSite=Lax");
    assert_eq!(page(&format!("session={session}; signed-in={person}")).await, [""; 0]);
    assert_eq!(page(&format!("session={session}")).await, std::slice::from_ref(&right));
    assert_eq!(page(&format!("session={session}; signed-in=somebody")).await, [right]);
    assert_eq!(page("").await, [""; 0]);
    let removed = "signed-in=; Path=/; SameSite=Lax; Max-Age=0";
    assert_eq!(page(&format!("session=ended; signed-in={person}")).await, [removed]);

    let right = demo::PASSWORD;
    let form = format!("current_password={right}&new_password=teal+kettle+orbits+slowly");
    let changed = site.post("/api/accounts/change_password", &form, Some(session)).await;
    assert_eq!(changed.cookie("signed-in"), Some(&*person));
    let session = changed.cookie("session").unwrap();
    let out = site.post("/api/accounts/sign_out", "", Some(session)).await;
    assert!(out.cookie("session") == Some("") && out.cookies().contains(&removed), "{:?}", out.cookies());

    let tls = Site::new(db, &PRODUCTION);
    let form = "email=student@demo.example&password=teal+kettle+orbits+slowly";
    let mut request = form_request("/api/accounts/sign_in", form, None, "text/html", "/");
    request.headers_mut().insert(header::ORIGIN, "https://learning.example".parse().unwrap());
    let answer = tls.send(request).await;
    let whose = format!("__Host-signed-in={person}; Path=/; SameSite=Lax; Secure; Max-Age=172800");
    assert!(answer.cookies().contains(&&*whose), "{:?}", answer.cookies());
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn guesses_by_others_do_not_delay_a_browser_that_signed_in_before(db: PgPool) {
    Site::with_demo(db.clone()).await;
    let site = Site::new(db, &[("TRUSTED_PROXIES", "198.51.100.7")]);
    let sign_in = async |address: &str, password: &str, device: Option<&str>| {
        let form = format!("email=student@demo.example&password={password}");
        let mut request = form_request("/api/accounts/sign_in", &form, None, "application/json", "/sign-in");
        request.headers_mut().insert("x-forwarded-for", address.parse().unwrap());
        if let Some(device) = device {
            request.headers_mut().insert(header::COOKIE, format!("device={device}").parse().unwrap());
        }
        site.send(request).await
    };
    let (guesser, home, right) = ("203.0.113.66", "192.0.2.1", demo::PASSWORD);
    let device = sign_in(home, right, None).await.cookie("device").unwrap().to_owned();
    let guesses = (0..12).map(|_| sign_in(guesser, "wrong", None));
    for guess in futures::future::join_all(guesses).await {
        assert_eq!(guess.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(guess.cookie("device").is_none(), "a browser that is not signed in is not known");
    }
    for (address, device, in_at_once) in [
        (guesser, None, false),
        (guesser, Some("made-up"), false),
        (guesser, Some(&*device), true),
        (home, None, true),
    ] {
        let answer = sign_in(address, right, device).await;
        assert_eq!(answer.cookie("session").is_some(), in_at_once, "{address} {device:?}");
        assert!(in_at_once || answer.body.contains("SignInWait"));
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_from_another_site_changes_nothing(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    for (origin, fetch_site) in
        [(None, None), (Some("https://evil.example"), None), (Some(ORIGIN), Some("cross-site"))]
    {
        let mut request = form_request("/api/accounts/sign_out", "", Some(&session), "text/html", "/");
        request.headers_mut().remove(header::ORIGIN);
        for (name, value) in [("origin", origin), ("sec-fetch-site", fetch_site)] {
            if let Some(value) = value {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.get("/account", Some(&session)).await.status, StatusCode::OK, "still signed in");
    let by_link = site.send(Request::get("/api/accounts/sign_out").body(Body::empty()).unwrap()).await;
    assert_eq!(by_link.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refused_form_without_scripts_returns_with_the_typed_values(db: PgPool) {
    let site = Site::new(db, &[]);
    let request = form_request(
        "/api/accounts/sign_in",
        "email=nurse%40&password=",
        None,
        "text/html",
        "/sign-in?next=%2Flearn",
    );
    let page = site.send(request).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        page.body.contains("<meta name=\"page-address\" content=\"/sign-in?next=%2Flearn\""),
        "{}",
        page.body
    );
    for part in [
        "There is a problem",
        "href=\"#email\"",
        "Enter an e-mail address in the correct form",
        "Enter your password",
        "value=\"nurse@\"",
        "aria-invalid=\"true\"",
        "value=\"/learn\"",
    ] {
        assert!(page.body.contains(part), "{part}");
    }
    assert_eq!(page.cookies().len(), 0, "nothing of it is stored");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_long_form_returns_whole_and_a_password_never(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let typed = "nurse-".repeat(5_000);
    let form = format!("code={typed}");
    let request =
        form_request("/api/assessment/enter_code", &form, Some(&session), "text/html", "/assessments");
    let page = site.send(request).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains(&format!("value=\"{typed}\"")) && page.body.contains("There is a problem"));
    let form = "current_password=OpenSesame&new_password=short-and-secret";
    let request =
        form_request("/api/accounts/change_password", form, Some(&session), "text/html", "/account");
    let page = site.send(request).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("There is a problem"));
    assert!(!page.body.contains("OpenSesame") && !page.body.contains("short-and-secret"), "{}", page.body);
    // Nor one in a field that none of our forms has, whose name is normalised on the way.
    let form = "current_password=x&new_password=y&password[0]=told-nobody";
    let request =
        form_request("/api/accounts/change_password", form, Some(&session), "text/html", "/account");
    let page = site.send(request).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.body.contains("told-nobody"), "{}", page.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_visitor_is_sent_to_sign_in_before_anything_is_rendered(db: PgPool) {
    let site = Site::with_demo(db).await;
    let answer = site.get("/learn/nmp?x=1", None).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Flearn%2Fnmp%3Fx%3D1")
    );
    assert!(answer.body.is_empty());
    assert_eq!(site.get("/learn/nmp", Some("made-up")).await.status, StatusCode::SEE_OTHER);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn an_unknown_address_gets_a_page_of_the_site(db: PgPool) {
    let site = Site::new(db, &[]);
    for path in ["/nowhere", "/learn-more", "/pkg/none.js"] {
        let answer = site.get(path, None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.header("cache-control").contains("immutable"), "{path}");
    }
    let page = site.get("/nowhere", None).await;
    assert!(page.body.contains(">Page not found<") && page.body.contains("<h1"), "{}", page.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn pages_say_so_while_the_database_is_down(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    assert_eq!(site.get("/readyz", None).await.status, StatusCode::OK);
    site.services.db.close().await;
    let page = site.get("/learn", Some(&session)).await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "10"));
    assert!(page.body.contains("not available just now"));
    assert_eq!(site.get("/readyz", None).await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.get("/healthz", None).await.status, StatusCode::OK);
    assert_eq!(
        site.get("/sign-in", None).await.status,
        StatusCode::OK,
        "pages that need no database are there"
    );
    let form = site.post("/api/accounts/sign_in", "email=a@b.example&password=x", None).await;
    assert_eq!(form.status, StatusCode::SERVICE_UNAVAILABLE);
    let sent =
        form_request("/api/accounts/sign_in", "email=a@b.example&password=x", None, "text/html", "/sign-in");
    let form = site.send(sent).await;
    assert_eq!(form.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        form.body.contains("does not work just now") && form.body.contains("value=\"a@b.example\""),
        "{}",
        form.body
    );
    let call = site.call("/api/accounts/sign_in", "email=a@b.example&password=x", None).await;
    assert_eq!(call.status, StatusCode::SERVICE_UNAVAILABLE);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_fault_shows_its_number_and_nothing_else(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    sqlx::query("alter table pages rename to pages_gone").execute(&site.services.db).await.unwrap();
    let page = site.get("/learn/nmp", Some(&session)).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        page.body.contains("Sorry, something went wrong") && page.body.contains(page.header("x-request-id"))
    );
    for leak in ["pages", "relation", "select ", "panicked", ".rs"] {
        let shown = page.body.split("<main").nth(1).unwrap().split("</main").next().unwrap();
        assert!(!shown.contains(leak), "{leak}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn the_session_cookie_is_never_in_a_page(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    assert!(!site.get("/account", Some(&session)).await.body.contains(&session));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_body_that_is_too_large_is_refused(db: PgPool) {
    let site = Site::new(db, &[]);
    let answer = site.call("/api/accounts/sign_in", &format!("email={}", "a".repeat(300_000)), None).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn html_is_compressed(db: PgPool) {
    let site = Site::new(db, &[]);
    let request = Request::get("/sign-in").header(header::ACCEPT_ENCODING, "br").body(Body::empty()).unwrap();
    assert_eq!(site.open(request).await.headers()[header::CONTENT_ENCODING], "br");
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_server_functions_reply_cannot_be_run_framed_or_cached(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let answer = site.call("/api/learning/load_courses", "", Some(&session)).await;
    for (name, value) in [
        ("content-type", "application/json"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}
