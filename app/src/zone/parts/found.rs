//! What the directory says of a search.

use domain::{
    kit::list::Filters,
    zone::directory::{Counted, DirectoryPage, DirectoryQuery, DirectorySort, NEAREST},
};
use leptos::prelude::*;

use crate::kit::list::{ANEW, FOUND};

/// How many are found, what is left out, and where nobody is found what else to try.
pub fn found(query: &DirectoryQuery, page: &DirectoryPage, base: &str) -> AnyView {
    let all = query
        .list
        .is_narrowed()
        .then(|| format!("{}#{FOUND}", query.with(query.list.everything()).link(base)));
    let hint = (!page.rows.is_empty()).then(|| part(query, page)).flatten();
    let tries = tries(query, page);
    view! {
        <p role="status" id=FOUND>{sentence(query, page)}{all.map(|all| view! { " "<a class="on-screen" href=all>"Show all members"</a> })}</p>
        {page.anew.then(|| view! { <p class="hint part">{ANEW}</p> })}
        {hint.map(|hint| view! { <p class="hint part">{hint}</p> })}
        {(!tries.is_empty()).then(|| view! { <ul class="plain-list">{tries.into_iter().map(|try_| view! { <li>{try_}</li> }).collect_view()}</ul> })}
    }
    .into_any()
}

/// Why no numbers stand beside the values of the filters, where they usually do. To count everybody would take the longer the more match.
pub fn no_numbers(query: &DirectoryQuery, page: &DirectoryPage) -> Option<String> {
    if page.counted != Counted::Nothing || !query.list.is_narrowed() || page.rows.is_empty() {
        return None;
    }
    let nearest = query.list.sort == DirectorySort::Relevance && !query.list.search.trim().is_empty();
    let many = match page.found {
        Some(found) => found > NEAREST,
        None => nearest && !page.left_out,
    };
    let why = match many {
        true => format!("More than {NEAREST} match"),
        false => "Not everybody who matches is looked at for one page".to_owned(),
    };
    Some(format!("{why}: no numbers stand beside the filters. Type one more word to see them."))
}

/// The search and the filters, as the sentences name them.
fn what(query: &DirectoryQuery) -> String {
    match (query.list.search.trim(), query.list.is_filtered()) {
        ("", _) => "what you chose".to_owned(),
        (search, false) => format!("“{search}”"),
        (search, true) => format!("“{search}” and what you chose"),
    }
}

/// How many members there are, in words.
pub fn so_many(members: u32) -> String {
    let plural = if members == 1 { "" } else { "s" };
    format!("{} member{plural}", with_comma(members))
}

/// With a comma after the thousands. No area has a million members.
fn with_comma(number: u32) -> String {
    match (number / 1000, number % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

fn sentence(query: &DirectoryQuery, page: &DirectoryPage) -> String {
    let all = so_many(page.in_all);
    if !query.list.is_narrowed() {
        return all;
    }
    let what = what(query);
    match page.found {
        Some(0) => format!("Nobody among the {all} matches {what}."),
        Some(1) => format!("1 of {all} matches {what}."),
        Some(found) => format!("{} of {all} match {what}.", with_comma(found)),
        None if page.rows.is_empty() => format!("Nobody who matches {what} is on this page."),
        None => format!("Members who match {what}, of {all}. They are too many to count at once."),
    }
}

/// What this page does not show.
fn part(query: &DirectoryQuery, page: &DirectoryPage) -> Option<String> {
    let nearest = query.list.sort == DirectorySort::Relevance && !query.list.search.trim().is_empty();
    match (page.found, nearest, page.next.is_some()) {
        (None, true, _) if page.left_out => Some(
            "The nearest come first. Others may match too: type one more word, or order the members by name."
                .to_owned(),
        ),
        (None, true, _) => {
            Some(format!("The {NEAREST} nearest are shown. Order the members by name to see all who match."))
        }
        (_, false, true) if page.left_out => {
            Some("This page is not full, because few match. More may be on the next page.".to_owned())
        }
        (_, _, true) => Some("More members are on the next page.".to_owned()),
        _ => None,
    }
}

/// What to try when nobody is found.
fn tries(query: &DirectoryQuery, page: &DirectoryPage) -> Vec<String> {
    if !page.rows.is_empty() || !query.list.is_narrowed() {
        return Vec::new();
    }
    let mut tries: Vec<String> = page
        .unknown
        .iter()
        .map(|word| format!("No name, role, interest or place here is like “{word}”. Leave it out, or spell it in another way."))
        .collect();
    let search = query.list.search.trim();
    if page.next.is_some() {
        tries.push("More members are looked through on the next page.".to_owned());
    }
    if !search.is_empty() && search.chars().count() < 2 {
        tries.push("Type at least two letters.".to_owned());
    }
    if search.split_whitespace().nth(1).is_some() {
        tries.push("Try fewer words: a member has to match all of them.".to_owned());
    }
    if query.list.filters.fields().iter().any(|field| !field.all) {
        tries.push(
            "Take back a filter: many members leave their role, area of work or place blank.".to_owned(),
        );
    }
    if tries.is_empty() {
        tries.push("Try another part of the name, or a role or a place.".to_owned());
    }
    tries
}

#[cfg(test)]
mod tests {
    use domain::zone::{
        AreaHead,
        directory::{DirectoryRow, FilterValues},
    };

    use super::*;

    fn page(found: Option<u32>, rows: usize, next: bool, left_out: bool) -> DirectoryPage {
        let row = DirectoryRow {
            member: "00000000-0000-7000-8000-000000000000".parse().unwrap(),
            name: "Ann".to_owned(),
            role: None,
            work_area: None,
            place: None,
            interests: None,
        };
        DirectoryPage {
            head: AreaHead { slug: "north".to_owned(), name: "North".to_owned(), lead: false },
            id: None,
            rows: vec![row; rows],
            found,
            in_all: 68,
            next: next.then(|| "x".to_owned()),
            anew: false,
            left_out,
            unknown: Vec::new(),
            counted: Counted::Nothing,
            values: FilterValues::default(),
        }
    }

    #[test]
    fn the_count_names_the_search_and_the_total() {
        let said = |query: &str, found| sentence(&DirectoryQuery::read(query), &page(found, 1, false, false));
        assert_eq!(said("", Some(68)), "68 members");
        assert_eq!(said("search=am", Some(2)), "2 of 68 members match “am”.");
        assert_eq!(said("search=am&role=Nurse", Some(1)), "1 of 68 members matches “am” and what you chose.");
        assert_eq!(said("place=Leeds", Some(0)), "Nobody among the 68 members matches what you chose.");
        let many = "Members who match “am”, of 68 members. They are too many to count at once.";
        assert_eq!(said("search=am", None), many);
    }

    #[test]
    fn thousands_of_members_have_a_comma() {
        let said = [0, 1, 999, 1_000, 20_002].map(so_many);
        assert_eq!(said, ["0 members", "1 member", "999 members", "1,000 members", "20,002 members"]);
        let many = DirectoryPage { in_all: 20_002, ..page(Some(1_204), 1, false, false) };
        let said = sentence(&DirectoryQuery::read("search=am"), &many);
        assert_eq!(said, "1,204 of 20,002 members match “am”.");
    }

    #[test]
    fn a_page_that_does_not_show_all_says_so() {
        let said = |query: &str, page: DirectoryPage| part(&DirectoryQuery::read(query), &page);
        assert_eq!(said("search=am", page(Some(2), 2, false, false)), None);
        assert_eq!(
            said("", page(Some(68), 20, true, false)).as_deref(),
            Some("More members are on the next page.")
        );
        assert!(
            said("search=am", page(None, 20, true, false)).is_some_and(|said| said.contains("100 nearest"))
        );
        assert!(
            said("search=am", page(None, 3, false, true))
                .is_some_and(|said| said.contains("Others may match"))
        );
        let looked = said("search=am&sort=name", page(None, 3, true, true));
        assert!(looked.is_some_and(|said| said.contains("not full")));
    }

    #[test]
    fn where_the_filters_have_no_numbers_the_page_says_why() {
        let said = |query: &str, page: &DirectoryPage| no_numbers(&DirectoryQuery::read(query), page);
        let many = page(None, 20, true, false);
        for page in [&many, &page(Some(101), 20, true, false)] {
            assert!(said("search=am", page).is_some_and(|said| said.starts_with("More than 100 match:")));
        }
        // How many there are is not known, or they are few, of whom some are on another page.
        for (query, page) in [
            ("search=am", page(None, 3, false, true)),
            ("search=am&sort=name", page(Some(30), 20, true, false)),
            ("search=am&sort=name", page(None, 20, true, false)),
            ("place=Leeds", page(None, 20, true, false)),
        ] {
            let said = said(query, &page);
            assert!(
                said.as_deref().is_some_and(|said| said.starts_with("Not everybody who matches")),
                "{said:?}"
            );
        }
        // They are there, or there is nothing to count.
        for counted in [Counted::Area, Counted::Found] {
            assert_eq!(said("search=am", &DirectoryPage { counted, ..many.clone() }), None);
        }
        assert_eq!(said("", &many), None);
        assert_eq!(said("search=am", &page(Some(0), 0, false, false)), None);
    }

    #[test]
    fn an_empty_result_says_what_to_try() {
        let said = |query: &str, page: &DirectoryPage| tries(&DirectoryQuery::read(query), page);
        let nobody = page(Some(0), 0, false, false);
        assert!(
            said("", &nobody).is_empty() && said("search=am", &page(Some(1), 1, false, false)).is_empty()
        );
        let all = said(
            "search=ann+quartz&role=Nurse",
            &DirectoryPage { unknown: vec!["quartz".to_owned()], ..nobody.clone() },
        );
        assert_eq!(all.len(), 3);
        assert!(
            all.iter().any(|said| said.contains("“quartz”"))
                && all.iter().any(|said| said.contains("filter"))
        );
        assert_eq!(said("search=a", &nobody), ["Type at least two letters."]);
        assert_eq!(said("search=zz", &nobody).len(), 1);
    }
}
