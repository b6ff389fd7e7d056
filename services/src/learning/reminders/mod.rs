//! Reminders by mail that learners set for themselves: every week, and before their dates. A mail goes out only when there is something to say:
//! a course that is open and not completed, a module that is due, a paper that closes.
//!
//! What is said is decided once a day for each person, and in the transaction that queues the mail: nobody gets it twice, whatever is killed
//! meanwhile. `letter.rs` has the words.

mod letter;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use chrono::{DateTime, Datelike, Days, NaiveDate, Timelike, Utc};
use chrono_tz::Europe::London;
use domain::{
    accounts::PersonId,
    learning::{CourseCard, OwnReminders, RemindersWanted, WEEKLY_LOOKS_AHEAD},
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::cards::{CardRow, due};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit, mail,
        moment::today,
        portions::{PORTION, in_portions},
        random::{self, Token},
    },
    moment, number,
};
use letter::{Said, letter};

/// The hours in London in which mails go out. They do at the first; later when no server ran then, and on the next day after the last.
const HOURS: Range<u32> = 8..20;
/// For how many people one transaction decides: it holds their rows meanwhile.
const AT_ONCE: i64 = 100;
/// How long a mail can be stopped by its link.
const KEPT: Days = Days::new(365);

/// `/account/reminders`.
///
/// # Errors
/// When the database fails.
pub async fn own_reminders(services: &Services, actor: &Actor) -> Result<OwnReminders> {
    let row = sqlx::query!(
        r#"select p.email as "email!", w.weekday as "weekday?", w.days_before as "days_before?", f.made_at as "made_at?",
            (select s.state from mails_of_people s where s.person_id = p.id and s.state in ('sent', 'bounced')
                order by s.queued_at desc, s.id desc limit 1) as state
        from people_named p
        left join own_reminders w on w.person_id = p.id
        left join calendar_feeds f on f.person_id = p.id
        where p.id = $1"#,
        actor.person().0,
    )
    .fetch_optional(&services.db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(OwnReminders {
        wanted: wanted(row.weekday, row.days_before)?,
        email: row.email,
        bounced: row.state.as_deref() == Some("bounced"),
        calendar: row.made_at.map(moment),
        before: format!("{}/calendar/", services.public_url),
        token: Token::new()?.as_str().to_owned(),
    })
}

fn wanted(weekday: Option<i16>, days_before: Option<i16>) -> Result<RemindersWanted> {
    Ok(RemindersWanted {
        weekday: weekday.map(number).transpose()?,
        days_before: days_before.map(number).transpose()?,
    })
}

/// Reminds the actor from now on as they want it; of today only before the hour at which mails go out.
///
/// # Errors
/// When the database fails.
pub async fn set_own_reminders(services: &Services, actor: &Actor, wanted: RemindersWanted) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let (changed, action) = if wanted.is_nothing() {
        let stopped = sqlx::query!("delete from own_reminders where person_id = $1", actor.person().0);
        (stopped.execute(&mut *db).await?.rows_affected(), "learning.reminders_stopped")
    } else {
        let local = now.with_timezone(&London);
        let is_early = local.hour() < HOURS.start;
        let looked_on = if is_early { before(local.date_naive(), Days::new(1)) } else { local.date_naive() };
        let set = sqlx::query!(
            "insert into own_reminders (person_id, weekday, days_before, looked_on) values ($1, $2, $3, $4)
            on conflict (person_id) do update set weekday = excluded.weekday, days_before = excluded.days_before
            where (own_reminders.weekday, own_reminders.days_before) is distinct from (excluded.weekday, excluded.days_before)",
            actor.person().0,
            wanted.weekday.map(i16::from),
            wanted.days_before.map(i16::from),
            looked_on,
        );
        (set.execute(&mut *db).await?.rows_affected(), "learning.reminders_set")
    };
    if changed > 0 {
        let (actor, subject) = (Some(actor.person()), Some(actor.person()));
        audit::record(&mut db, audit::Event { at: now, actor, subject, action }).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Who got this token with a reminder gets no more of them. They may set some again in their account. A token that is unknown is no error: there
/// are no reminders.
///
/// # Errors
/// When the database fails.
pub async fn stop_own_reminders(services: &Services, token: &str) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let person = sqlx::query_scalar!(
        "delete from own_reminders w using own_reminded r
        where r.stop_hash = $1 and w.person_id = r.person_id returning w.person_id",
        random::hash(token),
    )
    .fetch_optional(&mut *db)
    .await?;
    if let Some(person) = person.map(PersonId) {
        let action = "learning.reminders_stopped";
        let event = audit::Event { at: now, actor: Some(person), subject: Some(person), action };
        audit::record(&mut db, event).await?;
    }
    db.commit().await?;
    Ok(())
}

/// Sends what is due today, from eight in the morning on in London. Returns how many mails.
///
/// # Errors
/// When the database fails.
pub async fn remind_learners(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    forget_old(services, today(now)).await?;
    if !HOURS.contains(&now.with_timezone(&London).hour()) {
        return Ok(0);
    }
    let mut sent = 0;
    loop {
        let (looked, mailed) = remind_some(services, now).await?;
        sent += mailed;
        if looked < AT_ONCE.unsigned_abs() {
            return Ok(sent);
        }
    }
}

async fn forget_old(services: &Services, today: NaiveDate) -> Result<()> {
    in_portions(|| {
        sqlx::query!(
            "delete from own_reminded where ctid = any(array(
                select ctid from own_reminded where sent_on < $1 limit $2 for update skip locked))",
            before(today, KEPT),
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    in_portions(|| {
        sqlx::query!(
            "delete from own_reminded_dates where ctid = any(array(
                select ctid from own_reminded_dates where due_on < $1 limit $2 for update skip locked))",
            today,
            PORTION,
        )
        .execute(&services.db)
    })
    .await?;
    Ok(())
}

/// A module that is due.
#[derive(Debug, Deserialize)]
struct ModuleDue {
    subject: Uuid,
    course: String,
    title: String,
    on: NaiveDate,
    /// The person was reminded of this day.
    told: bool,
}

/// A paper that closes.
#[derive(Debug, Deserialize)]
struct PaperDue {
    subject: Uuid,
    title: String,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    told: bool,
}

/// A date of a person, to be said in a mail.
struct Ahead {
    /// The module or the paper.
    subject: Uuid,
    on: NaiveDate,
    days: i64,
    told: bool,
    /// A sentence without its end.
    words: String,
    /// Of a module: the address of its course.
    course: Option<String>,
    /// Of a paper: what its link says, and where it leads.
    link: Option<(String, String)>,
}

impl ModuleDue {
    fn ahead(self, now: DateTime<Utc>) -> Ahead {
        let due = due(self.on, now);
        Ahead {
            subject: self.subject,
            on: self.on,
            days: due.days,
            told: self.told,
            words: format!("{} {}", self.title, due.in_words()),
            course: Some(self.course),
            link: None,
        }
    }
}

impl PaperDue {
    fn ahead(self, site: &str, now: DateTime<Utc>) -> Ahead {
        let on = today(self.closes);
        let closes = moment(self.closes).london;
        let words = if self.opens <= now {
            format!("{} closes on {closes}, UK time", self.title)
        } else {
            format!("{} opens on {} and closes on {closes}, UK time", self.title, moment(self.opens).london)
        };
        Ahead {
            subject: self.subject,
            on,
            days: (on - today(now)).num_days(),
            told: self.told,
            words,
            course: None,
            link: Some((
                format!("Go to {}", self.title),
                format!("{site}/assessments/start/{}", self.subject),
            )),
        }
    }
}

/// One portion, in a transaction of its own. Returns for how many it decided, and how many mails it queued.
async fn remind_some(services: &Services, now: DateTime<Utc>) -> Result<(u64, u64)> {
    let day = today(now);
    let mut db = services.begin().await?;
    // The row of a person is held until the mail is queued: nobody stops their reminders in between and gets one nevertheless.
    let claimed = sqlx::query!(
        "update own_reminders set looked_on = $1
        where person_id = any(array(
            select person_id from own_reminders where looked_on < $1 order by person_id limit $2 for no key update skip locked
        ))
        returning person_id, weekday, days_before",
        day,
        AT_ONCE,
    )
    .fetch_all(&mut *db)
    .await?;
    let weekday = u8::try_from(day.weekday().number_from_monday()).map_err(Error::failed)?;
    let mut people = Vec::new();
    let mut wishes = BTreeMap::new();
    for row in &claimed {
        let wanted = wanted(row.weekday, row.days_before)?;
        if wanted.days_before.is_some() || wanted.weekday == Some(weekday) {
            people.push(row.person_id);
            wishes.insert(row.person_id, wanted);
        }
    }
    let rows = sqlx::query!(
        r#"select p.id as "id!", p.full_name as "name!",
            exists (select from own_reminded o where o.person_id = p.id and o.weekly and o.sent_on > $4) as "weekly_lately!",
            (select coalesce(jsonb_agg(to_jsonb(c) order by c.last_seen_at desc nulls last, c.enrolled_at, c.slug), '[]')
                from learning_cards(p.id, $2) c) as "courses!: Json<Vec<CardRow>>",
            (select coalesce(jsonb_agg(jsonb_build_object('subject', m.id, 'course', k.slug, 'title', m.title, 'on', d.due_on,
                    'told', exists (select from own_reminded_dates t
                        where t.person_id = p.id and t.subject = m.id and t.due_on = d.due_on))
                    order by d.due_on, k.slug, m.position, m.id), '[]')
                from enrolments e
                join courses k on k.id = e.course_id
                cross join lateral modules_due(e.id, $2) d
                join modules m on m.id = d.module_id
                where e.learner_id = p.id) as "modules!: Json<Vec<ModuleDue>>",
            (select coalesce(jsonb_agg(jsonb_build_object('subject', x.id, 'title', x.title, 'opens', x.opens_at, 'closes', x.closes_at,
                    'told', exists (select from own_reminded_dates t
                        where t.person_id = p.id and t.subject = x.id and t.due_on = (x.closes_at at time zone 'Europe/London')::date))
                    order by x.closes_at, x.id), '[]')
                from papers_dated(p.id, $2) x) as "papers!: Json<Vec<PaperDue>>"
        from people_named p
        join activation_states a on a.person_id = p.id and a.state = 'active'
        where p.id = any($1)
            -- The last mail came back: another would too.
            and (select s.state from mails_of_people s where s.person_id = p.id and s.state in ('sent', 'bounced')
                order by s.queued_at desc, s.id desc limit 1) is distinct from 'bounced'
            and not exists (select from own_reminded o where o.person_id = p.id and o.sent_on = $3)
        order by p.id"#,
        &people,
        now,
        day,
        before(day, Days::new(7)),
    )
    .fetch_all(&mut *db)
    .await?;
    let (mut mails, mut told_people, mut told_subjects, mut told_days) = (vec![], vec![], vec![], vec![]);
    let (mut sent, mut weekly, mut hashes) = (vec![], vec![], vec![]);
    for row in rows {
        let wanted = wishes.get(&row.id).copied().unwrap_or_default();
        let courses: Vec<_> = row.courses.0.into_iter().map(|card| card.card(now)).collect();
        let ahead = row.modules.0.into_iter().map(|module| module.ahead(now));
        let site = &services.public_url;
        let ahead: Vec<_> =
            ahead.chain(row.papers.0.into_iter().map(|paper| paper.ahead(site, now))).collect();
        let is_weekly = wanted.is_weekly_due(weekday, row.weekly_lately);
        let Some(said) = said(wanted, is_weekly, &courses, &ahead) else { continue };
        for date in ahead.iter().filter(|date| wanted.is_near(date.days) && !date.told) {
            told_people.push(row.id);
            told_subjects.push(date.subject);
            told_days.push(date.on);
        }
        let stop = Token::new()?;
        mails.push(letter(services, &said, (PersonId(row.id), row.name.as_str()), &stop));
        sent.push(row.id);
        weekly.push(said.weekly.is_some());
        hashes.push(stop.hash());
    }
    sqlx::query!(
        "insert into own_reminded (person_id, sent_on, weekly, stop_hash)
        select n.person_id, $2, n.weekly, n.stop_hash from unnest($1::uuid[], $3::boolean[], $4::bytea[]) as n (person_id, weekly, stop_hash)",
        &sent,
        day,
        &weekly,
        &hashes,
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "insert into own_reminded_dates (person_id, subject, due_on)
        select * from unnest($1::uuid[], $2::uuid[], $3::date[]) on conflict do nothing",
        &told_people,
        &told_subjects,
        &told_days,
    )
    .execute(&mut *db)
    .await?;
    mail::enqueue_many(services, &mut db, &mails).await?;
    db.commit().await?;
    Ok((counted(claimed.len()), counted(sent.len())))
}

/// What a mail of today says; nothing when there is nothing to say. The mail of the week has all that is ahead, another one the near dates alone,
/// with the courses that they are of.
fn said<'a>(
    wanted: RemindersWanted,
    is_weekly: bool,
    courses: &'a [CourseCard],
    ahead: &'a [Ahead],
) -> Option<Said<'a>> {
    let near = |date: &&Ahead| wanted.is_near(date.days);
    if is_weekly {
        let dates: Vec<_> =
            ahead.iter().filter(|date| (0..=WEEKLY_LOOKS_AHEAD).contains(&date.days) || near(date)).collect();
        let courses: Vec<_> = courses.iter().filter(|course| course.go_on.is_some()).collect();
        if !(courses.is_empty() && dates.is_empty()) {
            return Some(Said { weekly: wanted.on(), days_before: wanted.days_before, courses, dates });
        }
    }
    let dates: Vec<_> = ahead.iter().filter(|date| near(date) && !date.told).collect();
    if dates.is_empty() {
        return None;
    }
    let of: BTreeSet<_> = dates.iter().filter_map(|date| date.course.as_deref()).collect();
    let courses = courses.iter().filter(|course| of.contains(course.leads_to.as_str())).collect();
    Some(Said { weekly: None, days_before: wanted.days_before, courses, dates })
}

fn before(day: NaiveDate, by: Days) -> NaiveDate {
    day.checked_sub_days(by).unwrap_or(day)
}

fn counted(many: usize) -> u64 {
    u64::try_from(many).unwrap_or(u64::MAX)
}
