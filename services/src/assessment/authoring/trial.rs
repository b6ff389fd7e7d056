//! A setter tries their own paper as a candidate would sit it. Everything is worked out anew from a seed and from the
//! answers that come with the request: nothing is written.

use std::collections::BTreeMap;

use chrono::Duration;
use domain::assessment::{
    Category, ItemId, PaperId, PaperState, SectionId,
    authoring::{PaperPage, Trial, TrialAsked},
    delivery::{Room, RoomQuestion, RoomState, SittingId},
    question::{Question, Response, Verdict},
    results::{
        CategoryResult, CertificateName, ItemMark, QuestionResult, ReleasedOutcome, SectionResult,
        SittingResult, outcome,
    },
};
use sqlx::types::Json;
use uuid::Uuid;

use super::{
    drawing::{self, Made},
    paper::load,
};
use crate::{
    Error, Result, Services,
    accounts::Actor,
    assessment::{
        clock_time,
        delivery::{
            room::page_texts,
            submission::{ToStore, to_store},
        },
        html, number,
        results::own::question_result,
    },
    kit::random,
    moment,
};

/// `/assessments/papers/{paper}/try`: the questions of the first attempt, or of a draft those that the seed draws.
///
/// # Errors
/// [`Error::NotFound`] for everybody but the paper's setters; `Problem::TemplatesMissing` on `questions` for a draft with a
/// rule that no template matches any more.
pub async fn trial(services: &Services, actor: &Actor, paper: PaperId, asked: TrialAsked) -> Result<Trial> {
    let seed = match asked.seed {
        Some(seed) => seed,
        // Short enough to be read out.
        None => number(random::seed()? % 1_000_000)?,
    };
    let mut db = services.db.acquire().await?;
    let (setter, page) = load(services, &mut db, actor, paper).await?;
    let (plan, stored) = if page.state == PaperState::Draft {
        (Some(drawing::plan(&mut db, setter).await?), Vec::new())
    } else {
        let stored = sqlx::query!(
            r#"select i.section_id, i.marks, i.voided, i.question as "question: Json<Question>",
                (select k.before from paper_corrections k where k.item_id = i.id order by k.at, k.id limit 1)
                    as "as_sat?: Json<Question>"
            from paper_items i where i.paper_id = $1 and i.attempt = 1 order by i.position"#,
            setter.paper().0,
        );
        let stored = stored.fetch_all(&mut *db).await?.into_iter().map(|row| {
            let question = row.question.0;
            let other_key = |as_sat: Json<Question>| as_sat.0.right_answer() != question.right_answer();
            Set {
                voided: row.voided,
                key_corrected: row.as_sat.is_some_and(other_key),
                made: Made { section: row.section_id, question, marks: row.marks },
            }
        });
        (None, stored.collect())
    };
    drop(db);
    let now = services.clock.now();
    // Making and showing hundreds of questions takes a second of work: not on the threads that serve pages.
    let tried = services.queues.heavy.work(move || {
        let made = match plan {
            Some(plan) => drawing::draw_again(&plan, seed)?.questions.into_values().map(Set::from).collect(),
            None => stored,
        };
        let answers = asked.answers.into_iter().map(|(n, response)| (n, response.for_storing()));
        let answers = answers.filter(|(_, response)| !response.is_blank()).collect();
        let tried = Tried { page, made, answers };
        let result = if asked.marked { Some(tried.result(moment(now))?) } else { None };
        let room =
            tried.room(clock_time(now + Duration::minutes(tried.page.settings.limit_minutes.into())))?;
        let PaperPage { id: paper, state, settings, .. } = tried.page;
        let (draft, shuffled) = (state == PaperState::Draft, settings.shuffle);
        Ok::<_, Error>(Trial { paper, draft, shuffled, seed, room, result })
    });
    tried.await?
}

/// A question as it stands in the paper.
struct Set {
    made: Made,
    /// It was taken out: everybody has its marks.
    voided: bool,
    /// Its solution belongs to the key before.
    key_corrected: bool,
}

impl From<Made> for Set {
    fn from(made: Made) -> Self {
        Self { made, voided: false, key_corrected: false }
    }
}

/// The questions of a try, and the answers so far.
struct Tried {
    page: PaperPage,
    made: Vec<Set>,
    /// As a sitting would have kept them.
    answers: BTreeMap<usize, Response>,
}

/// The name of a question within a try, which has none in the database.
fn item(n: usize) -> Result<ItemId> {
    Ok(ItemId(Uuid::from_u128(u128::try_from(n).map_err(Error::failed)? + 1)))
}

impl Tried {
    /// The room as a candidate would find it, but with the hints open: opening one is counted, and there is nobody to count it
    /// for.
    fn room(&self, ends: String) -> Result<Room> {
        let settings = &self.page.settings;
        let titles: BTreeMap<Uuid, &str> =
            self.page.sections.iter().map(|section| (section.id.0, section.title.as_str())).collect();
        let question = |(n, Set { made, .. }): (usize, &Set)| -> Result<RoomQuestion> {
            let hints: Vec<String> = if settings.hints {
                made.question.hints.iter().map(|hint| html(hint)).collect()
            } else {
                Vec::new()
            };
            let mut asked = page_texts(&made.question);
            asked.hints = hints.len();
            let response = self.answers.get(&n).cloned();
            Ok(RoomQuestion {
                problem: response.as_ref().and_then(|response| made.question.problem_of(response)),
                item: item(n)?,
                section: titles.get(&made.section).copied().unwrap_or_default().to_owned(),
                marks: number(made.marks)?,
                asked,
                hints,
                response,
                flagged: false,
                sequence: 0,
                flag_sequence: 0,
            })
        };
        Ok(Room {
            sitting: SittingId(Uuid::nil()),
            title: settings.title.clone(),
            kind: settings.kind,
            calculator: settings.calculator,
            epoch: 0,
            state: RoomState {
                remaining_ms: i64::from(settings.limit_minutes) * 60_000,
                ends,
                paused: false,
                break_left_ms: 0,
                submitted: false,
                epoch: 0,
                extra_seconds: 0,
                latest_end_ms: 0,
                earlier: Vec::new(),
            },
            questions: self.made.iter().enumerate().map(question).collect::<Result<_>>()?,
        })
    }

    /// Marked as a sitting would be, by the same rules.
    fn result(&self, submitted: domain::Moment) -> Result<SittingResult> {
        let settings = &self.page.settings;
        let mut questions = Vec::with_capacity(self.made.len());
        let mut marks = Vec::with_capacity(self.made.len());
        let mut categories: BTreeMap<Category, (u32, u32)> = BTreeMap::new();
        for (n, Set { made, voided, key_corrected }) in self.made.iter().enumerate() {
            let (response, available) = (self.answers.get(&n), number::<u32>(made.marks)?);
            let ToStore { marks: got, verdict, unreadable } =
                to_store(&made.question, response, made.marks, *voided)?;
            let got = number::<u32>(got)?;
            let verdict: Option<Verdict> =
                verdict.map(serde_json::from_value).transpose().map_err(Error::failed)?;
            let sums = categories.entry(made.question.category).or_default();
            *sums = (sums.0 + got, sums.1 + available);
            marks.push(ItemMark { section: SectionId(made.section), marks: got, available });
            let mut result = question_result(item(n)?, made.question.clone(), response, verdict, 0);
            if *key_corrected {
                result.solution.clear();
            }
            let (voided, key_corrected) = (*voided, *key_corrected);
            questions.push(QuestionResult {
                marks: got,
                available,
                unreadable,
                voided,
                key_corrected,
                ..result
            });
        }
        let pass_marks: Vec<_> =
            self.page.sections.iter().map(|section| (section.id, section.pass_percent)).collect();
        let whole = outcome(&marks, settings.pass_percent, &pass_marks);
        let sections = self.page.sections.iter().map(|section| {
            let of = marks.iter().filter(|mark| mark.section == section.id);
            let (mark, available) =
                of.fold((0, 0), |(got, all), mark| (got + mark.marks, all + mark.available));
            SectionResult {
                title: section.title.clone(),
                mark,
                available,
                pass_percent: section.pass_percent,
            }
        });
        Ok(SittingResult {
            sitting: SittingId(Uuid::nil()),
            paper: self.page.id,
            title: settings.title.clone(),
            kind: settings.kind,
            candidate: String::new(),
            submitted,
            outcome: ReleasedOutcome { mark: whole.mark, available: whole.available, passed: whole.passed },
            pass_percent: settings.pass_percent,
            sections: sections.collect(),
            categories: categories
                .into_iter()
                .map(|(category, (mark, available))| CategoryResult { category, mark, available })
                .collect(),
            questions,
            verification_code: None,
            certificate_name: CertificateName::AsItIs,
            removed_on: String::new(),
            corrected: false,
            remarking: false,
        })
    }
}
