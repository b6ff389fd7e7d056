//! The end of a course: what a learner is asked there, and the figures that their organisation sees of it.
//!
//! What is asked stands here alone: [`WISHES`] and [`FEEDBACK`]. Every answer is stored with the version of its questions.

use serde::{Deserialize, Serialize};

use crate::{
    FieldProblem, Moment, Problem,
    kit::list::{Choice, ListQuery, Page, Sort},
    organisations::OrganisationHead,
    visible_lines,
};

/// What is asked about the time after a course: each question is answered with yes or no.
#[derive(Debug, PartialEq, Eq)]
pub struct WishQuestions {
    pub version: &'static str,
    pub keep_access: &'static str,
    pub join_zone: &'static str,
}

/// Another wording is another version.
pub static WISHES: WishQuestions = WishQuestions {
    version: "2026-11-30",
    keep_access: "Do you want to keep your access when the course ends?",
    join_zone: "Would you like to join NMP Zone?",
};

/// The answers to [`WISHES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub keep_access: bool,
    pub join_zone: bool,
}

impl WishQuestions {
    /// Reads the form, which says the version that its page asked.
    ///
    /// # Errors
    /// [`Problem::AnswerMissing`] on `keep_access` and `join_zone`; [`Problem::QuestionsChanged`] for another version.
    pub fn read(
        &self,
        version: &str,
        keep_access: &str,
        join_zone: &str,
    ) -> Result<Wanted, Vec<FieldProblem>> {
        if version != self.version {
            return Err(vec![FieldProblem::new("keep_access", Problem::QuestionsChanged)]);
        }
        match (yes_or_no(keep_access), yes_or_no(join_zone)) {
            (Some(keep_access), Some(join_zone)) => Ok(Wanted { keep_access, join_zone }),
            (keep_access, join_zone) => {
                let missing = |field: &str| FieldProblem::new(field, Problem::AnswerMissing);
                let first = keep_access.is_none().then(|| missing("keep_access"));
                Err(first.into_iter().chain(join_zone.is_none().then(|| missing("join_zone"))).collect())
            }
        }
    }
}

fn yes_or_no(typed: &str) -> Option<bool> {
    match typed {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// A statement about the course, to agree or disagree with.
#[derive(Debug, PartialEq, Eq)]
pub struct FeedbackQuestion {
    /// The id of its field. The answer is stored by its place.
    pub id: &'static str,
    pub text: &'static str,
}

/// The questions about a course.
#[derive(Debug, PartialEq, Eq)]
pub struct Questionnaire {
    pub version: &'static str,
    pub questions: &'static [FeedbackQuestion],
}

/// What is asked now. A question that is added, removed, moved or worded anew makes a new version, and the one before
/// moves to [`EARLIER`]: its answers are still shown.
pub static FEEDBACK: Questionnaire = Questionnaire {
    version: "2026-11-30",
    questions: &[
        FeedbackQuestion { id: "clear", text: "The course explained things clearly" },
        FeedbackQuestion { id: "useful", text: "What I learned is useful in my work" },
        FeedbackQuestion { id: "amount", text: "The amount of work was right for me" },
        FeedbackQuestion { id: "easy", text: "The website was easy to use" },
        FeedbackQuestion { id: "recommend", text: "I would recommend the course to a colleague" },
    ],
};

static EARLIER: &[Questionnaire] = &[];

/// The ratings from 1 to 5: the value of the field, and its words.
pub const RATINGS: [(&str, &str); 5] = [
    ("1", "1: strongly disagree"),
    ("2", "2: disagree"),
    ("3", "3: neither agree nor disagree"),
    ("4", "4: agree"),
    ("5", "5: strongly agree"),
];

/// The most characters of a comment.
pub const LONGEST_COMMENT: usize = 4000;

/// Figures of fewer people are shown to nobody, and people are added to figures in steps of at least as many.
pub const FEWEST_ANSWERS: u32 = 5;

impl Questionnaire {
    #[must_use]
    pub fn of(version: &str) -> Option<&'static Self> {
        std::iter::once(&FEEDBACK).chain(EARLIER).find(|asked| asked.version == version)
    }

    /// Reads a rating for each question. `typed` gives the value of a field.
    ///
    /// # Errors
    /// [`Problem::AnswerMissing`] on each field without a rating.
    pub fn ratings<'a>(&self, typed: impl Fn(&str) -> &'a str) -> Result<Vec<u8>, Vec<FieldProblem>> {
        let (mut ratings, mut problems) = (Vec::new(), Vec::new());
        for question in self.questions {
            match rating(typed(question.id)) {
                Some(rating) => ratings.push(rating),
                None => problems.push(FieldProblem::new(question.id, Problem::AnswerMissing)),
            }
        }
        if problems.is_empty() { Ok(ratings) } else { Err(problems) }
    }
}

fn rating(typed: &str) -> Option<u8> {
    let place = RATINGS.iter().position(|(value, _)| *value == typed)?;
    u8::try_from(place + 1).ok()
}

/// A comment as it is kept; `None` for an empty one.
///
/// # Errors
/// [`Problem::LongTextTooLong`] beyond [`LONGEST_COMMENT`].
pub fn comment(typed: &str) -> Result<Option<String>, Problem> {
    // A browser sends a line break as two characters.
    let text = visible_lines(typed).replace("\r\n", "\n");
    match text.chars().count() {
        0 => Ok(None),
        1..=LONGEST_COMMENT => Ok(Some(text)),
        _ => Err(Problem::LongTextTooLong),
    }
}

/// `/learn/{course}/end`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseEnd {
    pub title: String,
    /// The course itself is not open to the learner, any more or yet.
    #[serde(default)]
    pub closed: bool,
    /// How many modules are not completed yet.
    pub unfinished: u32,
    /// What the learner said last.
    pub wishes: Option<Wishes>,
    pub feedback: Option<GivenFeedback>,
}

impl CourseEnd {
    /// Whether the learner is asked: from the day on which every module is completed, also when one is added later.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.unfinished == 0 || self.wishes.is_some() || self.feedback.is_some()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Of the questions that were answered, which may be earlier ones.
    #[serde(default)]
    pub version: String,
    pub keep_access: bool,
    pub join_zone: bool,
    pub said: Moment,
}

impl Wishes {
    /// The answers, if these are the questions that were answered: a yes to another question says nothing about these.
    #[must_use]
    pub fn to(&self, asked: &WishQuestions) -> Option<Wanted> {
        let Self { keep_access, join_zone, .. } = *self;
        (self.version == asked.version).then_some(Wanted { keep_access, join_zone })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenFeedback {
    /// Of the questions that were answered, which may be earlier ones.
    pub version: String,
    pub ratings: Vec<u8>,
    pub comment: Option<String>,
    pub given: Moment,
}

impl GivenFeedback {
    /// The ratings and the comment, if these are the questions that were answered: those of other questions say nothing about these, and a
    /// comment alone is not what was sent.
    #[must_use]
    pub fn to(&self, asked: &Questionnaire) -> Option<(&[u8], Option<&str>)> {
        (self.version == asked.version).then_some((self.ratings.as_slice(), self.comment.as_deref()))
    }
}

/// `/organisation/{slug}/feedback`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationFeedback {
    pub head: OrganisationHead,
    /// Every course that it gives, in a cohort or by an assignment, and every version of the questions that has figures.
    pub courses: Vec<CourseFigures>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseFigures {
    pub title: String,
    /// The version of the questions.
    pub version: String,
    /// In the order of the questions; none as long as fewer than [`FEWEST_ANSWERS`] people count.
    pub questions: Vec<QuestionFigures>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionFigures {
    pub text: String,
    /// How many people gave the rating 1, 2, 3, 4 and 5.
    pub people: [u32; 5],
}

impl QuestionFigures {
    #[must_use]
    pub fn answers(&self) -> u32 {
        self.people.iter().sum()
    }

    /// The mean rating in tenths, a half rounded up; nothing without answers.
    #[must_use]
    pub fn mean_in_tenths(&self) -> Option<u32> {
        let sum: u32 = self.people.iter().zip(1_u32..).map(|(people, rating)| people * rating).sum();
        // From whole twentieths, so that a half is known.
        Some((sum * 20).checked_div(self.answers())?.div_ceil(2))
    }

    /// "4.2".
    #[must_use]
    pub fn mean(&self) -> String {
        self.mean_in_tenths().map_or_else(String::new, |tenths| format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// `/support/feedback`: the comments, without whose they are, and how many want what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comments {
    pub comments: Page<CommentRow>,
    /// How many learners have said what they want after a course.
    pub asked: u32,
    pub keep_access: u32,
    pub join_zone: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentRow {
    pub course: String,
    /// "30 November", with the year unless it is this one.
    pub day: String,
    pub text: String,
}

/// Comments are listed by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommentSort;

impl Choice for CommentSort {
    const ALL: &'static [Self] = &[Self];

    fn as_str(self) -> &'static str {
        "time"
    }
}

impl Sort for CommentSort {
    fn falls(self) -> bool {
        true
    }
}

pub type CommentsQuery = ListQuery<CommentSort>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_version_is_known_once_and_its_fields_have_names_of_their_own() {
        let all: Vec<_> = std::iter::once(&FEEDBACK).chain(EARLIER).collect();
        let versions: BTreeSet<_> = all.iter().map(|asked| asked.version).collect();
        assert_eq!(versions.len(), all.len());
        for asked in all {
            assert_eq!(Questionnaire::of(asked.version), Some(asked));
            // The other fields of the same form.
            let fields =
                ["course", "wishes_version", "keep_access", "join_zone", "version", "comment", "from"];
            let ids: BTreeSet<_> = asked.questions.iter().map(|question| question.id).chain(fields).collect();
            assert_eq!(ids.len(), asked.questions.len() + fields.len());
        }
        assert_eq!(Questionnaire::of("2026-11-3"), None);
    }

    /// The digest of a wording (FNV-1a of 64 bits), so that a text that changes is noticed.
    fn digest(texts: &[&str]) -> u64 {
        let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
        bytes.fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }

    /// Answers are stored with a version. For this reason, a line here is added and never changed: for another wording, give [`FEEDBACK`] or
    /// [`WISHES`] a new version, and move the questionnaire before to [`EARLIER`].
    #[test]
    fn another_wording_has_another_version() {
        let feedback = [("2026-11-30", 0x3931_4c02_024c_05a4_u64)];
        let asked = std::iter::once(&FEEDBACK).chain(EARLIER).map(|asked| {
            let texts: Vec<_> =
                asked.questions.iter().flat_map(|question| [question.id, question.text]).collect();
            (asked.version, digest(&texts))
        });
        assert_eq!(asked.collect::<BTreeSet<_>>(), BTreeSet::from(feedback));
        let wishes = [("2026-11-30", 0xe993_2e23_e171_8473_u64)];
        let asked = (WISHES.version, digest(&[WISHES.keep_access, WISHES.join_zone]));
        assert!(wishes.contains(&asked), "{asked:x?}");
    }

    #[test]
    fn a_wish_is_the_answer_to_the_questions_that_were_asked_alone() {
        let said = Moment { utc: String::new(), london: String::new() };
        let wishes = Wishes { version: WISHES.version.to_owned(), keep_access: true, join_zone: false, said };
        assert_eq!(wishes.to(&WISHES), Some(Wanted { keep_access: true, join_zone: false }));
        let later = WishQuestions { version: "2027-01-01", ..WISHES };
        assert_eq!(wishes.to(&later), None);
    }

    #[test]
    fn every_question_has_a_rating_from_1_to_5_or_a_problem() {
        let all = |typed: &'static str| FEEDBACK.ratings(|_| typed);
        for (n, (value, words)) in (1..).zip(RATINGS) {
            assert_eq!(all(value), Ok(vec![n; FEEDBACK.questions.len()]));
            assert!(words.starts_with(value));
        }
        for typed in ["", "0", "6", "05", "5 ", "five"] {
            assert_eq!(all(typed).unwrap_err().len(), FEEDBACK.questions.len(), "{typed:?}");
        }
        let one = FEEDBACK.ratings(|id| if id == "easy" { "" } else { "4" });
        assert_eq!(one, Err(vec![FieldProblem::new("easy", Problem::AnswerMissing)]));
    }

    #[test]
    fn a_comment_may_be_left_out_and_ends_somewhere() {
        for (typed, kept) in [(" \r\n\u{200b}", None), ("One\r\n\r\ntwo ", Some("One\n\ntwo"))] {
            assert_eq!(comment(typed), Ok(kept.map(str::to_owned)), "{typed:?}");
        }
        assert!(comment(&"é".repeat(LONGEST_COMMENT)).is_ok());
        assert_eq!(comment(&"é".repeat(LONGEST_COMMENT + 1)), Err(Problem::LongTextTooLong));
    }

    #[test]
    fn both_wishes_are_answered_with_yes_or_no() {
        let read = |keep: &str, join: &str| WISHES.read(WISHES.version, keep, join);
        assert_eq!(read("yes", "no"), Ok(Wanted { keep_access: true, join_zone: false }));
        let missing = |field: &str| FieldProblem::new(field, Problem::AnswerMissing);
        assert_eq!(read("", "true"), Err(vec![missing("keep_access"), missing("join_zone")]));
        assert_eq!(read("no", ""), Err(vec![missing("join_zone")]));
        let changed = FieldProblem::new("keep_access", Problem::QuestionsChanged);
        assert_eq!(WISHES.read("", "yes", "no"), Err(vec![changed]));
    }

    #[test]
    fn a_mean_has_one_figure_and_a_half_is_rounded_up() {
        for (people, mean) in [
            ([0, 0, 0, 0, 5], "5.0"),
            ([1, 1, 1, 1, 1], "3.0"),
            ([0, 0, 0, 3, 2], "4.4"),
            // 4.25, 4.333 and 4.666.
            ([0, 0, 0, 6, 2], "4.3"),
            ([0, 0, 0, 4, 2], "4.3"),
            ([0, 0, 0, 2, 4], "4.7"),
            ([0; 5], ""),
        ] {
            let figures = QuestionFigures { text: String::new(), people };
            assert_eq!(figures.mean(), mean, "{people:?}");
        }
    }
}
