//! The query of a list, which the address of its page holds, and one page of its rows. Every list uses these types, so a link to it can be
//! bookmarked, sent on, opened without scripts and downloaded as a file.

mod address;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use address::link_to;

/// A choice from a closed list, with its name in the address. A missing or unknown name stands for the default.
pub trait Choice: Copy + PartialEq + Default + 'static {
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;

    fn parse(text: &str) -> Self {
        Self::ALL.iter().copied().find(|choice| choice.as_str() == text).unwrap_or_default()
    }
}

/// The columns that sort a list. The id of a row decides between equal values.
pub trait Sort: Choice {
    /// Whether the usual order of the column has the highest or latest value first.
    fn falls(self) -> bool {
        false
    }
}

/// A filter that a list has besides its search. Its default leaves nothing out.
pub trait Filter: Choice {
    /// The name in the address, which is also the id of the field.
    const NAME: &'static str;
    const LABEL: &'static str;

    /// The text that people read.
    fn label(self) -> &'static str;
}

/// The filters of a list: `()`, a [`Filter`], or several of them.
pub trait Filters: Clone + PartialEq + Default {
    fn fields(&self) -> Vec<FilterField>;

    /// `value` gives the value of a name in the address, or an empty text.
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
            chosen: Cow::Borrowed(self.as_str()),
            all: *self == F::default(),
            options: F::ALL.iter().map(|choice| (choice.as_str(), choice.label())).collect(),
            names: None,
        }]
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        F::parse(&value(F::NAME))
    }
}

impl<A: Filter, B: Filter> Filters for (A, B) {
    fn fields(&self) -> Vec<FilterField> {
        [self.0.fields(), self.1.fields()].concat()
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        (A::read(value), B::read(value))
    }
}

impl<A: Filter, B: Filter, C: Filter> Filters for (A, B, C) {
    fn fields(&self) -> Vec<FilterField> {
        [self.0.fields(), self.1.fields(), self.2.fields()].concat()
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        (A::read(value), B::read(value), C::read(value))
    }
}

/// A filter with its texts for the form and its values for the address.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterField {
    pub name: &'static str,
    pub label: &'static str,
    pub chosen: Cow<'static, str>,
    /// Whether the chosen value leaves nothing out.
    pub all: bool,
    /// The value and the text of each choice. Without any, the value is typed.
    pub options: Vec<(&'static str, &'static str)>,
    /// The id of the list of names that the page offers for a typed one.
    pub names: Option<&'static str>,
}

impl FilterField {
    /// A filter that is typed, as [`typed`] has read it. The list says whether a part of a name is enough.
    pub fn typed(name: &'static str, label: &'static str, text: &str) -> Self {
        let chosen = Cow::Owned(text.to_owned());
        Self { name, label, chosen, all: text.is_empty(), options: Vec::new(), names: None }
    }

    /// The same, when the page offers names for it in the `<datalist>` with this id.
    #[must_use]
    pub fn offered(self, names: &'static str) -> Self {
        Self { names: Some(names), ..self }
    }

    /// What is chosen, as people read it. `None` when it leaves nothing out.
    pub fn narrows_to(&self) -> Option<&str> {
        if self.all {
            return None;
        }
        let option = self.options.iter().find(|(value, _)| *value == self.chosen);
        Some(option.map_or(&*self.chosen, |(_, words)| *words))
    }
}

/// The most characters of a typed filter that count.
const MOST_TYPED: usize = 200;

/// What is typed into a filter, as it counts.
pub fn typed(text: &str) -> String {
    crate::visible(text).chars().take(MOST_TYPED).collect()
}

/// The query of a list: search, filters, order and page.
#[derive(Debug, Clone, PartialEq)]
pub struct ListQuery<S, F = ()> {
    /// The typed text, which is a part of a name or of another searched value.
    pub search: String,
    pub filters: F,
    pub sort: S,
    pub descending: bool,
    /// The end of the previous page, from its [`Page::next`].
    pub after: Option<String>,
    /// Whether the whole list is on one page, to print it.
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
    /// Whether a search or a filter leaves rows out.
    pub fn is_narrowed(&self) -> bool {
        !self.search.trim().is_empty() || self.is_filtered()
    }

    pub fn is_filtered(&self) -> bool {
        self.filters.fields().iter().any(|field| !field.all)
    }

    /// The first page of the same query.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { after: None, whole: false, ..self.clone() }
    }

    /// The following page.
    #[must_use]
    pub fn next(&self, next: String) -> Self {
        Self { after: Some(next), ..self.clone() }
    }

    /// The whole list on one page, to print it.
    #[must_use]
    pub fn to_print(&self) -> Self {
        Self { whole: true, ..self.first() }
    }

    /// The same list without search and filters.
    #[must_use]
    pub fn everything(&self) -> Self {
        Self { search: String::new(), filters: F::default(), ..self.first() }
    }

    /// The query after a press on the heading of a column. The first press uses the usual order of the column, and the second reverses it.
    #[must_use]
    pub fn sorted_by(&self, sort: S) -> Self {
        let descending = if self.sort == sort { !self.descending } else { sort.falls() };
        Self { sort, descending, ..self.first() }
    }

    /// The order of this column, for `aria-sort`.
    pub fn order_of(&self, sort: S) -> &'static str {
        match (self.sort == sort, self.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        }
    }
}

/// How many rows an option of a filter would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptionCount {
    /// The [`Filter::NAME`].
    pub filter: String,
    /// As in the address.
    pub option: String,
    pub rows: u32,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// The number of rows that search and filters find.
    pub found: u32,
    /// The number of rows without search and filters.
    pub in_all: u32,
    /// The value of [`ListQuery::after`] for the following page, if there is one.
    pub next: Option<String>,
    /// Whether [`ListQuery::after`] could not be read, so that this is the first page.
    pub anew: bool,
}
