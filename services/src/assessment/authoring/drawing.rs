//! Draws the question for each place of a paper, for every attempt.
//!
//! An attempt uses templates that no earlier attempt has used, as long as the bank has any; only then it reuses some,
//! with other numbers. Within an attempt no template comes twice as long as there are others, and no question ever
//! comes twice.

use std::collections::{BTreeMap, HashSet};

use domain::{
    Problem,
    assessment::{Category, Difficulty, bank::Template, question::Question},
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    Error, Result,
    access::PaperSetter,
    assessment::{bank, known},
    kit::random,
};

/// How often a template's numbers are drawn before it counts as having no others.
const SEEDS: usize = 32;

/// The questions that a draft asks for, with all their possible sources.
pub(super) struct Plan {
    rules: Vec<Rule>,
    /// Each once, as stored.
    sources: Vec<String>,
}

struct Rule {
    section: Uuid,
    marks: i16,
    questions: i16,
    kind: Kind,
    /// Places in `sources`, in random order.
    pool: Vec<usize>,
}

/// A rule as the statement reads it.
#[derive(Debug, serde::Deserialize)]
struct Stored {
    section_id: Uuid,
    category: Option<String>,
    difficulty: Option<i16>,
    template_id: Option<Uuid>,
    questions: i16,
    marks: i16,
    /// The templates that may be used there, in random order.
    pool: Vec<Uuid>,
}

/// Rules are drawn in this order: the rule with the fewest choices comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// One template that the setter chose: every attempt uses it.
    Chosen,
    OneDifficulty,
    AnyDifficulty,
}

/// # Errors
/// [`Problem::TemplatesMissing`] on `questions` for a rule that no template of the bank matches any more.
pub(super) async fn plan(db: &mut PgConnection, setter: PaperSetter) -> Result<Plan> {
    // One statement for all rules: each with its possible templates in random order, and the text of each template
    // once.
    let found = sqlx::query!(
        r#"with rules as materialized (
            select s.position as section_position, l.position, l.id, l.section_id, l.category, l.difficulty, l.template_id, l.questions, l.marks,
                case when l.template_id is not null then array(
                    select t.id from question_templates t
                    where t.id = l.template_id and not t.retired and (t.organisation_id is null or t.organisation_id = $2)
                ) else array(
                    select t.id from question_templates t
                    where t.category = l.category and (l.difficulty is null or t.difficulty = l.difficulty) and not t.retired
                        and (t.organisation_id is null or t.organisation_id = $2)
                    order by random()
                ) end as pool
            from selection_rules l join paper_sections s on s.id = l.section_id where s.paper_id = $1
        )
        select coalesce((select json_agg(l order by l.section_position, l.section_id, l.position, l.id) from rules l), '[]')
                as "rules!: Json<Vec<Stored>>",
            coalesce((select json_object_agg(t.id, t.source) from question_templates t
                where t.id in (select unnest(l.pool) from rules l)), '{}') as "sources!: Json<BTreeMap<Uuid, String>>""#,
        setter.paper().0,
        setter.organisation().0,
    )
    .fetch_one(db)
    .await?;
    let (mut plan, mut places) = (Plan { rules: Vec::new(), sources: Vec::new() }, BTreeMap::new());
    for (id, source) in found.sources.0 {
        places.insert(id, plan.sources.len());
        plan.sources.push(source);
    }
    for row in found.rules.0 {
        let difficulty = row.difficulty.map(bank::level).transpose()?;
        let kind = match (row.template_id, row.category.as_deref()) {
            (Some(_), _) => Kind::Chosen,
            (None, Some(category)) => {
                known("category", category, Category::parse)?;
                if difficulty.is_some() { Kind::OneDifficulty } else { Kind::AnyDifficulty }
            }
            (None, None) => return Err(Error::failed("a rule of a paper asks nothing")),
        };
        let pool: Vec<usize> = row.pool.iter().filter_map(|id| places.get(id).copied()).collect();
        if pool.is_empty() {
            return Err(Error::invalid("questions", Problem::TemplatesMissing));
        }
        let (section, marks, questions) = (row.section_id, row.marks, row.questions);
        plan.rules.push(Rule { section, marks, questions, kind, pool });
    }
    Ok(plan)
}

/// A question in its place.
pub(super) struct Made {
    pub section: Uuid,
    pub question: Question,
    pub marks: i16,
}

pub(super) struct Drawn {
    /// By attempt and position, both from 1.
    pub questions: BTreeMap<(i16, i16), Made>,
    /// Whether an attempt repeats a question, because there is no other.
    pub twice: bool,
}

/// Where the numbers of the questions come from.
enum Numbers {
    /// From nowhere that anybody could know.
    Fresh,
    /// From a seed, so that the same are drawn again: for a try, which nobody sits.
    Again { seed: u32, drawn: u32 },
}

impl Numbers {
    fn ask(&mut self, template: &Template) -> Result<Question> {
        match self {
            Self::Fresh => bank::ask(template),
            Self::Again { seed, drawn } => bank::ask_with(template, || {
                *drawn = drawn.wrapping_add(1);
                Ok(number_of(*seed, *drawn) >> 1)
            }),
        }
    }

    /// The templates of a rule, in the order in which they are taken.
    fn order(&self, pool: &[usize]) -> Vec<usize> {
        let mut order = pool.to_vec();
        if let Self::Again { seed, .. } = self {
            // By their ids first: the statement reads them in another order each time.
            order.sort_unstable();
            order.sort_by_cached_key(|at| random::hash(format!("{seed} template {at}")));
        }
        order
    }
}

/// Always the same number for the same two.
fn number_of(seed: u32, drawn: u32) -> u64 {
    let bytes = random::hash(format!("{seed} number {drawn}"));
    bytes.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

/// Draws every attempt. A long paper takes a second of work.
pub(super) fn draw(plan: &Plan, attempts: i16) -> Result<Drawn> {
    draw_from(plan, attempts, Numbers::Fresh)
}

/// Draws one attempt from a seed: the same each time, as long as the draft and its templates are the same.
pub(super) fn draw_again(plan: &Plan, seed: u32) -> Result<Drawn> {
    draw_from(plan, 1, Numbers::Again { seed, drawn: 0 })
}

fn draw_from(plan: &Plan, attempts: i16, numbers: Numbers) -> Result<Drawn> {
    let pools: Vec<Vec<usize>> = plan.rules.iter().map(|rule| numbers.order(&rule.pool)).collect();
    let templates = plan.sources.iter().map(|source| bank::read_one(source)).collect::<Result<Vec<_>>>()?;
    let mut drawing = Drawing {
        used: vec![0; templates.len()],
        exhausted: vec![false; templates.len()],
        templates,
        asked: HashSet::new(),
        numbers,
    };
    let mut order: Vec<usize> = (0..plan.rules.len()).collect();
    order.sort_by_key(|rule| plan.rules.get(*rule).map(|rule| rule.kind));
    let mut drawn = Drawn { questions: BTreeMap::new(), twice: false };
    // As difficult as the first attempt in the same place, if there is a choice.
    let mut first: BTreeMap<(usize, i16), Difficulty> = BTreeMap::new();
    for attempt in 1..=attempts {
        let mut here = Attempt {
            used: vec![0; drawing.templates.len()],
            exhausted: vec![false; drawing.templates.len()],
            asked: HashSet::new(),
        };
        let mut made: BTreeMap<(usize, i16), Question> = BTreeMap::new();
        for (index, rule) in order.iter().filter_map(|index| Some((*index, plan.rules.get(*index)?))) {
            for place in 0..rule.questions {
                let level = first.get(&(index, place)).copied();
                let pool = pools.get(index).map(Vec::as_slice).unwrap_or_default();
                let (question, again) = drawing.next(&mut here, pool, level)?;
                drawn.twice |= again;
                first.entry((index, place)).or_insert(question.difficulty);
                made.insert((index, place), question);
            }
        }
        for (position, ((index, _), question)) in (1..).zip(made) {
            let rule = plan.rules.get(index).ok_or_else(|| Error::failed("a question of no rule"))?;
            let made = Made { section: rule.section, question, marks: rule.marks };
            drawn.questions.insert((attempt, position), made);
        }
    }
    Ok(drawn)
}

/// What all attempts so far have used.
struct Drawing {
    templates: Vec<Template>,
    /// How often each was used.
    used: Vec<u32>,
    /// Templates without a question that is new to the paper.
    exhausted: Vec<bool>,
    asked: HashSet<String>,
    numbers: Numbers,
}

/// What one attempt has used.
struct Attempt {
    used: Vec<u32>,
    /// Templates without a question that is new to this attempt.
    exhausted: Vec<bool>,
    asked: HashSet<String>,
}

impl Drawing {
    /// A question for the next place, and whether this attempt already asks it. Among the templates that the attempt
    /// has used least, those with a question that is new to the paper come first; of these the least used.
    fn next(
        &mut self,
        here: &mut Attempt,
        pool: &[usize],
        level: Option<Difficulty>,
    ) -> Result<(Question, bool)> {
        let count = |used: &[u32], at: usize| used.get(at).copied().unwrap_or_default();
        let mut order = pool.to_vec();
        let other_level = |at: usize| {
            level.is_some_and(|level| {
                self.templates.get(at).is_some_and(|template| template.difficulty != level)
            })
        };
        order.sort_by_key(|at| (count(&here.used, *at), count(&self.used, *at), other_level(*at)));
        let rounds: Vec<Vec<usize>> = order
            .chunk_by(|a, b| count(&here.used, *a) == count(&here.used, *b))
            .map(<[usize]>::to_vec)
            .collect();
        for round in rounds {
            for new_to_all in [true, false] {
                for at in &round {
                    if let Some(question) = self.fresh(here, *at, new_to_all)? {
                        return Ok((self.taken(here, *at, question), false));
                    }
                }
            }
        }
        let at = order.first().copied().ok_or_else(|| Error::failed("a rule of a paper has no templates"))?;
        let template = self.templates.get(at).ok_or_else(unread)?;
        let question = self.numbers.ask(template)?;
        Ok((self.taken(here, at, question), true))
    }

    /// A question of this template that the attempt does not ask yet, or even no earlier attempt.
    fn fresh(&mut self, here: &mut Attempt, at: usize, new_to_all: bool) -> Result<Option<Question>> {
        let Self { templates, exhausted, asked, numbers, .. } = self;
        let known = if new_to_all { &*exhausted } else { &here.exhausted };
        if known.get(at).copied().unwrap_or_default() {
            return Ok(None);
        }
        let template = templates.get(at).ok_or_else(unread)?;
        // Without variables a seed changes the order of the options and nothing else.
        let seeds = if template.variables.is_empty() { 1 } else { SEEDS };
        for _ in 0..seeds {
            let question = numbers.ask(template)?;
            let key = key(&question);
            if !(here.asked.contains(&key) || new_to_all && asked.contains(&key)) {
                return Ok(Some(question));
            }
        }
        let exhausted = if new_to_all { exhausted } else { &mut here.exhausted };
        exhausted.get_mut(at).into_iter().for_each(|exhausted| *exhausted = true);
        Ok(None)
    }

    fn taken(&mut self, here: &mut Attempt, at: usize, question: Question) -> Question {
        for used in [&mut self.used, &mut here.used] {
            used.get_mut(at).into_iter().for_each(|used| *used += 1);
        }
        here.asked.insert(key(&question));
        self.asked.insert(key(&question));
        question
    }
}

fn unread() -> Error {
    Error::failed("a template that was not read")
}

/// [`Question::as_asked`] as one text.
fn key(question: &Question) -> String {
    question.as_asked().join("\u{1f}")
}
