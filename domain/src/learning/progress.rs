use serde::{Deserialize, Serialize};

use super::Completed;
use crate::kit::list::{Choice, Filter};

/// The state of a module for one learner, in the words of the NHS task list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    NotStarted,
    InProgress,
    Completed,
}

impl Status {
    pub fn of(completed: bool, entered: bool) -> Self {
        match (completed, entered) {
            (true, _) => Self::Completed,
            (false, true) => Self::InProgress,
            (false, false) => Self::NotStarted,
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::NotStarted => "Not yet started",
            Self::InProgress => "In progress",
            Self::Completed => "Completed",
        }
    }

    /// The word in addresses, and of the database function `course_state`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::NotStarted, Self::InProgress, Self::Completed]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// The filter of a list by how far people are in a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusShown {
    #[default]
    All,
    Only(Status),
}

impl Choice for StatusShown {
    const ALL: &'static [Self] = &[
        Self::All,
        Self::Only(Status::NotStarted),
        Self::Only(Status::InProgress),
        Self::Only(Status::Completed),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Only(status) => status.as_str(),
        }
    }
}

impl Filter for StatusShown {
    const NAME: &'static str = "state";
    const LABEL: &'static str = "State";

    fn label(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Only(status) => status.label(),
        }
    }
}

/// One learner's progress through one course: the data of the wheel and the ticks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseProgress {
    /// The course's slug.
    pub course: String,
    /// In the order of the course.
    pub modules: Vec<ModuleProgress>,
    /// The module that was completed just now, by its number from 0: by coming to the page, or while it is shown.
    #[serde(skip)]
    pub fresh: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleProgress {
    pub slug: String,
    pub title: String,
    /// In the order of the module.
    pub pages: Vec<PageProgress>,
    pub check: CheckProgress,
    /// One of its pages was opened at least once.
    pub entered: bool,
    /// Permanent: a page that is added later takes no learner's tick away.
    pub completed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageProgress {
    pub slug: String,
    pub title: String,
    pub opened: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckProgress {
    /// Percentage of the questions that must be right.
    pub pass_mark: u8,
    /// Percentage of the best attempt, rounded down; `None` before the first.
    pub best: Option<u8>,
    pub passed: bool,
}

/// What is still missing for a module's tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing<'a> {
    Page(&'a PageProgress),
    Check(&'a CheckProgress),
}

impl ModuleProgress {
    pub fn status(&self) -> Status {
        Status::of(self.completed, self.entered)
    }

    /// What is missing, in order; empty exactly when the module is completed.
    pub fn missing(&self) -> Vec<Missing<'_>> {
        if self.completed {
            return Vec::new();
        }
        let pages = self.pages.iter().filter(|page| !page.opened).map(Missing::Page);
        let check = (!self.check.passed).then_some(Missing::Check(&self.check));
        pages.chain(check).collect()
    }

    pub fn pages_opened(&self) -> usize {
        self.pages.iter().filter(|page| page.opened).count()
    }
}

impl CourseProgress {
    /// One for each module.
    pub fn statuses(&self) -> Vec<Status> {
        self.modules.iter().map(ModuleProgress::status).collect()
    }

    /// How many modules are completed, of how many.
    pub fn tally(&self) -> Completed {
        Completed { done: self.completed(), of: self.modules.len() }
    }

    pub fn completed(&self) -> usize {
        self.modules.iter().filter(|module| module.completed).count()
    }

    /// See [`Completed::percent`].
    pub fn percent(&self) -> usize {
        self.tally().percent()
    }

    /// See [`Completed::in_words`].
    pub fn in_words(&self) -> String {
        self.tally().in_words()
    }

    pub fn module(&self, slug: &str) -> Option<&ModuleProgress> {
        self.modules.iter().find(|module| module.slug == slug)
    }

    /// Coming to the page has completed this module.
    pub fn completed_here(&mut self, slug: &str) {
        self.fresh = self.modules.iter().position(|module| module.slug == slug);
    }

    /// With the pages of this module only: its pages show just the title and the state of the others.
    #[must_use]
    pub fn within(mut self, slug: &str) -> Self {
        self.modules.iter_mut().filter(|other| other.slug != slug).for_each(|other| other.pages.clear());
        self
    }

    /// The first module that is begun and not completed, otherwise the first that is not begun.
    pub fn next(&self) -> Option<&ModuleProgress> {
        let first = |status| self.modules.iter().find(|module| module.status() == status);
        first(Status::InProgress).or_else(|| first(Status::NotStarted))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn module(opened: &[bool], passed: bool, completed: bool) -> ModuleProgress {
        ModuleProgress {
            slug: "m".into(),
            title: "M".into(),
            pages: opened
                .iter()
                .enumerate()
                .map(|(n, opened)| PageProgress {
                    slug: n.to_string(),
                    title: n.to_string(),
                    opened: *opened,
                })
                .collect(),
            check: CheckProgress { pass_mark: 80, best: passed.then_some(90), passed },
            entered: opened.contains(&true) || passed,
            completed,
        }
    }

    fn course(modules: Vec<ModuleProgress>) -> CourseProgress {
        CourseProgress { course: "nmp".into(), modules, fresh: None }
    }

    #[test]
    fn missing_names_each_page_and_the_check() {
        let module = module(&[true, false, true, false], false, false);
        assert_eq!(
            module.missing(),
            [Missing::Page(&module.pages[1]), Missing::Page(&module.pages[3]), Missing::Check(&module.check)]
        );
    }

    #[test]
    fn within_a_module_the_others_keep_their_state_and_have_no_pages() {
        let mut all = course(vec![module(&[true], true, true), module(&[true, false], false, false)]);
        all.modules[1].slug = "n".into();
        let here = all.clone().within("n");
        assert_eq!((here.modules[0].pages.len(), &here.modules[1]), (0, &all.modules[1]));
        assert_eq!((here.percent(), here.next()), (all.percent(), all.next()));
    }

    #[test]
    fn a_tick_stays_when_a_page_is_added_later() {
        let module = module(&[true, true, false], true, true);
        assert_eq!(module.status(), Status::Completed);
        assert!(module.missing().is_empty());
    }

    #[test]
    fn an_empty_course_is_at_zero_and_has_nothing_next() {
        assert_eq!(course(vec![]).percent(), 0);
        assert!(course(vec![]).next().is_none());
    }

    #[test]
    fn a_begun_module_comes_before_one_that_is_not() {
        let begun = module(&[true, false], false, false);
        let fresh = module(&[false, false], false, false);
        let done = module(&[true, true], true, true);
        assert_eq!(course(vec![done.clone(), fresh.clone(), begun.clone()]).next(), Some(&begun));
        assert_eq!(course(vec![done.clone(), fresh.clone()]).next(), Some(&fresh));
        assert_eq!(course(vec![done]).next(), None);
    }

    proptest! {
        #[test]
        fn a_hundred_per_cent_means_all(done in proptest::collection::vec(proptest::bool::ANY, 1..70)) {
            let progress = course(done.iter().map(|done| module(&[*done], *done, *done)).collect());
            prop_assert_eq!(progress.percent() == 100, done.iter().all(|done| *done));
            prop_assert!(progress.percent() <= 100);
        }
    }
}
