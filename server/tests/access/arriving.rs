//! Files that arrive at the same time: each is in the memory, whole, so there are so many places for them.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use futures::{
    StreamExt,
    stream::{self, FuturesUnordered},
};
use server::web::file_forms::{OWN_PLACES, PLACES};
use sqlx::PgPool;
use tokio::sync::{mpsc, oneshot};

use super::{
    assessment::{self, ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE, Prepared, SUPPORT},
    support::{ORIGIN, Site},
};

const BEGIN: &str = "--edge\r\nContent-Disposition: form-data; name=\"attested\"\r\n\r\ntrue\r\n\
    --edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\nContent-Type: text/csv\r\n\r\n\
    Name,E-mail\n";
const END: &str = "Ada Lovelace,ada@x.example\n\r\n--edge--\r\n";

/// A form with a file, of which the end comes when the sender of `rest` is dropped. `begun` is told when the server begins to read it.
fn form(
    path: &str,
    session: &str,
    begun: mpsc::UnboundedSender<()>,
    rest: oneshot::Receiver<Infallible>,
) -> Request<Body> {
    let begin = stream::once(async move {
        begun.send(()).unwrap();
        Ok::<_, Infallible>(Bytes::from_static(BEGIN.as_bytes()))
    });
    let end = stream::once(async move {
        let _ = rest.await;
        Ok::<_, Infallible>(Bytes::from_static(END.as_bytes()))
    });
    Request::post(path)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .header(header::ACCEPT, "text/html")
        .header(header::ORIGIN, ORIGIN)
        .header(header::COOKIE, format!("session={session}"))
        .body(Body::from_stream(begin.chain(end)))
        .unwrap()
}

/// To the organisation that the role administers.
fn form_of(
    prepared: &Prepared,
    role: usize,
    begun: mpsc::UnboundedSender<()>,
    rest: oneshot::Receiver<Infallible>,
) -> Request<Body> {
    let slug = if role == ADMINISTRATOR_ELSEWHERE { "{slug_elsewhere}" } else { "{slug}" };
    let path = prepared.put(&format!("/uploads?organisation={slug}"));
    form(&path, prepared.sessions[role].as_deref().unwrap(), begun, rest)
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn nobody_holds_the_places_of_others(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let (begun, mut begins) = mpsc::unbounded_channel();
    let send = |role: usize| {
        let (rest, comes) = oneshot::channel();
        (rest, site.send(form_of(&prepared, role, begun.clone(), comes)))
    };
    let (mut rests, sent): (Vec<_>, Vec<_>) = (0..OWN_PLACES).map(|_| send(ADMINISTRATOR)).unzip();
    let mut arriving: FuturesUnordered<_> = sent.into_iter().collect();
    for _ in 0..OWN_PLACES {
        tokio::select! {
            _ = begins.recv() => {}
            answer = arriving.next() => panic!("{:?}", answer.map(|answer| answer.status)),
        }
    }
    let (_rest, own) = send(ADMINISTRATOR);
    let own = own.await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.body.contains("Wait until your other files have arrived"), "{}", own.body);
    assert!(begins.try_recv().is_err(), "nothing of it was read");
    // There is a place for somebody else.
    let (rest, other) = send(SUPPORT);
    drop(rest);
    assert_eq!(other.await.status, StatusCode::FOUND);
    // One of their own ends, and the next may come.
    rests.pop();
    assert_eq!(arriving.next().await.unwrap().status, StatusCode::FOUND);
    let (rest, next) = send(ADMINISTRATOR);
    drop(rest);
    assert_eq!(next.await.status, StatusCode::FOUND);
}

#[sqlx::test(migrator = "services::MIGRATIONS")]
async fn so_many_files_arrive_at_a_time_and_the_next_is_told_when_to_come_again(db: PgPool) {
    let site = Site::with_demo(db).await;
    let prepared = assessment::prepared(&site).await;
    let (begun, mut begins) = mpsc::unbounded_channel();
    let send = |role: usize| {
        let (rest, comes) = oneshot::channel();
        (rest, site.send(form_of(&prepared, role, begun.clone(), comes)))
    };
    // Nobody has them all.
    let roles = [ADMINISTRATOR, ADMINISTRATOR_ELSEWHERE].into_iter().cycle();
    let (mut rests, sent): (Vec<_>, Vec<_>) = roles.take(PLACES).map(send).unzip();
    let mut arriving: FuturesUnordered<_> = sent.into_iter().collect();
    for _ in 0..PLACES {
        tokio::select! {
            _ = begins.recv() => {}
            answer = arriving.next() => panic!("{:?}", answer.map(|answer| answer.status)),
        }
    }

    let (_rest, one_more) = send(SUPPORT);
    let one_more = one_more.await;
    assert_eq!(one_more.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(one_more.header("retry-after"), "10");
    assert!(begins.try_recv().is_err(), "nothing of it was read");

    // One of them ends, and its place is free.
    rests.pop();
    assert_eq!(arriving.next().await.unwrap().status, StatusCode::FOUND);
    let (rest, next) = send(SUPPORT);
    drop(rest);
    assert_eq!(next.await.status, StatusCode::FOUND);
    rests.clear();
    while let Some(answer) = arriving.next().await {
        assert_eq!(answer.status, StatusCode::FOUND);
    }
}
