//! Which streams listen for which topics on this server.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::kit::live::Topic;
use tokio::sync::Notify;

use super::News;

/// Passes each piece of news to its listeners, and wakes no others: news of other topics costs them nothing.
#[derive(Clone, Default)]
pub struct Live(Arc<Mutex<Listeners>>);

/// By topic, and under `None` all listeners, for news that concerns them all.
type Listeners = HashMap<Option<Topic>, Vec<Arc<Listener>>>;

#[derive(Default)]
struct Listener {
    /// In order, and nothing twice: a listener that has not yet taken the first learns of everything by asking once. So
    /// there is never more than one piece for each topic, a beat and a gap, and nothing is lost, however much happens
    /// and however slowly it is taken.
    news: Mutex<VecDeque<News>>,
    awake: Notify,
}

impl Live {
    /// Listens from now on, until it is dropped.
    pub fn listen(&self, topics: impl IntoIterator<Item = Topic>) -> Listening {
        let listener = Arc::<Listener>::default();
        let topics: Vec<_> = topics.into_iter().map(Some).chain([None]).collect();
        let mut listeners = lock(&self.0);
        for topic in &topics {
            listeners.entry(*topic).or_default().push(listener.clone());
        }
        drop(listeners);
        Listening { live: self.clone(), topics, listener }
    }

    pub fn tell(&self, news: News) {
        let topic = match news {
            News::Changed(topic) => Some(topic),
            News::Beat | News::Gap => None,
        };
        for listener in lock(&self.0).get(&topic).into_iter().flatten() {
            let mut waiting = lock(&listener.news);
            if !waiting.contains(&news) {
                waiting.push_back(news);
                listener.awake.notify_one();
            }
        }
    }
}

/// Hears the news of its topics, the beats and the gaps.
pub struct Listening {
    live: Live,
    topics: Vec<Option<Topic>>,
    listener: Arc<Listener>,
}

impl Listening {
    /// A caller that stops waiting for it has taken nothing.
    pub async fn next(&mut self) -> News {
        loop {
            let next = lock(&self.listener.news).pop_front();
            if let Some(news) = next {
                return news;
            }
            self.listener.awake.notified().await;
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut listeners = lock(&self.live.0);
        for topic in &self.topics {
            if let Entry::Occupied(mut theirs) = listeners.entry(*topic) {
                theirs.get_mut().retain(|other| !Arc::ptr_eq(other, &self.listener));
                if theirs.get().is_empty() {
                    theirs.remove();
                }
            }
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::atomic::{AtomicUsize, Ordering},
        task::{Context, Wake},
    };

    use futures::FutureExt;
    use uuid::Uuid;

    use super::*;

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn topics(id: u128) -> [Topic; 7] {
        Topic::all(Uuid::from_u128(id))
    }

    /// Everything that is waiting now.
    fn heard(listening: &mut Listening) -> Vec<News> {
        std::iter::from_fn(|| listening.next().now_or_never()).collect()
    }

    #[test]
    fn news_of_other_topics_wakes_no_listener_and_is_not_a_gap() {
        let live = Live::default();
        let mut listening = live.listen(topics(1));
        let wakes = Arc::new(Wakes::default());
        {
            let waker = wakes.clone().into();
            let mut next = pin!(listening.next());
            assert!(next.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
            for other in 0..3_000 {
                live.tell(News::Changed(topics(2 + other)[0]));
            }
            assert_eq!(wakes.0.load(Ordering::Relaxed), 0);
            live.tell(News::Changed(topics(1)[0]));
            assert_eq!(wakes.0.load(Ordering::Relaxed), 1);
        }
        assert_eq!(heard(&mut listening), [News::Changed(topics(1)[0])]);
    }

    #[test]
    fn waiting_news_is_heard_once_and_in_order() {
        let live = Live::default();
        let (mut listening, mut other) = (live.listen(topics(1)), live.listen([topics(1)[3], topics(2)[0]]));
        for _ in 0..3_000 {
            live.tell(News::Changed(topics(1)[2]));
            live.tell(News::Beat);
            live.tell(News::Gap);
        }
        live.tell(News::Changed(topics(1)[3]));
        let (changed, ended) = (News::Changed(topics(1)[2]), News::Changed(topics(1)[3]));
        assert_eq!(heard(&mut listening), [changed, News::Beat, News::Gap, ended]);
        assert_eq!(heard(&mut other), [News::Beat, News::Gap, ended]);
        live.tell(changed);
        assert_eq!(heard(&mut listening), [changed], "later news is heard again");
    }

    #[test]
    fn nothing_is_kept_for_a_dropped_listener() {
        let live = Live::default();
        // A URL may name a topic twice.
        let gone = live.listen([topics(1)[0], topics(1)[0], topics(2)[0]]);
        let mut stays = live.listen([topics(1)[0]]);
        drop(gone);
        assert_eq!(lock(&live.0).values().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        live.tell(News::Changed(topics(1)[0]));
        assert_eq!(heard(&mut stays), [News::Changed(topics(1)[0])]);
        drop(stays);
        assert!(lock(&live.0).is_empty());
    }
}
