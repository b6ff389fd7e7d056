//! The exam room without scripts: one form, one answer.

use domain::{
    Problem,
    assessment::{
        ItemId,
        delivery::{Drawn, EPOCH_SPAN, Save, Saved, SittingId},
        question::{Question, Response},
    },
};
use sqlx::types::Json;

use super::{room::next_epoch, save_answers};
use crate::{Result, Services, accounts::Actor};

/// The epoch's first and only sequence.
const ONLY: i64 = 1;

/// The values that a form was sent with.
#[derive(Debug, Clone)]
pub struct PlainAnswer {
    pub item: ItemId,
    /// Missing when the form was refused, or drawn by a version that did not send it: then all of it is new.
    pub drawn: Option<Drawn>,
    pub response: Option<Response>,
    pub flagged: bool,
}

/// The outcome.
#[derive(Debug, Clone)]
pub struct PlainSaved {
    pub saved: Saved,
    /// Nothing was changed in the form, and another answer was given elsewhere since it was drawn: that answer counts,
    /// and has to be shown.
    pub overtaken: bool,
}

/// Keeps only what the candidate changed in a form: a form left open while another window went on overwrites nothing.
///
/// A browser restores a form as it was left, and sends the values that were drawn in it again. So a form carries no
/// sequence of its own: sending it takes an epoch, and its changes are later than everything before.
///
/// # Errors
/// Those of [`save_answers`].
pub async fn save_plain(
    services: &Services,
    actor: &Actor,
    sitting: SittingId,
    given: PlainAnswer,
) -> Result<PlainSaved> {
    let drawn = given.drawn.as_ref();
    let answered = drawn.is_none_or(|drawn| drawn.response != given.response);
    let flagged = drawn.is_none_or(|drawn| drawn.flagged != given.flagged);
    let sequence = next_epoch(&mut *services.db.acquire().await?, actor, sitting).await? * EPOCH_SPAN + ONLY;
    let save = Save {
        item: given.item,
        sequence,
        response: given.response.clone().filter(|_| answered),
        flagged: given.flagged,
        only_flag: !answered,
        flag_sequence: Some(if flagged { sequence } else { 0 }),
    };
    let save = (answered || flagged).then_some(save);
    let mut saved = save_answers(services, actor, sitting, save.as_slice()).await?;
    let overtaken = !answered && stands(services, sitting, given.item).await? != given.response;
    // This is about the values in the form, whether they were changed there or not.
    let problem = match given.response.as_ref() {
        Some(response) => problem_of(services, sitting, given.item, response).await?,
        None => None,
    };
    saved.problems = problem.map(|problem| (given.item, problem)).into_iter().collect();
    Ok(PlainSaved { saved, overtaken })
}

async fn problem_of(
    services: &Services,
    sitting: SittingId,
    item: ItemId,
    response: &Response,
) -> Result<Option<Problem>> {
    let question = sqlx::query_scalar!(
        r#"select i.question as "question: Json<Question>" from sittings t
        join paper_items i on i.paper_id = t.paper_id and i.attempt = t.attempt where t.id = $1 and i.id = $2"#,
        sitting.0,
        item.0,
    )
    .fetch_optional(&services.db)
    .await?;
    Ok(question.and_then(|question| question.problem_of(response)))
}

async fn stands(services: &Services, sitting: SittingId, item: ItemId) -> Result<Option<Response>> {
    let stands = sqlx::query_scalar!(
        r#"select response as "response: Json<Response>" from answers where sitting_id = $1 and item_id = $2"#,
        sitting.0,
        item.0,
    )
    .fetch_optional(&services.db)
    .await?;
    Ok(stands.flatten().map(|response| response.0))
}
