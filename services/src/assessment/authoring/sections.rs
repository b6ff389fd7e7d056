//! The contents of a draft: its sections, and the rules in them. Every change names the version of the questions that
//! it was based on.

use domain::{
    FieldProblem, FormToken, Problem,
    assessment::{Category, Difficulty, PaperId, SectionId, authoring::RuleId, bank::TemplateId},
};

use sqlx::PgConnection;

use super::{
    paper::draft,
    papers::checked_title,
    versions::{Part, Turn, next_version, next_version_once},
};
use crate::{
    Error, Result, Services,
    access::PaperSetter,
    accounts::Actor,
    assessment::{bank, new_id},
    kit::once::once,
};

/// How many are shown on one page, each with its form.
const MOST_SECTIONS: i64 = 40;

/// No paper has more questions, and a rule asks at least one.
const MOST_RULES: i64 = 200;

/// The problems of a new section.
pub fn section_problems(title: &str, pass_percent: Option<u8>) -> Vec<FieldProblem> {
    let title = checked_title(title).err().map(|problem| FieldProblem::new("section_title", problem));
    let pass = pass_percent.is_some_and(|percent| percent > 100);
    let pass = pass.then(|| FieldProblem::new("section_pass", Problem::NumberOutOfRange));
    title.into_iter().chain(pass).collect()
}

/// # Errors
/// [`Problem::SectionsTooMany`] on `section_title`; the findings of [`section_problems`].
pub async fn add_section(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    title: &str,
    pass_percent: Option<u8>,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = format!("{pass_percent:?} {title}");
    let change = ("section_added", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Questions, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let mut problems = section_problems(title, pass_percent);
    if count(&mut db, setter).await?.sections >= MOST_SECTIONS {
        problems.insert(0, FieldProblem::new("section_title", Problem::SectionsTooMany));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let title = checked_title(title).map_err(|problem| Error::invalid("section_title", problem))?;
    sqlx::query!(
        "insert into paper_sections (id, paper_id, position, title, pass_percent)
        values ($1, $2, (select coalesce(max(position), 0) + 1 from paper_sections where paper_id = $2), $3, $4)",
        new_id(),
        setter.paper().0,
        title,
        pass_percent.map(i16::from),
    )
    .execute(&mut *db)
    .await?;
    db.commit().await?;
    Ok(())
}

struct Count {
    sections: i64,
    rules: i64,
}

/// The contents of the draft, which is locked: nothing is added meanwhile.
async fn count(db: &mut PgConnection, setter: PaperSetter) -> Result<Count> {
    let count = sqlx::query_as!(
        Count,
        r#"select count(distinct s.id) as "sections!", count(l.id) as "rules!"
        from paper_sections s left join selection_rules l on l.section_id = s.id where s.paper_id = $1"#,
        setter.paper().0,
    );
    Ok(count.fetch_one(db).await?)
}

pub async fn remove_section(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    section: SectionId,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = section.to_string();
    let change = ("section_removed", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Questions, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let gone = sqlx::query!(
        "delete from paper_sections where id = $1 and paper_id = $2",
        section.0,
        setter.paper().0
    )
    .execute(&mut *db)
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    db.commit().await?;
    Ok(())
}

/// What a rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSource {
    Category(Category, Option<Difficulty>),
    Template(TemplateId),
}

/// The problems of a new rule's numbers. The fields' ids end in the section's.
pub fn rule_problems(section: SectionId, questions: u16, marks: u16) -> Vec<FieldProblem> {
    [("questions", questions, 60), ("marks", marks, 20)]
        .into_iter()
        .filter(|(_, number, most)| !(1..=*most).contains(number))
        .map(|(name, ..)| FieldProblem::new(format!("{name}-{section}"), Problem::NumberOutOfRange))
        .collect()
}

/// # Errors
/// [`Problem::TemplatesMissing`] on `source-<section>` when the bank has no matching template,
/// [`Problem::RulesTooMany`] there.
pub async fn add_rule(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    section: SectionId,
    source: RuleSource,
    questions: u16,
    marks: u16,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = format!("{section} {source:?} {questions} {marks}");
    let change = ("rule_added", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Questions, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let field = |name: &str| format!("{name}-{section}");
    let mut problems = rule_problems(section, questions, marks);
    let own = setter.organisation();
    let there = match source {
        RuleSource::Category(category, difficulty) => {
            !bank::draw_sources(&mut db, Some(own), category, difficulty, &[], 1).await?.is_empty()
        }
        RuleSource::Template(template) => bank::chosen_source(&mut db, own, template).await?.is_some(),
    };
    if !there {
        problems.insert(0, FieldProblem::new(field("source"), Problem::TemplatesMissing));
    } else if count(&mut db, setter).await?.rules >= MOST_RULES {
        problems.insert(0, FieldProblem::new(field("source"), Problem::RulesTooMany));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (category, difficulty, template) = match source {
        RuleSource::Category(category, difficulty) => (Some(category.as_str()), difficulty, None),
        RuleSource::Template(template) => (None, None, Some(template.0)),
    };
    let added = sqlx::query!(
        "insert into selection_rules (id, section_id, position, category, difficulty, template_id, questions, marks)
        select $1, s.id, (select coalesce(max(position), 0) + 1 from selection_rules where section_id = s.id), $4, $5, $6, $7, $8
        from paper_sections s where s.id = $2 and s.paper_id = $3",
        new_id(),
        section.0,
        setter.paper().0,
        category,
        difficulty.map(|difficulty| i16::from(u8::from(difficulty))),
        template,
        i16::try_from(questions).map_err(Error::failed)?,
        i16::try_from(marks).map_err(Error::failed)?,
    )
    .execute(&mut *db)
    .await?;
    if added.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    db.commit().await?;
    Ok(())
}

/// The title of the section that a chosen question begins, in a draft that has none.
const FIRST_SECTION: &str = "Questions";

/// Adds one chosen question to a draft, from the page that shows it: at the end of this section, or in a new one. It is
/// based on no version of the draft, because it changes nothing that stands there. `form` as for [`once`].
///
/// # Errors
/// On `place`: [`Problem::TemplatesMissing`] for a template that this draft may not use, [`Problem::RulesTooMany`],
/// [`Problem::SectionsTooMany`]; [`Problem::NumberOutOfRange`] on `marks`.
pub async fn add_template(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    section: Option<SectionId>,
    template: TemplateId,
    marks: u16,
    form: Option<FormToken>,
) -> Result<SectionId> {
    let mut db = services.begin().await?;
    let into = section.unwrap_or_else(|| SectionId(new_id()));
    let what = format!("add {paper} {section:?} {template} {marks}");
    if let Some(made) = once(services, &mut db, actor, form, &what, into.0).await? {
        return Ok(SectionId(made));
    }
    let setter = draft(services, &mut db, actor, paper).await?;
    next_version(&mut db, actor, setter, Part::Questions, None).await?;
    let mut problems = Vec::new();
    let mut wrong = |field: &str, problem| problems.push(FieldProblem::new(field, problem));
    let there = count(&mut db, setter).await?;
    if bank::chosen_source(&mut db, setter.organisation(), template).await?.is_none() {
        wrong("place", Problem::TemplatesMissing);
    } else if there.rules >= MOST_RULES {
        wrong("place", Problem::RulesTooMany);
    } else if section.is_none() && there.sections >= MOST_SECTIONS {
        wrong("place", Problem::SectionsTooMany);
    }
    if !(1..=20).contains(&marks) {
        wrong("marks", Problem::NumberOutOfRange);
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if section.is_none() {
        sqlx::query!(
            "insert into paper_sections (id, paper_id, position, title)
            values ($1, $2, (select coalesce(max(position), 0) + 1 from paper_sections where paper_id = $2), $3)",
            into.0,
            setter.paper().0,
            FIRST_SECTION,
        )
        .execute(&mut *db)
        .await?;
    }
    let added = sqlx::query!(
        "insert into selection_rules (id, section_id, position, template_id, questions, marks)
        select $1, s.id, (select coalesce(max(position), 0) + 1 from selection_rules where section_id = s.id), $4, 1, $5
        from paper_sections s where s.id = $2 and s.paper_id = $3",
        new_id(),
        into.0,
        setter.paper().0,
        template.0,
        i16::try_from(marks).map_err(Error::failed)?,
    )
    .execute(&mut *db)
    .await?;
    if added.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    db.commit().await?;
    Ok(into)
}

/// Where a rule goes within its section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleMove {
    Up,
    Down,
    /// To this place, from 1.
    To(u16),
}

/// Moves a rule within its section, whose other rules keep their order. It never leaves the section: a place before the
/// first is the first, and one behind the last the last.
pub async fn move_rule(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    rule: RuleId,
    to: RuleMove,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = format!("{rule} {to:?}");
    let change = ("rule_moved", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Questions, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let (place, by) = match to {
        RuleMove::Up => (None, -1_i64),
        RuleMove::Down => (None, 1),
        RuleMove::To(place) => (Some(i64::from(place)), 0),
    };
    // The whole section is numbered anew: rules may have one position in common, or leave some out.
    let moved = sqlx::query!(
        "with rules as (
            select l.id, row_number() over (order by l.position, l.id) as place, count(*) over () as all_rules
            from selection_rules l
            where l.section_id = (
                select r.section_id from selection_rules r join paper_sections s on s.id = r.section_id
                where r.id = $1 and s.paper_id = $2
            )
        ), asked as (
            select place, least(greatest(coalesce($3::bigint, place + $4::bigint), 1), all_rules) as other
            from rules where id = $1
        )
        update selection_rules l set position = case
                when r.place = a.place then a.other
                when r.place >= a.other and r.place < a.place then r.place + 1
                when r.place <= a.other and r.place > a.place then r.place - 1
                else r.place
            end
        from rules r cross join asked a where l.id = r.id",
        rule.0,
        setter.paper().0,
        place,
        by,
    )
    .execute(&mut *db)
    .await?;
    if moved.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    db.commit().await?;
    Ok(())
}

pub async fn remove_rule(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    rule: RuleId,
    seen: Option<u32>,
) -> Result<()> {
    let mut db = services.begin().await?;
    let setter = draft(services, &mut db, actor, paper).await?;
    let typed = rule.to_string();
    let change = ("rule_removed", typed.as_str());
    if next_version_once(services, &mut db, actor, setter, Part::Questions, seen, change).await?
        == Turn::Before
    {
        return Ok(());
    }
    let gone = sqlx::query!(
        "delete from selection_rules l using paper_sections s where l.id = $1 and s.id = l.section_id and s.paper_id = $2",
        rule.0,
        setter.paper().0,
    )
    .execute(&mut *db)
    .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    db.commit().await?;
    Ok(())
}
