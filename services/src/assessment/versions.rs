//! Two windows that edit one paper. A form says which version of its part it shows; when that is not the newest any more, nothing is
//! changed, so nobody undoes unseen what was saved meanwhile.

use domain::Problem;
use sqlx::PgConnection;

use super::PaperSetter;
use crate::{Error, Result, accounts::Actor, moment::day_time};

/// What is saved by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Settings,
    Questions,
    Candidates,
}

impl Part {
    fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Questions => "questions",
            Self::Candidates => "candidates",
        }
    }
}

/// Goes on to the next version, and holds it until the transaction ends. `seen` is the version that the change was made of; `None`
/// for who has not looked, like the demo.
///
/// # Errors
/// [`Problem::ChangedMeanwhile`] on `changed`.
pub(super) async fn next_version(
    db: &mut PgConnection,
    actor: &Actor,
    setter: PaperSetter,
    part: Part,
    seen: Option<u32>,
) -> Result<()> {
    sqlx::query!(
        "insert into paper_versions (paper_id, part, version, changed_at) values ($1, $2, 0, now()) on conflict do nothing",
        setter.paper.0,
        part.as_str(),
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query!(
        "select version, changed_at from paper_versions where paper_id = $1 and part = $2 for update",
        setter.paper.0,
        part.as_str(),
    )
    .fetch_one(&mut *db)
    .await?;
    if seen.is_some_and(|seen| i64::from(seen) != row.version) {
        return Err(Error::invalid("changed", Problem::ChangedMeanwhile { at: day_time(row.changed_at) }));
    }
    sqlx::query!(
        "update paper_versions set version = version + 1, changed_at = now(), changed_by = $3 where paper_id = $1 and part = $2",
        setter.paper.0,
        part.as_str(),
        actor.person().0,
    )
    .execute(db)
    .await?;
    Ok(())
}
