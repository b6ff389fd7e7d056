//! Links to choose a password, and sessions, over HTTP.

use axum::http::StatusCode;
use domain::accounts::EmailAddress;
use services::accounts::{self, Visitor};
use sqlx::PgPool;

use crate::{encoded, support::Site};

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_changed_password_ends_every_link_and_renews_the_session(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    // The real link is in a letter, and the table has its hash: the test replaces it with a known one.
    let email = EmailAddress::parse("student@demo.example").unwrap();
    accounts::request_link(&site.services, email, Visitor::default()).await.unwrap();
    services::kit::jobs::run_ready(&site.services).await.unwrap();
    sqlx::query("update password_links set token_hash = $1")
        .bind(services::kit::random::hash("link"))
        .execute(&site.services.db)
        .await
        .unwrap();
    assert!(site.get("/choose-password/link", None).await.body.contains("New password"));
    let form =
        format!("current_password={}&new_password={}", demo::PASSWORD, encoded("teal kettle orbits slowly"));
    let changed = site.call("/api/accounts/change_password", &form, Some(&session)).await;
    assert_eq!(changed.status, StatusCode::OK);
    let renewed = changed.cookie("session").unwrap().to_owned();
    assert_ne!(renewed, session);
    assert_eq!(site.get("/account", Some(&renewed)).await.status, StatusCode::OK);
    assert_eq!(site.get("/account", Some(&session)).await.status, StatusCode::SEE_OTHER);
    let page = site.get("/choose-password/link", None).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("This link no longer works") && !page.body.contains("<input"));
    let form = format!("token=link&new_password={}", encoded("amber violins never sleep"));
    let used = site.call("/api/accounts/choose_password", &form, None).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(used.body.contains("LinkNoLongerValid"));
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_password_manager_sees_the_account_of_a_changed_password(db: PgPool) {
    let site = Site::with_demo(db).await;
    let session = site.sign_in("student@demo.example").await;
    let page = site.get("/account", Some(&session)).await.body;
    let (_, form) = page.split_once("action=\"/api/accounts/change_password\"").unwrap();
    let (before, _) = form.split_once("id=\"current_password\"").unwrap();
    let name = before.split('<').find(|tag| tag.contains("autocomplete=\"username\"")).unwrap();
    assert!(name.contains("value=\"student@demo.example\"") && name.contains(" hidden"), "{name}");
    assert!(!name.contains("name=\""), "{name}");
}
