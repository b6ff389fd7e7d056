//! A mistyped year, and its effect on other people's pages.

use axum::http::StatusCode;
use sqlx::PgPool;

use crate::{encoded, support::Site};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_mistyped_year_breaks_no_page(db: PgPool) {
    let site = Site::with_demo(db).await;
    let setter = site.sign_in("setter@demo.example").await;
    let learner = site.sign_in("learner@demo.example").await;
    let paper: uuid::Uuid = sqlx::query_scalar("select id from papers where access_code is not null")
        .fetch_one(&site.services.db)
        .await
        .unwrap();
    let change = format!("/assessments/papers/{paper}/change");
    let page = site.get(&change, Some(&setter)).await.body;
    let value = |part: &str| page.split(part).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (first, last) = (value(" min=\""), value(" max=\""));
    assert!(first.ends_with("-01-01T00:00") && last.ends_with("-12-31T23:59"), "{first} {last}");
    let stored = "select opens_at::text || closes_at::text from papers where id = $1";
    let stands: String = sqlx::query_scalar(stored).bind(paper).fetch_one(&site.services.db).await.unwrap();
    for year in ["0026", "2206", "9999", "+250000", "-9999"] {
        let slip = encoded(&format!("{year}-12-22T10:00"));
        for form in [format!("opens={slip}"), format!("opens=&closes={slip}")] {
            let form = format!("paper={paper}&version=0&reason=Snow&{form}");
            let answer = site.call("/api/assessment/change_window", &form, Some(&setter)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{year}: {}", answer.body);
            assert!(answer.body.contains("YearFarAway"), "{year}: {}", answer.body);
        }
        let start = format!("/assessments/start/{paper}");
        for (address, session) in [
            ("/assessments", &learner),
            (start.as_str(), &learner),
            ("/assessments/papers", &setter),
            (change.as_str(), &setter),
        ] {
            let page = site.get(address, Some(session)).await;
            assert_eq!(page.status, StatusCode::OK, "{address} after {year}");
            assert!(page.body.contains("Numeracy practice paper"), "{address} after {year}");
        }
    }
    let after: String = sqlx::query_scalar(stored).bind(paper).fetch_one(&site.services.db).await.unwrap();
    assert_eq!(after, stands);
}
