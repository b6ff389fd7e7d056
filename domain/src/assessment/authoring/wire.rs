//! Wire types of writing a paper: its list, its pages and its settings.

use serde::{Deserialize, Serialize};

use crate::{
    assessment::{
        Category, Difficulty, PaperId, PaperKind, PaperState, Release, SectionId,
        bank::{BankCard, CategoryStock},
    },
    count,
    kit::list::Page,
    organisations::{OrganisationId, OrganisationKind},
};

crate::id! {
    /// A number of questions of a category, or one chosen template, in a section.
    RuleId
}

/// The settings of a paper, as in its form: times in Europe/London as `2026-11-22T10:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperSettings {
    pub title: String,
    pub kind: PaperKind,
    pub instructions: String,
    pub limit_minutes: u16,
    pub pass_percent: u8,
    pub calculator: bool,
    pub shuffle: bool,
    pub hints: bool,
    pub attempts: u8,
    pub opens: String,
    pub closes: String,
    /// Empty: there is no access code.
    pub access_code: String,
    pub release: Release,
}

/// One row of `/assessments/papers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperCard {
    pub id: PaperId,
    pub title: String,
    pub kind: PaperKind,
    pub organisation: String,
    /// Empty when the account was erased.
    pub set_by: String,
    pub state: PaperState,
    pub opens: crate::Moment,
    pub closes: crate::Moment,
    pub sittings: u32,
    pub submitted: u32,
}

/// `/assessments/papers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyPapers {
    /// One page of the papers that the query finds.
    pub papers: Page<PaperCard>,
    /// Whether there are older papers than the list has: support sees the papers of everybody.
    pub more_papers: bool,
    /// The token of the form that creates another, which acts once.
    pub form: crate::FormToken,
    /// The number of faulty rows of this page: they take nothing from the others.
    pub not_shown: u32,
    /// Whether the actor may set papers everywhere: support, which chooses one of all organisations on a page of its own.
    pub everywhere: bool,
    /// The organisations in which the actor may set papers; for support the chosen one.
    pub organisations: Vec<ListChoice>,
}

/// `/assessments/organisations`: one page of the organisations in which the actor may set papers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyOrganisations {
    pub organisations: Page<OrganisationRow>,
}

/// One row of [`MyOrganisations`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationRow {
    pub id: OrganisationId,
    pub name: String,
    pub kind: OrganisationKind,
}

/// A choice in a list: its value and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListChoice {
    pub id: String,
    pub label: String,
    pub chosen: bool,
}

/// How often each part of a paper was saved. A form sends the version that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PaperVersions {
    pub settings: u32,
    pub questions: u32,
    pub candidates: u32,
}

/// `/assessments/papers/{paper}` and the pages around it, for the setter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPage {
    pub id: PaperId,
    pub organisation: String,
    pub state: PaperState,
    pub versions: PaperVersions,
    /// The token of the page's forms that act once.
    pub form: crate::FormToken,
    pub settings: PaperSettings,
    pub opens: crate::Moment,
    pub closes: crate::Moment,
    /// The years in which new times may be.
    pub years: crate::Years,
    /// The warning about these times when the clocks change that night.
    pub time_notes: Vec<String>,
    pub sections: Vec<SectionView>,
    /// The cohorts of the organisation; those that sit the paper are chosen.
    pub cohorts: Vec<ListChoice>,
    /// The number of candidates that were entered by address.
    pub named: u32,
    /// Whether results are out, for papers that are released by hand.
    pub released: bool,
    /// How long the paper is open.
    pub window_minutes: u32,
    /// The longest possible sitting that starts in time, with the candidates' extra time.
    pub longest_minutes: u32,
    /// Whether the list of papers leaves it out, as long as it is a draft or closed.
    #[serde(default)]
    pub put_away: bool,
    /// Whether a candidate has started it.
    pub started: bool,
    /// Whether candidates who have submitted see their results, however they are released.
    pub results_out: bool,
    /// Changes since publication, newest first.
    pub changes: Vec<PaperChange>,
}

/// `/assessments/papers/{paper}/questions`: the contents of a paper, and the possible sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionsPage {
    pub paper: PaperPage,
    /// The categories that the banks have questions of, in the order of pages. For a published paper none.
    pub stock: Vec<CategoryStock>,
    /// The category whose questions are shown, if the address names one that has any.
    pub category: Option<Category>,
    /// The questions of that category: the shared bank's and the organisation's own, at most [`MOST_CARDS`].
    pub cards: Vec<BankCard>,
    /// See [`asked_again`](super::asked_again).
    pub asked_again: Vec<String>,
}

/// How many questions of a category are shown to be chosen one by one; `/questions` has them all.
pub const MOST_CARDS: usize = 60;

/// `/assessments/papers/{paper}/publish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationPage {
    pub paper: PaperPage,
    /// See [`asked_again`](super::asked_again).
    pub asked_again: Vec<String>,
}

/// A change to a published paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperChange {
    pub at: crate::Moment,
    pub kind: ChangeKind,
    pub reason: String,
    /// Empty when the account was erased.
    pub by: String,
}

/// What was changed of a published paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    Moved {
        before: Window,
        after: Window,
    },
    Extended {
        before: Window,
        after: Window,
    },
    /// It was open at these times, and is a draft again.
    Withdrawn {
        before: Window,
    },
    /// It was closed early. Who was sitting it went on.
    Closed {
        before: Window,
        after: Window,
    },
    /// Its title before and after, which are the same if only the instructions were corrected.
    Reworded {
        before: String,
        after: String,
    },
    /// It has an access code from then on, or another one.
    CodeSet,
    CodeRemoved,
}

impl ChangeKind {
    /// From the stored word, times and titles. `None` for an unknown word, and for what does not belong to it.
    pub fn read(
        what: &str,
        before: Window,
        after: Option<Window>,
        titles: Option<(String, String)>,
    ) -> Option<Self> {
        match (what, after, titles) {
            ("moved", Some(after), None) => Some(Self::Moved { before, after }),
            ("extended", Some(after), None) => Some(Self::Extended { before, after }),
            ("closed", Some(after), None) => Some(Self::Closed { before, after }),
            ("withdrawn", None, None) => Some(Self::Withdrawn { before }),
            ("reworded", None, Some((before, after))) => Some(Self::Reworded { before, after }),
            ("code-set", None, None) => Some(Self::CodeSet),
            ("code-removed", None, None) => Some(Self::CodeRemoved),
            _ => None,
        }
    }

    /// Whether it changed when the paper can be started.
    pub fn moves_times(&self) -> bool {
        matches!(self, Self::Moved { .. } | Self::Extended { .. })
    }
}

/// The time in which a paper can be started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub opens: crate::Moment,
    pub closes: crate::Moment,
}

impl PaperPage {
    /// Of all sections.
    pub fn questions(&self) -> u32 {
        self.sections.iter().map(SectionView::questions).sum()
    }

    pub fn marks(&self) -> u32 {
        self.sections.iter().map(SectionView::marks).sum()
    }

    /// A hint while the paper is built, when its time is short for its questions. Which time is right the setter knows.
    pub fn pace_hint(&self) -> Option<String> {
        let (questions, limit) = (self.questions(), u32::from(self.settings.limit_minutes));
        let seconds = (limit * 60).checked_div(questions)?;
        (seconds < SECONDS_A_QUESTION).then(|| {
            format!(
                "{} for {} is {} for each. Allow a minute and a half or more for a question that is worked out.",
                count(limit, "minute"),
                count(questions, "question"),
                each(seconds),
            )
        })
    }

    /// A warning for booking a room for the time that the paper is open.
    pub fn window_warning(&self) -> Option<String> {
        let (window, limit, longest) =
            (self.window_minutes, u32::from(self.settings.limit_minutes), self.longest_minutes);
        let minutes = |n: u32| count(n, "minute");
        let mut parts = Vec::new();
        if window < limit {
            parts.push(format!(
                "The paper is open for {}, which is less than its time limit of {}: nobody has the whole of it.",
                minutes(window),
                minutes(limit),
            ));
        }
        if longest > limit && window < longest {
            parts.push(format!(
                "With the extra time and rest breaks of your candidates a sitting takes up to {}, and the paper is open for {}: \
                 they go on after it has closed. Have the room for long enough.",
                minutes(longest),
                minutes(window),
            ));
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// Less time than this for a question is hurried.
const SECONDS_A_QUESTION: u32 = 90;

/// "1 minute 12 seconds".
fn each(seconds: u32) -> String {
    match (seconds / 60, seconds % 60) {
        (0, seconds) => count(seconds, "second"),
        (minutes, 0) => count(minutes, "minute"),
        (minutes, seconds) => format!("{} {}", count(minutes, "minute"), count(seconds, "second")),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionView {
    pub id: SectionId,
    pub title: String,
    pub pass_percent: Option<u8>,
    pub rules: Vec<RuleView>,
}

impl SectionView {
    pub fn questions(&self) -> u32 {
        self.rules.iter().map(|rule| u32::from(rule.questions)).sum()
    }

    pub fn marks(&self) -> u32 {
        self.rules.iter().map(|rule| u32::from(rule.questions) * u32::from(rule.marks)).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub id: RuleId,
    pub category: Option<Category>,
    pub difficulty: Option<Difficulty>,
    /// The name of the chosen template, if any.
    pub template: Option<String>,
    pub questions: u16,
    pub marks: u16,
}

/// `/assessments/papers/{paper}/candidates`: the paper, and the candidates that were entered by address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatesPage {
    pub paper: PaperPage,
    /// One page of the candidates that the query finds.
    pub learners: Page<InvitedLearner>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedLearner {
    pub email: String,
    /// Only for people whom the organisation knows anyway: its students, and those who have sat one of its papers.
    /// Nothing is revealed about others, not even whether there is an account.
    pub name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_that_leaves_less_than_a_minute_and_a_half_says_so() {
        let rule = |questions| RuleView {
            id: RuleId(uuid::Uuid::nil()),
            category: Some(Category::UnitDoses),
            difficulty: None,
            template: None,
            questions,
            marks: 1,
        };
        let at = || crate::Moment { utc: String::new(), london: String::new() };
        let hint = |questions: u16, limit_minutes: u16| {
            let rules = if questions == 0 { Vec::new() } else { vec![rule(questions)] };
            let section = SectionView {
                id: SectionId(uuid::Uuid::nil()),
                title: String::new(),
                pass_percent: None,
                rules,
            };
            let settings = PaperSettings {
                title: String::new(),
                kind: PaperKind::Mock,
                instructions: String::new(),
                limit_minutes,
                pass_percent: 50,
                calculator: false,
                shuffle: false,
                hints: false,
                attempts: 1,
                opens: String::new(),
                closes: String::new(),
                access_code: String::new(),
                release: Release::AtOnce,
            };
            PaperPage {
                id: PaperId(uuid::Uuid::nil()),
                organisation: String::new(),
                state: PaperState::Draft,
                versions: PaperVersions::default(),
                form: crate::FormToken(uuid::Uuid::nil()),
                settings,
                opens: at(),
                closes: at(),
                years: crate::Years::around(2026),
                time_notes: Vec::new(),
                sections: vec![section],
                cohorts: Vec::new(),
                named: 0,
                released: false,
                window_minutes: 0,
                longest_minutes: 0,
                put_away: false,
                started: false,
                results_out: false,
                changes: Vec::new(),
            }
            .pace_hint()
        };
        let said = hint(25, 30).unwrap();
        assert!(said.starts_with("30 minutes for 25 questions is 1 minute 12 seconds for each."), "{said}");
        assert!(hint(60, 30).unwrap().contains("is 30 seconds for each"));
        assert!(hint(30, 30).unwrap().contains("is 1 minute for each"));
        // Exactly a minute and a half is enough, and an empty paper has no pace.
        assert_eq!((hint(20, 30), hint(0, 30)), (None, None));
        assert!(hint(21, 31).is_some());
    }

    #[test]
    fn a_change_is_read_from_a_known_word_and_the_times_that_belong_to_it() {
        let at = |london: &str| crate::Moment { utc: String::new(), london: london.into() };
        let window = |opens, closes| Window { opens: at(opens), closes: at(closes) };
        let (before, after) = (window("9am", "10am"), window("11am", "midday"));
        let read =
            |what, after: Option<&Window>| ChangeKind::read(what, before.clone(), after.cloned(), None);
        let both = (before.clone(), after.clone());
        assert_eq!(
            read("moved", Some(&after)),
            Some(ChangeKind::Moved { before: both.0.clone(), after: both.1.clone() })
        );
        assert_eq!(
            read("extended", Some(&after)),
            Some(ChangeKind::Extended { before: both.0.clone(), after: both.1 })
        );
        assert_eq!(read("withdrawn", None), Some(ChangeKind::Withdrawn { before: both.0 }));
        assert_eq!(
            (read("code-set", None), read("code-removed", None)),
            (Some(ChangeKind::CodeSet), Some(ChangeKind::CodeRemoved))
        );
        let wrong = [("moved", None), ("extended", None), ("closed", None), ("reworded", None), ("", None)];
        let too_much = ["withdrawn", "code-set", "code-removed", "reworded"].map(|what| (what, Some(&after)));
        for (what, after) in wrong.into_iter().chain(too_much) {
            assert_eq!(read(what, after), None, "{what}");
        }
        let titles = || Some(("A".to_owned(), "B".to_owned()));
        let reworded = ChangeKind::Reworded { before: "A".into(), after: "B".into() };
        assert_eq!(ChangeKind::read("reworded", before.clone(), None, titles()), Some(reworded));
        assert_eq!(ChangeKind::read("closed", before.clone(), Some(after.clone()), titles()), None);
        let closed = ChangeKind::Closed { before: before.clone(), after: after.clone() };
        assert_eq!(read("closed", Some(&after)), Some(closed));
    }
}
