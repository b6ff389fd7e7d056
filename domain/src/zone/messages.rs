//! Messages between members of an area, and what they report to its leads.

use serde::{Deserialize, Serialize};

use super::{AreaHead, AreaId, MemberId};
use crate::{
    FormToken, Moment, Problem,
    kit::list::{Choice, Filter, ListQuery, Page, Sort},
    visible_lines,
};

crate::id!(MessageId);
crate::id!(ReportId);

/// The text of a message: up to 2,000 characters, without invisible ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageText(String);

impl MessageText {
    pub const MOST: usize = 2_000;

    /// # Errors
    /// When it is empty or too long, in words.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = lines(text);
        if (1..=Self::MOST).contains(&text.chars().count()) {
            return Ok(Self(text));
        }
        Err(in_words("Write a message of at most 2,000 characters"))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Typed lines. A browser sends a break as two characters, which would count twice.
fn lines(text: &str) -> String {
    visible_lines(&text.replace("\r\n", "\n"))
}

fn in_words(words: &str) -> Problem {
    Problem::InWords { words: words.to_owned() }
}

/// What the form that writes to a member has to know. A page with the form has it from the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    /// Made anew for each page.
    pub form: FormToken,
    /// The member takes messages, as their profile says.
    pub takes_messages: bool,
    /// The reader has blocked them. Whether they have blocked the reader, nobody is told.
    pub blocked: bool,
}

/// `/zone/{area}/messages`: what the reader got and sent, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    pub head: AreaHead,
    /// By which there is news of who leaves the area.
    #[serde(default)]
    pub id: Option<AreaId>,
    pub messages: Page<MessageRow>,
    /// The members whom the reader has blocked, by name.
    pub blocked: Vec<NamedMember>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedMember {
    pub member: MemberId,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    pub id: MessageId,
    /// The reader got it. Otherwise the reader sent it.
    pub received: bool,
    /// Who wrote it, or got it. Nobody for a former member.
    pub other: Option<NamedMember>,
    pub text: String,
    pub at: Moment,
    /// The sender lets the recipient see the e-mail address, which is in the mail.
    pub shows_address: bool,
    /// The reader has blocked the other one.
    pub blocked: bool,
    /// The reader has reported it.
    pub reported: bool,
}

/// Messages are listed by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessageSort;

impl Choice for MessageSort {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "time"
    }
}

impl Sort for MessageSort {
    fn falls(self) -> bool {
        true
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MessagesShown {
    #[default]
    All,
    Received,
    Sent,
}

impl Choice for MessagesShown {
    const ALL: &'static [Self] = &[Self::All, Self::Received, Self::Sent];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

impl Filter for MessagesShown {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Which messages";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Received => "Those that you got",
            Self::Sent => "Those that you sent",
        }
    }
}

pub type MessagesQuery = ListQuery<MessageSort, MessagesShown>;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReportKind {
    Unkind,
    Promotion,
    Patient,
    /// Somebody worries about a person's safety: the leads are told at once that it is urgent.
    Safety,
    Other,
}

impl ReportKind {
    pub const ALL: [Self; 5] = [Self::Unkind, Self::Promotion, Self::Patient, Self::Safety, Self::Other];

    /// The word that is stored, and sent by the form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unkind => "unkind",
            Self::Promotion => "promotion",
            Self::Patient => "patient",
            Self::Safety => "safety",
            Self::Other => "other",
        }
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Unkind => "It is unkind or harassing",
            Self::Promotion => "It asks for contact details, or promotes something",
            Self::Patient => "It has information about a patient",
            Self::Safety => "I am worried about somebody's safety",
            Self::Other => "Something else",
        }
    }

    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a member says in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportSaid {
    pub kind: ReportKind,
    pub words: Option<String>,
}

impl ReportSaid {
    const MOST: usize = 1_000;

    /// The problems are those of the choice and of the text.
    ///
    /// # Errors
    /// Without a choice, with a text that is too long, and for something else without a text.
    pub fn parse(kind: &str, words: &str) -> Result<Self, (Option<Problem>, Option<Problem>)> {
        let (kind, words) = (ReportKind::read(kind), lines(words));
        let wrong = if words.chars().count() > Self::MOST {
            Some(in_words("Write at most 1,000 characters"))
        } else if kind == Some(ReportKind::Other) && words.is_empty() {
            Some(in_words("Say what it is about"))
        } else {
            None
        };
        match (kind, wrong) {
            (Some(kind), None) => Ok(Self { kind, words: Some(words).filter(|words| !words.is_empty()) }),
            (kind, wrong) => {
                Err((kind.is_none().then(|| in_words("Choose what the report is about")), wrong))
            }
        }
    }
}

/// What a lead has done about a report, for the leads.
///
/// # Errors
/// When it is empty or longer than 1,000 characters, in words.
pub fn report_note(text: &str) -> Result<String, Problem> {
    let text = lines(text);
    if (1..=1_000).contains(&text.chars().count()) {
        return Ok(text);
    }
    Err(in_words("Say what you have done, in at most 1,000 characters"))
}

/// `/zone/{area}/reports`: what waits for the leads, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    pub head: AreaHead,
    pub reports: Vec<ReportRow>,
    /// How many wait in all: the page shows the oldest.
    pub waiting: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRow {
    pub id: ReportId,
    pub kind: ReportKind,
    pub at: Moment,
    /// Nobody for a former member. Not told to a lead who is reported.
    pub by: Option<NamedMember>,
    /// Nobody for a former member.
    pub of: Option<NamedMember>,
    /// What the reporter says. Not told to a lead who is reported.
    pub words: Option<String>,
    /// The message, if one is reported: its text and when it was sent.
    pub message: Option<(String, Moment)>,
    pub decides: Decides,
}

/// Whether the reader decides about a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Decides {
    Yes,
    /// It concerns the reader, and no other lead could decide.
    ForWantOfAnother,
    /// It concerns the reader: another lead decides.
    Another,
}

impl Decides {
    /// `reported` and `reporting`: the reader is the one or the other. `others`: other leads are there; `free`: of them some whom the report
    /// does not concern.
    #[must_use]
    pub fn of((reported, reporting): (bool, bool), others: bool, free: bool) -> Self {
        match (reported, reporting) {
            (false, false) => Self::Yes,
            _ if free => Self::Another,
            // The one who is reported comes last.
            (true, _) if others => Self::Another,
            _ => Self::ForWantOfAnother,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_two_thousand_characters_and_none_that_nobody_sees() {
        assert_eq!(MessageText::parse(" Hi\u{202e}\r\nthere ").unwrap().as_str(), "Hi\nthere");
        assert!(MessageText::parse(&"ü".repeat(2_000)).is_ok());
        assert!(MessageText::parse(&"\r\n1".repeat(1_000)).is_ok(), "a break is one character");
        for wrong in ["", " \u{200b} ", &"ü".repeat(2_001)] {
            assert!(MessageText::parse(wrong).is_err());
        }
    }

    #[test]
    fn a_report_says_what_it_is_about() {
        let said = ReportSaid::parse("unkind", "").unwrap();
        assert_eq!((said.kind, said.words), (ReportKind::Unkind, None));
        let said = ReportSaid::parse("other", " Odd ").unwrap();
        assert_eq!((said.kind, said.words.as_deref()), (ReportKind::Other, Some("Odd")));
        let wrong = |kind: &str, words: &str| {
            let (kind, words) = ReportSaid::parse(kind, words).unwrap_err();
            (kind.is_some(), words.is_some())
        };
        assert_eq!(wrong("", ""), (true, false));
        assert_eq!(wrong("other", " "), (false, true));
        assert_eq!(wrong("rude", &"x".repeat(1_001)), (true, true));
        for kind in ReportKind::ALL {
            assert_eq!(ReportKind::read(kind.as_str()), Some(kind));
        }
    }

    #[test]
    fn a_lead_decides_about_themselves_only_for_want_of_another() {
        use Decides::{Another, ForWantOfAnother, Yes};
        for (who, others, free, decides) in [
            ((false, false), true, true, Yes),
            ((true, false), true, true, Another),
            ((false, true), true, true, Another),
            // One lead reports the other.
            ((true, false), true, false, Another),
            ((false, true), true, false, ForWantOfAnother),
            ((true, false), false, false, ForWantOfAnother),
            ((false, true), false, false, ForWantOfAnother),
        ] {
            assert_eq!(Decides::of(who, others, free), decides, "{who:?} {others} {free}");
        }
    }
}
