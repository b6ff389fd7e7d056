//! The settings of a draft: reading, checking and saving them.

use chrono::{DateTime, Utc};
use domain::{
    FieldProblem, Problem,
    assessment::{PaperId, authoring::PaperSettings},
};
use sqlx::PgConnection;

use super::{
    paper::draft,
    papers::checked_title,
    times::read_local,
    versions::{Part, Turn, next_version_once},
};
use crate::{Error, Result, Services, accounts::Actor, assessment::delivery::code_tries::Try};

/// The problems of settings, without saving them: for a form with a field that cannot be read at all.
pub fn settings_problems(services: &Services, settings: &PaperSettings) -> Vec<FieldProblem> {
    checked(settings, services.clock.now()).err().unwrap_or_default()
}

/// Settings as stored.
struct Checked {
    title: String,
    opens: DateTime<Utc>,
    closes: DateTime<Utc>,
    code: String,
}

fn checked(settings: &PaperSettings, now: DateTime<Utc>) -> std::result::Result<Checked, Vec<FieldProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let title = checked_title(&settings.title).map_err(|problem| wrong("title", problem)).ok();
    for (field, value, range) in [
        ("limit_minutes", settings.limit_minutes, 1..=600),
        ("pass_percent", u16::from(settings.pass_percent), 0..=100),
        ("attempts", u16::from(settings.attempts), 1..=10),
    ] {
        if !range.contains(&value) {
            wrong(field, Problem::NumberOutOfRange);
        }
    }
    if let Some(problem) = instructions_problem(&settings.instructions) {
        wrong("instructions", problem);
    }
    let opens = read_local(&settings.opens, now).map_err(|problem| wrong("opens", problem)).ok();
    let closes = read_local(&settings.closes, now).map_err(|problem| wrong("closes", problem)).ok();
    if let (Some(opens), Some(closes)) = (opens, closes)
        && closes <= opens
    {
        wrong("closes", Problem::ClosesBeforeItOpens);
    }
    let code = checked_code(&settings.access_code).map_err(|problem| wrong("access_code", problem)).ok();
    let (Some(title), Some(opens), Some(closes), Some(code), true) =
        (title, opens, closes, code, problems.is_empty())
    else {
        return Err(problems);
    };
    Ok(Checked { title, opens, closes, code })
}

/// What candidates read before they start may be this long.
pub(super) fn instructions_problem(instructions: &str) -> Option<Problem> {
    (instructions.chars().count() > 4000).then_some(Problem::LongTextTooLong)
}

/// A typed access code as it is stored; empty for none.
pub(super) fn checked_code(typed: &str) -> std::result::Result<String, Problem> {
    let code = typed.trim().to_uppercase();
    let fits =
        code.is_empty() || (6..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if fits { Ok(code) } else { Err(Problem::CodeInvalid) }
}

/// `seen` is the version that the form showed: see [`domain::assessment::authoring::PaperVersions`]. A code that is new
/// to the paper counts as a try, as in [`paper_by_code`](crate::assessment::delivery::paper_by_code): a refusal reveals
/// that another paper has it.
///
/// # Errors
/// [`Error::Invalid`] with every field that is wrong; [`Problem::CodeWait`] on `access_code`.
pub async fn save_settings(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    settings: &PaperSettings,
    seen: Option<u32>,
) -> Result<()> {
    let code = checked(settings, services.clock.now()).ok().map(|checked| checked.code);
    let write = write_settings(services, actor, paper, settings, seen);
    with_code(services, actor, paper, code.as_deref(), write).await
}

/// Writes a form that may have a code for the paper, and counts the code as a try if it is new to the paper. `None` for a
/// form that cannot be read.
///
/// # Errors
/// [`Problem::CodeWait`] on `access_code`; those of `write`.
pub(super) async fn with_code(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: Option<&str>,
    write: impl Future<Output = Result<()>>,
) -> Result<()> {
    let mut db = services.db.acquire().await?;
    let tried = try_code(services, &mut db, actor, paper, code).await?;
    let written = write.await;
    if let Some(tried) = tried {
        let taken = |problem: &FieldProblem| problem.problem == Problem::CodeTaken;
        match &written {
            Err(Error::Invalid(problems)) if problems.iter().any(taken) => {
                tried.was_wrong(services, &mut db, actor).await?;
            }
            _ => tried.was_right(&mut db, actor).await?,
        }
    }
    written
}

async fn try_code(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    paper: PaperId,
    code: Option<&str>,
) -> Result<Option<Try>> {
    let setter = actor.setter_of(services, db, paper).await?;
    let Some(code) = code else { return Ok(None) };
    let own = sqlx::query_scalar!("select access_code from papers where id = $1", setter.paper().0)
        .fetch_optional(&mut *db)
        .await?
        .flatten();
    if code.is_empty() || own.as_deref() == Some(code) {
        return Ok(None);
    }
    match Try::begin(services, db, actor, code).await {
        Err(Error::Invalid(problems)) => {
            let there = |problem: FieldProblem| FieldProblem::new("access_code", problem.problem);
            Err(Error::Invalid(problems.into_iter().map(there).collect()))
        }
        other => other.map(Some),
    }
}

async fn write_settings(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    settings: &PaperSettings,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = format!("{settings:?}");
    let change = ("settings_saved", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Settings, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let Checked { title, opens, closes, code } =
        checked(settings, services.clock.now()).map_err(Error::Invalid)?;
    let written = sqlx::query!(
        "update papers set title = $2, kind = $3, instructions = $4, limit_minutes = $5, pass_percent = $6, calculator = $7,
            shuffle = $8, hints = $9, attempts = $10, opens_at = $11, closes_at = $12, access_code = nullif($13, ''), release = $14
        where id = $1",
        setter.paper().0,
        title,
        settings.kind.as_str(),
        settings.instructions.trim(),
        i16::try_from(settings.limit_minutes).map_err(Error::failed)?,
        i16::from(settings.pass_percent),
        settings.calculator,
        settings.shuffle,
        settings.hints,
        i16::from(settings.attempts),
        opens,
        closes,
        code,
        settings.release.as_str(),
    )
    .execute(&mut *db)
    .await;
    written.map_err(code_taken)?;
    db.commit().await?;
    Ok(())
}

/// Two papers cannot have one code.
pub(super) fn code_taken(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::Database(error) if error.constraint() == Some("papers_access_code_key") => {
            Error::invalid("access_code", Problem::CodeTaken)
        }
        other => other.into(),
    }
}
