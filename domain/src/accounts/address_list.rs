//! Lists of e-mail addresses as people paste them: one on each line, separated by commas or semicolons, from an e-mail
//! program ("Name <address>; …"), or two columns of a spreadsheet.

use std::collections::BTreeSet;

use super::EmailAddress;

/// The result of reading a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddressList {
    /// Each address once, in the order of the list.
    pub addresses: Vec<EmailAddress>,
    /// The entries that are not addresses, in the order of the list.
    pub faults: Vec<AddressFault>,
}

/// An entry of a list that should be an address and is not. Both numbers begin with 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressFault {
    pub line: u32,
    /// Its number among the entries of its line.
    pub entry: u32,
    /// The line has no other entry.
    pub alone: bool,
}

impl AddressList {
    /// Reads a whole list. A first line with only the words of a heading, like "Name, E-mail", is skipped.
    pub fn read(text: &str) -> Self {
        let mut list = Self::default();
        let mut known = BTreeSet::new();
        let mut first = true;
        for (number, line) in (1..).zip(text.lines()) {
            let entries = entries(line);
            if entries.is_empty() {
                continue;
            }
            if std::mem::take(&mut first) && is_heading(&entries) {
                continue;
            }
            let read: Vec<_> = entries.iter().map(|entry| address_in(entry)).collect();
            // Beside an address a word without one is a column of a table: the name.
            let found = read.iter().flatten().count();
            let columns =
                found == 1 && entries.iter().zip(&read).all(|(entry, read)| read.is_some() || is_name(entry));
            for (entry, read) in (1..).zip(read) {
                match read {
                    Some(address) => {
                        if known.insert(address.as_str().to_owned()) {
                            list.addresses.push(address);
                        }
                    }
                    None if columns => {}
                    None => {
                        list.faults.push(AddressFault { line: number, entry, alone: entries.len() == 1 });
                    }
                }
            }
        }
        list
    }
}

/// The parts of a line, without empty ones. Separators within quotation marks or angle brackets do not count.
fn entries(line: &str) -> Vec<String> {
    let mut entries = Vec::new();
    let mut entry = String::new();
    let (mut quoted, mut pointed) = (false, false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            '<' if !quoted => pointed = true,
            '>' if !quoted => pointed = false,
            _ => {}
        }
        if matches!(c, ',' | ';' | '\t') && !quoted && !pointed {
            entries.push(std::mem::take(&mut entry));
        } else {
            entry.push(c);
        }
    }
    entries.push(entry);
    let entries =
        entries.iter().flat_map(|entry| spaced(entry)).map(|entry| crate::kit::typed::visible(&entry));
    entries.filter(|entry| !entry.is_empty()).collect()
}

/// Addresses separated only by spaces, one by one; everything else is one entry.
fn spaced(entry: &str) -> Vec<String> {
    let words: Vec<_> = entry.split_whitespace().collect();
    if words.len() > 1 && words.iter().all(|word| word.contains('@') && !word.contains('<')) {
        words.into_iter().map(str::to_owned).collect()
    } else {
        vec![entry.to_owned()]
    }
}

/// The address of an entry: alone, in angle brackets after a name, or after a name without them.
fn address_in(entry: &str) -> Option<EmailAddress> {
    // The end of a sentence.
    let entry = entry.strip_suffix('.').unwrap_or(entry);
    if let Ok(address) = EmailAddress::parse(unquoted(entry)) {
        return Some(address);
    }
    let inner = match (entry.rfind('<'), entry.ends_with('>')) {
        (Some(start), true) => &entry[start + 1..entry.len() - 1],
        // "Sam Jones a@x.example", from a table whose columns became spaces.
        (None, false) => {
            let mut with_at = entry.split_whitespace().filter(|word| word.contains('@'));
            let only = with_at.next().filter(|_| with_at.next().is_none())?;
            unquoted(only)
        }
        _ => return None,
    };
    let inner = inner.trim();
    EmailAddress::parse(inner.strip_prefix("mailto:").unwrap_or(inner)).ok()
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}

/// A word that is not part of an address: no person's name has a dot with letters on both sides of it, except initials.
fn is_name(entry: &str) -> bool {
    let like_an_address = |word: &str| {
        let last = word.rsplit_once('.').map(|(_, last)| last);
        last.is_some_and(|last| last.chars().filter(|c| c.is_alphanumeric()).count() > 1)
    };
    !entry.contains(['@', '<', '>']) && !entry.split_whitespace().any(like_an_address)
}

/// Whether a line names the columns of a table and contains no person's name.
fn is_heading(entries: &[String]) -> bool {
    let words = entries.iter().flat_map(|entry| entry.split(|c: char| !c.is_alphanumeric()));
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    const HEADINGS: [&str; 20] = [
        "name",
        "names",
        "first",
        "last",
        "full",
        "surname",
        "forename",
        "given",
        "family",
        "e",
        "mail",
        "email",
        "emails",
        "mails",
        "address",
        "addresses",
        "learner",
        "learners",
        "student",
        "students",
    ];
    words.peek().is_some() && words.all(|word| HEADINGS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The addresses read, and line and entry of the others.
    fn read(text: &str) -> (Vec<String>, Vec<(u32, u32)>) {
        let list = AddressList::read(text);
        (
            list.addresses.iter().map(|address| address.as_str().to_owned()).collect(),
            list.faults.iter().map(|fault| (fault.line, fault.entry)).collect(),
        )
    }

    #[test]
    fn lists_are_read_as_people_paste_them() {
        type Row<'a> = (&'a str, &'a [&'a str], &'a [(u32, u32)]);
        let table: &[Row<'_>] = &[
            ("", &[], &[]),
            (" \n\r\n;,\t", &[], &[]),
            ("a@x.example\nb@x.example\r\nc@x.example", &["a@x.example", "b@x.example", "c@x.example"], &[]),
            // Twice, in another case, and with invisible characters.
            ("a@x.example\nb@x.example\na@x.example", &["a@x.example", "b@x.example"], &[]),
            ("a@x.example a@x.example A@X.EXAMPLE", &["a@x.example"], &[]),
            ("\u{feff}a@x.example\u{200b}\n\u{a0}A@x.example", &["a@x.example"], &[]),
            // Separated by any separator.
            ("a@x.example, b@x.example;c@x.example", &["a@x.example", "b@x.example", "c@x.example"], &[]),
            // From an e-mail program.
            ("Sam Jones <a@x.example>; Tom Baker <b@x.example>", &["a@x.example", "b@x.example"], &[]),
            ("Sam Jones <a@x.example>, Tom Baker <b@x.example>,", &["a@x.example", "b@x.example"], &[]),
            (
                "\"Jones, Sam\" <a@x.example>; \"Baker; Tom\" <B@x.example>",
                &["a@x.example", "b@x.example"],
                &[],
            ),
            ("Sam Jones <a@x.example>\n<b@x.example>", &["a@x.example", "b@x.example"], &[]),
            ("Sam <mailto:a@x.example>", &["a@x.example"], &[]),
            // Columns of a spreadsheet, in either order, with a heading or without.
            ("Sam Jones\ta@x.example\nTom Baker\tb@x.example", &["a@x.example", "b@x.example"], &[]),
            ("a@x.example,Sam Jones\nb@x.example,\"Baker, Tom\"", &["a@x.example", "b@x.example"], &[]),
            ("Jones\tSam\ta@x.example", &["a@x.example"], &[]),
            ("Name,E-mail address\nSam Jones,a@x.example", &["a@x.example"], &[]),
            ("\nE-mail\na@x.example", &["a@x.example"], &[]),
            ("Sam Jones a@x.example", &["a@x.example"], &[]),
            // At the end of a sentence.
            ("a@x.example, b@x.example.", &["a@x.example", "b@x.example"], &[]),
            ("Sam Jones <a@x.example>.\nb@x.example.", &["a@x.example", "b@x.example"], &[]),
            ("a@x.example..", &[], &[(1, 1)]),
            // Other entries are named with their place; the addresses are read.
            ("a@x.example\nc@x\nb@x.example", &["a@x.example", "b@x.example"], &[(2, 1)]),
            ("a@x.example; c@x; b@x.example; nobody", &["a@x.example", "b@x.example"], &[(1, 2), (1, 4)]),
            ("sam.uni.example, alex@uni.example", &["alex@uni.example"], &[(1, 1)]),
            ("J.R. Jones\ta@x.example", &["a@x.example"], &[]),
            ("Sam Jones <c@x>", &[], &[(1, 1)]),
            ("Sam Jones <a@x.example", &[], &[(1, 1)]),
            ("a@x.example\nSam Jones\nb@x.example", &["a@x.example", "b@x.example"], &[(2, 1)]),
            // A heading is at the top; a name is not a heading.
            ("Sam Jones\na@x.example", &["a@x.example"], &[(1, 1)]),
            ("a@x.example\nE-mail", &["a@x.example"], &[(2, 1)]),
        ];
        for (text, addresses, faults) in table {
            let (found, wrong) = read(text);
            assert_eq!(
                (found, wrong.as_slice()),
                (addresses.iter().map(|a| (*a).to_owned()).collect(), *faults),
                "{text:?}"
            );
        }
    }

    #[test]
    fn one_mistake_among_many_is_found() {
        let mut lines: Vec<_> = (1..30).map(|n| format!("learner{n}@x.example")).collect();
        lines.push("c@x".into());
        let list = AddressList::read(&lines.join("\n"));
        assert_eq!(list.addresses.len(), 29);
        assert_eq!(list.faults, [AddressFault { line: 30, entry: 1, alone: true }]);
    }
}
