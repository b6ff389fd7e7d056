use std::{convert::Infallible, pin::Pin, sync::Arc, time::Duration};

use app::kit::api::RequestContext;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use domain::{accounts::SessionId, kit::live::Topic};
use futures::{Stream, StreamExt, stream};
use services::{
    Error, Services,
    accounts::Actor,
    kit::live::{Listening, News, Permitted, may_follow},
};
use tokio::time::{Sleep, sleep};

use super::{WebState, per_person::OneOfTheirs};

/// An expired session is noticed within this time.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// When news may have been lost, every open page asks again: spread over this time, not all at once.
const SPREAD: Duration = Duration::from_secs(5);
/// Each visible tab has one stream, on every device: no person has more than this.
pub(super) const MOST_STREAMS: u32 = 30;
/// The most topics that a stream carries: no page shows more.
const TOPICS: usize = 8;

#[derive(serde::Deserialize)]
pub(super) struct Watch {
    topics: Option<String>,
}

impl Watch {
    /// Their owners are not checked here. Pages of this build always name some. A tab of the previous version names
    /// none, and hears of its learner's progress; the next release no longer needs that.
    fn topics(&self, actor: &Actor) -> Option<Vec<Topic>> {
        let Some(names) = &self.topics else { return Some(vec![Topic::Progress(actor.person())]) };
        let topics: Option<Vec<_>> = names.split(',').map(|name| name.parse().ok()).collect();
        topics.filter(|topics| topics.len() <= TOPICS)
    }
}

/// `GET /live?topics=cohort:…,sitting:…`: tells an open page when to ask again. Events carry no data, only `beat`,
/// `changed` with a topic, or `changed` alone when anything may have changed; the first is `changed` alone, and has the
/// build of the application as its id. The stream ends when the session is ended, and after a quarter of an hour at the
/// latest: the browser then opens a new one, and is authenticated again.
pub(super) async fn stream(
    State(state): State<WebState>,
    Extension(context): Extension<Arc<RequestContext>>,
    Query(watch): Query<Watch>,
) -> Response {
    let Some(actor) = context.actor.as_ref() else { return StatusCode::UNAUTHORIZED.into_response() };
    let Some(topics) = watch.topics(actor) else { return StatusCode::NOT_FOUND.into_response() };
    // Before the check that the session still exists, so that its end is not missed.
    let news = state.live.listen(topics.iter().copied().chain([Topic::Session(actor.session())]));
    let permitted = match may_follow(&state.services, actor, topics).await {
        Ok(Some(permitted)) => permitted,
        Ok(None) => return StatusCode::UNAUTHORIZED.into_response(),
        Err(Error::NotFound) => return StatusCode::NOT_FOUND.into_response(),
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let Some(open) = state.streams.take(actor.person()) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    let mut stopping = state.stopping.clone();
    let stopped = async move { drop(tokio::time::timeout(LONGEST, stopping.wait_for(|stop| *stop)).await) };
    let hearing = Hearing {
        build: state.build().to_owned(),
        news,
        end: permitted.end(),
        asks: Some((state.services.clone(), actor.clone(), permitted)),
        lag: lag(actor.session()),
        begun: false,
        gap: None,
        _open: Some(open),
    };
    let events = events(hearing).take_until(Box::pin(stopped));
    // Proxies must pass each event on at once.
    let unbuffered = (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    ([unbuffered], Sse::new(events)).into_response()
}

/// How long this session's pages wait when all would ask at once: its own part of [`SPREAD`].
fn lag(session: SessionId) -> Duration {
    // The last byte of an id is random.
    SPREAD * u32::from(session.0.as_bytes()[15]) / u32::from(u8::MAX)
}

struct Hearing {
    /// The build of this server's application.
    build: String,
    news: Listening,
    /// The news of the session's end.
    end: Topic,
    /// Asks again for permission when news may have been lost: the end of the session may be among it.
    asks: Option<(Services, Actor, Permitted)>,
    lag: Duration,
    begun: bool,
    /// News may have been lost: when this has passed, the page is told.
    gap: Option<Pin<Box<Sleep>>>,
    _open: Option<OneOfTheirs>,
}

/// The first event says "ask now": changes between the page and the stream would otherwise be missed.
fn events(hearing: Hearing) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    stream::unfold(hearing, |mut hearing| async move {
        let event = hearing.next().await?;
        Some((Ok(event), hearing))
    })
}

impl Hearing {
    /// Whether the session and its permissions are unchanged after lost news.
    async fn still_permitted(&self) -> bool {
        let Some((services, actor, permitted)) = &self.asks else { return true };
        match may_follow(services, actor, permitted.topics().to_vec()).await {
            Ok(now) => now.as_ref() == Some(permitted),
            // The page itself asks for the changes, and is authenticated then.
            Err(error) => !matches!(error, Error::NotFound),
        }
    }

    async fn next(&mut self) -> Option<Event> {
        // Anything may have changed.
        let changed = Event::default().data("changed");
        if !self.begun {
            self.begun = true;
            // A tab older than the server loads its next page as a document.
            return Some(changed.id(&self.build));
        }
        loop {
            let heard = match &mut self.gap {
                None => self.news.next().await,
                Some(gap) => tokio::select! {
                    heard = self.news.next() => heard,
                    () = gap => {
                        self.gap = None;
                        return self.still_permitted().await.then_some(changed);
                    }
                },
            };
            match heard {
                News::Beat => return Some(Event::default().data("beat")),
                News::Changed(topic) if topic == self.end => return None,
                News::Changed(topic) => {
                    // A page that asks for everything now also hears of lost changes.
                    if self.gap.take().is_some() {
                        return self.still_permitted().await.then_some(changed);
                    }
                    return Some(Event::default().data(format!("changed {topic}")));
                }
                News::Gap => {
                    self.gap.get_or_insert_with(|| Box::pin(sleep(self.lag)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{accounts::PersonId, cohorts::CohortId};
    use services::kit::live::Live;
    use tokio::time::{Instant, timeout};
    use uuid::Uuid;

    use super::*;

    /// The number of events besides the first within a minute, and when the last came.
    async fn heard(news: Vec<News>, lag: Duration) -> (usize, Duration) {
        let live = Live::default();
        let end = session(9);
        let hears = live.listen([learner(1), end]);
        for news in news {
            live.tell(news);
        }
        let build = "1".to_owned();
        let hearing =
            Hearing { build, news: hears, end, asks: None, lag, begun: false, gap: None, _open: None };
        let (began, mut last, mut count) = (Instant::now(), Duration::ZERO, 0);
        let mut events = Box::pin(events(hearing).skip(1));
        while let Ok(Some(_)) = timeout(Duration::from_secs(60), events.next()).await {
            (count, last) = (count + 1, began.elapsed());
        }
        (count, last)
    }

    fn learner(id: u128) -> Topic {
        Topic::Progress(PersonId(Uuid::from_u128(id)))
    }

    fn session(id: u128) -> Topic {
        Topic::Session(SessionId(Uuid::from_u128(id)))
    }

    fn changed(topic: Topic) -> News {
        News::Changed(topic)
    }

    const LAG: Duration = Duration::from_secs(3);

    #[tokio::test(start_paused = true)]
    async fn a_stream_carries_only_its_own_news() {
        let cohort = Topic::Cohort(CohortId(Uuid::from_u128(1)));
        assert_eq!(heard(vec![changed(learner(2)), changed(cohort), changed(session(8))], LAG).await.0, 0);
        assert_eq!(heard(vec![changed(learner(1)), News::Beat], LAG).await, (2, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn the_stream_ends_with_its_session() {
        assert_eq!(heard(vec![changed(session(9)), changed(learner(1))], LAG).await.0, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_gap_is_reported_once_and_with_a_delay() {
        assert_eq!(heard(vec![News::Gap, News::Gap, News::Gap], LAG).await, (1, LAG));
        assert_eq!(
            heard(vec![News::Gap, changed(learner(1))], LAG).await,
            (1, Duration::ZERO),
            "asking once is enough"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_watcher_hears_only_its_own_news_and_only_once() {
        assert_eq!(heard((2..3_002).map(|id| changed(learner(id))).collect(), LAG).await.0, 0);
        assert_eq!(heard(vec![changed(learner(1)); 3_000], LAG).await, (1, Duration::ZERO));
    }

    #[test]
    fn pages_are_spread_over_the_whole_time() {
        let lags: Vec<_> = (0..100).map(|_| lag(SessionId(Uuid::now_v7()))).collect();
        assert!(lags.iter().all(|lag| *lag <= SPREAD));
        assert!(lags.iter().any(|lag| *lag < SPREAD / 2) && lags.iter().any(|lag| *lag > SPREAD / 2));
    }
}
