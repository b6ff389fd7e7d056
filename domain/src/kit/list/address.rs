//! Reads the query of a list from an address, and prints it into one. No other code does either.

use super::{Filters, ListQuery, Sort};

const SEARCH: &str = "search";
const SORT: &str = "sort";
const ORDER: &str = "order";
const AFTER: &str = "after";
const PRINT: &str = "print";
/// The most characters of a search that count, and the most bytes of a cursor: no name or address is longer.
const MOST_SEARCHED: usize = 300;
const MOST_CURSOR: usize = 4000;

impl<S: Sort, F: Filters> ListQuery<S, F> {
    /// Reads the query of an address, with its `?` or without it. Unknown names and values are ignored.
    pub fn read(query: &str) -> Self {
        let pairs = pairs(query);
        let value = |name: &str| {
            pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let sort = S::parse(&value(SORT));
        Self {
            search: value(SEARCH).chars().take(MOST_SEARCHED).collect(),
            filters: F::read(&value),
            sort,
            descending: match value(ORDER).as_str() {
                "down" => true,
                "up" => false,
                _ => sort.falls(),
            },
            after: Some(value(AFTER)).filter(|after| (1..=MOST_CURSOR).contains(&after.len())),
            whole: value(PRINT) == "all",
        }
    }

    /// The parts of the address that a form for search and filters keeps: the order.
    pub fn kept(&self) -> Vec<(&'static str, &'static str)> {
        let default = Self::default();
        if (self.sort, self.descending) == (default.sort, default.descending) {
            return Vec::new();
        }
        vec![(SORT, self.sort.as_str()), (ORDER, if self.descending { "down" } else { "up" })]
    }

    /// The address of this query. It leaves out default values.
    pub fn link(&self, base: &str) -> String {
        let fields = self.filters.fields();
        let mut all: Vec<(&str, &str)> = self.kept();
        all.extend(fields.iter().filter(|field| !field.all).map(|field| (field.name, &*field.chosen)));
        if self.whole {
            all.push((PRINT, "all"));
        }
        let typed = [(SEARCH, self.search.trim()), (AFTER, self.after.as_deref().unwrap_or_default())];
        printed(base, all.into_iter().chain(typed.into_iter().filter(|(_, value)| !value.is_empty())))
    }
}

/// The address of a page with these parts in its query, percent-encoded.
pub fn link_to(base: &str, parts: &[(&str, &str)]) -> String {
    printed(base, parts.iter().copied())
}

fn printed<'a>(base: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = base.to_owned();
    for (n, (name, value)) in pairs.enumerate() {
        address.push(if n == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        encode(value, &mut address);
    }
    address
}

/// Percent-encodes all but RFC 3986's unreserved characters.
fn encode(text: &str, to: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(char::from(byte));
        } else {
            to.push('%');
            to.extend(
                [byte >> 4, byte & 15].map(|digit| DIGITS.get(usize::from(digit)).copied().unwrap_or('0')),
            );
        }
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    let query = query.strip_prefix('?').unwrap_or(query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// Decodes text as a form writes it: `+` is a space. A `%` without two digits after it stays as it is, and bytes that are not UTF-8 become
/// U+FFFD.
fn decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let (bytes, mut read, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let two = digit(bytes.get(at + 1)).zip(digit(bytes.get(at + 2)));
        let (value, length) = match (byte, two) {
            (b'%', Some((high, low))) => (u8::try_from(high * 16 + low).unwrap_or(b'%'), 3),
            (b'+', _) => (b' ', 1),
            _ => (*byte, 1),
        };
        read.push(value);
        at += length;
    }
    String::from_utf8_lossy(&read).into_owned()
}
