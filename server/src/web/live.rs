use std::{convert::Infallible, sync::Arc, time::Duration};

use app::api::RequestContext;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use domain::cohorts::CohortId;
use futures::{Stream, StreamExt, future::ready, stream};
use services::{cohorts, live::News};
use tokio_stream::wrappers::{BroadcastStream, errors::BroadcastStreamRecvError};

use super::WebState;

/// A session that ran out by itself is noticed within this time.
const LONGEST: Duration = Duration::from_secs(15 * 60);

#[derive(serde::Deserialize)]
pub(super) struct Watch {
    cohort: Option<String>,
}

/// `GET /live`: tells an open page when to ask again. Events carry no data, only `changed` or `beat`. The stream ends when
/// the session is ended, and after a quarter of an hour at the latest: the browser opens it anew, and is asked who it is.
pub(super) async fn stream(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Query(watch): Query<Watch>,
) -> Response {
    let Some(actor) = context.actor.as_ref() else { return StatusCode::UNAUTHORIZED.into_response() };
    let mut topics = vec![format!("learner:{}", actor.person())];
    if let Some(cohort) = watch.cohort {
        let Ok(cohort) = cohort.parse::<CohortId>() else { return StatusCode::NOT_FOUND.into_response() };
        match cohorts::may_follow(&state.services, actor, cohort).await {
            Ok(tutor) => topics.push(format!("cohort:{}", tutor.cohort())),
            Err(services::Error::NotFound) => return StatusCode::NOT_FOUND.into_response(),
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
    let end = format!("session:{}", actor.session());
    let mut stopping = state.stopping.clone();
    let stopped = async move { drop(tokio::time::timeout(LONGEST, stopping.wait_for(|stop| *stop)).await) };
    let events =
        events(BroadcastStream::new(state.live.subscribe()), topics, end).take_until(Box::pin(stopped));
    // Proxies must pass each event on at once.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    ([unbuffered], Sse::new(events)).into_response()
}

/// The first event says "ask now": what changed between the page and the stream would otherwise be missed.
fn events(
    news: BroadcastStream<News>,
    topics: Vec<String>,
    end: String,
) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let changed = || Event::default().data("changed").retry(Duration::from_secs(1));
    let news = news
        .take_while(move |news| ready(!matches!(news, Ok(News::Changed(topic)) if *topic == end)))
        .filter_map(move |news| {
            ready(match news {
                Ok(News::Beat) => Some(Event::default().data("beat")),
                Ok(News::Changed(topic)) => topics.contains(&topic).then(changed),
                Ok(News::Gap) | Err(BroadcastStreamRecvError::Lagged(_)) => Some(changed()),
            })
        });
    stream::once(ready(changed())).chain(news).map(Ok)
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    async fn heard(news: Vec<News>) -> usize {
        let (sender, receiver) = broadcast::channel(4);
        for news in news {
            sender.send(news).unwrap();
        }
        drop(sender);
        events(BroadcastStream::new(receiver), vec!["learner:1".into()], "session:9".into()).count().await - 1
    }

    fn changed(topic: &str) -> News {
        News::Changed(topic.into())
    }

    #[tokio::test]
    async fn only_ones_own_news_is_heard() {
        assert_eq!(heard(vec![changed("learner:2"), changed("cohort:1"), changed("session:8")]).await, 0);
        assert_eq!(heard(vec![changed("learner:1"), News::Beat, News::Gap]).await, 3);
    }

    #[tokio::test]
    async fn the_stream_ends_with_its_session() {
        assert_eq!(heard(vec![changed("session:9"), changed("learner:1")]).await, 0);
    }

    #[tokio::test]
    async fn a_watcher_that_fell_behind_is_told_to_ask() {
        assert!(heard((0..9).map(|_| changed("learner:2")).collect()).await >= 1);
    }
}
