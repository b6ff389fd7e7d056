//! Extra time may reveal something about a person's health: a setter sees the time of the sitting, and what their own
//! organisation gave, and never what others gave.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{assessment, support::Site};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn time_given_by_another_organisation_is_in_no_page_and_no_reply(db: PgPool) {
    let site = Site::with_demo(db).await;
    // The candidate has begun; only now another organisation gives time.
    let prepared = assessment::prepared(&site).await;
    let setter = prepared.sessions[3].as_deref();
    let (colleague, other) =
        (prepared.sessions[4].as_deref(), "organisation={other}&email=student000@demo.example");
    let elsewhere: uuid::Uuid = sqlx::query_scalar(
        "with made as (insert into organisations (id, name, kind, created_at) values (gen_random_uuid(), 'Elsewhere', 'university', now())
            returning id)
        update grants s set organisation_id = made.id from made, people p
        where p.id = s.person_id and p.email = 'colleague@demo.example' returning made.id",
    )
    .fetch_one(&site.services.db)
    .await
    .unwrap();
    let other = other.replace("{other}", &elsewhere.to_string());
    let draft = format!("organisation={elsewhere}&title=Curious&kind=mock");
    site.call("/api/assessment/create_paper", &draft, colleague).await;
    let draft: uuid::Uuid = sqlx::query_scalar("select id from papers where organisation_id = $1")
        .bind(elsewhere)
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    let named = format!("paper={draft}&emails=student000@demo.example&version=0");
    site.call("/api/assessment/save_candidates", &named, colleague).await;
    let given = format!("{other}&extra_percent=97&extra_minutes=233&break_minutes=119");
    site.call("/api/assessment/set_adjustment", &given, colleague).await;
    let kept: Vec<(i16, i16, i16)> =
        sqlx::query_as("select extra_percent, extra_minutes, break_minutes from exam_adjustments")
            .fetch_all(&site.services.db)
            .await
            .unwrap();
    assert_eq!(kept, [(97, 233, 119)]);

    let limit: i16 = sqlx::query_scalar("select limit_minutes from papers where id = $1::uuid")
        .bind(prepared.put("{open}"))
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    for page in ["/assessments/papers/{open}", "/assessments/papers/{open}/sittings/{sitting}"] {
        let page = site.get(&prepared.put(page), setter).await;
        assert_eq!(page.status, StatusCode::OK);
        // The surrounding page contains random letters.
        let main = page.body.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
        nothing_of_it(main);
        assert!(main.contains(&format!("{limit} minutes")), "{main}");
    }
    for (path, body) in [
        ("/api/assessment/load_invigilation", "paper={open}"),
        ("/api/assessment/load_sitting_overview", "sitting={sitting}"),
        ("/api/assessment/load_adjustments", "organisation={organisation}"),
    ] {
        let answer = site.call(path, &prepared.put(body), setter).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        nothing_of_it(&answer.body);
    }
}

fn nothing_of_it(text: &str) {
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        assert!(!["97", "233", "119"].contains(&word), "{word} is in {text}");
    }
}
