use serde::{Deserialize, Serialize};

use super::{CheckRecord, CourseProgress, ModuleProgress, Resume};

/// The parts of a learner's progress that can change while it is shown, and nothing else: modules and pages by index,
/// without their titles. [`CourseProgress::take_in`] completes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgressNews {
    /// A number for the structure of the course: a page that shows another structure cannot use this news.
    made_of: u32,
    /// In the order of the course.
    modules: Vec<ModuleNews>,
    /// The indexes of the module and page that the learner last opened.
    last: Option<(usize, usize)>,
    /// The state of the check of the requested module.
    pub check: Option<CheckRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ModuleNews(Vec<u8>, Option<u8>, u8);

const PASSED: u8 = 1;
const ENTERED: u8 = 2;
const COMPLETED: u8 = 4;

impl ModuleNews {
    fn of(module: &ModuleProgress) -> Self {
        // The indexes of the opened pages.
        let opened = module.pages.iter().zip(0..).filter(|(page, _)| page.opened).map(|(_, at)| at);
        let flag = |is, flag| if is { flag } else { 0 };
        let flags = flag(module.check.passed, PASSED)
            | flag(module.entered, ENTERED)
            | flag(module.completed, COMPLETED);
        Self(opened.collect(), module.check.best, flags)
    }
}

impl ProgressNews {
    /// `last` names the module and the page.
    pub fn of(progress: &CourseProgress, last: Option<(&str, &str)>, check: Option<CheckRecord>) -> Self {
        let last = last.and_then(|(module, page)| {
            let module = progress.modules.iter().position(|there| there.slug == module)?;
            let page = progress.modules[module].pages.iter().position(|there| there.slug == page)?;
            Some((module, page))
        });
        let modules = progress.modules.iter().map(ModuleNews::of).collect();
        Self { made_of: progress.made_of(), modules, last, check }
    }
}

impl CourseProgress {
    /// One number for everything that does not depend on the learner's progress.
    fn made_of(&self) -> u32 {
        let mut hash = Fnv(0x811c_9dc5);
        for module in &self.modules {
            hash.add(&module.slug);
            hash.add(&module.title);
            hash.byte(module.check.pass_mark);
            for page in &module.pages {
                hash.add(&page.slug);
                hash.add(&page.title);
            }
            hash.byte(0);
        }
        hash.0
    }

    /// Whether it has the same modules and pages as the news.
    pub fn fits(&self, news: &ProgressNews) -> bool {
        news.made_of == self.made_of() && news.modules.len() == self.modules.len()
    }

    /// The learner's present progress, if the news fits.
    pub fn take_in(&mut self, news: &ProgressNews) {
        if !self.fits(news) {
            return;
        }
        let mut fresh = None;
        let modules = self.modules.iter_mut().zip(&news.modules).enumerate();
        for (at, (module, ModuleNews(opened, best, flags))) in modules {
            for (page, at) in module.pages.iter_mut().zip(0..) {
                page.opened = opened.contains(&at);
            }
            module.check.best = *best;
            module.check.passed = flags & PASSED != 0;
            module.entered = flags & ENTERED != 0;
            let completed = flags & COMPLETED != 0;
            if completed && !module.completed {
                fresh = fresh.or(Some(at));
            }
            module.completed = completed;
        }
        self.fresh = fresh.or(self.fresh);
    }

    /// The same from the whole progress, for a course that has other titles or pages by now.
    pub fn renew(&mut self, whole: Self) {
        let both = self.modules.iter().zip(&whole.modules);
        let fresh = both.map(|(before, now)| now.completed && !before.completed).position(|fresh| fresh);
        // A course that has other modules by now is another one.
        let same = self.modules.len() == whole.modules.len();
        let fresh = if same { fresh.or(self.fresh) } else { None };
        *self = Self { fresh, ..whole };
    }

    /// The page that the learner last opened, from the news.
    pub fn resume(&self, news: &ProgressNews) -> Option<Resume> {
        let (module, page) = news.last.filter(|_| self.fits(news))?;
        let module = self.modules.get(module)?;
        let page = module.pages.get(page)?;
        Some(Resume { module: module.slug.clone(), page: page.slug.clone(), title: page.title.clone() })
    }
}

/// FNV-1a.
struct Fnv(u32);

impl Fnv {
    fn byte(&mut self, byte: u8) {
        self.0 = (self.0 ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }

    fn add(&mut self, text: &str) {
        text.bytes().for_each(|byte| self.byte(byte));
        // Not a byte of a text: it marks where one ends and the next begins.
        self.byte(0xff);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::learning::{CheckProgress, PageProgress};

    /// Modules with these numbers of pages.
    fn course(pages: &[usize]) -> CourseProgress {
        let page =
            |at: usize| PageProgress { slug: format!("p{at}"), title: format!("Page {at}"), opened: false };
        let module = |(at, pages): (usize, &usize)| ModuleProgress {
            slug: format!("m{at}"),
            title: format!("Module {at}"),
            pages: (0..*pages).map(page).collect(),
            check: CheckProgress { pass_mark: 80, best: None, passed: false },
            entered: false,
            completed: false,
        };
        let modules = pages.iter().enumerate().map(module).collect();
        CourseProgress { course: "nmp".into(), modules, fresh: None }
    }

    proptest! {
        #[test]
        fn taking_in_news_gives_the_progress_that_they_were_made_from(
            states in proptest::collection::vec(
                (proptest::collection::vec(any::<bool>(), 0..9), proptest::option::of(0..=100_u8), any::<[bool; 3]>()),
                0..20,
            )
        ) {
            let mut shown = course(&states.iter().map(|state| state.0.len()).collect::<Vec<_>>());
            let mut now = shown.clone();
            for (module, (opened, best, [passed, entered, completed])) in now.modules.iter_mut().zip(states) {
                module.pages.iter_mut().zip(opened).for_each(|(page, opened)| page.opened = opened);
                module.check = CheckProgress { best, passed, ..module.check.clone() };
                (module.entered, module.completed) = (entered, completed);
            }
            let news = ProgressNews::of(&now, None, None);
            prop_assert!(shown.fits(&news));
            shown.take_in(&news);
            prop_assert_eq!(shown.modules, now.modules);
        }
    }

    #[test]
    fn a_module_is_fresh_from_its_completion_until_another_is_completed() {
        let mut shown = course(&[1, 1, 1]);
        let mut now = shown.clone();
        let mut fresh_after = |now: &CourseProgress| {
            shown.take_in(&ProgressNews::of(now, None, None));
            shown.fresh
        };
        assert_eq!(fresh_after(&now), None);
        now.modules[1].completed = true;
        assert_eq!(fresh_after(&now), Some(1));
        now.modules[0].entered = true;
        assert_eq!(fresh_after(&now), Some(1));
        now.modules[2].completed = true;
        assert_eq!(fresh_after(&now), Some(2));

        let mut whole = now.clone();
        whole.modules[2].title.push('!');
        shown.renew(whole.clone());
        assert_eq!(shown.fresh, Some(2));
        whole.modules[0].completed = true;
        shown.renew(whole);
        assert_eq!(shown.fresh, Some(0));
        shown.renew(course(&[1, 1]));
        assert_eq!(shown.fresh, None, "a course of other modules is another one");
        shown.completed_here("m1");
        assert_eq!(shown.fresh, Some(1));
    }

    #[test]
    fn the_last_page_is_named_by_the_shown_course() {
        let shown = course(&[2, 3]);
        let news = |last| ProgressNews::of(&shown, last, None);
        let resume = Resume { module: "m1".into(), page: "p2".into(), title: "Page 2".into() };
        assert_eq!(shown.resume(&news(Some(("m1", "p2")))), Some(resume));
        assert_eq!(shown.resume(&news(Some(("m1", "p9")))), None, "a page that is there no more");
        assert_eq!(shown.resume(&news(None)), None);
    }

    #[test]
    fn a_course_of_another_structure_takes_no_news_in() {
        let mut other = course(&[2]);
        other.modules[0].pages[0].opened = true;
        let news = ProgressNews::of(&other, Some(("m0", "p0")), None);
        let changed = |change: fn(&mut ModuleProgress)| {
            let mut shown = course(&[2]);
            change(&mut shown.modules[0]);
            let before = shown.clone();
            shown.take_in(&news);
            assert_eq!((shown.resume(&news), &shown), (None, &before));
        };
        changed(|module| module.title.push('!'));
        changed(|module| module.check.pass_mark = 90);
        changed(|module| drop(module.pages.pop()));
        changed(|module| module.pages.swap(0, 1));
        // The same letters, divided differently.
        changed(|module| (module.pages[0].slug, module.pages[0].title) = ("p0P".into(), "age 0".into()));
    }
}
