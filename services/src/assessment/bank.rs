//! Question templates: importing them, who sees them, and the questions made from them.

use std::fmt::Write as _;

use domain::{
    FormToken, Problem,
    assessment::{
        Category, Difficulty,
        bank::{
            Bank, BankDraftId, BankPreviewed, OwnTemplates, PreviewedQuestion, Template, TemplateCard,
            TemplateId,
        },
        question::Question,
    },
    organisations::OrganisationId,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{html, known, new_id, number};
use crate::{
    Error, Result, Services,
    access::{BANK_SEEN, OrganisationSetter, since},
    accounts::Actor,
    kit::{
        audit,
        markdown::{plain, try_html},
        once::{done_before, once},
        portions::{PORTION, in_portions},
        random,
    },
};

/// How many seeds a bank is tried on when it comes from a page. `server questions check` tries more.
const SEEDS: u64 = 200;
/// The largest file that is accepted, in bytes.
pub const BANK_LIMIT: usize = 100 * 1024;
/// How many drafts of a person are kept at most: the newest.
const MOST_DRAFTS: i64 = 10;

/// The result of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportedBank {
    pub new: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub retired: usize,
}

/// Reads and tries a bank, and imports nothing.
fn try_bank(text: &str) -> Tried {
    let bank = match Bank::read(text) {
        Ok(bank) => bank,
        Err(error) => return Tried { faults: vec![error.to_string()], questions: Vec::new() },
    };
    let mut faults = Vec::new();
    if bank.templates.is_empty() {
        faults.push(
            "there is no question in this text: each begins with [[question]] on a line of its own"
                .to_owned(),
        );
    }
    for found in bank.check(&(0..SEEDS)) {
        let mut line =
            format!("line {}: {}: {}: {}", found.line, found.template, found.finding.key, found.finding.what);
        if let Some(seed) = found.finding.seed {
            let _ = write!(line, " (seed {seed})");
        }
        faults.push(line);
    }
    let questions: Vec<_> = bank.templates.iter().filter_map(|template| template.question(1).ok()).collect();
    for question in &questions {
        faults.extend(not_shown(question).map(|text| {
            format!(
                "{}: this cannot be shown, write plain Markdown without HTML or pictures: {text}",
                question.template
            )
        }));
    }
    let questions = questions.iter();
    let questions = questions.map(previewed).collect();
    Tried { faults, questions }
}

/// The texts of a question that are not Markdown that pages can show.
fn not_shown(question: &Question) -> impl Iterator<Item = &str> {
    let texts =
        question.stimulus.iter().chain([&question.wording]).chain(&question.hints).chain(&question.solution);
    texts.map(String::as_str).filter(|text| try_html(text).is_none())
}

pub(super) fn previewed(question: &Question) -> PreviewedQuestion {
    let asked = question.asked().with_texts(html);
    let mut question = question.clone();
    question.reword_options(plain);
    PreviewedQuestion {
        question: asked,
        right_answer: question.right_answer(),
        solution: question.solution.iter().map(|step| html(step)).collect(),
        name: question.template,
    }
}

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
    let tried = Tried::of(services, text.to_owned()).await?;
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
    let (_, Draft { text, tried }) =
        draft_of(services, &mut *services.db.acquire().await?, actor, id).await?;
    let tried = match tried {
        Some(tried) => tried,
        None => Tried::of(services, text.clone()).await?,
    };
    Ok(BankPreviewed { text, faults: tried.faults, questions: tried.questions })
}

/// The result of trying a drafted bank, as stored with the draft.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Tried {
    faults: Vec<String>,
    questions: Vec<PreviewedQuestion>,
}

impl Tried {
    /// Trying a bank on its seeds takes a second of work: not on the threads that serve pages.
    async fn of(services: &Services, text: String) -> Result<Self> {
        services.queues.heavy.work(move || try_bank(&text)).await
    }
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
    audit::record_with(&mut db, event, detail).await?;
    sqlx::query!("delete from bank_drafts where id = $1", id.0).execute(&mut *db).await?;
    db.commit().await?;
    Ok(setter.organisation())
}

/// Removes drafts that were not imported within a day. Returns how many.
pub async fn forget_bank_drafts(services: &Services) -> Result<u64> {
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

/// Imports the shared bank, all of it or nothing: a template that is in none of the files is no longer used. The
/// command line has checked them.
pub async fn import_shared_bank(services: &Services, banks: &[Bank]) -> Result<ImportedBank> {
    let mut db = services.begin().await?;
    let mut imported = ImportedBank { new: 0, changed: 0, unchanged: 0, retired: 0 };
    for bank in banks {
        let one = import(services, &mut db, None, bank).await?;
        imported.new += one.new;
        imported.changed += one.changed;
        imported.unchanged += one.unchanged;
    }
    let names: Vec<String> =
        banks.iter().flat_map(|bank| &bank.templates).map(|template| template.id.clone()).collect();
    let retired = sqlx::query!(
        "update question_templates set retired = true where organisation_id is null and not retired and not name = any($1)",
        &names,
    )
    .execute(&mut *db)
    .await?;
    imported.retired = usize::try_from(retired.rows_affected()).map_err(Error::failed)?;
    db.commit().await?;
    Ok(imported)
}

async fn import(
    services: &Services,
    db: &mut PgConnection,
    own: Option<(OrganisationSetter, &Actor)>,
    bank: &Bank,
) -> Result<ImportedBank> {
    let templates = || bank.templates.iter();
    let names: Vec<_> = templates().map(|template| template.id.clone()).collect();
    let categories: Vec<_> = templates().map(|template| template.category.as_str().to_owned()).collect();
    let difficulties: Vec<_> = templates().map(|template| i16::from(u8::from(template.difficulty))).collect();
    // `xmax` is 0 for an inserted row, and an unchanged template returns no row.
    let written = sqlx::query_scalar!(
        r#"insert into question_templates as t
            (id, organisation_id, name, category, difficulty, source, imported_at, imported_by)
        select id, $2, name, category, difficulty, source, $7, $8
        from unnest($1::uuid[], $3::text[], $4::text[], $5::smallint[], $6::text[]) as n (id, name, category, difficulty, source)
        -- In one order, so that two imports never wait for each other.
        order by name
        on conflict on constraint question_templates_name_key do update set category = excluded.category,
            difficulty = excluded.difficulty, source = excluded.source, imported_at = excluded.imported_at,
            imported_by = excluded.imported_by, retired = false
        -- A template that an organisation retired by hand stays retired until it is corrected or restored.
        where t.source <> excluded.source or t.retired and t.organisation_id is null
        returning (xmax = 0) as "inserted!""#,
        &templates().map(|_| new_id()).collect::<Vec<_>>(),
        own.map(|(setter, _)| setter.organisation().0),
        &names,
        &categories,
        &difficulties,
        &bank.sources,
        services.clock.now(),
        own.map(|(_, actor)| actor.person().0),
    )
    .fetch_all(db)
    .await?;
    let new = written.iter().filter(|inserted| **inserted).count();
    let changed = written.len() - new;
    Ok(ImportedBank { new, changed, unchanged: names.len() - written.len(), retired: 0 })
}

/// A random template of this category and difficulty, from the shared bank and, if `own` names one, from the
/// organisation's own; not one of `but`, as long as there are others.
pub(super) async fn draw_template(
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
pub(super) struct Source {
    pub source: String,
}

/// Up to `most` different ones, with those that are not in `but` first.
pub(super) async fn draw_sources(
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
pub(super) async fn chosen_source(
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

pub(super) fn read_one(source: &str) -> Result<Template> {
    let bank = Bank::read(source).map_err(Error::failed)?;
    bank.templates.into_iter().next().ok_or_else(|| Error::failed("a stored template is empty"))
}

/// A fresh question. A template without findings makes one from nearly every seed; if one fails, the next is drawn.
pub(super) fn ask(template: &Template) -> Result<Question> {
    let mut last = None;
    for _ in 0..8 {
        match template.question(number(random::seed()?)?) {
            Ok(question) => return Ok(question),
            Err(error) => last = Some(error),
        }
    }
    Err(Error::failed(format!("template {} makes no question: {last:?}", template.id)))
}

/// `/assessments/questions`: the organisation's own templates, by name.
pub async fn own_templates(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
) -> Result<OwnTemplates> {
    let mut db = services.db.acquire().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let rows = sqlx::query!(
        // The same statement records that support looked, once an hour.
        r#"with noted as materialized (
            select audit_once($2, $3, $4, $5, jsonb_build_object('organisation', $1::uuid), $6) where $7
        )
        select o.name as "organisation!", t.id as "id?", t.name as "name?", t.category as "category?", t.difficulty as "difficulty?",
            t.retired as "retired?", t.organisation_id is not null as "own!"
        from (select count(*) from noted) n
        cross join organisations_named o
        left join question_templates t on t.organisation_id = o.id or t.organisation_id is null and not t.retired
        where o.id = $1
        order by t.retired, case when not t.retired then t.category end, case when not t.retired then t.difficulty end, t.name"#,
        setter.organisation().0,
        new_id(),
        services.clock.now(),
        actor.person().0,
        BANK_SEEN,
        since(services),
        setter.is_support() && actor.looks(),
    )
    .fetch_all(&mut *db)
    .await?;
    let organisation = rows.first().ok_or(Error::NotFound)?.organisation.clone();
    let (mut templates, mut retired, mut shared) = (Vec::new(), Vec::new(), 0);
    for row in rows {
        let (Some(id), Some(name), Some(category), Some(difficulty)) =
            (row.id, row.name, row.category, row.difficulty)
        else {
            continue;
        };
        let card = card(id, name, &category, difficulty)?;
        match (row.own, row.retired) {
            (false, _) => shared += 1,
            (true, Some(true)) => retired.push(card),
            (true, _) => templates.push(card),
        }
    }
    Ok(OwnTemplates { organisation, templates, retired, shared })
}

/// A template of the organisation's own.
fn card(id: Uuid, name: String, category: &str, difficulty: i16) -> Result<TemplateCard> {
    Ok(TemplateCard {
        id: TemplateId(id),
        category: known("category", category, Category::parse)?,
        difficulty: level(difficulty)?,
        name,
        own: true,
    })
}

/// A stored difficulty.
pub(super) fn level(stored: i16) -> Result<Difficulty> {
    u8::try_from(stored).map_err(Error::failed)?.try_into().map_err(Error::failed)
}

/// Retires a template of the organisation's own, so that it is never drawn again, or restores it. Published papers keep
/// their questions.
/// their questions.
///
/// # Errors
/// [`Error::NotFound`] for a template that is shared or another organisation's.
pub async fn retire_template(
    services: &Services,
    actor: &Actor,
    organisation: OrganisationId,
    template: TemplateId,
    retired: bool,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = actor.sets_papers_in(services, &mut db, organisation).await?;
    let done = sqlx::query!(
        "update question_templates set retired = $3 where id = $1 and organisation_id = $2",
        template.0,
        setter.organisation().0,
        retired,
    )
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    let event = audit::Event {
        at: services.clock.now(),
        actor: Some(actor.person()),
        subject: None,
        action: if retired { "assessment.template_retired" } else { "assessment.template_brought_back" },
    };
    let detail = serde_json::json!({ "organisation": setter.organisation(), "template": template });
    audit::record_with(&mut db, event, detail).await?;
    db.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use domain::assessment::bank::Bank;

    use super::{not_shown, try_bank};

    #[test]
    fn every_text_of_the_shared_bank_can_be_shown() {
        let snap = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content/snap");
        let mut templates = 0;
        for folder in ["numeracy", "literacy"] {
            for file in std::fs::read_dir(snap.join(folder)).unwrap() {
                let bank = Bank::read(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
                for template in &bank.templates {
                    let question = template.question(7).unwrap();
                    assert_eq!(not_shown(&question).collect::<Vec<_>>(), [""; 0], "{}", template.id);
                    templates += 1;
                }
            }
        }
        assert!(templates > 150);
    }

    #[test]
    fn html_in_a_bank_is_a_fault() {
        let bank = "[[question]]\nid = \"a\"\ncategory = \"comprehension\"\ndifficulty = 1\n\
            wording = \"<script>alert(1)</script> Which?\"\nexplanation = \"The first.\"\n[question.single-choice]\n\
            options = [{ text = \"one\", right = true }, { text = \"two\", why = \"No.\" }]\n";
        let preview = try_bank(bank);
        assert!(preview.faults.iter().any(|fault| fault.contains("cannot be shown")), "{:?}", preview.faults);
        assert!(!preview.questions[0].question.wording.contains("<script>"));
    }

    #[test]
    fn a_bank_without_questions_says_what_is_missing() {
        for text in ["# Nothing yet\n", "\n"] {
            let [fault] = &try_bank(text).faults[..] else { unreachable!("one fault") };
            assert!(fault.contains("no question in this text") && fault.contains("[[question]]"), "{fault}");
        }
    }
}
