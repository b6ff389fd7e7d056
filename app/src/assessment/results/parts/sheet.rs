//! What is asked of a result sheet, as it stands in the page's address: so it can be kept, and works without scripts.

use std::cmp::Ordering;

use domain::assessment::results::SheetRow;
use leptos_router::{location::Url, params::ParamsMap};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum SheetSort {
    #[default]
    Name,
    Mark,
    Submitted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Show {
    #[default]
    All,
    Passed,
    Failed,
    Unreadable,
}

impl SheetSort {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mark => "mark",
            Self::Submitted => "submitted",
        }
    }

    fn parse(text: &str) -> Self {
        [Self::Mark, Self::Submitted].into_iter().find(|sort| sort.as_str() == text).unwrap_or_default()
    }

    fn compare(self, a: &SheetRow, b: &SheetRow) -> Ordering {
        match self {
            Self::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Self::Mark => a.outcome.mark.cmp(&b.outcome.mark),
            // Times in UTC, in one format.
            Self::Submitted => a.submitted.utc.cmp(&b.submitted.utc),
        }
    }
}

impl Show {
    pub const ALL: [Self; 4] = [Self::All, Self::Passed, Self::Failed, Self::Unreadable];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unreadable => "unreadable",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::All => "Everybody",
            Self::Passed => "Passed",
            Self::Failed => "Not passed",
            Self::Unreadable => "With answers that are not readable",
        }
    }

    fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|show| show.as_str() == text).unwrap_or_default()
    }

    fn has(self, row: &SheetRow) -> bool {
        match self {
            Self::All => true,
            Self::Passed => row.outcome.passed,
            Self::Failed => !row.outcome.passed,
            Self::Unreadable => row.unreadable > 0,
        }
    }
}

/// How many rows of the sheet one page shows.
const ROWS_A_PAGE: usize = 200;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetQuery {
    pub search: String,
    pub show: Show,
    pub sort: SheetSort,
    pub descending: bool,
    /// From 1.
    pub page: usize,
}

impl SheetQuery {
    pub fn read(address: &ParamsMap) -> Self {
        let get = |name: &str| address.get(name).unwrap_or_default();
        Self {
            search: get("search").trim().to_owned(),
            show: Show::parse(&get("show")),
            sort: SheetSort::parse(&get("sort")),
            descending: get("order") == "down",
            page: get("page").parse().unwrap_or(1).max(1),
        }
    }

    pub fn order(&self) -> &'static str {
        if self.descending { "down" } else { "up" }
    }

    /// The address that asks for this.
    pub fn link(&self, base: &str) -> String {
        let (sort, order, show) = (self.sort.as_str(), self.order(), self.show.as_str());
        let page = if self.page > 1 { format!("&page={}", self.page) } else { String::new() };
        format!("{base}?sort={sort}&order={order}&show={show}&search={}{page}", Url::escape(&self.search))
    }

    /// How many pages so many rows take.
    pub fn pages(&self, rows: usize) -> usize {
        rows.div_ceil(ROWS_A_PAGE)
    }

    /// Of all the rows that were asked for, those of this page.
    pub fn on_page(&self, rows: Vec<SheetRow>) -> Vec<SheetRow> {
        rows.into_iter().skip((self.page - 1).saturating_mul(ROWS_A_PAGE)).take(ROWS_A_PAGE).collect()
    }

    pub fn chosen(&self, mut rows: Vec<SheetRow>) -> Vec<SheetRow> {
        let wanted = self.search.to_lowercase();
        let named = |row: &SheetRow| {
            row.name.to_lowercase().contains(&wanted) || row.email.to_lowercase().contains(&wanted)
        };
        rows.retain(|row| self.show.has(row) && named(row));
        rows.sort_by(|a, b| {
            let order = self.sort.compare(a, b);
            if self.descending { order.reverse() } else { order }
        });
        rows
    }
}
