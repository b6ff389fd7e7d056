//! Every request runs to its end, in a task of its own, even when the browser has gone. Otherwise axum would drop its
//! future at any await: the work would be half done, and a database connection might return to the pool inside a
//! transaction (see `services::database`).

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::time::timeout;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{file_forms, headers, plain::PlainPages};

/// How long a browser waits for its reply. No request needs seconds: one that does is stuck, behind a lock or a task
/// that panicked. It is not ended then, only no longer awaited.
const PATIENCE: Duration = Duration::from_secs(30);

/// A file may take its time to arrive before that.
fn patience(path: &str) -> Duration {
    if file_forms::takes(path) { file_forms::ARRIVES_WITHIN + PATIENCE } else { PATIENCE }
}

/// The running requests, including those whose browser has gone.
#[derive(Clone)]
pub struct UnderWay {
    tasks: TaskTracker,
    plain: Arc<PlainPages>,
}

impl UnderWay {
    pub(super) fn new(plain: Arc<PlainPages>) -> Self {
        Self { tasks: TaskTracker::new(), plain }
    }

    /// Waits until all have finished. No more may begin meanwhile.
    pub async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

pub(super) async fn run(State(under_way): State<UnderWay>, request: Request, next: Next) -> Response {
    let (request_id, patience) = (headers::request_id(&request), patience(request.uri().path()));
    let running = under_way.tasks.spawn(next.run(request).in_current_span());
    match timeout(patience, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(broken)) => match broken.try_into_panic() {
            // An outer layer handles panics.
            Ok(panic) => resume_unwind(panic),
            Err(_) => under_way.plain.unavailable().into_response(),
        },
        Err(_) => {
            tracing::error!("a request is stuck");
            under_way.plain.failed(&request_id).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::{
        Router,
        body::Body,
        http::{Request, StatusCode},
        middleware::from_fn_with_state,
        routing::get,
    };
    use futures::FutureExt;
    use tokio::sync::mpsc;
    use tower::ServiceExt;

    use super::*;

    fn guarded(router: Router) -> (Router, UnderWay) {
        let under_way = UnderWay::new(Arc::default());
        (router.layer(from_fn_with_state(under_way.clone(), run)), under_way)
    }

    async fn status(router: &Router, path: &str) -> StatusCode {
        router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap().status()
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_is_awaited_for_longer_than_anything_else() {
        let slow = || async { tokio::time::sleep(file_forms::ARRIVES_WITHIN).await };
        let (router, _) = guarded(Router::new().route("/pictures", get(slow)).route("/learn", get(slow)));
        assert_eq!(status(&router, "/pictures").await, StatusCode::OK);
        assert_eq!(status(&router, "/learn").await, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stuck_request_is_answered() {
        let router = Router::new().route("/never", get(pending::<()>)).route("/now", get(|| async {}));
        let (router, _) = guarded(router);
        assert_eq!(status(&router, "/now").await, StatusCode::OK);
        assert_eq!(status(&router, "/never").await, StatusCode::INTERNAL_SERVER_ERROR);
    }

    #[tokio::test]
    async fn a_request_runs_to_its_end_although_the_browser_has_gone_and_stopping_waits_for_it() {
        let (begun, mut has_begun) = mpsc::unbounded_channel();
        let (done, mut is_done) = mpsc::unbounded_channel();
        let work = move || async move {
            begun.send(()).unwrap();
            tokio::task::yield_now().await;
            done.send(()).unwrap();
        };
        let (router, under_way) = guarded(Router::new().route("/", get(work)));
        let asking = router.oneshot(Request::get("/").body(Body::empty()).unwrap());
        // Polled once for its response, and abandoned.
        assert!(asking.now_or_never().is_none());
        has_begun.recv().await.unwrap();
        under_way.finished().await;
        assert_eq!(is_done.try_recv(), Ok(()));
    }
}
