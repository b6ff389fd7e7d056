//! Support sees people of every organisation to help: only with a reason, which is kept, and for an hour.

use axum::http::StatusCode;
use sqlx::PgPool;

use super::{assessment, support::Site};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn without_a_reason_support_sees_nothing_about_people(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let support = prepared.sessions[6].as_deref();
    sqlx::query("delete from audit_events").execute(&site.services.db).await.unwrap();
    let audited = async |action: &str| -> i64 {
        sqlx::query_scalar("select count(*) from audit_events where action = $1")
            .bind(action)
            .fetch_one(&site.services.db)
            .await
            .unwrap()
    };
    for (page, about, opened) in [
        ("/assessments/papers/{sat}", "paper/{sat}", 1),
        ("/assessments/adjustments/{organisation}", "adjustments/{organisation}", 2),
    ] {
        let page = prepared.put(page);
        let refused = site.get(&page, support).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{page}");
        assert!(
            refused.body.contains("Why do you look at this?") && !refused.body.contains("student0"),
            "{page}"
        );
        let about = prepared.put(about);
        let give = async |reason: &str| {
            site.call("/api/assessment/give_reason", &format!("about={about}&reason={reason}"), support)
                .await
                .status
        };
        assert_eq!(give("+").await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(site.get(&page, support).await.status, StatusCode::FORBIDDEN, "{page}");
        assert!(!give("A+learner+cannot+start").await.is_client_error());
        assert_eq!(site.get(&page, support).await.status, StatusCode::OK, "{page}");
        assert_eq!(audited("assessment.seen_by_support").await, opened);
    }
    // One paper is not the others, and what is called or downloaded is no other way in.
    for (call, body) in [
        ("/api/assessment/load_results", "paper={open}"),
        ("/api/assessment/load_desk", "sitting={sitting}"),
        ("/api/assessment/load_invigilation", "paper={open}"),
    ] {
        let answer = site.call(call, &prepared.put(body), support).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{call}");
        assert!(!answer.body.contains("student0"), "{call}");
    }
    let file = site.get(&prepared.put("/assessments/papers/{open}/results.csv"), support).await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
    // The bank is about nobody: looking is written down, once an hour.
    for _ in 0..2 {
        let bank = site.get(&prepared.put("/assessments/questions/{organisation}"), support).await;
        assert_eq!(bank.status, StatusCode::OK);
    }
    assert_eq!(audited("assessment.bank_seen_by_support").await, 1);
    let kept: Vec<String> = sqlx::query_scalar(
        "select detail->>'reason' from audit_events where action = 'assessment.seen_by_support'",
    )
    .fetch_all(&site.services.db)
    .await
    .unwrap();
    assert_eq!(kept, ["A learner cannot start"; 2]);
    // After an hour it asks again.
    sqlx::query("update audit_events set at = at - interval '61 minutes'")
        .execute(&site.services.db)
        .await
        .unwrap();
    let page = site.get(&prepared.put("/assessments/papers/{sat}"), support).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}
