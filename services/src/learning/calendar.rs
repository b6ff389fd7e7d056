//! The calendar of a learner's dates, at a secret address that a calendar program reads again and again. It has the dates of that person alone,
//! and no name of anybody: modules that their tutors want completed by a day, and papers that they can start. Reading it records nothing.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit,
        ical::{Event, When, calendar},
        random,
    },
    moment,
};

/// How long programs are asked to wait before they read it again.
const HOURS: u8 = 12;
/// A paper that is open for longer has two events, its opening and its closing: one that fills weeks would hide the others.
const ONE_EVENT: Duration = Duration::hours(24);

/// Makes this token, which the actor's page has shown them, the one of their calendar. An older address ends. Doing it again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] for a token that no page of ours has made.
pub async fn make_calendar(services: &Services, actor: &Actor, token: &str) -> Result<()> {
    if !is_token(token) {
        return Err(Error::NotFound);
    }
    let now = services.clock.now();
    let hash = random::hash(token);
    let mut db = services.begin().await?;
    let of_another = sqlx::query_scalar!(
        r#"select exists (select from calendar_feeds where token_hash = $1 and person_id <> $2) as "of_another!""#,
        hash,
        actor.person().0,
    );
    if of_another.fetch_one(&mut *db).await? {
        return Err(Error::NotFound);
    }
    let made = sqlx::query!(
        "insert into calendar_feeds (person_id, id, token_hash, made_at) values ($1, $2, $3, $4)
        on conflict (person_id) do update set token_hash = excluded.token_hash, made_at = excluded.made_at
        where calendar_feeds.token_hash <> excluded.token_hash",
        actor.person().0,
        Uuid::now_v7(),
        hash,
        now,
    )
    .execute(&mut *db)
    .await?;
    if made.rows_affected() > 0 {
        let (actor, subject) = (Some(actor.person()), Some(actor.person()));
        let action = "learning.calendar_made";
        audit::record(&mut db, audit::Event { at: now, actor, subject, action }).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Ends the address of the actor's calendar.
///
/// # Errors
/// When the database fails.
pub async fn remove_calendar(services: &Services, actor: &Actor) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let removed = sqlx::query!("delete from calendar_feeds where person_id = $1", actor.person().0)
        .execute(&mut *db)
        .await?;
    if removed.rows_affected() > 0 {
        let (actor, subject) = (Some(actor.person()), Some(actor.person()));
        let action = "learning.calendar_removed";
        audit::record(&mut db, audit::Event { at: now, actor, subject, action }).await?;
    }
    db.commit().await?;
    Ok(())
}

/// As [`random::Token`] makes them.
fn is_token(text: &str) -> bool {
    text.len() == 43
        && text.bytes().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_'))
}

/// A module that is due.
#[derive(Debug, Deserialize)]
struct ModuleRow {
    id: Uuid,
    course: String,
    course_title: String,
    module: String,
    title: String,
    on: NaiveDate,
    set: DateTime<Utc>,
}

/// A paper that can be started.
#[derive(Debug, Deserialize)]
struct PaperRow {
    id: Uuid,
    title: String,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    changed: DateTime<Utc>,
}

/// `/calendar/{token}.ics`: the same bytes until a date changes.
///
/// # Errors
/// [`Error::NotFound`] for a token that nobody has, also one that was renewed or removed, and when the account is closed.
pub async fn calendar_feed(services: &Services, token: &str) -> Result<String> {
    let row = sqlx::query!(
        r#"select f.id,
            (select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'course', k.slug, 'course_title', k.title, 'module', m.slug,
                    'title', m.title, 'on', d.due_on, 'set', d.set_at)), '[]')
                from enrolments e
                join courses k on k.id = e.course_id
                cross join lateral modules_due(e.id, $2) d
                join modules m on m.id = d.module_id
                where e.learner_id = f.person_id) as "modules!: Json<Vec<ModuleRow>>",
            (select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'title', x.title, 'opens', x.opens_at, 'closes', x.closes_at,
                    'changed', x.changed_at)), '[]')
                from papers_dated(f.person_id, $2) x) as "papers!: Json<Vec<PaperRow>>"
        from calendar_feeds f
        join activation_states a on a.person_id = f.person_id and a.state = 'active'
        where f.token_hash = $1"#,
        random::hash(token),
        services.clock.now(),
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    let site = &services.public_url;
    let modules = row.modules.0.into_iter().map(|module| module.event(site, row.id));
    let papers = row.papers.0.into_iter().flat_map(|paper| paper.events(site, row.id));
    let mut events: Vec<_> = modules.chain(papers).collect();
    events.sort_by(|one, other| (one.when, &one.uid).cmp(&(other.when, &other.uid)));
    Ok(calendar("My learning dates", HOURS, &events))
}

impl ModuleRow {
    fn event(self, site: &str, feed: Uuid) -> Event {
        Event {
            uid: format!("due-{}-{feed}", self.id),
            when: When::Day(self.on),
            summary: format!("Due: {}", self.title),
            description: format!("The target date of your tutors for this module of {}.", self.course_title),
            url: format!("{site}/learn/{}/{}", self.course, self.module),
            changed: self.set,
        }
    }
}

impl PaperRow {
    fn events(self, site: &str, feed: Uuid) -> Vec<Event> {
        let event = |kind: &str, when, summary: String| Event {
            uid: format!("{kind}-{}-{feed}", self.id),
            when,
            summary,
            description: format!(
                "You can start between {} and {}, UK time.",
                moment(self.opens).london,
                moment(self.closes).london
            ),
            url: format!("{site}/assessments/start/{}", self.id),
            changed: self.changed,
        };
        if self.closes - self.opens <= ONE_EVENT {
            return vec![event(
                "paper",
                When::Between(self.opens, self.closes),
                format!("Paper: {}", self.title),
            )];
        }
        vec![
            event("opens", When::At(self.opens), format!("Opens: {}", self.title)),
            event("closes", When::At(self.closes), format!("Closes: {}", self.title)),
        ]
    }
}
