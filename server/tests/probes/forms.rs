//! Refused forms, of which the server stores nothing.

use axum::http::{StatusCode, header};
use sqlx::PgPool;

use crate::{
    encoded,
    support::{Site, form_request},
};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refused_form_leaves_nothing_behind(db: PgPool) {
    let site = Site::with_demo(db).await;
    let form = format!("email=student@demo.example&password={}", demo::PASSWORD);
    let opened = site.post("/api/accounts/sign_in", &form, None).await;
    // As a browser sends them.
    let [session, whose] = ["session", "signed-in"].map(|name| opened.cookie(name).unwrap().to_owned());
    let session = format!("{session}; signed-in={whose}");
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(&site.services.db)
    .await
    .unwrap();
    assert!(tables.iter().any(|table| table == "people"));
    let long = format!("marker-{}", "nurse-".repeat(20_000));
    for (path, field, session) in [
        ("/api/accounts/sign_in", "email", None),
        ("/api/accounts/request_link", "email", None),
        ("/api/assessment/enter_code", "code", Some(&*session)),
    ] {
        let form = format!("{field}={long}");
        let answer = site.send(form_request(path, &form, session, "text/html", "/sign-in")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert_eq!(answer.cookies().len(), 0, "{path}");
    }
    for table in tables {
        let query = format!("select count(*) from {table} t where t::text like '%marker-nurse%'");
        let rows: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(&site.services.db).await.unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_browser_without_a_referrer_gets_its_form_back(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    for (path, form, session, page, says) in [
        (
            "/api/accounts/sign_in",
            "email=nurse%40&password=&next=%2Flearn",
            None,
            "/sign-in?next=%2Flearn",
            "correct form",
        ),
        ("/api/accounts/request_link", "email=nurse", None, "/forgotten-password", "correct form"),
        (
            "/api/accounts/change_password",
            "current_password=&new_password=x",
            Some(&*session),
            "/account",
            "12 characters",
        ),
        ("/api/assessment/enter_code", "code=none", Some(&*session), "/assessments", "Check the code"),
        (
            "/api/learning/submit_check",
            "course=nmp&module=consultation&version=1",
            Some(&*session),
            "/learn/nmp/consultation/check",
            "There is a problem",
        ),
    ] {
        for referer in [None, Some("http://learning.test/"), Some("http://learning.test"), Some("nonsense")] {
            let form = format!("{form}&from={}", encoded(page));
            let mut request = form_request(path, &form, session, "text/html", "/");
            request.headers_mut().remove(header::REFERER);
            if let Some(referer) = referer {
                request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
            }
            let back = site.send(request).await;
            assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
            assert!(back.body.contains(says), "{path}: {says} is not in {}", back.body);
            // Sent once more from the reply, it returns to the same page.
            assert!(back.body.contains(&format!("name=\"from\" value=\"{page}\"")), "{path}: {}", back.body);
        }
    }
    // If the form does not name its page, the reply itself lists the problems.
    let mut request =
        form_request("/api/assessment/add_section", "section_title=x", Some(&session), "text/html", "/");
    request.headers_mut().remove(header::REFERER);
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("<h1>This form cannot be taken</h1>"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_refused_sign_in_says_one_thing_above_both_fields(db: PgPool) {
    let site = Site::new(db, &[]);
    let form = "email=nobody%40b.example&password=wrong&from=%2Fsign-in";
    let page = site.send(form_request("/api/accounts/sign_in", form, None, "text/html", "/sign-in")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, said) = page.body.split_once("id=\"sign-in-problem\"").unwrap();
    let (said, fields) = said.split_once("</p>").unwrap();
    assert!(
        said.contains("Check your e-mail address and password") && !said.contains("15 minutes"),
        "{said}"
    );
    let places = ["id=\"email\"", "id=\"password\"", "never longer than 15 minutes"];
    let places = places.map(|what| fields.find(what));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {fields}");
    assert!(!page.body.contains("aria-invalid") && !page.body.contains("email-problem"), "{}", page.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_is_answered_with_a_page_of_this_site(db: PgPool) {
    let site = Site::new(db, &[]);
    for from in [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example/",
        "/api/accounts/sign_in",
        "/x%0d%0a",
        "/%",
    ] {
        for (path, form) in
            [("/api/accounts/sign_in", "email=x&password="), ("/api/accounts/request_link", "email=x")]
        {
            let form = format!("{form}&from={}", encoded(from));
            let answer = site.send(form_request(path, &form, None, "text/html", from)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{from}");
            assert!(
                answer.body.contains("There is a problem") && !answer.body.contains("evil"),
                "{from}: {}",
                answer.body
            );
        }
        let answer =
            site.send(form_request("/api/accounts/end_session", "session=x", None, "text/html", from)).await;
        assert!(!answer.header("location").contains("evil"), "{from}: {}", answer.header("location"));
    }
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_whose_session_has_ended_gives_back_what_was_typed(db: PgPool) {
    let site = Site::new(db, &[]);
    let form = format!(
        "organisation=01a00000-0000-7000-8000-000000000001&sponsor_code={}&current_password=a+secret+of+mine&from={}",
        encoded("</textarea>The code of \"our\" ward"),
        encoded("/account?a=b")
    );
    let answer = site.post("/api/organisations/name_sponsor", &form, None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("cache-control"), "no-store");
    let page = answer.body;
    assert!(page.contains("&lt;/textarea&gt;The code of &quot;our&quot; ward</textarea>"), "{page}");
    assert!(page.contains("href=\"/sign-in?next=%2Faccount%3Fa%3Db\""), "{page}");
    assert!(page.contains("has to be ticked or chosen again"), "{page}");
    assert!(!page.contains("secret") && !page.contains("01a00000"), "{page}");
    let scripts = site.call("/api/organisations/name_sponsor", &form, None).await;
    assert_eq!(scripts.status, StatusCode::UNAUTHORIZED);
    assert!(!scripts.body.contains("ward"), "the page of a script has it still: {}", scripts.body);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_form_whose_session_has_ended_says_that_nothing_was_changed_and_leads_to_its_page_by_signing_in(
    db: PgPool,
) {
    let site = Site::new(db, &[]);
    let own = "http://learning.test/api/accounts/change_password";
    for (from, referer, page) in [
        (Some("/account?a=b"), None, "/account?a=b"),
        (Some("/account?a=b"), Some(own), "/account?a=b"),
        (Some("/account?a=b"), Some("http://learning.test/"), "/account?a=b"),
        (None, Some("http://learning.test/account"), "/account"),
        (Some("//evil.example/"), Some(own), "/"),
        (None, Some(own), "/"),
        (None, None, "/"),
    ] {
        let from = from.map(|from| format!("&from={}", encoded(from))).unwrap_or_default();
        let form = format!("current_password=x&new_password=y{from}");
        let mut request = form_request("/api/accounts/change_password", &form, None, "text/html", "/");
        request.headers_mut().remove(header::REFERER);
        if let Some(referer) = referer {
            request.headers_mut().insert(header::REFERER, referer.parse().unwrap());
        }
        let answer = site.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{from} {referer:?}");
        let next = format!("href=\"/sign-in?next={}\"", encoded(page));
        assert!(answer.body.contains(&next), "{from} {referer:?}: {}", answer.body);
        assert!(
            !answer.body.contains("<textarea"),
            "nothing was typed, except what is secret: {}",
            answer.body
        );
    }
    // What was only ticked cannot be given back.
    let ticked = format!("course=nmp&recommend=5&from={}", encoded("/learn/nmp/end"));
    let answer = site.post("/api/learning/answer_end", &ticked, None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    for part in ["Nothing was changed", "has to be ticked or chosen again", "?next=%2Flearn%2Fnmp%2Fend\""] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    // Who enters a code on the way in is led there.
    let code = format!("factor_code=123456&from={}", encoded("/sign-in/code?next=/cohorts"));
    let answer = site.post("/api/accounts/enter_code", &code, None).await;
    let led = (answer.status, answer.header("location"));
    assert_eq!(led, (StatusCode::FOUND, "/sign-in/code?next=/cohorts"));
}
