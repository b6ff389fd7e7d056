mod pages;
mod students;
mod table;

use pages::Pages;
pub use students::Students;
use table::StudentTable;

use domain::cohorts::CohortQuery;

/// The address that asks for this.
pub fn link(base: &str, query: &CohortQuery) -> String {
    let mut link =
        format!("{base}?sort={}&order={}", query.sort.as_str(), if query.descending { "down" } else { "up" });
    for (name, value) in
        [("search", query.search.trim()), ("after", query.after.as_deref().unwrap_or_default())]
    {
        if !value.is_empty() {
            link.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    link
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use domain::cohorts::SortBy;

    use super::*;

    #[test]
    fn what_is_searched_for_survives_the_address() {
        let query =
            CohortQuery { search: " a&b=é ".into(), sort: SortBy::LastSeen, descending: true, after: None };
        assert_eq!(link("/cohorts/x", &query), "/cohorts/x?sort=last-seen&order=down&search=a%26b%3D%C3%A9");
    }
}
