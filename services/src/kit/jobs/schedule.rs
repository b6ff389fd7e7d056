//! Jobs that are due every hour or every night. The database stores when each is next due, so all servers together do
//! it once.

use chrono::{DateTime, Days, Duration, DurationRound, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::London;
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval},
};

use super::{Job, enqueue_many, purge};
use crate::{
    Result, Services, accounts, assessment,
    kit::{files, mail, once, supervisor::stopped},
    learning::{self, content},
    organisations,
    zone::messages,
};

/// How often a server looks for due jobs.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduledJob {
    ForgetOldAddresses,
    ForgetOldDevices,
    ForgetEndedSessions,
    RemoveOldSittings,
    ForgetDoneForms,
    ForgetCodeTries,
    ForgetBankDrafts,
    FinishRecount,
    ForgetUploads,
    DeleteFiles,
    RemoveFailedJobs,
    RemoveOldMail,
    RemindInvited,
    RemindLearners,
    RemovePending,
    ForgetZoneMessages,
}

impl ScheduledJob {
    pub const ALL: [Self; 16] = [
        Self::ForgetOldAddresses,
        Self::ForgetOldDevices,
        Self::ForgetEndedSessions,
        Self::RemoveOldSittings,
        Self::ForgetDoneForms,
        Self::ForgetCodeTries,
        Self::ForgetBankDrafts,
        Self::FinishRecount,
        Self::ForgetUploads,
        Self::DeleteFiles,
        Self::RemoveFailedJobs,
        Self::RemoveOldMail,
        Self::RemindInvited,
        Self::RemindLearners,
        Self::RemovePending,
        Self::ForgetZoneMessages,
    ];

    /// The kind of its job.
    pub fn name(self) -> &'static str {
        match self {
            Self::ForgetOldAddresses => "forget_old_addresses",
            Self::ForgetOldDevices => "forget_old_devices",
            Self::ForgetEndedSessions => "forget_ended_sessions",
            Self::RemoveOldSittings => "remove_old_sittings",
            Self::ForgetDoneForms => "forget_done_forms",
            Self::ForgetCodeTries => "forget_code_tries",
            Self::ForgetBankDrafts => "forget_bank_drafts",
            Self::FinishRecount => "finish_recount",
            Self::ForgetUploads => "forget_uploads",
            Self::DeleteFiles => "delete_files",
            Self::RemoveFailedJobs => "remove_failed_jobs",
            Self::RemoveOldMail => "remove_old_mail",
            Self::RemindInvited => "remind_invited",
            Self::RemindLearners => "remind_learners",
            Self::RemovePending => "remove_pending",
            Self::ForgetZoneMessages => "forget_zone_messages",
        }
    }

    pub fn schedule(self) -> Schedule {
        match self {
            Self::RemoveFailedJobs | Self::RemoveOldMail | Self::RemovePending | Self::ForgetZoneMessages => {
                Schedule::Nightly { hour: 3 }
            }
            Self::ForgetOldAddresses
            | Self::ForgetOldDevices
            | Self::ForgetEndedSessions
            | Self::RemoveOldSittings
            | Self::ForgetDoneForms
            | Self::ForgetCodeTries
            | Self::ForgetBankDrafts
            | Self::ForgetUploads
            | Self::DeleteFiles
            | Self::FinishRecount
            | Self::RemindInvited
            // Every full hour of London begins with one of UTC. What is sent, and from which hour on, is decided by `remind_learners`.
            | Self::RemindLearners => Schedule::Hourly,
        }
    }

    /// Each works in portions, with a transaction for each portion: the next run does what a killed one had not
    /// committed.
    pub(super) async fn run(self, services: &Services) -> Result<()> {
        let (what, count) = match self {
            Self::ForgetOldAddresses => {
                ("network addresses older than 90 days", accounts::forget_old_addresses(services).await?)
            }
            Self::ForgetOldDevices => {
                ("devices not seen for a year", accounts::forget_old_devices(services).await?)
            }
            Self::ForgetEndedSessions => {
                ("sessions that have ended", accounts::forget_ended_sessions(services).await?)
            }
            Self::RemoveOldSittings => {
                ("sittings kept for seven years", assessment::delivery::remove_old_sittings(services).await?)
            }
            Self::ForgetDoneForms => ("forms that were sent", once::forget_done_forms(services).await?),
            Self::ForgetCodeTries => {
                ("counts of tried access codes", assessment::delivery::forget_code_tries(services).await?)
            }
            Self::ForgetBankDrafts => {
                ("banks that were never imported", assessment::bank::forget_bank_drafts(services).await?)
            }
            Self::FinishRecount => {
                let counted = content::finish_recount(services).await?;
                if counted > 0 {
                    tracing::info!(counted, "recounted learners that an import had left");
                }
                return Ok(());
            }
            Self::ForgetUploads => {
                ("uploads that nobody has confirmed", organisations::forget_uploads(services).await?)
            }
            Self::DeleteFiles => ("files that nothing names any more", files::delete_files(services).await?),
            Self::RemindInvited => {
                let count = accounts::remind_invited(services).await?;
                if count > 0 {
                    tracing::info!(count, "reminded people who were invited");
                }
                return Ok(());
            }
            Self::RemindLearners => {
                let count = learning::remind_learners(services).await?;
                if count > 0 {
                    tracing::info!(count, "reminded learners, as they have asked");
                }
                return Ok(());
            }
            Self::RemovePending => {
                let people = accounts::remove_pending(services).await?;
                let questions = organisations::forget_requests(services).await?;
                ("people, and questions to people, who had not answered for 90 days", people + questions)
            }
            Self::ForgetZoneMessages => (
                "messages, closed reports and counts of messages of the Zone that are old",
                messages::forget_old_messages(services).await?,
            ),
            Self::RemoveFailedJobs => ("jobs that had failed", purge(services).await?),
            Self::RemoveOldMail => ("mail that is long over", mail::purge(services).await?),
        };
        if count > 0 {
            tracing::info!(count, "removed {what}");
        }
        Ok(())
    }
}

/// When a job is due again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// At every full hour.
    Hourly,
    /// Every night at this hour in London. If the clocks repeat that hour, once; if they skip it, an hour later.
    Nightly { hour: u32 },
}

impl Schedule {
    /// The first time after this one.
    pub fn next(self, after: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Hourly => {
                let hour = Duration::hours(1);
                after.duration_trunc(hour).unwrap_or(after) + hour
            }
            Self::Nightly { hour } => {
                let today = after.with_timezone(&London).date_naive();
                [Some(today), today.checked_add_days(Days::new(1))]
                    .into_iter()
                    .flatten()
                    .filter_map(|day| {
                        let time = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0)?);
                        let skipped = || London.from_local_datetime(&(time + Duration::hours(1))).earliest();
                        London.from_local_datetime(&time).earliest().or_else(skipped)
                    })
                    .map(|time| time.with_timezone(&Utc))
                    .find(|time| *time > after)
                    .unwrap_or(after + Duration::days(1))
            }
        }
    }
}

/// Queues due jobs, once for all servers: the transaction that moves `due_at` queues the job. A job that was due
/// several times while no server ran is done once. Returns how many it queued.
///
/// # Errors
/// When the database fails.
pub async fn enqueue_due(services: &Services) -> Result<usize> {
    let names: Vec<_> = ScheduledJob::ALL.iter().map(|job| job.name().to_owned()).collect();
    let mut db = services.begin().await?;
    // A new kind is due at once.
    sqlx::query!(
        "insert into schedules (name, due_at) select n, clock_timestamp() from unnest($1::text[]) as n
        where not exists (select from schedules s where s.name = n) on conflict do nothing",
        &names,
    )
    .execute(&mut *db)
    .await?;
    let due = sqlx::query!(
        r#"select name, clock_timestamp() as "now!" from schedules
        where name = any($1) and due_at <= clock_timestamp() order by name for update skip locked"#,
        &names,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut jobs = Vec::with_capacity(due.len());
    for row in due {
        let Some(job) = ScheduledJob::ALL.into_iter().find(|job| job.name() == row.name) else { continue };
        let next = job.schedule().next(row.now);
        sqlx::query!("update schedules set due_at = $2 where name = $1", row.name, next)
            .execute(&mut *db)
            .await?;
        jobs.push(Job::Scheduled(job));
    }
    enqueue_many(&mut db, &jobs).await?;
    db.commit().await?;
    Ok(jobs.len())
}

/// Queues due jobs, until `stopping` says so. It waits while the database is down.
pub async fn run_scheduler(services: Services, mut stopping: watch::Receiver<bool>) {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = looks.tick() => {
                if let Err(error) = enqueue_due(&services).await {
                    tracing::warn!(%error, "could not queue due jobs; trying again");
                }
            }
            () = stopped(&mut stopping) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};
    use sqlx::PgPool;

    use super::*;
    use crate::{kit::jobs::run_ready, testing::World};

    /// Rule 56: over both changes of the UK clock, on a Sunday and on other days.
    #[test]
    fn every_scheduled_job_is_due_over_both_clock_changes_and_on_a_sunday() {
        let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (from, hours) in
            [("2027-03-27T12:00:00Z", 23), ("2027-10-30T12:00:00Z", 25), ("2026-11-28T12:00:00Z", 24)]
        {
            let sunday = utc(from).date_naive().succ_opt().unwrap();
            assert_eq!(sunday.weekday(), Weekday::Sun);
            for job in ScheduledJob::ALL {
                let (mut due, mut now) = (Vec::new(), utc(from));
                while now < utc(from) + chrono::Duration::days(3) {
                    now = job.schedule().next(now);
                    due.push(now);
                }
                let on_sunday: Vec<_> = due
                    .iter()
                    .map(|due| due.with_timezone(&London))
                    .filter(|due| due.date_naive() == sunday)
                    .collect();
                match job.schedule() {
                    Schedule::Hourly => {
                        assert!(
                            due.windows(2).all(|two| two[1] - two[0] == chrono::Duration::hours(1)),
                            "{job:?}"
                        );
                        assert_eq!(on_sunday.len(), hours, "{job:?}");
                    }
                    Schedule::Nightly { hour } => {
                        let at = London
                            .with_ymd_and_hms(sunday.year(), sunday.month(), sunday.day(), hour, 0, 0)
                            .unwrap();
                        assert_eq!(on_sunday, [at], "{job:?}");
                    }
                }
            }
        }
    }

    /// Rule 56: an hour in London that occurs twice, and one that is skipped.
    #[test]
    fn a_nightly_job_is_due_once_a_night_over_both_clock_changes() {
        let utc = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let night = Schedule::Nightly { hour: 1 };
        for (after, next) in [
            // Back: 1am is at 00:00Z and at 01:00Z.
            ("2027-10-30T12:00:00Z", "2027-10-31T00:00:00Z"),
            ("2027-10-31T00:00:00Z", "2027-11-01T01:00:00Z"),
            ("2027-10-31T00:30:00Z", "2027-11-01T01:00:00Z"),
            // On: after 00:59 comes 2am.
            ("2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z"),
            ("2027-03-28T01:00:00Z", "2027-03-29T00:00:00Z"),
            // A Sunday, and New Year.
            ("2026-11-29T00:59:59Z", "2026-11-29T01:00:00Z"),
            ("2026-12-31T23:30:00Z", "2027-01-01T01:00:00Z"),
        ] {
            assert_eq!(night.next(utc(after)), utc(next), "after {after}");
        }
    }

    /// Rule 56: this includes a job that was due several times.
    #[sqlx::test(migrator = "crate::MIGRATIONS")]
    async fn all_servers_together_queue_a_due_job_once(db: PgPool) {
        let world = World::new(db.clone());
        let all = ScheduledJob::ALL.len();
        let count =
            async || -> i64 { sqlx::query_scalar("select count(*) from jobs").fetch_one(&db).await.unwrap() };
        let at_once = async || {
            let both = tokio::join!(enqueue_due(&world.services), enqueue_due(&world.services));
            both.0.unwrap() + both.1.unwrap()
        };
        assert_eq!(at_once().await, all, "each is due when it is new");
        assert_eq!(at_once().await, 0);
        assert_eq!(count().await, i64::try_from(all).unwrap());
        let ahead: bool = sqlx::query_scalar("select bool_and(due_at > clock_timestamp()) from schedules")
            .fetch_one(&db)
            .await
            .unwrap();
        assert!(ahead);
        // The jobs are still there: a server was down for a week.
        sqlx::query("update schedules set due_at = due_at - interval '7 days'").execute(&db).await.unwrap();
        assert_eq!(at_once().await, all);
        assert_eq!(count().await, i64::try_from(all).unwrap(), "a waiting job waits once");
        assert_eq!(run_ready(&world.services).await.unwrap(), all);
        assert_eq!(count().await, 0, "each was done at the first attempt");
    }
}
