//! The parts of a list on a page: the form for search and filters, the count, sortable columns, pages, boxes to choose rows, downloads and
//! a page to print. The address of the page holds the query, which [`ListQuery`] reads and prints. Everything here is a link or a form
//! that works without scripts.
//!
//! Each generic method reads the parts of the query that it needs, and passes them on as text. Otherwise the browser would load a copy of
//! the whole component for each list.

mod chosen;
mod downloads;
mod form;
mod found;
mod head;

use std::borrow::Cow;

use domain::kit::list::{Filters, ListQuery, OptionCount, Page, Sort};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

pub use chosen::{Chosen, Tick, TickAll, Turns};
pub use found::{ANEW, FOUND, pages};

/// The query of this page's address. It stays what it is when a link is followed to another page, so that the list that is left is not
/// fetched and drawn once more: that would put the next page into the browser's history twice.
pub fn asked() -> impl Fn() -> String + Copy + Send + Sync {
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let here = StoredValue::new(path.get_untracked());
    let last = StoredValue::new(String::new());
    move || {
        let search = search.get();
        // The path is looked at only when the query changes: by itself it asks for nothing else.
        if path.with_untracked(|path| here.with_value(|here| path == here)) {
            last.set_value(search);
        }
        last.get_value()
    }
}

/// The address of a list with one more part in its query, which is not of the list: `done=removed`, for example.
pub fn with(link: &str, part: &str) -> String {
    let and = if link.contains('?') { '&' } else { '?' };
    format!("{link}{and}{part}")
}

/// What was done something to, as the address of the page says; empty if it does not.
pub fn done_to() -> String {
    use_query_map().with_untracked(|query| query.get("of")).unwrap_or_default()
}

/// The words for the rows of a list.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The singular, like "student". The plural adds an s.
    pub one: &'static str,
    /// The words before the total when no row matches: "Nobody among the", "None of the".
    pub none: &'static str,
    /// The label of the search field: "Name or e-mail address".
    pub searched: &'static str,
}

/// A list on its page: the address of the page, the words for the rows, and the query.
#[derive(Debug, Clone)]
pub struct Shown<S, F = ()> {
    /// The address without its query.
    pub base: String,
    pub words: Words,
    pub query: ListQuery<S, F>,
}

impl<S: Sort, F: Filters> Shown<S, F> {
    pub fn new(base: String, words: Words, asked: &str) -> Self {
        Self { base, words, query: ListQuery::read(asked) }
    }

    /// The form for search and filters. It keeps the order and leads to the first page.
    pub fn form(&self) -> AnyView {
        self.form_with(&[])
    }

    /// The same, with the number of rows behind the words of each option that has one.
    pub fn form_with(&self, counts: &[OptionCount]) -> AnyView {
        form::form(
            &self.base,
            self.words.searched,
            &self.query.search,
            self.query.filters.fields(),
            self.query.kept(),
            counts,
        )
    }

    /// The same, without the filter of this name, which links beside the form choose. The form keeps what they have chosen.
    pub fn form_beside(&self, linked: &'static str) -> AnyView {
        let (chosen, fields): (Vec<_>, Vec<_>) =
            self.query.filters.fields().into_iter().partition(|field| field.name == linked);
        let mut kept = self.query.kept();
        kept.extend(chosen.iter().filter(|field| !field.all).filter_map(|field| match field.chosen {
            Cow::Borrowed(chosen) => Some((field.name, chosen)),
            Cow::Owned(_) => None,
        }));
        form::form(&self.base, self.words.searched, &self.query.search, fields, kept, &[])
    }

    /// The heading of a sortable column.
    pub fn head(&self, sort: S, label: &'static str, class: &'static str) -> AnyView {
        let href = self.query.sorted_by(sort).link(&self.base);
        head::head(sort.as_str(), self.query.order_of(sort), href, label, class)
    }

    /// Says how many rows were found, and whether other pages show more.
    pub fn found<T>(&self, page: &Page<T>) -> AnyView {
        let all = self.query.is_narrowed().then(|| self.query.everything().link(&self.base));
        let asked = found::Asked {
            search: self.query.search.trim(),
            filtered: self.query.is_filtered(),
            later: self.query.after.is_some() && !page.anew,
            anew: page.anew,
        };
        let shown = (page.rows.len(), page.next.is_some());
        let chosen = if self.query.whole { found::chosen(&self.query.filters.fields()) } else { None };
        found::found(self.words, &asked, page.found, page.in_all, shown, all, chosen)
    }

    /// The links to the next page and to the first. The browser's own "back" leads to the previous page.
    pub fn pages<T>(&self, page: &Page<T>) -> AnyView {
        let (first, next) = self.others(page);
        found::pages(self.words, first, next)
    }

    /// The same, for a form with boxes that are ticked: see [`Chosen`].
    pub fn turns<T>(&self, page: &Page<T>) -> Turns {
        let (first, next) = self.others(page);
        let one = self.words.one;
        let words = |way: &str| format!("{way} {one}s, and keep what is ticked");
        let all = [first.map(|first| (first, words("First"))), next.map(|next| (next, words("More")))];
        all.into_iter().flatten().collect()
    }

    /// The addresses of the first page and of the next.
    fn others<T>(&self, page: &Page<T>) -> (Option<String>, Option<String>) {
        let first = (self.query.after.is_some() && !page.anew).then(|| {
            let first = if self.query.whole { self.query.to_print() } else { self.query.first() };
            first.link(&self.base)
        });
        (first, page.next.clone().map(|next| self.query.next(next).link(&self.base)))
    }

    /// The links to download the found rows and to the page to print. `file` is the address of the files without the extension.
    pub fn downloads<T>(&self, file: &str, page: &Page<T>) -> AnyView {
        let query = self.query.first();
        let files = ["xlsx", "csv"].map(|ending| query.link(&format!("{file}.{ending}")));
        let (print, pages) = (self.query.to_print().link(&self.base), query.link(&self.base));
        downloads::downloads(
            self.words,
            page.found,
            files,
            if self.query.whole { Err(pages) } else { Ok(print) },
        )
    }
}
