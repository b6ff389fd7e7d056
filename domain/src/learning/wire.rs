//! What the learning pages are drawn from. One value a page: a page asks once.

use serde::{Deserialize, Serialize};

use super::{AttemptId, CourseProgress, Status};
use crate::Moment;

/// `/learn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyCourses {
    pub courses: Vec<CourseCard>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseCard {
    pub slug: String,
    pub title: String,
    pub summary: String,
    /// One for each module, in the order of the course: what its wheel shows.
    pub modules: Vec<Status>,
    pub last_seen: Option<Moment>,
}

/// Where the learner was last.
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
    pub resume: Option<Resume>,
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
    pub progress: CourseProgress,
}

/// `/learn/{course}/{module}/{page}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingPage {
    pub course_title: String,
    pub title: String,
    pub html: String,
    pub progress: CourseProgress,
}

/// `/learn/{course}/{module}/check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckPage {
    pub course_title: String,
    /// Changes when the questions do; sent back with the answers.
    pub version: i32,
    pub questions: Vec<AskedQuestion>,
    /// The attempt that the address asks for, marked.
    pub result: Option<CheckResult>,
    pub progress: CourseProgress,
}

/// A question as it is asked: without its key.
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
    /// A box for a number, and the unit beside it.
    Number { unit: String },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionView {
    pub id: String,
    /// HTML.
    pub text: String,
}

/// An attempt, marked, with every explanation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    pub id: AttemptId,
    pub taken: Moment,
    pub right: u16,
    pub of: u16,
    pub passed: bool,
    pub questions: Vec<ResultQuestion>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultQuestion {
    pub text: String,
    pub right: bool,
    pub answers: Vec<ResultAnswer>,
    pub explanation: String,
}

/// One option (or what was typed, or the right number) and what is to be said of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultAnswer {
    pub text: String,
    pub chosen: bool,
    pub right: bool,
    pub why: String,
}
