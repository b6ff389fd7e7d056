//! News of changes, from the server that made them to every page that watches.
//!
//! The database notifies (`NOTIFY live`), one connection of each server listens, and each open event stream hears the
//! news of its topics. A *topic* is all that travels: a page that hears it asks for the new state, with its own
//! permission. Losing a connection loses news, so each server also sends itself a beat every two seconds through the
//! database, on the listening connection; streams pass it on, and a page that misses two beats asks for the state
//! without waiting for news.

mod listening;

use std::time::Duration;

use domain::kit::live::Topic;
use sqlx::{PgConnection, PgPool, postgres::PgListener};
use uuid::Uuid;

pub use self::listening::{Listening, Live};
use crate::{
    Error, Result, Services,
    accounts::{self, Actor},
    database,
};

/// How often a server proves to its watchers that news would reach them.
pub const BEAT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    Changed(Topic),
    /// The connection from the database is open.
    Beat,
    /// News may have been lost: ask again.
    Gap,
}

impl Live {
    /// Starts listening in the background, for as long as the process lives, through any number of lost connections.
    pub fn start(services: Services) -> Self {
        let live = Self::default();
        let told = live.clone();
        tokio::spawn(async move {
            // A closed pool is not opened again.
            while !services.db.is_closed() {
                if let Err(error) = listen(&services, &told).await {
                    tracing::warn!(%error, "not listening for changes; trying again");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        live
    }
}

/// What a stream may carry, and until when: topics that its actor may follow, each checked separately. Only
/// [`may_follow`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permitted {
    topics: Vec<Topic>,
    end: Topic,
}

impl Permitted {
    pub fn topics(&self) -> &[Topic] {
        &self.topics
    }

    /// The news that ends the stream.
    pub fn end(&self) -> Topic {
        self.end
    }
}

/// A caller that listens before asking this misses nothing, and hears of a session that ends meanwhile. Returns nothing
/// when it has already ended.
///
/// # Errors
/// [`Error::NotFound`] when one of the topics is not the actor's, or does not exist.
pub async fn may_follow(services: &Services, actor: &Actor, topics: Vec<Topic>) -> Result<Option<Permitted>> {
    let mut db = services.db.acquire().await?;
    if !accounts::session_is_open(services, &mut db, actor).await? {
        return Ok(None);
    }
    for topic in &topics {
        actor.may_hear_of(&mut db, *topic).await?;
    }
    Ok(Some(Permitted { topics, end: Topic::Session(actor.session()) }))
}

impl Actor {
    /// # Errors
    /// [`Error::NotFound`] when it is not theirs, or does not exist.
    pub(crate) async fn may_hear_of(&self, db: &mut PgConnection, topic: Topic) -> Result<()> {
        match topic {
            // A candidate whose session is half open hears of the paper alone.
            _ if self.only_sits() && !matches!(topic, Topic::Sitting(_)) => Err(Error::NotFound),
            Topic::Progress(person) | Topic::Zone(person) if person == self.person() => Ok(()),
            Topic::Cohort(cohort) => self.tutor_of(db, cohort).await.map(drop),
            Topic::Organisation(organisation) => self.follows_progress_of(db, organisation).await.map(drop),
            Topic::Sitting(sitting) => self.candidate_in(db, sitting).await.map(drop),
            Topic::Area(area) => self.member_in(db, area).await.map(drop),
            // The end of its own session ends the stream, and is not passed on.
            Topic::Progress(_) | Topic::Zone(_) | Topic::Session(_) => Err(Error::NotFound),
        }
    }
}

async fn listen(services: &Services, live: &Live) -> Result<()> {
    // A pool of its own, of one connection: news and beats do not wait, however many requests wait for a connection.
    let own = database::pool_for_listening(&services.db);
    let heard = services.db.close_event().do_until(hear(&own, live)).await;
    own.close().await;
    heard?
}

async fn hear(own: &PgPool, live: &Live) -> Result<()> {
    let mut listener = PgListener::connect_with(own).await?;
    let beat = format!("beat:{}", Uuid::now_v7());
    listener.listen("live").await?;
    live.tell(News::Gap);
    let mut beats = tokio::time::interval(BEAT);
    let mut unheard = 0;
    loop {
        tokio::select! {
            _ = beats.tick() => {
                // A connection that died silently still looks open: three missing beats end it.
                if unheard == 3 {
                    return Err(crate::Error::failed("the listening connection has fallen silent"));
                }
                unheard += 1;
                sqlx::query!("select pg_notify('live', $1)", beat).execute(&mut listener).await?;
            }
            heard = listener.try_recv() => match heard? {
                Some(note) if note.payload() == beat => {
                    unheard = 0;
                    live.tell(News::Beat);
                }
                Some(note) if note.payload().starts_with("beat:") => {}
                Some(note) => {
                    // No page of this version watches topics that only a later version knows.
                    if let Ok(topic) = note.payload().parse() {
                        live.tell(News::Changed(topic));
                    }
                }
                None => return Err(crate::Error::failed("the listening connection was closed")),
            },
        }
    }
}
