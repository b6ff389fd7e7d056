//! Connections that a client holds without a request. They run over a pipe with a clock that advances when every task
//! is idle, so the test does not wait, and does not depend on the load of the machine.

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

/// A connection, and the signal that ends the server.
fn connect() -> (DuplexStream, watch::Sender<bool>) {
    let (browser, server) = duplex(64 * 1024);
    let (stop, stopping) = watch::channel(false);
    tokio::spawn(one(server, "198.51.100.7:5000".parse().unwrap(), router(), stopping, LIMITS));
    (browser, stop)
}

/// Reads until the server closes the connection. Returns the bytes read, and how long it took.
async fn until_closed(browser: &mut DuplexStream) -> (String, Duration) {
    let (began, mut heard) = (Instant::now(), Vec::new());
    // A connection that is still there after an hour is never closed.
    let _ = timeout(Duration::from_secs(3600), browser.read_to_end(&mut heard)).await;
    (String::from_utf8_lossy(&heard).into_owned(), began.elapsed())
}

const ASKS: &[u8] = b"GET / HTTP/1.1\r\nhost: learning.test\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn a_connection_without_a_whole_request_is_closed() {
    for sent in [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: learning.test\r\n", b"\r\n\r\n"] {
        let (mut browser, _stop) = connect();
        browser.write_all(sent).await.unwrap();
        let (_, after) = until_closed(&mut browser).await;
        assert!((10..=30).contains(&after.as_secs()), "{after:?} after {sent:?}");
    }
    // A letter every few seconds is not a request either.
    let (mut browser, _stop) = connect();
    let began = Instant::now();
    while browser.write_all(b"G").await.is_ok() && began.elapsed() < Duration::from_secs(3600) {
        sleep(Duration::from_secs(2)).await;
    }
    assert!(began.elapsed() <= Duration::from_secs(32), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_later() {
    let (mut browser, _stop) = connect();
    browser.write_all(ASKS).await.unwrap();
    let (heard, after) = until_closed(&mut browser).await;
    assert!(heard.ends_with("here"), "{heard}");
    assert!((60..=120).contains(&after.as_secs()), "{after:?}");
    // Half of a second request does not lengthen the wait.
    let (mut browser, _stop) = connect();
    browser.write_all(ASKS).await.unwrap();
    sleep(Duration::from_secs(50)).await;
    browser.write_all(&ASKS[..20]).await.unwrap();
    let (_, after) = until_closed(&mut browser).await;
    assert!((10..=30).contains(&after.as_secs()), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_with_a_response_in_progress_is_never_closed() {
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
async fn stopping_finishes_running_requests_and_closes_idle_connections() {
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
