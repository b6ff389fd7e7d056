use leptos_axum::{AxumRouteListing, generate_route_list};

use super::file_of;
use crate::{PAGES, Target, target_of};

/// An address of this pattern that no other pattern has.
fn address(pattern: &str) -> String {
    let parts: Vec<_> =
        pattern.split('/').map(|part| if part.starts_with(':') { "x-1" } else { part }).collect();
    parts.join("/")
}

#[test]
fn the_address_of_every_page_leads_to_it() {
    let routes = generate_route_list(crate::App);
    let there: Vec<_> = routes.iter().map(AxumRouteListing::path).collect();
    let listed: Vec<_> = PAGES
        .iter()
        .map(|(pattern, _)| {
            pattern
                .split('/')
                .map(|part| part.strip_prefix(':').map_or(part.to_owned(), |name| format!("{{{name}}}")))
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect();
    let (mut known, mut asked) = (there, listed.iter().map(String::as_str).collect::<Vec<_>>());
    known.sort_unstable();
    asked.sort_unstable();
    assert_eq!(known, asked);
    for (pattern, target) in PAGES {
        let (found, parts) = target_of(&address(pattern)).unwrap();
        assert_eq!(found, *target, "{pattern}");
        assert_eq!(parts.len(), pattern.matches(':').count(), "{pattern}");
    }
}

#[test]
fn what_is_no_page_leads_nowhere() {
    for path in ["/nowhere", "/learn/x/y/z/more", "/learn//end"] {
        assert_eq!(target_of(path), None, "{path}");
    }
}

#[test]
fn pages_that_everybody_loads_first_are_in_no_file() {
    for (pattern, target) in PAGES {
        let first = matches!(target, Target::Course | Target::Module | Target::Reading);
        assert_eq!(file_of(&address(pattern)).is_none(), first, "{pattern}");
    }
    assert_eq!(file_of("/learn/nmp/glossary"), Some("study"));
    assert_eq!(file_of("/nowhere"), None);
}
