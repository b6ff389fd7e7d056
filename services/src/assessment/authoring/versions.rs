//! Two windows that edit one paper. A form says which version of its part it shows; if there is a newer one, nothing
//! changes, so that no setter undoes another's change unseen.

use domain::{Problem, assessment::authoring::PaperVersions};
use sqlx::PgConnection;

use crate::{
    Error, Result, Services,
    access::PaperSetter,
    accounts::Actor,
    kit::{moment::day_time, once::pressed_twice},
};

/// A part that is saved separately.
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

/// Holds every part as it was `seen` until the transaction ends: an action on the whole paper applies to the version
/// that its page showed. `None` as for [`next_version`].
///
/// # Errors
/// [`Problem::ChangedMeanwhile`] on `changed`.
pub(super) async fn as_seen(
    db: &mut PgConnection,
    setter: PaperSetter,
    seen: Option<PaperVersions>,
) -> Result<()> {
    let parts = [Part::Settings, Part::Questions, Part::Candidates].map(|part| part.as_str().to_owned());
    // A part that was never saved has a row too, so that it can be locked.
    sqlx::query!(
        "insert into paper_versions (paper_id, part, version, changed_at)
        select $1, part, 0, now() from unnest($2::text[]) part on conflict do nothing",
        setter.paper().0,
        &parts,
    )
    .execute(&mut *db)
    .await?;
    let rows = sqlx::query!(
        "select part, version, changed_at from paper_versions where paper_id = $1 order by part for update",
        setter.paper().0,
    )
    .fetch_all(db)
    .await?;
    let Some(seen) = seen else { return Ok(()) };
    let changed = rows.iter().filter(|row| {
        let seen = match row.part.as_str() {
            "settings" => seen.settings,
            "questions" => seen.questions,
            _ => seen.candidates,
        };
        i64::from(seen) != row.version
    });
    match changed.map(|row| row.changed_at).max() {
        Some(at) => Err(Error::invalid("changed", Problem::ChangedMeanwhile { at: day_time(at) })),
        None => Ok(()),
    }
}

/// What [`next_version`] answers.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Now,
    /// The same person has done the same, based on the same version, within a minute: the button was pressed twice.
    Before,
}

/// Moves on to the next version, and holds it until the transaction ends. `seen` is the version that the change was
/// based on; `None` for a caller that has not looked, like the demo. The change is an act and what was typed for it. Of what is refused
/// afterwards nothing is kept, so [`Turn::Before`] says that it was done.
///
/// # Errors
/// [`Problem::ChangedMeanwhile`] on `changed`; [`Error::NotFound`] if the paper was removed meanwhile.
pub(super) async fn next_version(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    setter: PaperSetter,
    part: Part,
    seen: Option<u32>,
    (act, typed): (&str, &str),
) -> Result<Turn> {
    sqlx::query!(
        "insert into paper_versions (paper_id, part, version, changed_at) values ($1, $2, 0, now()) on conflict do nothing",
        setter.paper().0,
        part.as_str(),
    )
    .execute(&mut *db)
    .await
    .map_err(gone)?;
    let row = sqlx::query!(
        "select version, changed_at from paper_versions where paper_id = $1 and part = $2 for update",
        setter.paper().0,
        part.as_str(),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if let Some(seen) = seen {
        let typed = format!("{seen} {typed}");
        let before = pressed_twice(services, db, actor.person(), setter.paper().0, (act, &typed)).await?;
        if i64::from(seen) != row.version {
            let changed = Problem::ChangedMeanwhile { at: day_time(row.changed_at) };
            return if before { Ok(Turn::Before) } else { Err(Error::invalid("changed", changed)) };
        }
    }
    sqlx::query!(
        "update paper_versions set version = version + 1, changed_at = now(), changed_by = $3 where paper_id = $1 and part = $2",
        setter.paper().0,
        part.as_str(),
        actor.person().0,
    )
    .execute(db)
    .await?;
    Ok(Turn::Now)
}

/// A row that refers to a paper can no longer be written when another setter has just removed the paper.
fn gone(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(error) if error.is_foreign_key_violation() => Error::NotFound,
        other => other.into(),
    }
}
