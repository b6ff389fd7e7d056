//! Wire types of results: of one sitting, of a whole paper, and of its items.

use serde::{Deserialize, Serialize};

use super::{
    Analysis, Distribution, FEWEST, ItemStatistics, ReleasedOutcome, Tally, analysis::tenths, whole_percent,
};
use crate::{
    Moment,
    assessment::{
        Category, Difficulty, ItemId, PaperId, PaperKind,
        delivery::{SittingId, SubmittedBy},
        question::{Advice, Verdict},
    },
    count,
    kit::list::Page,
    learning::CourseVerification,
};

/// `/assessments/sittings/{sitting}/result`, and the setter's page of the same sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SittingResult {
    pub sitting: SittingId,
    pub paper: PaperId,
    pub title: String,
    pub kind: PaperKind,
    pub candidate: String,
    pub submitted: Moment,
    pub outcome: ReleasedOutcome,
    pub pass_percent: u8,
    pub sections: Vec<SectionResult>,
    pub categories: Vec<CategoryResult>,
    pub questions: Vec<QuestionResult>,
    /// Present only for a pass.
    pub verification_code: Option<String>,
    pub certificate_name: CertificateName,
    pub removed_on: String,
    /// Whether the mark changed after the exam, because the key of a question was wrong.
    pub corrected: bool,
    /// A question has been corrected, and this sitting is not marked again yet.
    pub remarking: bool,
}

/// The candidate's name on the certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateName {
    /// The candidate's name, unchanged.
    AsItIs,
    /// The font cannot show the candidate's name. This is the name that the candidate gave instead for this certificate, if any.
    Latin(Option<String>),
}

impl CertificateName {
    /// Whether the certificate can be made.
    pub fn is_known(&self) -> bool {
        *self != Self::Latin(None)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionResult {
    pub title: String,
    pub mark: u32,
    pub available: u32,
    pub pass_percent: Option<u8>,
}

impl SectionResult {
    /// `None` if the section has no pass mark.
    pub fn passed(&self) -> Option<bool> {
        self.pass_percent.map(|percent| self.mark * 100 >= self.available * u32::from(percent))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryResult {
    pub category: Category,
    pub mark: u32,
    pub available: u32,
}

/// One question with its answer and its worked solution. Texts are HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionResult {
    pub item: ItemId,
    pub category: Category,
    pub stimulus: Option<String>,
    pub wording: String,
    /// Texts, one for each option or place. Empty without an answer.
    pub given: Vec<String>,
    pub right_answer: Vec<String>,
    /// None if it would lead to a former key.
    pub solution: Vec<String>,
    /// The right answer has changed since the paper was sat: explanations of the former one are left out.
    pub key_corrected: bool,
    pub verdict: Option<Verdict>,
    pub marks: u32,
    pub available: u32,
    pub hints: u32,
    /// The typed answer is ambiguous.
    pub unreadable: bool,
    /// How to write the answer more safely. It cost no mark.
    pub advice: Option<Advice>,
    /// The question was found faulty: every candidate got its marks.
    pub voided: bool,
}

/// `/assessments/papers/{paper}/results`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultsPage {
    pub paper: PaperId,
    pub title: String,
    pub pass_percent: u8,
    pub release: crate::assessment::Release,
    pub released: bool,
    /// None when everybody has been marked.
    pub remarking: Option<Remarking>,
    pub state: crate::assessment::PaperState,
    /// One page of the results that the query finds. `in_all` counts all submitted sittings.
    pub results: Page<ResultRow>,
    /// The totals of all candidates, whatever the query finds. The sections and categories cover all candidates too.
    pub totals: ResultTotals,
    /// `None` as long as nobody has submitted.
    #[serde(default)]
    pub distribution: Option<Distribution>,
    pub sections: Vec<SectionResult>,
    pub categories: Vec<CategoryResult>,
    /// How many candidates are sitting the paper now.
    pub sitting: u32,
    /// The names of those who started first, as many as the page names.
    pub sitting_names: Vec<String>,
}

/// The totals of all submitted sittings of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResultTotals {
    pub submitted: u32,
    pub passed: u32,
    pub mark: u32,
    pub available: u32,
    /// The number of sittings with unreadable answers.
    pub unreadable: u32,
}

impl ResultTotals {
    /// "2.0 (66%)": tenths of a mark and whole per cent, both rounded down, so that no mean below the pass mark looks like a pass.
    pub fn mean_in_words(self) -> Option<String> {
        let Self { submitted, mark, available, .. } = self;
        let mean = (submitted > 0).then(|| tenths(f64::from(mark) / f64::from(submitted)))?;
        Some(format!("{mean} ({}%)", whole_percent(mark, available)))
    }
}

/// A submitted sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultRow {
    pub sitting: SittingId,
    /// "Erased account" after the person was erased.
    pub name: String,
    pub email: String,
    pub attempt: u8,
    pub submitted: Moment,
    pub submitted_by: SubmittedBy,
    pub outcome: ReleasedOutcome,
    pub sections: Vec<u32>,
    /// The missed pass marks, in words; none for a pass.
    pub missed: Vec<String>,
    pub unreadable: u32,
    pub incidents: u32,
}

/// `/assessments/papers/{paper}/items`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemsPage {
    pub paper: PaperId,
    pub title: String,
    /// None when everybody has been marked.
    pub remarking: Option<Remarking>,
    pub analysis: Analysis,
    /// One entry for each template in each place. It covers all attempts that ask this template there.
    pub items: Vec<ItemRow>,
    /// The newest corrections, at most [`MOST_CORRECTIONS`].
    pub corrections: Vec<CorrectionRow>,
    /// The number of all corrections.
    pub all_corrections: u32,
    /// What the correction would change that the address asks about.
    #[serde(default)]
    pub effect: Option<Effect>,
}

/// What a correction would change, looked at before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The question whose form asked.
    pub item: ItemId,
    /// Whether it would be taken out.
    pub void: bool,
    /// The right answer as typed; empty if another correction is asked about.
    pub right: String,
    /// The submitted sittings that were asked this question.
    pub sittings: u32,
    /// How many of them would have other marks.
    pub changed: u32,
    /// The marks that they would have more and fewer, together.
    pub more: u32,
    pub fewer: u32,
}

impl Effect {
    /// For the setter, before everybody is marked again.
    pub fn in_words(&self) -> String {
        let Self { sittings, changed, more, fewer, .. } = self;
        let asked = count(*sittings, "sitting");
        if *changed == 0 {
            return format!("No marks would change: {asked} submitted with this question.");
        }
        let all: Vec<_> = [(*more, "more"), (*fewer, "fewer")]
            .into_iter()
            .filter(|(marks, _)| *marks > 0)
            .map(|(marks, way)| format!("{} {way}", count(marks, "mark")))
            .collect();
        format!(
            "{changed} of {asked} would have other marks: {} together. Passes may change with them.",
            all.join(" and ")
        )
    }
}

/// How far the marking of everybody is, after a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarking {
    /// The place of the corrected question, from 1.
    pub question: u32,
    /// How many sittings are marked again, of all to mark.
    pub marked: u32,
    pub of: u32,
    /// The job has stopped, and has to be queued again.
    pub failed: bool,
    /// The sittings that could not be marked so far, with the names of their candidates.
    pub aside: Vec<(SittingId, String)>,
}

/// The most corrections that an item analysis lists.
pub const MOST_CORRECTIONS: usize = 100;

/// The questions from one template in one place of the paper. Attempts that have the same template there, with numbers
/// of their own, are counted together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The place, from 1.
    pub number: u32,
    /// The item of the first attempt that has the template here.
    pub item: ItemId,
    /// Whether every attempt asks this template here.
    pub every_attempt: bool,
    /// The statistics of the sittings of these attempts. `None` before there are any.
    pub statistics: Option<ItemStatistics>,
    /// The number of sittings that these statistics cover.
    pub candidates: u32,
    /// The question of each of these attempts, in their order.
    pub variants: Vec<ItemVariant>,
    pub template: String,
    pub category: Category,
    pub difficulty: Difficulty,
    /// HTML, like the wording. Both are from the first of these attempts.
    pub stimulus: Option<String>,
    pub wording: String,
    pub right_answer: Vec<String>,
    pub marks: u32,
    pub voided: bool,
    pub unreadable: u32,
    pub tally: Vec<Tally>,
}

impl ItemRow {
    /// The remark for the setter, if any: none if the question is voided, or few candidates have answered it.
    pub fn remark(&self, known: &ItemStatistics, candidates: u32) -> Option<&'static str> {
        if self.voided || candidates < FEWEST { None } else { known.remark() }
    }
}

/// The question of one attempt in a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemVariant {
    pub item: ItemId,
    pub attempt: u8,
    /// The number of corrections so far of the questions from this template in this place. The form sends it, and an
    /// out-of-date form is refused.
    pub version: u32,
    /// HTML, like the wording: with the numbers of this attempt.
    pub stimulus: Option<String>,
    pub wording: String,
    pub right_answer: Vec<String>,
    /// Letter and text of each option, for questions that have any.
    pub options: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionRow {
    pub at: Moment,
    pub by: String,
    pub question: u32,
    pub reason: String,
    pub kind: CorrectionKind,
    pub marks_changed: u32,
    pub passes_changed: u32,
}

/// What a correction did to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CorrectionKind {
    /// Every candidate got its marks.
    TakenOut,
    /// It is marked by its answers again.
    PutBack,
    /// The key was wrong: the right answers before and after.
    Key { before: Vec<String>, after: Vec<String> },
}

/// `/verify/{code}`: everything on the certificate, with initials in place of the name. A reader of a certificate with a
/// forged mark, paper or course can see the difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verified {
    Paper(Verification),
    Course(CourseVerification),
}

/// The certificate of a passed paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    pub paper: String,
    pub kind: PaperKind,
    pub organisation: String,
    /// "27 of 30 (90%)", as on the certificate. Only a pass has a certificate.
    pub mark: String,
    pub date: String,
    pub initials: String,
    /// A question of the paper has been corrected, and this sitting is not marked again yet: it may prove no pass.
    pub remarking: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn totals(marks: &[(u32, u32)]) -> ResultTotals {
        ResultTotals {
            submitted: marks.len().try_into().unwrap(),
            mark: marks.iter().map(|(mark, _)| mark).sum(),
            available: marks.iter().map(|(_, available)| available).sum(),
            ..ResultTotals::default()
        }
    }

    #[test]
    fn the_effect_of_a_correction_says_how_many_sittings_and_marks_change() {
        let said = |sittings, changed, more, fewer| {
            let item = ItemId(uuid::Uuid::nil());
            Effect { item, void: true, right: String::new(), sittings, changed, more, fewer }.in_words()
        };
        assert_eq!(said(3, 0, 0, 0), "No marks would change: 3 sittings submitted with this question.");
        assert_eq!(
            said(68, 12, 12, 0),
            "12 of 68 sittings would have other marks: 12 marks more together. Passes may change with them."
        );
        assert!(said(68, 3, 1, 4).contains(": 1 mark more and 4 marks fewer together."));
    }

    #[test]
    fn a_mean_is_rounded_like_a_mark() {
        assert_eq!(totals(&[(2, 3)]).mean_in_words().as_deref(), Some("2.0 (66%)"));
        let outcome = ReleasedOutcome { mark: 2, available: 3, passed: false };
        assert_eq!(outcome.in_words(), "2 of 3 (66%)");
        // 59 of 60 marks in 20 papers of three: 2.95 is not 3.0.
        let nearly: Vec<_> = std::iter::repeat_n((3, 3), 19).chain([(2, 3)]).collect();
        assert_eq!(totals(&nearly).mean_in_words().as_deref(), Some("2.9 (98%)"));
        assert_eq!(totals(&[]).mean_in_words(), None);
        assert_eq!(totals(&[(0, 0)]).mean_in_words().as_deref(), Some("0.0 (0%)"));
    }

    #[test]
    fn a_voided_question_or_one_with_few_answers_has_no_remark() {
        let item = |voided| ItemRow {
            number: 1,
            every_attempt: true,
            statistics: None,
            candidates: 0,
            item: ItemId(uuid::Uuid::nil()),
            variants: Vec::new(),
            template: String::new(),
            category: Category::UnitDoses,
            difficulty: Difficulty::One,
            stimulus: None,
            wording: String::new(),
            right_answer: Vec::new(),
            marks: 1,
            voided,
            unreadable: 0,
            tally: Vec::new(),
        };
        let easy = ItemStatistics { facility: 1.0, discrimination: None };
        let hard = ItemStatistics { facility: 0.0, discrimination: None };
        for known in [&easy, &hard] {
            assert!(item(false).remark(known, FEWEST).is_some());
            assert_eq!(item(false).remark(known, FEWEST - 1), None);
            assert_eq!(item(true).remark(known, 100), None);
        }
    }
}
