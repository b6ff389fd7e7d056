//! Papers: how they are set, and when a sitting of one is passed.

use serde::{Deserialize, Serialize};

use super::{Category, Difficulty};
use crate::count;

crate::id! {
    /// A mock paper or examination.
    PaperId
}
crate::id! {
    /// A part of a paper with a title and, if wanted, a pass mark of its own.
    SectionId
}
crate::id! {
    /// So many questions of a category, or one chosen template, in a section.
    LineId
}
crate::id! {
    /// One question of a published paper.
    ItemId
}
crate::id! {
    /// A question template as it was imported.
    TemplateId
}
crate::id! {
    /// What an organisation gave one person, or an address that nobody may have an account with yet.
    AdjustmentId
}
crate::id! {
    /// The text of a bank that somebody looks at before importing it.
    BankDraftId
}

/// Declares an enum whose variants have a name in the database, in forms and in addresses, and a text on pages.
macro_rules! named {
    ($(#[$doc:meta])* $type:ident { $($(#[$variant_doc:meta])* $variant:ident = $name:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $type { $($(#[$variant_doc])* $variant),+ }

        impl $type {
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As it stands in forms, addresses and the database.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// As pages say it.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    };
}

named! {
    PaperKind {
        Mock = "mock", "Mock paper";
        Examination = "examination", "Examination";
    }
}

named! {
    /// When candidates see their results.
    Release {
        AtOnce = "at-once", "As soon as a candidate has submitted";
        AtClose = "at-close", "When the paper has closed and nobody is sitting it any more";
        ByHand = "by-hand", "When I release them";
    }
}

impl Release {
    /// When results that are not out yet come out, behind "as soon as".
    pub fn waits_for(self) -> &'static str {
        match self {
            Self::AtOnce => "they are marked",
            Self::AtClose => "the paper has closed and everybody has finished",
            Self::ByHand => "whoever set the paper releases the results",
        }
    }
}

named! {
    /// Where a paper stands.
    PaperState {
        Draft = "draft", "Draft";
        Waiting = "waiting", "Not open yet";
        Open = "open", "Open";
        Closed = "closed", "Closed";
    }
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
    pub organisations: Vec<Choice>,
    /// Whether there are others, which a search finds.
    pub more_organisations: bool,
    /// What stands in the names of all that are shown.
    pub search: String,
}

/// Something to choose from a list: its value and its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
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
    pub cohorts: Vec<Choice>,
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
    pub lines: Vec<LineView>,
}

impl SectionView {
    pub fn questions(&self) -> u32 {
        self.lines.iter().map(|line| u32::from(line.questions)).sum()
    }

    pub fn marks(&self) -> u32 {
        self.lines.iter().map(|line| u32::from(line.questions) * u32::from(line.marks)).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineView {
    pub id: LineId,
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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCard {
    pub id: TemplateId,
    pub name: String,
    pub category: Category,
    pub difficulty: Difficulty,
    /// Not of the shared bank.
    pub own: bool,
}

/// One question as a setter looks at it before it is used. Texts are HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewedQuestion {
    /// Of its template.
    pub name: String,
    pub question: super::AskedQuestion,
    pub right_answer: Vec<String>,
    pub solution: Vec<String>,
}

/// `/assessments/questions/{organisation}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnTemplates {
    pub organisation: String,
    pub templates: Vec<TemplateCard>,
    /// Of its own too, and asked no more.
    pub retired: Vec<TemplateCard>,
    /// How many templates the shared bank has.
    pub shared: u32,
}

/// Why a bank cannot be imported, or what it would bring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankPreviewed {
    pub text: String,
    pub faults: Vec<String>,
    pub questions: Vec<PreviewedQuestion>,
}

/// What an organisation gives one person in its papers: extra time and rest breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Adjustment {
    /// Of the paper's limit.
    pub extra_percent: u8,
    pub extra_minutes: u16,
    /// How long the clock may stand still in one sitting, in all.
    pub break_minutes: u16,
}

impl Adjustment {
    /// The paper's limit with the percentage added, in seconds; a part of a second counts for the candidate.
    pub fn allowed_seconds(self, limit_minutes: u16) -> u32 {
        (u32::from(limit_minutes) * 60 * (100 + u32::from(self.extra_percent))).div_ceil(100)
    }

    /// What the percentage adds to the limit, in seconds. It goes beyond the close of the paper, as the extra minutes do.
    pub fn percent_seconds(self, limit_minutes: u16) -> u32 {
        self.allowed_seconds(limit_minutes) - u32::from(limit_minutes) * 60
    }

    pub fn in_words(self) -> String {
        let mut parts = Vec::new();
        if self.extra_percent > 0 {
            parts.push(format!("{}% extra time", self.extra_percent));
        }
        if self.extra_minutes > 0 {
            parts.push(count(self.extra_minutes, "extra minute"));
        }
        if self.break_minutes > 0 {
            parts.push(format!("{} of rest breaks", count(self.break_minutes, "minute")));
        }
        parts.join(", ")
    }
}

/// What is to be changed of an [`Adjustment`]. `None` leaves what the person has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdjustmentChange {
    pub extra_percent: Option<u8>,
    pub extra_minutes: Option<u16>,
    pub break_minutes: Option<u16>,
}

impl AdjustmentChange {
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    pub fn of(self, before: Adjustment) -> Adjustment {
        Adjustment {
            extra_percent: self.extra_percent.unwrap_or(before.extra_percent),
            extra_minutes: self.extra_minutes.unwrap_or(before.extra_minutes),
            break_minutes: self.break_minutes.unwrap_or(before.break_minutes),
        }
    }
}

impl From<Adjustment> for AdjustmentChange {
    fn from(all: Adjustment) -> Self {
        Self {
            extra_percent: Some(all.extra_percent),
            extra_minutes: Some(all.extra_minutes),
            break_minutes: Some(all.break_minutes),
        }
    }
}

/// `/assessments/adjustments/{organisation}`: one page of whom the organisation gave something, or of those that were searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustedPeople {
    pub people: Vec<AdjustedPerson>,
    pub search: String,
    /// How many the search finds.
    pub found: u32,
    pub all: u32,
    /// From 1.
    pub page: u32,
    pub pages: u32,
}

/// One row of [`AdjustedPeople`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustedPerson {
    pub id: AdjustmentId,
    /// The address, of whom the organisation does not know by name.
    pub name: String,
    pub email: String,
    pub adjustment: Adjustment,
}

/// The marks of one question in a sitting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ItemMark {
    pub section: SectionId,
    pub marks: u32,
    pub available: u32,
}

/// What a sitting comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    pub mark: u32,
    pub available: u32,
    pub passed: bool,
}

/// Passed is whoever reaches the pass mark of the paper, and that of every section that has one. A pass mark is a
/// percentage of the marks available, and is reached when mark x 100 is at least percentage x available: nothing is rounded.
/// A paper without marks is passed by nobody.
pub fn outcome(items: &[ItemMark], pass_percent: u8, sections: &[(SectionId, Option<u8>)]) -> Outcome {
    let sum = |wanted: Option<SectionId>| {
        let chosen = items.iter().filter(|item| wanted.is_none_or(|section| section == item.section));
        chosen.fold((0, 0), |(mark, available), item| (mark + item.marks, available + item.available))
    };
    let reached = |(mark, available): (u32, u32), percent: u8| mark * 100 >= available * u32::from(percent);
    let whole = sum(None);
    let in_sections = sections
        .iter()
        .all(|(section, percent)| percent.is_none_or(|percent| reached(sum(Some(*section)), percent)));
    Outcome {
        mark: whole.0,
        available: whole.1,
        passed: whole.1 > 0 && reached(whole, pass_percent) && in_sections,
    }
}

/// The places of `sections.len()` items as one candidate sees them: sections stay together and in their order, the items
/// within each are put into an order of the seed's. The same seed gives the same order for ever.
pub fn shuffled(sections: &[SectionId], seed: u64) -> Vec<usize> {
    let mut random = crate::random::SplitMix64::new(seed);
    let mut places: Vec<usize> = (0..sections.len()).collect();
    let mut start = 0;
    while start < places.len() {
        let end = start + sections[start..].iter().take_while(|section| **section == sections[start]).count();
        random.shuffle(&mut places[start..end]);
        start = end;
    }
    places
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    const A: SectionId = SectionId(Uuid::from_u128(1));
    const B: SectionId = SectionId(Uuid::from_u128(2));

    fn items(marks: &[(SectionId, u32, u32)]) -> Vec<ItemMark> {
        marks.iter().map(|&(section, marks, available)| ItemMark { section, marks, available }).collect()
    }

    #[test]
    fn a_pass_mark_is_reached_exactly_or_not_at_all() {
        let marks = items(&[(A, 5, 6), (B, 12, 14)]);
        for (percent, passed) in [(85, true), (86, false), (0, true), (100, false)] {
            assert_eq!(outcome(&marks, percent, &[]).passed, passed, "17 of 20 at {percent}");
        }
        // 2 of 3 is 66.6 per cent: not 67.
        let thirds = items(&[(A, 2, 3)]);
        assert!(outcome(&thirds, 66, &[]).passed && !outcome(&thirds, 67, &[]).passed);
        assert!(!outcome(&[], 0, &[]).passed);
    }

    #[test]
    fn a_section_can_fail_the_whole() {
        let marks = items(&[(A, 10, 10), (B, 4, 10)]);
        assert!(outcome(&marks, 60, &[(A, None), (B, None)]).passed);
        assert!(outcome(&marks, 60, &[(A, Some(100)), (B, Some(40))]).passed);
        assert!(!outcome(&marks, 60, &[(A, Some(100)), (B, Some(41))]).passed);
    }

    #[test]
    fn extra_time_is_a_share_of_the_limit() {
        for (percent, minutes, seconds) in [(0, 30, 1800), (25, 30, 2250), (50, 15, 1350), (33, 1, 80)] {
            let adjustment = Adjustment { extra_percent: percent, ..Adjustment::default() };
            assert_eq!(adjustment.allowed_seconds(minutes), seconds, "{percent}% of {minutes}");
            assert_eq!(adjustment.percent_seconds(minutes), seconds - u32::from(minutes) * 60);
        }
    }

    #[test]
    fn one_minute_is_no_minutes() {
        let given = Adjustment { extra_percent: 0, extra_minutes: 1, break_minutes: 1 };
        assert_eq!(given.in_words(), "1 extra minute, 1 minute of rest breaks");
    }

    proptest! {
        #[test]
        fn shuffling_keeps_sections_together(sizes in prop::collection::vec(0_usize..8, 0..5), seed in any::<u64>()) {
            let sections: Vec<_> = sizes.iter().enumerate()
                .flat_map(|(n, size)| std::iter::repeat_n(SectionId(Uuid::from_u128(n as u128)), *size))
                .collect();
            let places = shuffled(&sections, seed);
            let seen: Vec<_> = places.iter().map(|place| sections[*place]).collect();
            prop_assert_eq!(&seen, &sections);
            let mut sorted = places.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..sections.len()).collect::<Vec<_>>());
            prop_assert_eq!(places, shuffled(&sections, seed));
        }
    }
}
