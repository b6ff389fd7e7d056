use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum By {
    #[default]
    Name,
    Mark,
}

impl Choice for By {
    const ALL: &'static [Self] = &[Self::Name, Self::Mark];

    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Mark => "mark",
        }
    }
}

impl Sort for By {
    fn falls(self) -> bool {
        self == Self::Mark
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum Show {
    #[default]
    All,
    Passed,
}

impl Choice for Show {
    const ALL: &'static [Self] = &[Self::All, Self::Passed];

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Passed => "passed",
        }
    }
}

impl Filter for Show {
    const NAME: &'static str = "show";
    const LABEL: &'static str = "Show";

    fn label(self) -> &'static str {
        self.as_str()
    }
}

type Query = ListQuery<By, Show>;

#[test]
fn the_address_leaves_out_default_values() {
    assert_eq!(Query::default().link("/list"), "/list");
    let query = Query { search: " a&b=é ".into(), filters: Show::Passed, ..Query::default() };
    assert_eq!(query.link("/list"), "/list?show=passed&search=a%26b%3D%C3%A9");
    assert_eq!(query.sorted_by(By::Mark).everything().link("/list"), "/list?sort=mark&order=down");
}

#[test]
fn any_text_survives_the_query_of_an_address() {
    assert_eq!(link_to("/try", &[]), "/try");
    let text = "[[0,{\"text\":\"é & 5 %\"}]]";
    let address = link_to("/try", &[("seed", "7"), ("search", text)]);
    assert!(address.starts_with("/try?seed=7&search=%5B%5B0%2C") && !address.contains(' '), "{address}");
    assert_eq!(Query::read(address.trim_start_matches("/try")).search, text);
}

#[test]
fn unknown_names_and_values_are_ignored() {
    for address in
        ["", "?", "x", "sort=surname;drop&order=sideways&show=&after=&print=some&&=&%", "?sort=%6Eame"]
    {
        assert_eq!(Query::read(address), Query::default(), "{address}");
    }
    // The first two are as a browser's form writes them; the others are malformed.
    for (typed, read) in [
        ("a+b", "a b"),
        ("%C3%A9", "é"),
        ("100%", "100%"),
        ("%zz%4", "%zz%4"),
        ("%FF", "\u{fffd}"),
        ("%+41", "% 41"),
    ] {
        assert_eq!(Query::read(&format!("search={typed}")).search, read, "{typed}");
    }
}

#[test]
fn a_second_press_on_a_column_reverses_its_usual_order() {
    let query = Query { after: Some("x".into()), whole: true, ..Query::default() };
    assert_eq!((query.order_of(By::Name), query.order_of(By::Mark)), ("ascending", "none"));
    let by_mark = query.sorted_by(By::Mark);
    assert_eq!((by_mark.descending, by_mark.after.as_deref(), by_mark.whole), (true, None, false));
    assert_eq!(by_mark.sorted_by(By::Mark).order_of(By::Mark), "ascending");
    assert_eq!(Query::read("sort=mark").order_of(By::Mark), "descending");
}

proptest! {
    #[test]
    fn a_query_survives_its_address(
        search in "\\PC{0,12}", mark in any::<bool>(), passed in any::<bool>(), descending in any::<bool>(),
        after in proptest::option::of("[!-~é]{1,12}"), whole in any::<bool>(),
    ) {
        let query = Query {
            search: search.trim().to_owned(),
            filters: if passed { Show::Passed } else { Show::All },
            sort: if mark { By::Mark } else { By::Name },
            descending,
            after,
            whole,
        };
        let link = query.link("/list");
        prop_assert!(link.is_ascii());
        prop_assert_eq!(Query::read(link.strip_prefix("/list").unwrap()), query);
    }
}
