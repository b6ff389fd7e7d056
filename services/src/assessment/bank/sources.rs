//! Chooses stored templates, and makes questions from them.

use domain::{
    assessment::{
        Category, Difficulty,
        bank::{Bank, Template, TemplateId},
        question::Question,
    },
    organisations::OrganisationId,
};
use sqlx::PgConnection;

use crate::{Error, Result, kit::random, number};

/// A random template of this category and difficulty, from the shared bank and, if `own` names one, from the
/// organisation's own; not one of `but`, as long as there are others.
pub(crate) async fn draw_template(
    db: &mut PgConnection,
    own: Option<OrganisationId>,
    category: Category,
    difficulty: Option<Difficulty>,
    but: &[String],
) -> Result<Option<Template>> {
    let drawn = draw_sources(db, own, category, difficulty, but, 1).await?.pop();
    drawn.map(|drawn| read_one(&drawn.source)).transpose()
}

/// The stored text of a template.
pub(crate) struct Source {
    pub source: String,
}

/// Up to `most` different ones, with those that are not in `but` first.
pub(crate) async fn draw_sources(
    db: &mut PgConnection,
    own: Option<OrganisationId>,
    category: Category,
    difficulty: Option<Difficulty>,
    but: &[String],
    most: i64,
) -> Result<Vec<Source>> {
    let drawn = sqlx::query_as!(
        Source,
        "select source from question_templates
        where category = $1 and ($2::smallint is null or difficulty = $2) and not retired
            and (organisation_id is null or organisation_id = $3)
        order by name = any($4), random() limit $5",
        category.as_str(),
        difficulty.map(|difficulty| i16::from(u8::from(difficulty))),
        own.map(|organisation| organisation.0),
        but,
        most,
    )
    .fetch_all(db)
    .await?;
    Ok(drawn)
}

/// A chosen template, if it is shared or the organisation's own.
pub(crate) async fn chosen_source(
    db: &mut PgConnection,
    own: OrganisationId,
    template: TemplateId,
) -> Result<Option<Source>> {
    let source = sqlx::query_as!(
        Source,
        "select source from question_templates
        where id = $1 and not retired and (organisation_id is null or organisation_id = $2)",
        template.0,
        own.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(source)
}

pub(crate) fn read_one(source: &str) -> Result<Template> {
    let bank = Bank::read(source).map_err(Error::failed)?;
    bank.templates.into_iter().next().ok_or_else(|| Error::failed("a stored template is empty"))
}

/// A fresh question. A template without findings makes one from nearly every seed; if one fails, the next is drawn.
pub(crate) fn ask(template: &Template) -> Result<Question> {
    ask_with(template, || number(random::seed()?))
}

/// The same with seeds from elsewhere, below 2^63.
pub(crate) fn ask_with(template: &Template, mut seed: impl FnMut() -> Result<u64>) -> Result<Question> {
    let mut last = None;
    for _ in 0..8 {
        match template.question(seed()?) {
            Ok(question) => return Ok(question),
            Err(error) => last = Some(error),
        }
    }
    Err(Error::failed(format!("template {} makes no question: {last:?}", template.id)))
}

/// A stored difficulty.
pub(crate) fn level(stored: i16) -> Result<Difficulty> {
    u8::try_from(stored).map_err(Error::failed)?.try_into().map_err(Error::failed)
}
