//! What a browser says of how it shows the pages.

use axum::{
    body::Body,
    http::{Request, header},
};
use sqlx::PgPool;

use crate::support::{Answer, Site};

async fn with_cookie(site: &Site, cookie: &str) -> Answer {
    let request = Request::get("/display").header(header::ACCEPT, "text/html").header(header::COOKIE, cookie);
    site.send(request.body(Body::empty()).unwrap()).await
}

/// The first tag of the document.
fn document(answer: &Answer) -> &str {
    let (_, tag) = answer.body.split_once("<html").unwrap();
    tag.split('>').next().unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_choice_is_on_the_document_and_in_a_cookie_that_scripts_cannot_read(db: PgPool) {
    let site = Site::new(db, &[]);
    let chosen =
        site.post("/api/accounts/choose_display", "colours=dark&text_size=large&from=/display", None).await;
    assert_eq!((chosen.status.as_u16(), chosen.header("location")), (302, "/display?done=saved"));
    let cookie = chosen.cookies().into_iter().find(|cookie| cookie.starts_with("display=")).unwrap();
    assert_eq!(cookie, "display=dark.large; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    let page = with_cookie(&site, "display=dark.large").await;
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    let tag = document(&page);
    assert!(tag.contains("data-colours=\"dark\"") && tag.contains("data-text=\"large\""), "{tag}");
    assert!(page.body.contains("name=\"color-scheme\" content=\"dark\""));

    // What every browser does by itself needs no cookie.
    let back = site.post("/api/accounts/choose_display", "colours=system&text_size=normal", None).await;
    assert!(
        back.cookies().iter().any(|cookie| cookie.starts_with("display=") && cookie.ends_with("Max-Age=0"))
    );
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn a_choice_of_other_words_changes_nothing(db: PgPool) {
    let site = Site::new(db, &[]);
    for form in ["", "colours=dark", "colours=dark&text_size=huge", "colours=%22%3E&text_size=large"] {
        let answer = site.post("/api/accounts/choose_display", &format!("{form}&from=/display"), None).await;
        assert_eq!(answer.status.as_u16(), 422, "{form}");
        assert!(answer.cookie("display").is_none(), "{form}");
    }
    for cookie in ["display=", "display=dark", "display=<b>.<b>", "display=dark.large.x", "other=dark.large"]
    {
        let page = with_cookie(&site, cookie).await;
        assert_eq!(page.status.as_u16(), 200, "{cookie}");
        let tag = document(&page);
        assert!(tag.contains("data-text=\"normal\""), "{cookie}: {tag}");
        assert!(!tag.contains("&lt;") && !tag.contains('<'), "{cookie}: {tag}");
    }
}
