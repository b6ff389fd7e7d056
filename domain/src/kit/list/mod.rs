//! What is asked of a list, as it stands in the address of its page, and what is found of it. Every list is asked for in these words, so
//! that what is shown can be kept, sent on, loaded without scripts and taken away as a file.

mod address;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// One of a closed list, by its name in the address. What the address does not name, or names wrongly, is the default.
pub trait Choice: Copy + PartialEq + Default + 'static {
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;

    fn parse(text: &str) -> Self {
        Self::ALL.iter().copied().find(|choice| choice.as_str() == text).unwrap_or_default()
    }
}

/// What a list can be sorted by. The id of a row parts what is equal.
pub trait Sort: Choice {
    /// Whether people look for the most, or the latest, first.
    fn falls(self) -> bool {
        false
    }
}

/// What a list can be narrowed down by besides its search. The first of them is everything.
pub trait Filter: Choice {
    /// In the address; the field has it for its id.
    const NAME: &'static str;
    const LABEL: &'static str;

    /// As people read it.
    fn label(self) -> &'static str;
}

/// The filters of a list: `()`, or a [`Filter`].
pub trait Filters: Clone + PartialEq + Default {
    fn fields(&self) -> Vec<FilterField>;

    /// `value` gives what the address has under a name, or nothing.
    fn read(value: &dyn Fn(&str) -> String) -> Self;
}

impl Filters for () {
    fn fields(&self) -> Vec<FilterField> {
        Vec::new()
    }

    fn read(_: &dyn Fn(&str) -> String) -> Self {}
}

impl<F: Filter> Filters for F {
    fn fields(&self) -> Vec<FilterField> {
        vec![FilterField {
            name: F::NAME,
            label: F::LABEL,
            chosen: self.as_str(),
            all: *self == F::default(),
            options: F::ALL.iter().map(|choice| (choice.as_str(), choice.label())).collect(),
        }]
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        F::parse(&value(F::NAME))
    }
}

/// A filter as a form shows it, and as the address has it.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterField {
    pub name: &'static str,
    pub label: &'static str,
    pub chosen: &'static str,
    /// Nothing is left out by it.
    pub all: bool,
    /// The value and the words of each choice.
    pub options: Vec<(&'static str, &'static str)>,
}

/// What somebody asks to see of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery<S, F = ()> {
    /// Part of a name or of what else the list is searched by, as it was typed.
    pub search: String,
    pub filters: F,
    pub sort: S,
    pub descending: bool,
    /// Where the page before ended, as its [`Page::next`] said.
    pub after: Option<String>,
    /// To print: the whole of it, and not page by page.
    pub whole: bool,
}

impl<S: Sort, F: Filters> Default for ListQuery<S, F> {
    fn default() -> Self {
        let sort = S::default();
        Self {
            search: String::new(),
            filters: F::default(),
            sort,
            descending: sort.falls(),
            after: None,
            whole: false,
        }
    }
}

impl<S: Sort, F: Filters> ListQuery<S, F> {
    /// Whether anything is left out of the list.
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.is_filtered()
    }

    pub fn is_filtered(&self) -> bool {
        self.filters.fields().iter().any(|field| !field.all)
    }

    /// The same from its beginning, page by page.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { after: None, whole: false, ..self.clone() }
    }

    /// The page that follows.
    #[must_use]
    pub fn next(&self, next: String) -> Self {
        Self { after: Some(next), ..self.clone() }
    }

    /// All of it, to print.
    #[must_use]
    pub fn to_print(&self) -> Self {
        Self { whole: true, ..self.first() }
    }

    /// Without search and filters.
    #[must_use]
    pub fn everything(&self) -> Self {
        Self { search: String::new(), filters: F::default(), ..self.first() }
    }

    /// What a press on the heading of a column asks for. A second press turns the order round; the first begins with what people look for.
    #[must_use]
    pub fn sorted_by(&self, sort: S) -> Self {
        let descending = if self.sort == sort { !self.descending } else { sort.falls() };
        Self { sort, descending, ..self.first() }
    }

    /// How this column is sorted, for `aria-sort`.
    pub fn order_of(&self, sort: S) -> &'static str {
        match (self.sort == sort, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// How many were found by search and filters.
    pub found: u32,
    /// How many there are without them.
    pub in_all: u32,
    /// Give it back as [`ListQuery::after`] for the page that follows.
    pub next: Option<String>,
}
