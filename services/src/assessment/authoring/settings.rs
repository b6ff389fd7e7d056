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
    if settings.instructions.chars().count() > 4000 {
        wrong("instructions", Problem::LongTextTooLong);
    }
    let opens = read_local(&settings.opens, now).map_err(|problem| wrong("opens", problem)).ok();
    let closes = read_local(&settings.closes, now).map_err(|problem| wrong("closes", problem)).ok();
    if let (Some(opens), Some(closes)) = (opens, closes)
        && closes <= opens
    {
        wrong("closes", Problem::ClosesBeforeItOpens);
    }
    let code = settings.access_code.trim().to_uppercase();
    let code_fits =
        code.is_empty() || (6..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !code_fits {
        wrong("access_code", Problem::CodeInvalid);
    }
    let (Some(title), Some(opens), Some(closes), true) = (title, opens, closes, problems.is_empty()) else {
        return Err(problems);
    };
    Ok(Checked { title, opens, closes, code })
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
    let mut db = services.db.acquire().await?;
    let tried = try_code(services, &mut db, actor, paper, settings).await?;
    let written = write_settings(services, actor, paper, settings, seen).await;
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
    settings: &PaperSettings,
) -> Result<Option<Try>> {
    let setter = actor.setter_of(services, db, paper).await?;
    let Ok(Checked { code, .. }) = checked(settings, services.clock.now()) else { return Ok(None) };
    let own = sqlx::query_scalar!("select access_code from papers where id = $1", setter.paper().0)
        .fetch_optional(&mut *db)
        .await?
        .flatten();
    if code.is_empty() || own.as_ref() == Some(&code) {
        return Ok(None);
    }
    match Try::begin(services, db, actor, &code).await {
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
    match written {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("papers_access_code_key") => {
            return Err(Error::invalid("access_code", Problem::CodeTaken));
        }
        other => other?,
    };
    db.commit().await?;
    Ok(())
}
