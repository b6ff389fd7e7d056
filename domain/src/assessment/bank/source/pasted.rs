//! Characters that word processors and web pages put into copied text. TOML accepts none of them outside strings, and
//! its own error messages do not help an author who cannot see the difference.

/// The first misplaced character: its line, from 1, and what to write.
///
/// Outside strings and comments everything in TOML is ASCII. A one-line string that begins with a plain quotation mark
/// and is not closed there may have been closed with a curly one.
pub(super) fn stray(text: &str) -> Option<(usize, String)> {
    // The marks that close the open string.
    let mut open: Option<&str> = None;
    for (n, line) in text.lines().enumerate() {
        let (mut rest, mut at, mut closes) = (line, 0, None);
        while let Some(c) = rest.chars().next() {
            at += 1;
            let mut step = c.len_utf8();
            match open {
                Some(marks) if rest.starts_with(marks) => (open, step) = (None, marks.len()),
                Some(marks) if c == '\\' && marks.starts_with('"') => {
                    step += rest[step..].chars().next().map_or(0, char::len_utf8);
                }
                Some(marks) if marks.len() == 1 && curly(c).is_some() => closes = closes.or(Some((at, c))),
                Some(_) => {}
                None if c == '#' => break,
                None if !c.is_ascii() => return Some((n + 1, named(at, c))),
                None => {
                    open = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|marks| rest.starts_with(marks));
                    (step, closes) = (open.map_or(step, str::len), None);
                }
            }
            at += rest[..step].chars().count() - 1;
            rest = &rest[step..];
        }
        if open.is_some_and(|marks| marks.len() == 1) {
            if let Some((at, c)) = closes {
                return Some((n + 1, named(at, c)));
            }
            open = None;
        }
    }
    None
}

fn curly(c: char) -> Option<char> {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => Some('"'),
        '‘' | '’' | '‚' | '‛' | '′' => Some('\''),
        _ => None,
    }
}

fn named(at: usize, c: char) -> String {
    let code = format!("U+{:04X}", u32::from(c));
    let unseen = c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}');
    match (curly(c), c) {
        (Some(plain), _) => {
            format!("at character {at}: {c} ({code}) is a curly quotation mark; write a plain one: {plain}")
        }
        (None, '\u{a0}' | '\u{202f}') => {
            format!("at character {at}: a no-break space ({code}); write a plain space")
        }
        _ if c.is_whitespace() => format!("at character {at}: a special space ({code}); write a plain space"),
        _ if unseen => format!("at character {at}: a character that cannot be seen ({code}); take it out"),
        (None, '–' | '—' | '−') => format!("at character {at}: {c} ({code}); write a plain minus: -"),
        _ => format!("at character {at}: {c} ({code}) can only stand in a text, between quotation marks"),
    }
}

#[cfg(test)]
mod tests {
    use crate::assessment::bank::source::pasted::stray;

    #[test]
    fn characters_inside_strings_are_not_misplaced() {
        for text in [
            "wording = \"The drug’s dose is “5 µg” \\\" – or\u{a0}more\"",
            "# “a comment”",
            "id = 'a “b” \\' # “d”",
            "wording = \"\"\"\nThe “dose” \\\"\"\"”\n\"\"\"\nhints = ['''\n“\n''']",
            "texts = [\"\", '', \"\"\"\"\"\"]",
        ] {
            assert_eq!(stray(text), None, "{text}");
            let (line, what) = stray(&format!("{text}\n“")).unwrap();
            assert_eq!(
                (line, what.starts_with("at character 1: “")),
                (text.lines().count() + 1, true),
                "{text}"
            );
        }
    }
}
