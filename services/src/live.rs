//! News of changes, from whichever server made them to everybody who is watching.
//!
//! The database tells (`NOTIFY live`), one connection a server listens, and each open event stream filters. A *topic* is all
//! that travels: whoever hears it asks for the new state, with their own permission. Because losing a connection loses
//! news, each server also sends itself a beat every two seconds through the database, on the connection that listens; streams pass
//! it on, and a watcher that misses two beats asks for the state without waiting for news.

use std::time::Duration;

use sqlx::{PgPool, postgres::PgListener};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::{Result, Services, database};

/// How often a server proves to its watchers that news would reach them.
pub const BEAT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// `learner:<person>`, `cohort:<cohort>` or `session:<session>` has changed.
    Changed(String),
    /// The way from the database is open.
    Beat,
    /// News may have been lost: ask again.
    Gap,
}

/// Hands out subscriptions to the news.
#[derive(Clone)]
pub struct Live(broadcast::Sender<News>);

impl Live {
    /// Starts listening in the background, for as long as the process lives, through any number of lost connections.
    pub fn start(services: Services) -> Self {
        let (sender, _) = broadcast::channel(1024);
        let live = Self(sender.clone());
        tokio::spawn(async move {
            // A pool that was closed is not opened again.
            while !services.db.is_closed() {
                if let Err(error) = listen(&services, &sender).await {
                    tracing::warn!(%error, "not listening for changes; trying again");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        live
    }

    pub fn subscribe(&self) -> broadcast::Receiver<News> {
        self.0.subscribe()
    }
}

async fn listen(services: &Services, sender: &broadcast::Sender<News>) -> Result<()> {
    // A pool of its own, of one connection: however many wait for a connection, news and beats do not.
    let own = database::pool_for_listening(&services.db);
    let heard = services.db.close_event().do_until(hear(&own, sender)).await;
    own.close().await;
    heard?
}

async fn hear(own: &PgPool, sender: &broadcast::Sender<News>) -> Result<()> {
    let mut listener = PgListener::connect_with(own).await?;
    let beat = format!("beat:{}", Uuid::now_v7());
    listener.listen("live").await?;
    // Nobody watching is not an error: `send` fails then.
    let _ = sender.send(News::Gap);
    let mut beats = tokio::time::interval(BEAT);
    let mut unheard = 0;
    loop {
        tokio::select! {
            _ = beats.tick() => {
                // A connection that died without a word still looks open: three beats that do not come back end it.
                if unheard == 3 {
                    return Err(crate::Error::failed("the listening connection has fallen silent"));
                }
                unheard += 1;
                sqlx::query!("select pg_notify('live', $1)", beat).execute(&mut listener).await?;
            }
            heard = listener.try_recv() => match heard? {
                Some(note) if note.payload() == beat => {
                    unheard = 0;
                    let _ = sender.send(News::Beat);
                }
                Some(note) if note.payload().starts_with("beat:") => {}
                Some(note) => {
                    let _ = sender.send(News::Changed(note.payload().to_owned()));
                }
                None => return Err(crate::Error::failed("the listening connection was closed")),
            },
        }
    }
}
