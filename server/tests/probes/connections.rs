//! Connections that somebody holds without asking for anything. Over a pipe and by a clock that is moved on when nobody has
//! anything to do, so nobody waits and nothing depends on how busy the machine is.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    routing::{get, post},
};
use futures::stream;
use server::web::connections::{LIMITS, one};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
    sync::watch,
    time::{Instant, sleep, timeout},
};

fn router() -> Router {
    let ticking = || async {
        let ticks = stream::unfold((), |()| async {
            sleep(Duration::from_secs(30)).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(b"tick")), ()))
        });
        Body::from_stream(ticks)
    };
    Router::new()
        .route("/", get(|| async { "here" }))
        .route("/slow", get(|| sleep(Duration::from_secs(60))))
        .route("/takes", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/stream", get(ticking))
}

/// A connection, and what ends the server.
fn connect() -> (DuplexStream, watch::Sender<bool>) {
    let (browser, server) = duplex(64 * 1024);
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(one(server, "198.51.100.7:5000".parse().unwrap(), router(), stopping, LIMITS));
    (browser, stop)
}

/// Reads until the server closes the connection. Gives what was read, and how long it took.
async fn until_closed(browser: &mut DuplexStream) -> (String, Duration) {
    let (began, mut heard) = (Instant::now(), Vec::new());
    // Whoever is still there after an hour is never closed.
    let _ = timeout(Duration::from_secs(3600), browser.read_to_end(&mut heard)).await;
    (String::from_utf8_lossy(&heard).into_owned(), began.elapsed())
}

const ASKS: &[u8] = b"GET / HTTP/1.1\r\nhost: learning.test\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn who_sends_no_request_or_half_of_one_is_let_go() {
    for sent in [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: learning.test\r\n", b"\r\n\r\n"] {
        let (mut browser, _stop) = connect();
        browser.write_all(sent).await.unwrap();
        let (_, after) = until_closed(&mut browser).await;
        assert!((10..=30).contains(&after.as_secs()), "{after:?} after {sent:?}");
    }
    // Nor is a letter every few seconds a request.
    let (mut browser, _stop) = connect();
    let began = Instant::now();
    while browser.write_all(b"G").await.is_ok() && began.elapsed() < Duration::from_secs(3600) {
        sleep(Duration::from_secs(2)).await;
    }
    assert!(began.elapsed() <= Duration::from_secs(32), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_asks_nothing_any_more_is_let_go_later() {
    let (mut browser, _stop) = connect();
    browser.write_all(ASKS).await.unwrap();
    let (heard, after) = until_closed(&mut browser).await;
    assert!(heard.ends_with("here"), "{heard}");
    assert!((60..=120).contains(&after.as_secs()), "{after:?}");
    // Half a second request is no reason to wait longer.
    let (mut browser, _stop) = connect();
    browser.write_all(ASKS).await.unwrap();
    sleep(Duration::from_secs(50)).await;
    browser.write_all(&ASKS[..20]).await.unwrap();
    let (_, after) = until_closed(&mut browser).await;
    assert!((10..=30).contains(&after.as_secs()), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn who_is_being_answered_is_never_let_go() {
    let (mut browser, _stop) = connect();
    browser.write_all(b"GET /stream HTTP/1.1\r\nhost: learning.test\r\n\r\n").await.unwrap();
    let (heard, after) = until_closed(&mut browser).await;
    assert_eq!(after, Duration::from_secs(3600), "an event stream lives on");
    assert!(heard.matches("tick").count() > 100);
    let (mut browser, _stop) = connect();
    browser.write_all(b"GET /slow HTTP/1.1\r\nhost: learning.test\r\n\r\n").await.unwrap();
    let (heard, _) = until_closed(&mut browser).await;
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    // One request after another on the same connection, each after a pause.
    let (mut browser, _stop) = connect();
    let mut answer = [0; 4096];
    for _ in 0..20 {
        browser.write_all(ASKS).await.unwrap();
        assert!(browser.read(&mut answer).await.unwrap() > 0);
        sleep(Duration::from_secs(50)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn stopping_finishes_what_is_under_way_and_ends_what_is_not() {
    let (mut idle, stop_idle) = connect();
    idle.write_all(ASKS).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    stop_idle.send(true).unwrap();
    assert_eq!(until_closed(&mut idle).await.1, Duration::ZERO);
    let (mut busy, stop_busy) = connect();
    busy.write_all(b"GET /slow HTTP/1.1\r\nhost: learning.test\r\n\r\n").await.unwrap();
    sleep(Duration::from_secs(1)).await;
    stop_busy.send(true).unwrap();
    let (heard, after) = until_closed(&mut busy).await;
    assert!(heard.starts_with("HTTP/1.1 200") && after == Duration::from_secs(59), "{heard} {after:?}");
}
