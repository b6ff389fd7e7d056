//! The data of the learning pages. One value a page: a page makes one request.

use serde::{Deserialize, Serialize};

use super::{Answers, AttemptId, Completed, CourseProgress, GoOn, Status};
use crate::Moment;

/// `/learn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCourses {
    pub courses: Vec<CourseCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseCard {
    /// The address of the course below `/learn/`, or that of its end: when its days are over, what the learner who has completed it is asked
    /// there is all that is open.
    #[serde(rename = "slug")]
    pub leads_to: String,
    pub title: String,
    pub summary: String,
    /// One for each module, in the order of the course, for its wheel.
    pub modules: Vec<Status>,
    pub last_seen: Option<Moment>,
    /// None when all modules are completed, or the course is not open.
    #[serde(default)]
    pub go_on: Option<GoOn>,
    /// The target dates of its modules in words: see [`due_in_words`](super::due_in_words).
    #[serde(default)]
    pub due: Vec<String>,
}

impl CourseCard {
    pub fn completed(&self) -> Completed {
        Completed::of(&self.modules)
    }

    /// The address of where the learner goes on, and the words of the button that leads there.
    pub fn onward(&self) -> Option<(String, &'static str)> {
        let go_on = self.go_on.as_ref()?;
        let fresh = self.modules.iter().all(|status| *status == Status::NotStarted);
        let label = if fresh { "Start the course" } else { go_on.label() };
        Some((go_on.address(&self.leads_to), label))
    }
}

/// The page that the learner last opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    pub module: String,
    pub page: String,
    pub title: String,
}

/// `/learn/{course}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoursePage {
    pub title: String,
    pub intro_html: String,
    /// One for each module of `progress`, in the same order.
    pub summaries: Vec<String>,
    pub minutes: Vec<u16>,
    /// Likewise: what is said of its target date, [`Due::in_words`](super::Due::in_words), or nothing.
    #[serde(default)]
    pub due: Vec<String>,
    pub resume: Option<Resume>,
    /// Whether the learner has said both what they want after the course and what they think of it.
    #[serde(default)]
    pub answered: bool,
    pub progress: CourseProgress,
}

/// `/learn/{course}/{module}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModulePage {
    pub course_title: String,
    pub title: String,
    pub intro_html: String,
    pub minutes: u16,
    /// The framework's name and edition: "A Competency Framework for all Prescribers (Royal Pharmaceutical Society, 2021)".
    pub framework: String,
    /// "4 Prescribe".
    pub competencies: Vec<String>,
    pub check: CheckRecord,
    /// With the pages of this module only.
    pub progress: CourseProgress,
}

/// The learner's results at a module's check so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRecord {
    /// "Not passed yet, 6 of 8, first try; 2 answers kept". Nothing before the first answer.
    pub told: Option<String>,
    /// How many questions are answered in the current try; 0 if there is none.
    pub answered: usize,
}

impl CheckRecord {
    /// `tried` is the first passed try; without one, the last.
    pub fn of(tried: Option<&TriedCheck>, answered: usize) -> Self {
        let kept = match answered {
            0 => None,
            1 => Some("1 answer kept".to_owned()),
            answers => Some(format!("{answers} answers kept")),
        };
        let words: Vec<_> = tried.map(TriedCheck::in_words).into_iter().chain(kept).collect();
        Self { told: (!words.is_empty()).then(|| words.join("; ")), answered }
    }
}

/// A finished try at a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedCheck {
    /// The day of a pass, with the year unless it is this one.
    pub passed_on: Option<String>,
    pub right: u16,
    pub of: u16,
    /// Its number among the tries, from 1.
    pub nth: u32,
}

impl TriedCheck {
    /// "Passed 27 November, 8 of 8, second try", or "Not passed yet, 6 of 8, first try".
    fn in_words(&self) -> String {
        let outcome =
            self.passed_on.as_ref().map_or("Not passed yet".to_owned(), |on| format!("Passed {on}"));
        format!("{outcome}, {} of {}, {}", self.right, self.of, nth_try(self.nth))
    }
}

/// A pass mark in words: "80% or more". For everything, "or more" is left out.
pub fn at_least(pass_mark: u8) -> String {
    if pass_mark < 100 { format!("{pass_mark}% or more") } else { format!("{pass_mark}%") }
}

/// "second try", "22nd try".
pub fn nth_try(nth: u32) -> String {
    const WORDS: [&str; 9] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"];
    let word = usize::try_from(nth).ok().and_then(|nth| WORDS.get(nth.checked_sub(1)?));
    let ending = match (nth % 10, nth % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    word.map_or_else(|| format!("{nth}{ending} try"), |word| format!("{word} try"))
}

/// `/learn/{course}/{module}/{page}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingPage {
    pub course_title: String,
    pub title: String,
    pub html: String,
    /// Its opening is already recorded. For a page that was fetched ahead, that happens when it is shown.
    pub recorded: bool,
    /// The learner has written a note about it.
    #[serde(default)]
    pub noted: bool,
    #[serde(default)]
    pub bookmarked: bool,
    /// Whether this text was clear, if the learner has said it.
    #[serde(default)]
    pub clear: Option<bool>,
    /// This opening has completed the module.
    #[serde(default)]
    pub completed: bool,
    /// With the pages of this module only.
    pub progress: CourseProgress,
}

/// `/learn/{course}/{module}/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPage {
    pub course_title: String,
    pub view: CheckView,
    /// With the pages of this module only.
    pub progress: CourseProgress,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CheckView {
    Asked(CheckTry),
    /// The attempt that the address names.
    Marked(CheckResult),
}

/// The current try, with the answers so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckTry {
    pub id: AttemptId,
    /// Changes when the pool does; sent back with the answers.
    pub version: i32,
    /// The number of this opening of the check, which makes its answers later than those of an earlier one.
    pub epoch: i64,
    pub questions: Vec<AskedQuestion>,
    pub answers: Answers,
    /// The pool has more questions than a try asks: the next try has others.
    pub drawn: bool,
    /// The marked tries, the newest first; the newest hundred of more.
    #[serde(default)]
    pub earlier: Vec<EarlierTry>,
}

/// A try that is marked, as the list of them names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierTry {
    pub id: AttemptId,
    pub taken: Moment,
    pub right: u16,
    pub of: u16,
    pub passed: bool,
}

impl EarlierTry {
    /// "7 of 8".
    pub fn mark(&self) -> String {
        format!("{} of {}", self.right, self.of)
    }

    /// "3 tries so far, the best 7 of 8". Nothing before the first.
    pub fn all_in_words(tries: &[Self]) -> Option<String> {
        let share = |one: &Self, other: &Self| u32::from(one.right) * u32::from(other.of);
        let best = tries.iter().max_by(|one, other| share(one, other).cmp(&share(other, one)))?;
        Some(match tries.len() {
            1 => format!("One try so far, {}", best.mark()),
            number => format!("{number} tries so far, the best {}", best.mark()),
        })
    }
}

/// A question as asked: without its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuestion {
    pub id: String,
    /// HTML.
    pub text: String,
    pub view: QuestionView,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuestionView {
    /// Radio buttons.
    One(Vec<OptionView>),
    /// Check boxes.
    Many(Vec<OptionView>),
    /// A box for a number, the unit beside it, and how the number is rounded.
    Number { unit: String, rules: Option<String> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionView {
    pub id: String,
    /// HTML.
    pub text: String,
}

/// A marked attempt. A failed one contains nothing that the page must not reveal: the next try may ask the same again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    pub id: AttemptId,
    pub taken: Moment,
    /// Its number among the tries, from 1.
    pub nth: u32,
    pub right: u16,
    pub of: u16,
    pub passed: bool,
    /// It has completed the module, a few minutes ago at most.
    #[serde(default)]
    pub completed: bool,
    pub questions: Vec<ResultQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultQuestion {
    pub text: String,
    pub right: bool,
    pub answers: Vec<ResultAnswer>,
    /// Some of several right options are missing, and no chosen one is wrong.
    pub incomplete: bool,
    /// Only for a passed attempt.
    pub explanation: Option<String>,
    /// Only if the answer was not right.
    pub read: Option<ReadAgain>,
}

/// The page that a question is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadAgain {
    pub page: String,
    pub title: String,
}

/// One option (or the typed text, or the right number) and the feedback on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultAnswer {
    pub text: String,
    pub chosen: bool,
    /// `None` if it is not revealed.
    pub right: Option<bool>,
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(passed_on: Option<&str>, right: u16, nth: u32) -> TriedCheck {
        TriedCheck { passed_on: passed_on.map(str::to_owned), right, of: 8, nth }
    }

    #[test]
    fn a_pass_is_described_with_its_day_its_marks_and_its_try() {
        let passed = tried(Some("27 November"), 8, 2);
        assert_eq!(passed.in_words(), "Passed 27 November, 8 of 8, second try");
        for (nth, words) in [
            (1, "first try"),
            (9, "ninth try"),
            (10, "10th try"),
            (11, "11th try"),
            (21, "21st try"),
            (112, "112th try"),
        ] {
            assert_eq!(nth_try(nth), words);
        }
    }

    #[test]
    fn the_state_of_a_check_is_described_from_its_first_answer_on() {
        let told = |tried: Option<TriedCheck>, answered| CheckRecord::of(tried.as_ref(), answered).told;
        assert_eq!(told(None, 0), None);
        assert_eq!(told(None, 1).as_deref(), Some("1 answer kept"));
        assert_eq!(told(Some(tried(None, 6, 1)), 0).as_deref(), Some("Not passed yet, 6 of 8, first try"));
        let under_way = "Not passed yet, 6 of 8, second try; 3 answers kept";
        assert_eq!(told(Some(tried(None, 6, 2)), 3).as_deref(), Some(under_way));
        let passed = told(Some(tried(Some("27 November"), 8, 2)), 0);
        assert_eq!(passed.as_deref(), Some("Passed 27 November, 8 of 8, second try"));
    }

    #[test]
    fn the_best_of_the_earlier_tries_is_the_one_with_the_largest_share() {
        let earlier = |right, of| EarlierTry {
            id: AttemptId(uuid::Uuid::nil()),
            taken: Moment { utc: String::new(), london: String::new() },
            right,
            of,
            passed: false,
        };
        let told = |tries: &[(u16, u16)]| {
            EarlierTry::all_in_words(
                &tries.iter().map(|(right, of)| earlier(*right, *of)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[(6, 8)]).as_deref(), Some("One try so far, 6 of 8"));
        assert_eq!(told(&[(7, 9), (7, 8), (5, 8)]).as_deref(), Some("3 tries so far, the best 7 of 8"));
    }

    #[test]
    fn a_pass_mark_of_everything_is_written_without_or_more() {
        for (pass_mark, words) in [(0, "0% or more"), (80, "80% or more"), (99, "99% or more"), (100, "100%")]
        {
            assert_eq!(at_least(pass_mark), words);
        }
    }
}
