//! The text of a bank before its import: a setter sees its faults, or what it would bring.

use domain::{
    FormToken, Problem,
    assessment::bank::{Bank, BankDraftId, BankPreviewed},
    organisations::OrganisationId,
};
use sqlx::{PgConnection, types::Json};

use super::{import::import, trying::Tried, writing::forget_question_drafts};
use crate::{
    Error, Result, Services,
    access::{self, OrganisationSetter},
    accounts::Actor,
    assessment::new_id,
    kit::{
        audit,
        once::{done_before, once},
        portions::{PORTION, in_portions},
    },
};

/// The largest file that is accepted, in bytes.
pub const BANK_LIMIT: usize = 100 * 1024;
/// How many drafts of a person are kept at most: the newest.
const MOST_DRAFTS: i64 = 10;

/// Tries the text of a bank and keeps the result, so that the setter can look at it before the import.
///
/// # Errors
/// [`Problem::FileMissing`] on `bank` for a text that is empty or larger than [`BANK_LIMIT`].
pub async fn draft_bank(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    text: &str,
) -> Result<BankDraftId> {
    let setter = actor.sets_papers_in(services, &mut *services.db.acquire().await?, organisation).await?;
    if text.trim().is_empty() || text.len() > BANK_LIMIT {
        return Err(Error::invalid("bank", Problem::FileMissing));
    }
    let tried = Tried::of(services, setter.organisation(), text.to_owned()).await?;
    let id = BankDraftId(new_id());
    let mut db = services.db.acquire().await?;
    sqlx::query!(
        "insert into bank_drafts (id, organisation_id, person_id, text, tried, created_at) values ($1, $2, $3, $4, $5, $6)",
        id.0,
        setter.organisation().0,
        actor.person().0,
        text,
        Json(&tried) as _,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    sqlx::query!(
        "delete from bank_drafts where id in (
            select id from bank_drafts where person_id = $1 order by created_at desc, id desc offset $2
        )",
        actor.person().0,
        MOST_DRAFTS,
    )
    .execute(&mut *db)
    .await?;
    Ok(id)
}

/// The faults of a drafted bank, or what it would import.
pub async fn bank_draft(services: &Services, actor: &Actor, id: BankDraftId) -> Result<BankPreviewed> {
    let (setter, Draft { text, tried }) =
        draft_of(services, &mut *services.db.acquire().await?, actor, id).await?;
    let tried = match tried {
        Some(tried) => tried,
        None => Tried::of(services, setter.organisation(), text.clone()).await?,
    };
    Ok(BankPreviewed { text, faults: tried.faults, questions: tried.questions })
}

struct Draft {
    text: String,
    /// `None` for a draft of the previous version.
    tried: Option<Tried>,
}

/// The draft, if it is the actor's own and they may still import it.
async fn draft_of(
    services: &Services,
    db: &mut PgConnection,
    actor: &Actor,
    id: BankDraftId,
) -> Result<(OrganisationSetter, Draft)> {
    let row = sqlx::query!(
        r#"select organisation_id, text, tried as "tried: Json<Tried>" from bank_drafts where id = $1 and person_id = $2"#,
        id.0,
        actor.person().0,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = actor.sets_papers_in(services, db, OrganisationId(row.organisation_id)).await?;
    Ok((setter, Draft { text: row.text, tried: row.tried.map(|tried| tried.0) }))
}

/// As stored in `done_forms`.
const IMPORT: &str = "import";

/// Imports a drafted bank into the organisation's own templates. If a form is sent twice, the second gets the result of
/// the first.
///
/// # Errors
/// [`Problem::FileFaulty`] on `bank`; [`bank_draft`] lists the faults.
pub async fn import_draft(services: &Services, actor: &Actor, id: BankDraftId) -> Result<OrganisationId> {
    // A draft is imported once and is then gone, so its id serves as the form's token.
    let form = FormToken(id.0);
    match import_once(services, actor, id, form).await {
        Err(Error::NotFound) => {
            let before = done_before(&mut *services.db.acquire().await?, actor, form, IMPORT).await?;
            before.map(OrganisationId).ok_or(Error::NotFound)
        }
        other => other,
    }
}

async fn import_once(
    services: &Services,
    actor: &Actor,
    id: BankDraftId,
    form: FormToken,
) -> Result<OrganisationId> {
    if !bank_draft(services, actor, id).await?.faults.is_empty() {
        return Err(Error::invalid("bank", Problem::FileFaulty));
    }
    let mut db = services.begin().await?;
    let (setter, draft) = draft_of(services, &mut db, actor, id).await?;
    if once(services, &mut db, actor, Some(form), IMPORT, setter.organisation().0).await?.is_some() {
        return Ok(setter.organisation());
    }
    let bank = Bank::read(&draft.text).map_err(Error::failed)?;
    let imported = import(services, &mut db, Some((setter, actor)), &bank).await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: "assessment.bank_imported",
    };
    let detail = serde_json::json!({
        "organisation": setter.organisation(), "new": imported.new, "changed": imported.changed,
    });
    let detail = access::by_support(&mut db, actor.person(), detail).await?;
    audit::record_with(&mut db, event, detail).await?;
    sqlx::query!("delete from bank_drafts where id = $1", id.0).execute(&mut *db).await?;
    db.commit().await?;
    Ok(setter.organisation())
}

/// Removes drafts that were not imported within a day, and questions that nobody went on writing. Returns how many.
pub async fn forget_bank_drafts(services: &Services) -> Result<u64> {
    Ok(forget_banks(services).await? + forget_question_drafts(services).await?)
}

async fn forget_banks(services: &Services) -> Result<u64> {
    let yesterday = services.clock.now() - chrono::Duration::days(1);
    in_portions(|| {
        sqlx::query!(
            "delete from bank_drafts where ctid = any(array(
                select ctid from bank_drafts where created_at < $1 order by created_at limit $2 for update skip locked))",
            yesterday,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
