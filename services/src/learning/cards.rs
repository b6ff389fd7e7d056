//! The cards of a learner's courses, for "My courses" and the start page.

use chrono::{DateTime, NaiveDate, Utc};
use domain::learning::{CourseCard, Due, ModuleAhead, Status, due_in_words};
use serde::Deserialize;

use crate::{
    kit::moment::{date, today},
    moment,
};

/// One row of the database function `learning_cards`.
#[derive(Debug, Deserialize)]
pub(crate) struct CardRow {
    slug: String,
    title: String,
    summary: String,
    last_seen_at: Option<DateTime<Utc>>,
    access_from: Option<NaiveDate>,
    access_until: Option<NaiveDate>,
    /// Completed, and entered.
    modules: Vec<(bool, bool)>,
    ahead: Option<ModuleAhead>,
    /// The earliest first.
    due: Vec<DueRow>,
}

#[derive(Debug, Deserialize)]
struct DueRow {
    title: String,
    on: NaiveDate,
}

/// The target date of a module, as it is said now.
pub(super) fn due(on: NaiveDate, now: DateTime<Utc>) -> Due {
    Due { on: date(on, now), days: (on - today(now)).num_days() }
}

impl CardRow {
    /// One that is not open says when instead of what it is about.
    pub(crate) fn card(self, now: DateTime<Utc>) -> CourseCard {
        let today = today(now);
        let dates: Vec<_> = self.due.into_iter().map(|row| (row.title, due(row.on, now))).collect();
        let modules = self.modules.into_iter().map(|(completed, entered)| Status::of(completed, entered));
        let modules: Vec<_> = modules.collect();
        let over = self.access_until.is_some_and(|until| until < today);
        let asks = over && !modules.is_empty() && modules.iter().all(|status| *status == Status::Completed);
        let summary = closed(self.access_from, self.access_until, today).unwrap_or(self.summary);
        CourseCard {
            leads_to: if asks { format!("{}/end", self.slug) } else { self.slug },
            title: self.title,
            summary: if asks {
                format!("{summary}. You can still say what you think of it")
            } else {
                summary
            },
            modules,
            last_seen: self.last_seen_at.map(moment),
            go_on: self.ahead.map(ModuleAhead::go_on),
            due: due_in_words(&dates),
        }
    }
}

/// Why a course is not open, as the function `cohort_open` of the database finds it.
fn closed(from: Option<NaiveDate>, until: Option<NaiveDate>, today: NaiveDate) -> Option<String> {
    let words = |day: NaiveDate| day.format("%-d %B %Y");
    match (from, until) {
        (Some(from), _) if today < from => Some(format!("Opens on {}", words(from))),
        (_, Some(until)) if until < today => Some(format!("Closed: the last day was {}", words(until))),
        _ => None,
    }
}
