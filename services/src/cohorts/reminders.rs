//! Reminders that tutors send to students of their cohort, and the students who take none.

mod letter;

use chrono::{DateTime, Duration, Utc};
use domain::{
    Problem,
    accounts::PersonId,
    cohorts::{CohortId, DAYS_BETWEEN_REMINDERS, REMINDER_LENGTH, REMINDER_TEXT, Reminder, ReminderId},
    visible_lines,
};
use serde_json::json;
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::one_at_a_time;
use crate::{
    Error, Result, Services,
    accounts::Actor,
    kit::{
        audit, mail,
        moment::day_time,
        random::{self, Token},
    },
    moment, number,
};
use letter::{Said, letter};

/// How many of the chosen students the page names.
const NAMED: i32 = 100;

/// Begins a reminder to these students, and takes the place of the one that the actor has begun before and not sent, with its text.
///
/// # Errors
/// [`Problem::NobodyChosen`] on `chosen` when the table of the cohort shows none of them; as [`Actor::tutor_of`].
pub async fn begin_reminder(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    chosen: &[PersonId],
) -> Result<ReminderId> {
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    let reminder = sqlx::query_scalar!(
        "insert into cohort_reminders (id, cohort_id, author_id, text, begun_at) values ($1, $2, $3, $4, $5)
        on conflict (cohort_id, author_id) where sent_at is null do update set begun_at = excluded.begun_at returning id",
        Uuid::now_v7(),
        tutor.cohort().0,
        actor.person().0,
        REMINDER_TEXT,
        services.clock.now(),
    )
    .fetch_one(&mut *db)
    .await?;
    sqlx::query!("delete from cohort_reminded where reminder_id = $1", reminder).execute(&mut *db).await?;
    let chosen: Vec<_> = chosen.iter().map(|person| person.0).collect();
    let taken = sqlx::query!(
        "insert into cohort_reminded (reminder_id, person_id)
        select $1, e.learner_id
        from cohorts co
        join enrolments e on e.cohort_id = co.id and e.learner_id = any($3)
        join progress_shared d on d.organisation_id = co.organisation_id and d.person_id = e.learner_id
        where co.id = $2",
        reminder,
        tutor.cohort().0,
        &chosen,
    )
    .execute(&mut *db)
    .await?;
    if taken.rows_affected() == 0 {
        return Err(Error::invalid("chosen", Problem::NobodyChosen));
    }
    db.commit().await?;
    Ok(ReminderId(reminder))
}

/// `/cohorts/{cohort}/reminders/{reminder}`: before it is sent for who began it, afterwards for everybody who follows the cohort. It names and
/// counts those whom the table of the cohort shows. Of those who take no reminders it says neither who nor how many they are: of one chosen
/// student a number would tell.
///
/// # Errors
/// [`Error::NotFound`] for a reminder of another cohort, and for one that somebody else has begun; as [`Actor::tutor_of`].
pub async fn reminder_page(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    reminder: ReminderId,
) -> Result<Reminder> {
    let now = services.clock.now();
    let mut db = services.db.acquire().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    let row = sqlx::query!(
        r#"select r.text, r.begun_at, r.sent_at, co.name as cohort_name, o.name as "organisation!", c.title as course, b.full_name as "author?",
            t.to_send as "to!", t.had_one as "had_one!", t.names as "names!"
        from cohort_reminders r
        join cohorts co on co.id = r.cohort_id
        join organisations_named o on o.id = co.organisation_id
        join courses c on c.id = co.course_id
        left join people_named b on b.id = r.author_id
        cross join lateral (
            select count(*) filter (where x.outcome <> 'had-one') as to_send, count(*) filter (where x.outcome = 'had-one') as had_one,
                coalesce((array_agg(x.full_name order by lower(x.full_name), x.id) filter (where x.here))[1:$5], '{}') as names
            from (
                select p.id, p.full_name, coalesce(q.outcome, s.outcome) as outcome, s.outcome is not null as here
                from cohort_reminded q join people_named p on p.id = q.person_id
                cross join lateral (select reminder_outcome(r.cohort_id, q.person_id, $4) as outcome offset 0) s
                where q.reminder_id = r.id
            ) x
        ) t
        where r.id = $1 and r.cohort_id = $2 and (r.author_id = $3 or r.sent_at is not null)"#,
        reminder.0,
        tutor.cohort().0,
        actor.person().0,
        now - Duration::days(DAYS_BETWEEN_REMINDERS),
        NAMED,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let author = row.author.unwrap_or_else(|| "A tutor".to_owned());
    let said = Said {
        author: &author,
        cohort: &row.cohort_name,
        organisation: &row.organisation,
        course: &row.course,
        text: &row.text,
    };
    Ok(Reminder {
        id: reminder,
        cohort: tutor.cohort(),
        subject: said.subject(),
        before: said.before(),
        after: said.after(),
        author,
        cohort_name: row.cohort_name,
        organisation: row.organisation,
        course: row.course,
        text: row.text,
        names: row.names,
        to: number(row.to)?,
        had_one: number(row.had_one)?,
        seen: row.begun_at.timestamp_micros(),
        sent: row.sent_at.map(moment),
    })
}

/// Keeps the text of a reminder that is not sent yet, so that its page shows the mail with it. It does nothing to one that is sent.
///
/// # Errors
/// A problem in words on `reminder_text`; as [`reminder_page`].
pub async fn save_reminder(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    reminder: ReminderId,
    text: &str,
) -> Result<()> {
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    if let Some(begun) = begun(&mut db, tutor.cohort(), actor, reminder).await? {
        let text = typed(text)?;
        sqlx::query!("update cohort_reminders set text = $2 where id = $1", begun.id, text)
            .execute(&mut *db)
            .await?;
        db.commit().await?;
    }
    Ok(())
}

/// Sends a reminder to those of the chosen students who take reminders, have an open account, are still in the cohort, and were chosen for none
/// within the last week. Who sends it twice sends it once. `seen` is that of the page with the form: [`Reminder::seen`].
///
/// # Errors
/// On `reminder_text`: [`Problem::ChangedMeanwhile`] when others were chosen since the form was drawn; a problem in words, also when all had one
/// within the week. As [`reminder_page`].
pub async fn send_reminder(
    services: &Services,
    actor: &Actor,
    cohort: CohortId,
    reminder: ReminderId,
    text: &str,
    seen: Option<i64>,
) -> Result<()> {
    let now = services.clock.now();
    let mut db = services.begin().await?;
    let tutor = actor.tutor_of(&mut db, cohort).await?;
    // Of two that are sent at once the second sees who got the first.
    one_at_a_time(&mut db, tutor).await?;
    let Some(begun) = begun(&mut db, tutor.cohort(), actor, reminder).await? else { return Ok(()) };
    if seen != Some(begun.at.timestamp_micros()) {
        let changed = Problem::ChangedMeanwhile { at: day_time(begun.at) };
        return Err(Error::invalid("reminder_text", changed));
    }
    let text = typed(text)?;
    // Who has left since they were chosen is none of them any more.
    let chosen = sqlx::query!(
        r#"select q.person_id, p.full_name as "name!", s.outcome as "outcome!"
        from cohort_reminded q join people_named p on p.id = q.person_id
        cross join lateral (select reminder_outcome($2, q.person_id, $3) as outcome offset 0) s
        where q.reminder_id = $1 and s.outcome is not null order by q.person_id"#,
        begun.id,
        tutor.cohort().0,
        now - Duration::days(DAYS_BETWEEN_REMINDERS),
    )
    .fetch_all(&mut *db)
    .await?;
    let author = actor.signed_in().name;
    let said = Said {
        author: &author,
        cohort: &begun.cohort,
        organisation: &begun.organisation,
        course: &begun.course,
        text: &text,
    };
    let (mut people, mut outcomes, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut mails, mut sent) = (Vec::new(), Vec::new());
    for row in chosen {
        let hash = if row.outcome == "sent" {
            let stop = Token::new()?;
            let to = (PersonId(row.person_id), row.name.as_str());
            mails.push(letter(services, &said, &begun.course_slug, to, &stop));
            sent.push(row.person_id);
            Some(stop.hash())
        } else {
            None
        };
        people.push(row.person_id);
        outcomes.push(row.outcome);
        hashes.push(hash);
    }
    // Not "when there is no mail": that would tell of the only one who was chosen that they take no reminders.
    if outcomes.iter().all(|outcome| outcome == "had-one") {
        let words =
            "Nobody whom you chose can get a reminder now: choose others, or wait until a week is over"
                .to_owned();
        return Err(Error::invalid("reminder_text", Problem::InWords { words }));
    }
    sqlx::query!(
        "delete from cohort_reminded where reminder_id = $1 and person_id <> all($2)",
        begun.id,
        &people
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "update cohort_reminded q set outcome = n.outcome, stop_hash = n.stop_hash
        from unnest($2::uuid[], $3::text[], $4::bytea[]) as n (person_id, outcome, stop_hash)
        where q.reminder_id = $1 and q.person_id = n.person_id",
        begun.id,
        &people,
        &outcomes,
        &hashes as &[Option<Vec<u8>>],
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!("update cohort_reminders set text = $2, sent_at = $3 where id = $1", begun.id, text, now)
        .execute(&mut *db)
        .await?;
    let detail = json!({ "cohort": tutor.cohort(), "reminder": begun.id });
    let actor = Some(actor.person());
    audit::record_of_many(&mut db, now, actor, ("cohorts.reminded", detail), &sent).await?;
    mail::enqueue_many(services, &mut db, &mails).await?;
    db.commit().await?;
    Ok(())
}

/// A reminder that is not sent yet.
struct Begun {
    id: Uuid,
    /// When the students were chosen.
    at: DateTime<Utc>,
    cohort: String,
    organisation: String,
    course: String,
    course_slug: String,
}

/// The reminder, if the actor has begun it and it is not sent. Nothing when it is sent.
async fn begun(
    db: &mut Transaction<'_, Postgres>,
    cohort: CohortId,
    actor: &Actor,
    reminder: ReminderId,
) -> Result<Option<Begun>> {
    let row = sqlx::query!(
        r#"select r.id, r.begun_at, r.sent_at, co.name as cohort, o.name as "organisation!", c.title as course, c.slug as course_slug
        from cohort_reminders r
        join cohorts co on co.id = r.cohort_id
        join organisations_named o on o.id = co.organisation_id
        join courses c on c.id = co.course_id
        where r.id = $1 and r.cohort_id = $2 and (r.author_id = $3 or r.sent_at is not null)
        for no key update of r"#,
        reminder.0,
        cohort.0,
        actor.person().0,
    )
    .fetch_optional(&mut **db)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(row.sent_at.is_none().then_some(Begun {
        id: row.id,
        at: row.begun_at,
        cohort: row.cohort,
        organisation: row.organisation,
        course: row.course,
        course_slug: row.course_slug,
    }))
}

fn typed(text: &str) -> Result<String> {
    let text = visible_lines(text);
    if (1..=REMINDER_LENGTH).contains(&text.chars().count()) {
        return Ok(text);
    }
    let words = format!("Write what the students read, in at most {REMINDER_LENGTH} characters");
    Err(Error::invalid("reminder_text", Problem::InWords { words }))
}

/// Who got this token with a reminder takes no more of them, from any cohort. They may do so again in their account. A token that is unknown
/// is no error: there are no reminders.
///
/// # Errors
/// When the database fails.
pub async fn stop_reminders(services: &Services, token: &str) -> Result<()> {
    let mut db = services.begin().await?;
    let person = sqlx::query_scalar!(
        "select person_id from cohort_reminded where stop_hash = $1",
        random::hash(token)
    );
    let Some(person) = person.fetch_optional(&mut *db).await? else { return Ok(()) };
    wants(services, &mut db, PersonId(person), false).await?;
    db.commit().await?;
    Ok(())
}

/// Takes reminders of tutors from now on, or none.
///
/// # Errors
/// When the database fails.
pub async fn take_reminders(services: &Services, actor: &Actor, takes: bool) -> Result<()> {
    let mut db = services.begin().await?;
    wants(services, &mut db, actor.person(), takes).await?;
    db.commit().await?;
    Ok(())
}

async fn wants(
    services: &Services,
    db: &mut Transaction<'_, Postgres>,
    person: PersonId,
    takes: bool,
) -> Result<()> {
    let now = services.clock.now();
    let (changed, action) = if takes {
        let begun = sqlx::query!("delete from reminder_stops where person_id = $1", person.0);
        (begun.execute(&mut **db).await?.rows_affected(), "cohorts.reminders_taken")
    } else {
        let stopped = sqlx::query!(
            "insert into reminder_stops (person_id, stopped_at) values ($1, $2) on conflict do nothing",
            person.0,
            now,
        );
        (stopped.execute(&mut **db).await?.rows_affected(), "cohorts.reminders_stopped")
    };
    if changed > 0 {
        let event = audit::Event { at: now, actor: Some(person), subject: Some(person), action };
        audit::record(db, event).await?;
    }
    Ok(())
}
