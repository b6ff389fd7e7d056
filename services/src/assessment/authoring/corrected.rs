//! What can be corrected of a published paper besides its times (`schedule.rs`): it is closed now, its title and
//! instructions are mended, its access code is set, replaced or removed. Each needs a reason, which is kept.

use domain::{FieldProblem, Problem, assessment::PaperId, visible_lines};

use super::{
    papers::checked_title,
    schedule::{published_once, record, record_with},
    settings::{checked_code, code_taken, instructions_problem, with_code},
};
use crate::{Error, Result, Services, accounts::Actor, assessment::note, kit::reason::reason};

/// Closes an open paper: nobody can start it from now on. Who is sitting it goes on until their own time is up, because the
/// close that a sitting began with stays with it.
///
/// # Errors
/// [`Problem::ReasonMissing`] on `close_reason`; [`Problem::PaperClosedNow`] or [`Problem::ConfirmationMissing`] on
/// `close_confirmed`; [`Problem::ChangedMeanwhile`].
pub async fn close_paper(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    why: &str,
    confirmed: bool,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let change = ("assessment.paper_closed", why);
    let Some(before) = published_once(services, &mut db, actor, paper, seen, change).await? else {
        return Ok(());
    };
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let why = reason(why).map_err(|problem| wrong("close_reason", problem)).ok();
    if before.now <= before.opens_at || before.now >= before.closes_at {
        wrong("close_confirmed", Problem::PaperClosedNow);
    } else if !confirmed {
        wrong("close_confirmed", Problem::ConfirmationMissing);
    }
    let (Some(why), true) = (why, problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    sqlx::query!("update papers set closes_at = $2 where id = $1", before.setter.paper().0, before.now)
        .execute(&mut *db)
        .await?;
    record(&mut db, actor, &before, "closed", &why, Some((before.opens_at, before.now))).await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_closed", before.setter.paper()).await?;
    db.commit().await?;
    Ok(())
}

/// Corrects the title and the instructions of a published paper. Candidates, results and certificates show the new ones.
///
/// # Errors
/// Everything that is wrong with `title`, `instructions` and `wording_reason`; [`Problem::NothingChanged`] on `title`;
/// [`Problem::ChangedMeanwhile`].
pub async fn correct_wording(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    title: &str,
    instructions: &str,
    why: &str,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let typed = format!("{title:?} {instructions:?} {why}");
    let change = ("assessment.paper_corrected", typed.as_str());
    let Some(before) = published_once(services, &mut db, actor, paper, seen, change).await? else {
        return Ok(());
    };
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let title = checked_title(title).map_err(|problem| wrong("title", problem)).ok();
    let instructions = visible_lines(instructions);
    if let Some(problem) = instructions_problem(&instructions) {
        wrong("instructions", problem);
    }
    let why = reason(why).map_err(|problem| wrong("wording_reason", problem)).ok();
    let (Some(title), Some(why), true) = (title, why, problems.is_empty()) else {
        return Err(Error::Invalid(problems));
    };
    let stood = sqlx::query!("select title, instructions from papers where id = $1", before.setter.paper().0)
        .fetch_one(&mut *db)
        .await?;
    // A browser ends the lines of a form in its own way.
    if stood.title == title && visible_lines(&stood.instructions).lines().eq(instructions.lines()) {
        return Err(Error::invalid("title", Problem::NothingChanged));
    }
    sqlx::query!(
        "update papers set title = $2, instructions = $3 where id = $1",
        before.setter.paper().0,
        title,
        instructions,
    )
    .execute(&mut *db)
    .await?;
    record_with(&mut db, actor, &before, "reworded", &why, (None, Some((&stood.title, &title)))).await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_corrected", before.setter.paper())
        .await?;
    db.commit().await?;
    Ok(())
}

/// Gives a published paper another access code, or takes it away with an empty one. Who has started goes on. A code that is
/// new to the paper counts as a try, as in [`save_settings`](super::save_settings).
///
/// # Errors
/// [`Problem::CodeInvalid`], [`Problem::NothingChanged`], [`Problem::CodeTaken`] or [`Problem::CodeWait`] on `access_code`;
/// [`Problem::ReasonMissing`] on `code_reason`; [`Problem::ChangedMeanwhile`].
pub async fn change_code(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
    why: &str,
    seen: Option<u32>,
) -> Result<()> {
    let fits = checked_code(code).ok().filter(|_| reason(why).is_ok());
    let write = write_code(services, actor, paper, code, why, seen);
    with_code(services, actor, paper, fits.as_deref(), write).await
}

async fn write_code(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    code: &str,
    why: &str,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let typed = format!("{code:?} {why}");
    let change = ("assessment.paper_code_changed", typed.as_str());
    let Some(before) = published_once(services, &mut db, actor, paper, seen, change).await? else {
        return Ok(());
    };
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let code = checked_code(code).map_err(|problem| wrong("access_code", problem)).ok();
    let why = reason(why).map_err(|problem| wrong("code_reason", problem)).ok();
    let (Some(code), Some(why)) = (code, why) else { return Err(Error::Invalid(problems)) };
    let stands = sqlx::query_scalar!("select access_code from papers where id = $1", before.setter.paper().0)
        .fetch_one(&mut *db)
        .await?;
    if stands.unwrap_or_default() == code {
        return Err(Error::invalid("access_code", Problem::NothingChanged));
    }
    sqlx::query!(
        "update papers set access_code = nullif($2, '') where id = $1",
        before.setter.paper().0,
        code,
    )
    .execute(&mut *db)
    .await
    .map_err(code_taken)?;
    let what = if code.is_empty() { "code-removed" } else { "code-set" };
    record(&mut db, actor, &before, what, &why, None).await?;
    note(services, &mut db, actor.person(), None, "assessment.paper_code_changed", before.setter.paper())
        .await?;
    db.commit().await?;
    Ok(())
}
