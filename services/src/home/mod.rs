//! The start page: what waits for somebody who is signed in, in all areas. It has no tables. Each area says by a function of the database
//! what of its own waits for a person, and every function starts from that person: what others have costs nothing.

#[cfg(test)]
mod tests;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Europe::London;
use domain::{
    assessment::{PaperId, delivery::SittingId, results::ReleasedOutcome},
    home::{
        AreaWaits, CohortSeen, NEWEST_COHORTS, NewResult, OrganisationWaits, PaperSoon, PapersKept,
        SittingNow, Waiting,
    },
    minutes_begun,
};
use serde::Deserialize;
use sqlx::types::Json;

use crate::{Result, Services, accounts::Actor, learning::CardRow, moment, number};

/// `/`, for who is signed in.
///
/// # Errors
/// Those of the database.
pub async fn waiting(services: &Services, actor: &Actor) -> Result<Waiting> {
    let now = services.clock.now();
    let row = sqlx::query!(
        r#"select
            (select coalesce(jsonb_agg(to_jsonb(c) order by c.last_seen_at desc nulls last, c.enrolled_at, c.slug), '[]')
                from learning_cards($1, $2) c) as "courses!: Json<Vec<CardRow>>",
            papers_waiting($1) as "papers!: Json<PapersRow>",
            (select coalesce(jsonb_agg(to_jsonb(k) order by k.not_seen + k.never desc, k.name, k.cohort_id), '[]')
                from students_not_seen($1, $2, $3) k) as "cohorts!: Json<Vec<CohortSeen>>",
            papers_kept($1) as "kept: Json<PapersKept>",
            (select coalesce(jsonb_agg(to_jsonb(o) order by o.name, o.slug), '[]')
                from administration_waits($1) o) as "organisations!: Json<Vec<OrganisationWaits>>",
            (select coalesce(jsonb_agg(to_jsonb(z) order by z.name, z.slug), '[]')
                from zone_waits($1) z) as "areas!: Json<Vec<AreaWaits>>""#,
        actor.person().0,
        now,
        i32::from(NEWEST_COHORTS),
    )
    .fetch_one(&services.db)
    .await?;
    let PapersRow { sitting, papers, more_papers, results } = row.papers.0;
    Ok(Waiting {
        courses: row.courses.0.into_iter().map(|row| row.card(now)).collect(),
        sitting: sitting.map(SittingRow::now).transpose()?,
        papers: papers.into_iter().map(PaperRow::soon).collect::<Result<_>>()?,
        more_papers,
        results: results.into_iter().map(ResultRow::new_result).collect(),
        cohorts: row.cohorts.0,
        kept: row.kept.map(|kept| kept.0),
        organisations: row.organisations.0,
        areas: row.areas.0,
    })
}

fn day(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&London).date_naive()
}

/// What the database function `papers_waiting` gives.
#[derive(Debug, Deserialize)]
struct PapersRow {
    sitting: Option<SittingRow>,
    papers: Vec<PaperRow>,
    more_papers: u32,
    results: Vec<ResultRow>,
}

#[derive(Debug, Deserialize)]
struct SittingRow {
    sitting: SittingId,
    title: String,
    remaining_ms: i64,
    paused: bool,
}

impl SittingRow {
    fn now(self) -> Result<SittingNow> {
        Ok(SittingNow {
            sitting: self.sitting,
            title: self.title,
            minutes: number(minutes_begun(self.remaining_ms))?,
            paused: self.paused,
        })
    }
}

/// By the database's clock, as everything about papers.
#[derive(Debug, Deserialize)]
struct PaperRow {
    paper: PaperId,
    title: String,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    open: bool,
    now: DateTime<Utc>,
}

impl PaperRow {
    fn soon(self) -> Result<PaperSoon> {
        let at = if self.open { self.closes } else { self.opens };
        let days = (day(at) - day(self.now)).num_days().max(0);
        Ok(PaperSoon {
            paper: self.paper,
            title: self.title,
            open: self.open,
            at: moment(at),
            days: number(days)?,
        })
    }
}

#[derive(Debug, Deserialize)]
struct ResultRow {
    sitting: SittingId,
    title: String,
    mark: u32,
    available: u32,
    passed: bool,
    changed: bool,
}

impl ResultRow {
    fn new_result(self) -> NewResult {
        NewResult {
            sitting: self.sitting,
            title: self.title,
            outcome: ReleasedOutcome { mark: self.mark, available: self.available, passed: self.passed },
            changed: self.changed,
        }
    }
}
