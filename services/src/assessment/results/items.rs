//! The item analysis that the setter of a paper sees after the exam.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::assessment::{
    ItemId, PaperId,
    question::{AskedView, Key, Question, Response, Verdict},
    results::{
        Alike, Analysis, CorrectionKind, CorrectionRow, Effect, ItemRow, ItemVariant, ItemsPage,
        MOST_CORRECTIONS, Remarking, analyse, tally,
    },
};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::corrections::{Correction, Proposal, mended};
use crate::{
    Error, Result, Services,
    access::{PaperAccess, since},
    accounts::Actor,
    assessment::{delivery::submission::to_store, html, number, stimulus},
    kit::markdown::plain,
    moment,
};

/// A question as one attempt asks it.
#[derive(Debug, Deserialize)]
struct Item {
    id: Uuid,
    attempt: i16,
    position: i16,
    marks: i16,
    voided: bool,
    corrections: i64,
    question: Question,
}

/// An earlier correction.
#[derive(Debug, Deserialize)]
struct Made {
    at: DateTime<Utc>,
    by: String,
    position: i16,
    reason: String,
    voided: bool,
    restored: bool,
    before: Question,
    after: Question,
    changed: i64,
    passes: i64,
}

/// One answer to a question, its verdict, and the number of candidates who gave it.
struct Answered {
    item: Uuid,
    response: Option<Response>,
    verdict: Option<Verdict>,
    times: u32,
    unreadable: u32,
}

/// The answers and marks of one candidate. All columns have the same order.
struct Marks {
    attempt: i16,
    items: Vec<Uuid>,
    marks: Vec<i16>,
    unreadable: Vec<bool>,
    /// The stored JSON.
    responses: Vec<Option<String>>,
    verdicts: Vec<Option<String>>,
}

/// `/assessments/papers/{paper}/items`: the item analysis. Questions from one template in the same place are counted together, although
/// attempts have different numbers in them.
pub async fn items_page(services: &Services, actor: &Actor, paper: PaperId) -> Result<ItemsPage> {
    items_page_with(services, actor, paper, None).await
}

/// The same with what a correction would change, if it can be made.
pub async fn items_page_with(
    services: &Services,
    actor: &Actor,
    paper: PaperId,
    proposal: Option<Proposal>,
) -> Result<ItemsPage> {
    let mut db = services.snapshot().await?;
    let head = sqlx::query!(
        r#"select a.proof as "proof!: Json<PaperAccess>", p.title, remarking_of(p.id) as "remarking?: Json<Remarking>",
            coalesce((
                select json_agg(json_build_object('id', i.id, 'attempt', i.attempt, 'position', i.position, 'marks', i.marks,
                    'voided', i.voided, 'corrections', coalesce(c.times, 0), 'question', i.question) order by i.attempt, i.position)
                from paper_items i
                left join (
                    select i.position, i.question->>'template' as template, count(*) as times
                    from paper_corrections c join paper_items i on i.id = c.item_id where i.paper_id = $1 group by 1, 2
                ) c on c.position = i.position and c.template = i.question->>'template'
                where i.paper_id = $1
            ), '[]') as "items!: Json<Vec<Item>>",
            (select count(*) from paper_corrections c join paper_items i on i.id = c.item_id where i.paper_id = $1) as "all_corrections!",
            coalesce((
                select json_agg(json_build_object('at', c.at, 'by', coalesce(h.full_name, ''), 'position', c.position,
                    'reason', c.reason, 'voided', c.voided, 'restored', c.restored, 'before', c.before, 'after', c.after,
                    'changed', (select count(*) from mark_changes m where m.correction_id = c.id),
                    'passes', (select count(*) from mark_changes m
                        where m.correction_id = c.id and m.passed_before <> m.passed_after)) order by c.at desc, c.id)
                from (
                    select c.*, i.position from paper_corrections c join paper_items i on i.id = c.item_id
                    where i.paper_id = $1 order by c.at desc, c.id limit $4
                ) c left join people_named h on h.id = c.corrected_by
            ), '[]') as "corrections!: Json<Vec<Made>>"
        from paper_access($1, $2, $3) a, papers p where p.id = $1"#,
        paper.0,
        actor.person().0,
        since(services),
        i64::try_from(MOST_CORRECTIONS).map_err(Error::failed)?,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or(Error::NotFound)?;
    let setter = head.proof.0.admit()?;
    let items = head.items.0;
    // All marks and answers are read once, grouped by sitting, and counted here. To count them, the database would have to sort them all,
    // in files.
    let marks = sqlx::query_file_as!(Marks, "src/assessment/results/item_marks.sql", setter.paper().0)
        .fetch_all(&mut *db)
        .await?;
    db.commit().await?;
    // The connection is given back before this waits for a slot.
    let (analysis, items, effect) = services
        .queues
        .heavy
        .work(move || {
            let places = items.iter().filter(|item| item.attempt == 1);
            let available: Vec<u32> = places.map(|item| number(item.marks)).collect::<Result<_>>()?;
            let effect = proposal.map(|proposal| effect(&proposal, &items, &marks)).transpose()?.flatten();
            let answered = answered(&marks)?;
            let sat = Sat { table: table(&marks, &items, available.len())?, available, marks };
            Ok::<_, Error>((sat.by(|_| true), rows(items, &answered, &sat)?, effect))
        })
        .await??;
    Ok(ItemsPage {
        paper,
        title: head.title,
        remarking: head.remarking.map(|remarking| remarking.0),
        analysis,
        items,
        effect,
        all_corrections: number(head.all_corrections)?,
        corrections: head
            .corrections
            .0
            .into_iter()
            .map(|row| {
                Ok(CorrectionRow {
                    at: moment(row.at),
                    by: row.by,
                    question: number(row.position)?,
                    reason: row.reason,
                    kind: match (row.voided, row.restored) {
                        (true, false) => CorrectionKind::TakenOut,
                        (false, true) => CorrectionKind::PutBack,
                        (false, false) => {
                            CorrectionKind::Key { before: accepted(row.before), after: accepted(row.after) }
                        }
                        (true, true) => {
                            return Err(Error::failed("a correction both takes out and puts back"));
                        }
                    },
                    marks_changed: number(row.changed)?,
                    passes_changed: number(row.passes)?,
                })
            })
            .collect::<Result<_>>()?,
    })
}

/// What a correction would change of the marks that stand. `None` for a question of another paper, and for a right answer
/// that the question cannot have.
fn effect(proposal: &Proposal, items: &[Item], marks: &[Marks]) -> Result<Option<Effect>> {
    let Some(asked) = items.iter().find(|item| item.id == proposal.item.0) else { return Ok(None) };
    let (corrected, right): (HashMap<Uuid, (Question, bool, i16)>, _) = match &proposal.correction {
        // At every attempt that has the template in this place.
        Correction::Void | Correction::PutBack => {
            let out = proposal.correction == Correction::Void;
            let alike = items.iter().filter(|item| item.place() == asked.place());
            (alike.map(|item| (item.id, (item.question.clone(), out, item.marks))).collect(), String::new())
        }
        Correction::RightAnswer(right) => match mended(&asked.question, right) {
            Ok(question) => {
                ([(asked.id, (question, asked.voided, asked.marks))].into_iter().collect(), right.clone())
            }
            Err(_) => return Ok(None),
        },
    };
    let mut effect = Effect {
        item: proposal.item,
        void: proposal.correction == Correction::Void,
        right,
        sittings: 0,
        changed: 0,
        more: 0,
        fewer: 0,
    };
    for candidate in marks {
        let rows = candidate.items.iter().zip(&candidate.marks).zip(&candidate.responses);
        for ((item, stands), response) in rows {
            let Some((question, voided, marks)) = corrected.get(item) else { continue };
            let response: Option<Response> = read(response.as_deref())?;
            let would = to_store(question, response.as_ref(), *marks, *voided)?.marks;
            effect.sittings += 1;
            effect.changed += u32::from(would != *stands);
            effect.more += number::<u32>((would - stands).max(0))?;
            effect.fewer += number::<u32>((stands - would).max(0))?;
        }
    }
    Ok(Some(effect))
}

/// All right answers, as text.
fn accepted(mut question: Question) -> Vec<String> {
    question.reword_options(plain);
    match question.key {
        Key::TextEntry(key) => key.accepted,
        _ => question.right_answer(),
    }
}

/// The marks of all candidates.
struct Sat {
    /// The available marks of each place.
    available: Vec<u32>,
    marks: Vec<Marks>,
    /// One row for each candidate, in the order of `marks`.
    table: Vec<Vec<u32>>,
}

impl Sat {
    /// The analysis of the candidates who sat one of these attempts.
    fn by(&self, attempt: impl Fn(i16) -> bool) -> Analysis {
        let sat = self.table.iter().zip(&self.marks).filter(|(_, sat)| attempt(sat.attempt));
        analyse(&self.available, &sat.map(|(row, _)| row.clone()).collect::<Vec<_>>())
    }
}

/// A row for each candidate, a column for each place.
fn table(marks: &[Marks], items: &[Item], places: usize) -> Result<Vec<Vec<u32>>> {
    let positions: HashMap<Uuid, i16> = items.iter().map(|item| (item.id, item.position)).collect();
    let rows = marks.iter().map(|candidate| {
        let mut row = vec![0; places];
        for (item, mark) in candidate.items.iter().zip(&candidate.marks) {
            let Some(position) = positions.get(item) else { continue };
            if let Some(place) = row.get_mut(number::<usize>(*position)?.saturating_sub(1)) {
                *place = number(*mark)?;
            }
        }
        Ok(row)
    });
    rows.collect()
}

/// A question, an answer to it and its verdict, as they are stored.
type Stored<'a> = (Uuid, Option<&'a str>, Option<&'a str>);

/// Counts equal answers. Thousands of candidates give only some dozens of different answers to each question, so each is read once.
fn answered(marks: &[Marks]) -> Result<Vec<Answered>> {
    let mut counted: HashMap<Stored<'_>, (u32, u32)> = HashMap::new();
    for candidate in marks {
        let texts = candidate.responses.iter().zip(&candidate.verdicts);
        let rows = candidate.items.iter().zip(&candidate.unreadable).zip(texts);
        for ((item, unreadable), (response, verdict)) in rows {
            let counts = counted.entry((*item, response.as_deref(), verdict.as_deref())).or_default();
            *counts = (counts.0 + 1, counts.1 + u32::from(*unreadable));
        }
    }
    // The order of a hash map is random, so the answers are sorted.
    let counted: BTreeMap<Stored<'_>, (u32, u32)> = counted.into_iter().collect();
    let answered = counted.into_iter().map(|((item, response, verdict), (times, unreadable))| {
        Ok(Answered { item, response: read(response)?, verdict: read(verdict)?, times, unreadable })
    });
    answered.collect()
}

fn read<T: serde::de::DeserializeOwned>(stored: Option<&str>) -> Result<Option<T>> {
    stored.map(|text| serde_json::from_str(text).map_err(Error::failed)).transpose()
}

fn rows(mut items: Vec<Item>, answered: &[Answered], sat: &Sat) -> Result<Vec<ItemRow>> {
    items.iter_mut().for_each(|item| item.question.reword_options(plain));
    let by_id: HashMap<Uuid, &Item> = items.iter().map(|item| (item.id, item)).collect();
    // The groups are ordered by place, and within a place by the first attempt that has the template.
    let mut groups: BTreeMap<Place, Vec<&Item>> = BTreeMap::new();
    for item in &items {
        groups.entry(item.place()).or_default().push(item);
    }
    let mut here: BTreeMap<Place, (Vec<Alike>, u32)> = BTreeMap::new();
    for answer in answered {
        let Some(item) = by_id.get(&answer.item) else { continue };
        let (alike, unreadable) = here.entry(item.place()).or_default();
        alike.push(Alike {
            question: &item.question,
            response: answer.response.as_ref(),
            verdict: answer.verdict.as_ref(),
            times: answer.times,
        });
        *unreadable += answer.unreadable;
    }
    let mut groups: Vec<_> =
        groups.into_values().filter_map(|group| Some((*group.first()?, group))).collect();
    groups.sort_by_key(|(item, _)| (item.position, item.attempt));
    let every = items.iter().map(|item| item.attempt).collect::<BTreeSet<_>>().len();
    let mut analyses: BTreeMap<Vec<i16>, Analysis> = BTreeMap::new();
    let rows = groups.into_iter().map(|(item, group)| {
        let attempts: Vec<i16> = group.iter().map(|item| item.attempt).collect();
        let known = analyses.entry(attempts).or_insert_with_key(|asked| sat.by(|own| asked.contains(&own)));
        let (alike, unreadable) = here.remove(&item.place()).unwrap_or_default();
        Ok(ItemRow {
            number: number(item.position)?,
            every_attempt: group.len() == every,
            statistics: known.items.get(number::<usize>(item.position)?.saturating_sub(1)).cloned(),
            candidates: known.candidates,
            item: ItemId(item.id),
            variants: group.iter().map(|item| variant(item)).collect::<Result<_>>()?,
            template: item.question.template.clone(),
            category: item.question.category,
            difficulty: item.question.difficulty,
            stimulus: stimulus(&item.question),
            wording: html(&item.question.wording),
            right_answer: item.question.right_answer(),
            marks: number(item.marks)?,
            voided: item.voided,
            unreadable,
            tally: tally(alike),
        })
    });
    rows.collect()
}

/// A place of the paper, and a template that is asked there.
type Place<'a> = (i16, &'a str);

impl Item {
    fn place(&self) -> Place<'_> {
        (self.position, &self.question.template)
    }
}

fn variant(item: &Item) -> Result<ItemVariant> {
    Ok(ItemVariant {
        item: ItemId(item.id),
        attempt: number(item.attempt)?,
        version: number(item.corrections)?,
        stimulus: stimulus(&item.question),
        wording: html(&item.question.wording),
        right_answer: item.question.right_answer(),
        options: match item.question.asked().view {
            AskedView::SingleChoice(options)
            | AskedView::MultipleChoice(options)
            | AskedView::Ordering(options) => {
                options.into_iter().map(|option| (option.id, option.text)).collect()
            }
            AskedView::Number { .. } | AskedView::TextEntry => Vec::new(),
        },
    })
}
