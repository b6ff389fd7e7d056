//! Writing a question by form: what is typed is kept as a draft with each press of a button, until the question is saved.

mod stands;

use domain::{
    FormToken, Problem,
    assessment::bank::{
        Bank, Fault, QuestionDraftId, Template, TemplateId, TriedQuestion, Writing, form::Fields,
    },
    organisations::OrganisationId,
};
use sqlx::{PgConnection, types::Json};

use stands::{Stands, now_stands};

use super::{
    drafts::BANK_LIMIT,
    import::import,
    pictures::picture_fault,
    sources::read_one,
    trying::{MOST_SEEDS, faults_of, try_template},
};
use crate::{
    Error, Result, Services,
    access::{self, BANK_SEEN, OrganisationSetter, since},
    accounts::Actor,
    assessment::new_id,
    kit::{
        audit,
        once::{done_before, once, saying},
        portions::{PORTION, in_portions},
    },
};

/// How many of a person's questions that are not saved are kept at most: the newest.
const MOST_DRAFTS: i64 = 20;
/// As stored in `done_forms`.
const SAVE: &str = "write";
/// While somebody types, a question is tried on fewer seeds than before it is saved.
const SEEDS_BETWEEN: u64 = 40;

/// A form as it was sent.
#[derive(Debug, Clone)]
pub struct Written {
    pub draft: QuestionDraftId,
    /// The question that is changed; none for a new one.
    pub changes: Option<TemplateId>,
    /// Of that question, as the form showed it.
    pub version: i64,
    pub fields: Fields,
    /// The text of a file, which takes the place of the fields if the button for it was pressed.
    pub pasted: String,
}

/// The buttons of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// Another row for this list.
    Add(String),
    /// The question as it looks, or its text.
    Look,
    /// Fills in the form from the pasted text.
    Paste,
    Save,
}

/// Where a form leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// Back to the form.
    Kept,
    /// Back to the form, which says what is wrong.
    Faulty,
    Saved,
}

/// What a page shows beside the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beside {
    #[default]
    Nothing,
    Preview,
    Text,
}

/// The form: of a draft of the actor's own, of a question of the organisation's own, or else an empty one.
///
/// # Errors
/// [`Error::NotFound`] for a draft of somebody else, and for a question of another bank.
pub async fn writing(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    draft: Option<QuestionDraftId>,
    changes: Option<TemplateId>,
    beside: Beside,
) -> Result<Writing> {
    let mut db = services.db.acquire().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let row = sqlx::query!(
        // The same statement records that support looked, once an hour.
        r#"with noted as materialized (
            select audit_once($5, $6, $3, $7, jsonb_build_object('organisation', $1::uuid), $8) where $9
        )
        select o.name as "organisation!", d.fields as "fields?: Json<Fields>", d.pasted as "pasted?", d.version as "version?",
            t.id as "template?", t.name as "name?", t.source as "source?",
            (extract(epoch from t.imported_at) * 1000000)::bigint as "now?", n.id as "taken?"
        from (select count(*) from noted) looked cross join organisations_named o
        left join question_drafts d on d.id = $2 and d.person_id = $3 and d.organisation_id = o.id
        left join question_templates t on t.id = case when d.id is null then $4 else d.template_id end and t.organisation_id = o.id
        left join question_templates n on n.organisation_id = o.id and n.name = trim(d.fields ->> 'id')
        where o.id = $1"#,
        setter.organisation().0,
        draft.map(|draft| draft.0),
        actor.person().0,
        changes.map(|template| template.0),
        new_id(),
        services.clock.now(),
        BANK_SEEN,
        since(services),
        setter.is_support() && actor.looks() && changes.is_some(),
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    if draft.is_some() && row.fields.is_none() || changes.is_some() && row.template.is_none() {
        return Err(Error::NotFound);
    }
    let fields = match (row.fields, &row.source) {
        (Some(fields), _) => fields.0,
        (None, Some(source)) => Fields::from(&read_one(source)?),
        (None, None) => Fields::anew(),
    };
    let now = row.now.unwrap_or(0);
    let stands = Stands {
        changes: row.name,
        version: row.version.unwrap_or(now),
        now,
        taken: row.taken.is_some() && row.taken != row.template,
    };
    let pictureless = match beside {
        Beside::Preview => picture_fault(&mut db, setter.organisation(), &fields).await?,
        _ => None,
    };
    drop(db);
    let beside = if row.pasted.is_some() { Beside::Text } else { beside };
    let (toml, tried) = match (beside, row.pasted) {
        (Beside::Text, Some(pasted)) => {
            let what = filled_from(&pasted).err().unwrap_or_default();
            let fault = Fault { field: "pasted".to_owned(), what, seed: None };
            (Some(pasted), Some(TriedQuestion { faults: vec![fault], draws: Vec::new() }))
        }
        (Beside::Text, None) => match fields.template() {
            Ok(template) => (Some(template.to_toml()), None),
            Err(found) => {
                (None, Some(TriedQuestion { faults: faults_of(&fields, found), draws: Vec::new() }))
            }
        },
        (Beside::Preview, _) => {
            let mut tried = try_fields(services, fields.clone(), MOST_SEEDS).await?.1;
            let mut faults = stands.faults(&fields);
            faults.extend(pictureless);
            faults.append(&mut tried.faults);
            tried.faults = faults;
            (None, Some(tried))
        }
        (Beside::Nothing, _) => (None, None),
    };
    Ok(Writing {
        organisation: row.organisation,
        draft: draft.unwrap_or_else(|| QuestionDraftId(new_id())),
        changes: row.template.map(TemplateId),
        version: stands.version,
        fields,
        toml,
        tried,
    })
}

/// Looks at what is typed, without keeping it.
///
/// # Errors
/// [`Error::NotFound`] for everybody who does not set papers in the organisation.
pub async fn look_at_fields(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    fields: Fields,
) -> Result<TriedQuestion> {
    let mut db = services.db.acquire().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let pictureless = picture_fault(&mut db, setter.organisation(), &fields).await?;
    drop(db);
    let mut tried = try_fields(services, fields, SEEDS_BETWEEN).await?.1;
    tried.faults.extend(pictureless);
    Ok(tried)
}

/// Keeps what is typed, and does what the button says.
///
/// # Errors
/// [`Problem::TextTooLong`] on `wording` for more than [`BANK_LIMIT`]. The faults of the question are no error: the form
/// is kept, and its page names them.
pub async fn write_question(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    written: Written,
    press: Press,
) -> Result<Wrote> {
    actor.sets_papers_in(services, &mut *services.db.acquire().await?, organisation).await?;
    if written.fields.bytes() > BANK_LIMIT || written.pasted.len() > BANK_LIMIT {
        return Err(Error::invalid("wording", Problem::TextTooLong));
    }
    let Written { draft, changes, version, mut fields, pasted } = written;
    let mut unread = None;
    match &press {
        Press::Add(list) => fields.tidy(Some(list)),
        Press::Look | Press::Save => fields.tidy(None),
        Press::Paste => match filled_from(&pasted) {
            Ok(template) => fields = Fields::from(&template),
            Err(_) => unread = Some(pasted.replace('\0', "")),
        },
    }
    // Trying a question takes a while: before the transaction begins.
    let (template, faulty) = match press {
        Press::Save => {
            let (template, tried) = try_fields(services, fields.clone(), MOST_SEEDS).await?;
            (template, !tried.faults.is_empty())
        }
        _ => (None, false),
    };
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let kept = Kept { draft, changes, version, fields: &fields, pasted: unread.as_deref() };
    let wrote = match template {
        Some(template) if !faulty => save(services, &mut db, (setter, actor), &kept, template).await?,
        _ => {
            keep(services, &mut db, (setter, actor), &kept).await?;
            if faulty || unread.is_some() { Wrote::Faulty } else { Wrote::Kept }
        }
    };
    db.commit().await?;
    Ok(wrote)
}

struct Kept<'a> {
    draft: QuestionDraftId,
    changes: Option<TemplateId>,
    version: i64,
    fields: &'a Fields,
    pasted: Option<&'a str>,
}

/// Keeps the form as the actor's own draft. A draft of that id that is not theirs is none that they could have been shown.
async fn keep(
    services: &Services,
    db: &mut PgConnection,
    (setter, actor): (OrganisationSetter, &Actor),
    kept: &Kept<'_>,
) -> Result<()> {
    let done = sqlx::query!(
        "insert into question_drafts as d (id, organisation_id, person_id, template_id, version, fields, pasted, changed_at)
        select $1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::bigint, $6::json, $7::text, $8::timestamptz
        where $4::uuid is null or exists (select from question_templates t where t.id = $4 and t.organisation_id = $2)
        on conflict (id) do update set fields = excluded.fields, pasted = excluded.pasted, changed_at = excluded.changed_at
        where d.person_id = excluded.person_id and d.organisation_id = excluded.organisation_id
            and d.template_id is not distinct from excluded.template_id",
        kept.draft.0,
        setter.organisation().0,
        actor.person().0,
        kept.changes.map(|template| template.0),
        kept.version,
        Json(kept.fields) as _,
        kept.pasted,
        services.clock.now(),
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    sqlx::query!(
        "delete from question_drafts where id in (
            select id from question_drafts where person_id = $1 order by changed_at desc, id desc offset $2
        )",
        actor.person().0,
        MOST_DRAFTS,
    )
    .execute(&mut *db)
    .await?;
    Ok(())
}

/// Puts the question into the organisation's bank. A form that is sent twice saves once.
async fn save(
    services: &Services,
    db: &mut PgConnection,
    (setter, actor): (OrganisationSetter, &Actor),
    kept: &Kept<'_>,
    template: Template,
) -> Result<Wrote> {
    let text = template.to_toml();
    let said = saying(SAVE, &[text.as_bytes(), &kept.version.to_be_bytes()]);
    let form = FormToken(kept.draft.0);
    let stands = now_stands(db, setter, kept, &template.id).await?;
    let pictureless = picture_fault(db, setter.organisation(), kept.fields).await?;
    if pictureless.is_some() || !stands.faults(kept.fields).is_empty() {
        // What the first press has saved stands in the way of the second.
        if done_before(db, actor, form, &said).await?.is_some() {
            return Ok(Wrote::Saved);
        }
        keep(services, db, (setter, actor), kept).await?;
        return Ok(Wrote::Faulty);
    }
    if once(services, db, actor, Some(form), &said, setter.organisation().0).await?.is_some() {
        return Ok(Wrote::Saved);
    }
    let bank = Bank::read(&text).map_err(Error::failed)?;
    import(services, db, Some((setter, actor)), &bank).await?;
    let saved = sqlx::query_scalar!(
        "select id from question_templates where organisation_id = $1 and name = $2",
        setter.organisation().0,
        template.id,
    )
    .fetch_one(&mut *db)
    .await?;
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: "assessment.question_written",
    };
    let detail = serde_json::json!({ "organisation": setter.organisation(), "template": TemplateId(saved) });
    let detail = access::by_support(db, actor.person(), detail).await?;
    audit::record_with(db, event, detail).await?;
    sqlx::query!(
        "delete from question_drafts where id = $1 and person_id = $2",
        kept.draft.0,
        actor.person().0
    )
    .execute(&mut *db)
    .await?;
    Ok(Wrote::Saved)
}

/// The only question of a text.
fn filled_from(text: &str) -> std::result::Result<Template, String> {
    let mut bank = Bank::read(text).map_err(|error| error.to_string())?;
    match (bank.templates.pop(), bank.templates.is_empty()) {
        (Some(template), true) => Ok(template),
        (None, _) => {
            Err("there is no question in this text: it begins with [[question]] on a line of its own"
                .to_owned())
        }
        (Some(_), false) => {
            Err("paste one question at a time; the list of your questions takes several".to_owned())
        }
    }
}

/// Trying a question on its seeds takes a while: not on the threads that serve pages.
async fn try_fields(
    services: &Services,
    fields: Fields,
    seeds: u64,
) -> Result<(Option<Template>, TriedQuestion)> {
    let job = move || match fields.template() {
        Ok(template) => {
            let tried = try_template(&fields, &template, seeds);
            (Some(template), tried)
        }
        Err(found) => (None, TriedQuestion { faults: faults_of(&fields, found), draws: Vec::new() }),
    };
    services.queues.heavy.work(job).await
}

/// Removes drafts that nobody has changed for thirty days. Returns how many.
pub(super) async fn forget_question_drafts(services: &Services) -> Result<u64> {
    let long_ago = services.clock.now() - chrono::Duration::days(30);
    in_portions(|| {
        sqlx::query!(
            "delete from question_drafts where ctid = any(array(
                select ctid from question_drafts where changed_at < $1 order by changed_at limit $2 for update skip locked))",
            long_ago,
            PORTION,
        )
        .execute(&services.db)
    })
    .await
}
