//! A file for the library of an area that is too large: the form comes back with what was typed, whether it stood before the file or behind it.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{Request, header},
};
use futures::{StreamExt, stream};
use sqlx::PgPool;

use super::{
    BAD,
    support::{ORIGIN, Site, with_session},
    zone_world::{LEAD, MEMBER, prepared},
};

const PIECE: usize = 1_000_000;

fn text(name: &str, value: &str) -> String {
    format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

/// A form whose file has so many bytes, as a browser sends it: piece by piece.
fn form(to: &str, before: &str, megabytes: usize, behind: &str, session: Option<&str>) -> Request<Body> {
    let begin = format!(
        "{before}--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-"
    );
    let end = format!("\r\n{behind}--edge--\r\n");
    let piece = Bytes::from(vec![b'a'; PIECE]);
    // Each after a moment, as over a network: what is there at once is read at once.
    let pieces = stream::iter(0..megabytes).then(move |_| {
        let piece = piece.clone();
        async move {
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(piece)
        }
    });
    let one = |text: String| stream::once(async move { Ok::<_, Infallible>(Bytes::from(text)) });
    let request = Request::post(to)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, ORIGIN);
    let body = Body::from_stream(one(begin).chain(pieces).chain(one(end)));
    with_session(request, session).body(body).unwrap()
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn what_was_typed_beside_a_file_that_is_too_large_stays(db: PgPool) {
    let site = Site::with_demo(db).await;
    let zone = prepared(&site).await;
    let (list, page) = (zone.put("/zone/{area}/resources"), zone.put("/zone/{area}/resources/{resource}"));
    let new = zone.put("/zone-resources?area={area}");
    let version = zone.put("/zone-resources?area={area}&resource={resource}");
    for (role, to, from, megabytes, says, behind_stays) in [
        (MEMBER, &new, &list, 26, "at most 25 MB", true),
        (LEAD, &new, &list, 60, "at most 25 MB", true),
        (MEMBER, &version, &page, 26, "at most 25 MB", true),
        (LEAD, &version, &page, 60, "at most 25 MB", true),
        // So much that nobody waits for the end of it.
        (MEMBER, &new, &list, 210, "at most 50 MB", false),
    ] {
        let before = [
            text("from", from),
            text("title", "Typed title"),
            text("purpose", "Typed purpose"),
            text("review_on", "2030-01-31"),
        ]
        .concat();
        let behind = text("alt", "Typed description") + &text("change", "Typed change");
        let sent = form(to, &before, megabytes, &behind, zone.sessions[role].as_deref());
        let answer = site.send(sent).await;
        let what = format!("{megabytes} MB to {to} as role {role}");
        assert_eq!(answer.status.as_u16(), BAD, "{what}");
        assert!(answer.body.contains("id=\"file-problem\"") && answer.body.contains(says), "{what}");
        if to == &new {
            assert!(answer.body.contains("Typed title") && answer.body.contains("Typed purpose"), "{what}");
        } else {
            assert!(answer.body.contains("Typed change"), "{what}");
        }
        assert_eq!(answer.body.contains("Typed description"), behind_stays, "{what}");
    }
}
