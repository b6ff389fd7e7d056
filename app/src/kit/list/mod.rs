//! A list as a page shows it: its form for search and filters, what was found, columns that sort, its pages, boxes to choose by, and ways
//! to take it away. What is asked for stands in the address, as [`ListQuery`] reads and prints it; everything here is a link or a form that
//! works without scripts.
//!
//! Each piece takes apart what it needs of a query and hands on text: of what is generic a browser would load a copy for each list.

mod chosen;
mod form;
mod found;
mod head;
mod take_away;

use domain::kit::list::{Filters, ListQuery, Page, Sort};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

pub use chosen::{Chosen, Tick, TickAll};

/// What the address of this page asks of its list.
pub fn asked() -> impl Fn() -> String + Copy + Send + Sync {
    let search = use_location().search;
    move || search.get()
}

/// What a list is of.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// "student", which takes an s where there are more.
    pub one: &'static str,
    /// What stands before how many there are where none matches: "Nobody among the", "None of the".
    pub none: &'static str,
    /// What it is searched by: "Name or e-mail address".
    pub searched: &'static str,
}

/// A list on its page: where it stands, what it is of, and what was asked of it.
#[derive(Debug, Clone)]
pub struct Shown<S, F = ()> {
    /// The address without what is asked.
    pub base: String,
    pub words: Words,
    pub query: ListQuery<S, F>,
}

impl<S: Sort, F: Filters> Shown<S, F> {
    pub fn new(base: String, words: Words, asked: &str) -> Self {
        Self { base, words, query: ListQuery::read(asked) }
    }

    /// The form for search and filters. It keeps the order, and begins at the first page.
    pub fn form(&self) -> AnyView {
        form::form(
            &self.base,
            self.words.searched,
            &self.query.search,
            self.query.filters.fields(),
            self.query.kept(),
        )
    }

    /// The heading of a column that sorts.
    pub fn head(&self, sort: S, label: &'static str, class: &'static str) -> AnyView {
        let href = self.query.sorted_by(sort).link(&self.base);
        head::head(sort.as_str(), self.query.order_of(sort), href, label, class)
    }

    /// How many were found, and whether more than are shown here.
    pub fn found<T>(&self, page: &Page<T>) -> AnyView {
        let all = self.query.is_narrowed().then(|| self.query.everything().link(&self.base));
        let asked = found::Asked {
            search: self.query.search.trim(),
            filtered: self.query.is_filtered(),
            later: self.query.after.is_some(),
        };
        found::found(self.words, &asked, page.found, page.in_all, (page.rows.len(), page.next.is_some()), all)
    }

    /// The way to the next page, and back to the first. The browser's own "back" goes back one page.
    pub fn pages<T>(&self, page: &Page<T>) -> AnyView {
        let first = self.query.after.is_some().then(|| {
            let first = if self.query.whole { self.query.to_print() } else { self.query.first() };
            first.link(&self.base)
        });
        let next = page.next.clone().map(|next| self.query.next(next).link(&self.base));
        found::pages(self.words, first, next)
    }

    /// The ways to take away what was found: files, and a page to print. `file` is the address of the files without its ending.
    pub fn take_away<T>(&self, file: &str, page: &Page<T>) -> AnyView {
        let query = self.query.first();
        let files = ["xlsx", "csv"].map(|ending| query.link(&format!("{file}.{ending}")));
        let (print, pages) = (self.query.to_print().link(&self.base), query.link(&self.base));
        take_away::take_away(
            self.words,
            page.found,
            files,
            if self.query.whole { Err(pages) } else { Ok(print) },
        )
    }
}
