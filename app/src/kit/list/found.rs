use domain::{count, kit::list::FilterField};
use leptos::prelude::*;

use super::Words;

/// The line that says how many rows were found: the beginning of the list.
pub const FOUND: &str = "found";

/// Where an end of a page cannot be read.
pub const ANEW: &str = "The address of this page no longer says where it begins, so the list begins again.";

/// The list comes into sight, and not the form above it.
fn beginning(link: String) -> String {
    format!("{link}#{FOUND}")
}

/// The part of the query that the page puts into words.
pub struct Asked<'a> {
    pub search: &'a str,
    pub filtered: bool,
    /// This is not the first page.
    pub later: bool,
    /// It is the first, because the address does not say where another begins.
    pub anew: bool,
}

/// What was chosen, for a page to print: the form that says it stays on the screen.
pub fn chosen(filters: &[FilterField]) -> Option<String> {
    let said = filters.iter().filter_map(|field| Some(format!("{} {}", field.label, field.narrows_to()?)));
    let said = said.collect::<Vec<_>>().join("; ");
    (!said.is_empty()).then_some(said)
}

/// Says how many rows were found. When the page shows only some of them, a second line says how many. `chosen` is as [`chosen`] says it.
pub fn found(
    words: Words,
    asked: &Asked<'_>,
    found: u32,
    in_all: u32,
    (shown, more): (usize, bool),
    all: Option<String>,
    chosen: Option<String>,
) -> AnyView {
    let text = sentence(words, asked, found, in_all);
    let part = part(words, asked, found, shown, more);
    let anew = asked.anew.then(|| view! { <p class="hint part">{ANEW}</p> });
    let all = all.map(beginning);
    view! {
        <p role="status" id=FOUND>{text}{all.map(|all| view! { " "<a class="on-screen" href=all>"Show all"</a> })}</p>
        {chosen.map(|chosen| view! { <p class="part">{chosen}</p> })}
        {anew}
        {part.map(|part| view! { <p class="hint part">{part}</p> })}
    }
    .into_any()
}

fn sentence(words: Words, asked: &Asked<'_>, found: u32, in_all: u32) -> String {
    let (all, Words { one, none, .. }) = (count(in_all, words.one), words);
    let what = match (asked.search, asked.filtered) {
        ("", false) => return all,
        ("", true) => "what you chose".to_owned(),
        (search, false) => format!("“{search}”"),
        (search, true) => format!("“{search}” and what you chose"),
    };
    match found {
        0 => format!("{none} {in_all} {one}{} matches {what}.", if in_all == 1 { "" } else { "s" }),
        found => format!("{found} of {all} match{} {what}.", if found == 1 { "es" } else { "" }),
    }
}

fn part(words: Words, asked: &Asked<'_>, found: u32, shown: usize, more: bool) -> Option<String> {
    if !more && !asked.later {
        return None;
    }
    let shown = u32::try_from(shown).unwrap_or(u32::MAX);
    let next = if more { format!(" More {}s are on the next page.", words.one) } else { String::new() };
    Some(format!("This page shows {shown} of {}.{next}", count(found, words.one)))
}

pub fn pages(words: Words, first: Option<String>, next: Option<String>) -> AnyView {
    if first.is_none() && next.is_none() {
        return ().into_any();
    }
    let one = words.one;
    let (first, next) = (first.map(beginning), next.map(beginning));
    view! {
        <nav class="ways" aria-label=format!("Pages of {one}s")>
            {first.map(|href| view! { <a href=href class="previous"><span>"Back"</span>{format!("First {one}s")}</a> })}
            {next.map(|href| view! { <a href=href rel="next" class="next"><span>"Next"</span>{format!("More {one}s")}</a> })}
        </nav>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words { one: "student", none: "Nobody among the", searched: "Name" };

    #[test]
    fn the_count_names_the_search_and_the_total() {
        let said = |search, filtered, found| {
            sentence(WORDS, &Asked { search, filtered, later: false, anew: false }, found, 68)
        };
        assert_eq!(said("", false, 68), "68 students");
        assert_eq!(said("am", false, 2), "2 of 68 students match “am”.");
        assert_eq!(said("am", false, 1), "1 of 68 students matches “am”.");
        assert_eq!(said("am", true, 2), "2 of 68 students match “am” and what you chose.");
        assert_eq!(said("", true, 0), "Nobody among the 68 students matches what you chose.");
    }

    #[test]
    fn a_page_to_print_says_what_was_chosen() {
        let state = FilterField {
            name: "state",
            label: "State",
            chosen: "in-progress".into(),
            all: false,
            options: vec![("all", "All"), ("in-progress", "In progress")],
            names: None,
        };
        let (team, area) =
            (FilterField::typed("team", "Team", "Ward 7"), FilterField::typed("area", "Area", ""));
        let said = chosen(&[state, team, area.clone()]);
        assert_eq!(said.as_deref(), Some("State In progress; Team Ward 7"));
        assert_eq!(chosen(&[area]), None);
    }

    #[test]
    fn a_page_that_does_not_show_all_says_so() {
        let said = |later, shown, more| {
            part(WORDS, &Asked { search: "", filtered: false, later, anew: false }, 68, shown, more)
        };
        assert_eq!(said(false, 68, false), None);
        let first = "This page shows 50 of 68 students. More students are on the next page.";
        assert_eq!(said(false, 50, true).as_deref(), Some(first));
        assert_eq!(said(true, 18, false).as_deref(), Some("This page shows 18 of 68 students."));
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_page_that_begins_again_says_so() {
        let said = |anew| {
            let asked = Asked { search: "", filtered: false, later: false, anew };
            found(WORDS, &asked, 68, 68, (50, true), None, None).to_html()
        };
        assert!(said(true).contains(ANEW));
        assert!(!said(false).contains(ANEW));
    }
}
