//! The directory of an area: search, filters, order.

use serde::{Deserialize, Serialize};

use super::{AreaHead, AreaId, MemberId};
use crate::kit::list::{Choice, FilterField, Filters, ListQuery, Sort, typed};

/// The number of members on one page of the directory.
pub const MEMBERS_A_PAGE: u16 = 20;
/// The most members that an order by relevance has: those nearest to the search. With several words or a filter they are fewer, and the page
/// says that others may match.
pub const NEAREST: u32 = 100;

/// Without a search there is nothing to be relevant to: then the order is by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DirectorySort {
    #[default]
    Relevance,
    Name,
    Newest,
}

impl DirectorySort {
    /// The text that people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Relevance => "Nearest to the search",
            Self::Name => "Name",
            Self::Newest => "Newest members",
        }
    }
}

impl Choice for DirectorySort {
    const ALL: &'static [Self] = &[Self::Relevance, Self::Name, Self::Newest];

    fn as_str(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::Name => "name",
            Self::Newest => "newest",
        }
    }
}

impl Sort for DirectorySort {}

/// The filters of the directory: whole values, as profiles have them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectoryFilters {
    pub role: String,
    pub work: String,
    pub place: String,
}

impl Filters for DirectoryFilters {
    fn fields(&self) -> Vec<FilterField> {
        vec![
            FilterField::typed("role", "Role", &self.role),
            FilterField::typed("work", "Area of work", &self.work),
            FilterField::typed("place", "Place", &self.place),
        ]
    }

    fn read(value: &dyn Fn(&str) -> String) -> Self {
        Self { role: typed(&value("role")), work: typed(&value("work")), place: typed(&value("place")) }
    }
}

/// How the members of a page are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    #[default]
    Cards,
    Table,
}

impl Layout {
    /// The part of the address that says so. The default says nothing.
    pub fn part(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Cards => None,
            Self::Table => Some(("view", "table")),
        }
    }
}

/// The query of the directory's address.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DirectoryQuery {
    pub list: ListQuery<DirectorySort, DirectoryFilters>,
    pub layout: Layout,
}

impl DirectoryQuery {
    /// Reads the query of an address, with its `?` or without it. Unknown names and values are ignored.
    pub fn read(query: &str) -> Self {
        let table = query.trim_start_matches('?').split('&').any(|part| part == "view=table");
        Self { list: ListQuery::read(query), layout: if table { Layout::Table } else { Layout::Cards } }
    }

    /// The address of this query. It leaves out default values.
    pub fn link(&self, base: &str) -> String {
        let link = self.list.link(base);
        match self.layout.part() {
            Some((name, value)) => {
                let and = if link.contains('?') { '&' } else { '?' };
                format!("{link}{and}{name}={value}")
            }
            None => link,
        }
    }

    /// The same query with another list: its next page, for example.
    #[must_use]
    pub fn with(&self, list: ListQuery<DirectorySort, DirectoryFilters>) -> Self {
        Self { list, layout: self.layout }
    }

    /// The same members, drawn in another way.
    #[must_use]
    pub fn drawn_as(&self, layout: Layout) -> Self {
        Self { list: self.list.clone(), layout }
    }
}

/// What the numbers beside the values of a filter count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counted {
    /// All members of the area.
    Area,
    /// The members who are found, when all of them are known.
    Found,
    /// Nothing: there are no numbers.
    #[default]
    Nothing,
}

/// A value of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterValue {
    pub value: String,
    /// How many members have it, of those that [`Counted`] says.
    pub members: Option<u32>,
}

/// The values of each filter, the most frequent first: at most 20 of each, and those that nobody has are missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilterValues {
    #[serde(default)]
    pub role: Vec<FilterValue>,
    #[serde(default)]
    pub work: Vec<FilterValue>,
    #[serde(default)]
    pub place: Vec<FilterValue>,
}

/// A member, as the directory shows them. What they left blank is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryRow {
    pub member: MemberId,
    pub name: String,
    pub role: Option<String>,
    pub work_area: Option<String>,
    pub place: Option<String>,
    pub interests: Option<String>,
}

/// `/zone/{area}/directory`: one page of the members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryPage {
    pub head: AreaHead,
    /// By which there is news of who leaves the area.
    #[serde(default)]
    pub id: Option<AreaId>,
    pub rows: Vec<DirectoryRow>,
    /// How many search and filters find. `None` when they were not all counted.
    pub found: Option<u32>,
    pub in_all: u32,
    /// The value of [`ListQuery::after`] for the following page, if there is one.
    pub next: Option<String>,
    /// Whether [`ListQuery::after`] could not be read, so that this is the first page.
    #[serde(default)]
    pub anew: bool,
    /// Whether some members were not looked at who may match too.
    #[serde(default)]
    pub left_out: bool,
    /// The typed words that no word of the area is near to.
    #[serde(default)]
    pub unknown: Vec<String>,
    #[serde(default)]
    pub counted: Counted,
    #[serde(default)]
    pub values: FilterValues,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_the_search_the_filters_the_order_and_the_layout() {
        let read = DirectoryQuery::read(
            "?search=si%C3%A2n+jones&role=Nurse&place=Leeds&sort=newest&order=up&view=table",
        );
        assert_eq!(read.list.search, "siân jones");
        assert_eq!((read.list.filters.role.as_str(), read.list.filters.place.as_str()), ("Nurse", "Leeds"));
        assert_eq!((read.list.sort, read.layout), (DirectorySort::Newest, Layout::Table));
        let link = read.link("/zone/north/directory");
        assert_eq!(DirectoryQuery::read(link.trim_start_matches("/zone/north/directory")), read);
        assert!(!read.drawn_as(Layout::Cards).link("/d").contains("view"));
    }

    #[test]
    fn what_is_not_asked_for_is_not_in_the_address() {
        assert_eq!(DirectoryQuery::default().link("/zone/north/directory"), "/zone/north/directory");
        assert_eq!(DirectoryQuery::read("view=map&sort=age").link("/d"), "/d");
        assert_eq!(DirectoryQuery::default().drawn_as(Layout::Table).link("/d"), "/d?view=table");
    }
}
