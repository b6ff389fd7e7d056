//! What learners look for in a course, and what they keep of it for themselves.

use serde::{Deserialize, Serialize};

use crate::Moment;

/// How many characters of a search are looked at.
pub const LONGEST_SEARCH: usize = 200;
/// How many pages a search lists: those that fit best.
pub const MOST_PAGES_FOUND: usize = 30;

/// `/learn/{course}/search`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseSearch {
    /// The course's.
    pub title: String,
    /// What was looked for; empty before the first search.
    pub search: String,
    /// Best first.
    pub found: Vec<FoundPage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPage {
    pub module: String,
    pub module_title: String,
    pub page: String,
    pub title: String,
    /// Where the words are.
    pub passage: Vec<Said>,
}

/// A part of a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    /// It matches.
    pub marked: bool,
}

/// `/learn/{course}/glossary`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glossary {
    /// The course's.
    pub title: String,
    /// In the order of the alphabet.
    pub terms: Vec<ExplainedTerm>,
}

/// A word that a page explains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedTerm {
    /// For the address within the page.
    pub slug: String,
    pub word: String,
    /// HTML.
    pub definition: String,
    pub module: String,
    pub page: String,
    /// The page's.
    pub title: String,
    /// The page is no longer in the course.
    pub gone: bool,
}

/// How many characters a note has at most: [`crate::Problem::LongTextTooLong`] says it.
pub const LONGEST_NOTE: usize = 4_000;

/// What a learner keeps of a page for themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub text: String,
    pub bookmarked: bool,
    /// Goes up with each change; 0 when nothing was ever kept.
    pub version: i32,
}

/// How many characters the sentence on what was not clear has at most: [`crate::Problem::TextTooLong`] says it.
pub const LONGEST_UNCLEAR: usize = 200;

/// What a learner has said of the text of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaidClear {
    pub clear: bool,
    /// What was not; may be empty.
    pub words: String,
}

/// How many passages of one page can be highlighted.
pub const MOST_HIGHLIGHTS: usize = 100;

/// A sentence of a page, or a row of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// Made of the words, so that a form can name them.
    pub key: String,
    pub text: String,
    /// The learner has highlighted it.
    pub chosen: bool,
}

/// What one heading of a page is above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePart {
    /// Empty before the first.
    pub heading: String,
    /// The passages of each paragraph.
    pub paragraphs: Vec<Vec<Passage>>,
}

/// What can be highlighted in a page, and what is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlights {
    pub parts: Vec<PagePart>,
    /// What is highlighted and no longer in the text.
    pub gone: Vec<Passage>,
    /// Goes up with each change; 0 when nothing was ever highlighted.
    pub version: i32,
}

impl Highlights {
    /// The words of what is highlighted, in the order of the page.
    pub fn chosen(&self) -> impl Iterator<Item = &str> {
        let there = self.parts.iter().flat_map(|part| &part.paragraphs).flatten();
        there.chain(&self.gone).filter(|passage| passage.chosen).map(|passage| passage.text.as_str())
    }
}

/// `/learn/{course}/{module}/{page}/note`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageNote {
    pub course_title: String,
    pub module_title: String,
    /// The page's.
    pub title: String,
    pub note: Note,
    #[serde(default)]
    pub highlights: Highlights,
    /// That of the text.
    pub version: i32,
    /// What the learner has said of it.
    pub said: Option<SaidClear>,
}

/// `/learn/{course}/notes`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseNotes {
    /// The course's.
    pub title: String,
    /// In the order of the course; pages that are no longer in it come last.
    pub notes: Vec<NotedPage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotedPage {
    pub module: String,
    pub module_title: String,
    pub page: String,
    pub title: String,
    /// It is no longer in the course.
    pub gone: bool,
    pub note: Note,
    #[serde(default)]
    pub highlights: Vec<Highlight>,
    /// See [`Highlights::version`].
    #[serde(default)]
    pub highlights_version: i32,
    /// When the last of it was changed.
    pub changed: Moment,
}

/// A passage that the learner has highlighted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    pub text: String,
    /// It is no longer in the text of its page.
    pub gone: bool,
}

/// `/learn/{course}/{module}/print`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedModule {
    pub course_title: String,
    pub title: String,
    pub intro_html: String,
    /// In the order of the module.
    pub pages: Vec<PrintedPage>,
    /// The day on which it was put together, in words.
    pub made: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintedPage {
    pub slug: String,
    pub title: String,
    /// Its headings begin below a heading of the second level.
    pub html: String,
}
