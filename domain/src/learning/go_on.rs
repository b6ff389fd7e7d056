//! Where a learner goes on in a course, and how long that takes.

use serde::{Deserialize, Serialize};

use crate::count;

/// The module in which a learner goes on, as the database function `learning_cards` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ModuleAhead {
    /// Its address below the course.
    pub module: String,
    pub title: String,
    /// For the whole module, with its check.
    pub minutes: u16,
    /// Its check is passed.
    pub passed: bool,
    /// One of its pages was opened.
    pub begun: bool,
    /// The page that the learner last opened in the course, if it is one of this module.
    pub last: Option<String>,
    /// Address, and whether it was opened, in the order of the module.
    pub pages: Vec<(String, bool)>,
}

/// What a card of a course leads on to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoOn {
    /// The module's address below the course.
    pub module: String,
    pub title: String,
    pub step: Step,
    /// One of its pages was opened.
    pub begun: bool,
    /// For what is left of the module, rounded up: one at least.
    pub minutes: u16,
}

/// A part of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Its address below the module; its number, from 1, and how many there are; whether the learner was there last.
    Page {
        page: String,
        nth: usize,
        of: usize,
        last: bool,
    },
    Check,
}

impl ModuleAhead {
    /// The page where the learner was last; otherwise the first that is not opened; after all pages the check.
    pub fn go_on(self) -> GoOn {
        let unopened = self.pages.iter().filter(|(_, opened)| !opened).count();
        let at = |wanted: &dyn Fn(&(String, bool)) -> bool| self.pages.iter().position(wanted);
        let last = self.last.as_ref().and_then(|last| at(&|(page, _)| page == last));
        let page = match last {
            // Everything is read, and only the check is left.
            Some(_) if unopened == 0 && !self.passed => None,
            Some(last) => Some(last),
            None => at(&|(_, opened)| !opened).or_else(|| self.passed.then_some(0)),
        };
        // The page where they were last is not read to its end, as far as anybody knows.
        let read_again = usize::from(page.is_some() && page == last);
        let left = unopened + read_again + usize::from(!self.passed);
        let all = self.pages.len() + 1;
        let minutes = (usize::from(self.minutes) * left).div_ceil(all).max(1);
        let of = self.pages.len();
        let step = page.and_then(|at| {
            let (page, _) = self.pages.get(at)?;
            Some(Step::Page { page: page.clone(), nth: at + 1, of, last: last == Some(at) })
        });
        GoOn {
            step: step.unwrap_or(Step::Check),
            module: self.module,
            title: self.title,
            begun: self.begun,
            minutes: u16::try_from(minutes).unwrap_or(u16::MAX),
        }
    }
}

impl GoOn {
    /// The address of the page or check, in the course of this address.
    pub fn address(&self, course: &str) -> String {
        let end = match &self.step {
            Step::Page { page, .. } => page,
            Step::Check => "check",
        };
        format!("/learn/{course}/{}/{end}", self.module)
    }

    /// What the button says.
    pub fn label(&self) -> &'static str {
        match self.step {
            Step::Page { last: true, .. } => "Resume where you left",
            Step::Page { .. } if self.begun => "Go on reading",
            Step::Page { .. } => "Start this module",
            Step::Check => "Take the knowledge check",
        }
    }

    /// "Pharmacokinetics, page 2 of 4, about 9 minutes left".
    pub fn in_words(&self) -> String {
        let minutes = count(self.minutes, "minute");
        match &self.step {
            Step::Page { nth, of, .. } if self.begun => {
                format!("{}, page {nth} of {of}, about {minutes} left", self.title)
            }
            Step::Page { .. } => format!("{}, about {minutes}", self.title),
            Step::Check => format!("{}, the knowledge check, about {minutes} left", self.title),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of four pages: those opened, the one that was opened last, and whether the check is passed.
    fn ahead(opened: [bool; 4], last: Option<usize>, passed: bool) -> GoOn {
        let pages = opened.into_iter().enumerate().map(|(n, opened)| (format!("p{}", n + 1), opened));
        let module = ModuleAhead {
            module: "pharmacokinetics".into(),
            title: "Pharmacokinetics".into(),
            minutes: 13,
            passed,
            begun: opened.contains(&true),
            last: last.map(|last| format!("p{last}")),
            pages: pages.collect(),
        };
        module.go_on()
    }

    #[test]
    fn a_learner_goes_on_where_they_were_last_and_is_told_how_long_it_takes() {
        for (opened, last, passed, address, label, words) in [
            (
                [true, true, false, false],
                Some(2),
                false,
                "p2",
                "Resume where you left",
                "page 2 of 4, about 11 minutes left",
            ),
            (
                [true, true, false, false],
                Some(1),
                true,
                "p1",
                "Resume where you left",
                "page 1 of 4, about 8 minutes left",
            ),
            // Last they were in another module.
            (
                [true, false, false, false],
                None,
                false,
                "p2",
                "Go on reading",
                "page 2 of 4, about 11 minutes left",
            ),
            ([false; 4], None, false, "p1", "Start this module", "about 13 minutes"),
            (
                [true; 4],
                Some(4),
                false,
                "check",
                "Take the knowledge check",
                "the knowledge check, about 3 minutes left",
            ),
            (
                [true; 4],
                None,
                false,
                "check",
                "Take the knowledge check",
                "the knowledge check, about 3 minutes left",
            ),
        ] {
            let go_on = ahead(opened, last, passed);
            assert_eq!(go_on.address("nmp"), format!("/learn/nmp/pharmacokinetics/{address}"));
            assert_eq!(go_on.label(), label);
            assert_eq!(go_on.in_words(), format!("Pharmacokinetics, {words}"));
        }
    }

    #[test]
    fn a_module_of_any_shape_leads_somewhere() {
        // Its pages were retired meanwhile, or its page of last time was.
        let mut module = ModuleAhead {
            module: "m".into(),
            title: "M".into(),
            minutes: 0,
            passed: true,
            begun: true,
            last: Some("gone".into()),
            pages: vec![("p1".into(), true)],
        };
        assert_eq!(module.clone().go_on().address("nmp"), "/learn/nmp/m/p1");
        assert_eq!(module.clone().go_on().minutes, 1);
        module.pages.clear();
        assert_eq!(module.go_on().step, Step::Check);
    }
}
