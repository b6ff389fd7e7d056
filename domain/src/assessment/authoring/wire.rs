//! What travels about a paper that is written: its list, its pages and its settings.

use serde::{Deserialize, Serialize};

use crate::{
    assessment::{
        Category, Difficulty, PaperId, PaperKind, PaperState, Release, SectionId, bank::TemplateCard,
    },
    count,
};

crate::id! {
    /// So many questions of a category, or one chosen template, in a section.
    RuleId
}

/// The settings of a paper, as its form has them: times in Europe/London as `2026-11-22T10:00`.
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
    /// Empty: nobody sits it by code.
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
    /// Newest first, one page.
    pub papers: Vec<PaperCard>,
    /// Of the form that creates another, which does so once.
    pub form: crate::FormToken,
    /// Of this page, those that something is wrong with: they take nothing from the others.
    pub not_shown: u32,
    /// What to ask the next page with.
    pub next: Option<String>,
    /// Where the actor may set papers; of support's as many as one page shows.
    pub organisations: Vec<ListChoice>,
    /// Whether there are others, which a search finds.
    pub more_organisations: bool,
    /// What stands in the names of all that are shown.
    pub search: String,
}

/// Something to choose from a list: its value and its words.
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

/// `/assessments/papers/{paper}` and the pages around it, for whoever set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPage {
    pub id: PaperId,
    pub organisation: String,
    pub state: PaperState,
    pub versions: PaperVersions,
    /// Of the forms of a page that do something once.
    pub form: crate::FormToken,
    pub settings: PaperSettings,
    pub opens: crate::Moment,
    pub closes: crate::Moment,
    /// In which new times may be.
    pub years: crate::Years,
    /// What is to be said of these times, because the clocks change that night.
    pub time_notes: Vec<String>,
    pub sections: Vec<SectionView>,
    /// The cohorts of the organisation; those that sit the paper are chosen.
    pub cohorts: Vec<ListChoice>,
    /// How many are named by address.
    pub named: u32,
    /// Whether results are out, for papers that are released by hand.
    pub released: bool,
    /// How long it is open.
    pub window_minutes: u32,
    /// The longest that a sitting takes which starts in time, with what the candidates are given.
    pub longest_minutes: u32,
    /// Whether anybody has started it.
    pub started: bool,
    /// Whether candidates who have submitted see their results, however they are released.
    pub results_out: bool,
    /// What was changed since it was published, newest first.
    pub changes: Vec<PaperChange>,
}

/// `/assessments/papers/{paper}/questions`: what a paper asks, and what it can be made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionsPage {
    pub paper: PaperPage,
    /// The templates that may be chosen one by one: the shared bank's and the organisation's own. Of a published paper none.
    pub templates: Vec<TemplateCard>,
    /// See [`asked_again`](super::asked_again).
    pub asked_again: Vec<String>,
}

/// `/assessments/papers/{paper}/publish`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationPage {
    pub paper: PaperPage,
    /// See [`asked_again`](super::asked_again).
    pub asked_again: Vec<String>,
}

/// Something that was changed of a published paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperChange {
    pub at: crate::Moment,
    /// In words, with the times before and after.
    pub what: String,
    pub reason: String,
    /// Empty when the account was erased.
    pub by: String,
}

impl PaperPage {
    /// Of all sections.
    pub fn questions(&self) -> u32 {
        self.sections.iter().map(SectionView::questions).sum()
    }

    pub fn marks(&self) -> u32 {
        self.sections.iter().map(SectionView::marks).sum()
    }

    /// What somebody should know who books a room for the time that the paper is open.
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
    /// The name of the chosen template, where one was chosen.
    pub template: Option<String>,
    pub questions: u16,
    pub marks: u16,
}

/// `/assessments/papers/{paper}/candidates`: the paper, and who is named for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidatesPage {
    pub paper: PaperPage,
    pub learners: Vec<InvitedLearner>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedLearner {
    pub email: String,
    /// Of whom the organisation knows anyway: its students, and who has sat a paper of it. Of anybody else nothing is told, not even
    /// whether there is an account.
    pub name: Option<String>,
}
