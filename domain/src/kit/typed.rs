/// A text without invisible characters and differences between keyboards: zero-width characters are dropped, every
/// hyphen and dash becomes `-`, every run of spaces one plain space, and both ends are trimmed. Letters, figures and
/// marks in full width, as keyboards for Chinese and Japanese type them, are the plain ones.
///
/// Word processors, chats and PDF readers put such characters into copied text.
pub(crate) fn plain(text: &str) -> String {
    let text: String = text.chars().filter(|c| !has_no_width(*c)).map(one_width).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same, but with the dashes as typed: for text that is compared letter by letter, like an address, and for text
/// that is shown as it is, like a name, a title or a reason. A name with a direction override would show something
/// other than its characters.
///
/// Zero-width characters are dropped, every run of spaces becomes one plain space, and both ends are trimmed.
pub fn visible(text: &str) -> String {
    let text: String = text.chars().filter(|c| !has_no_width(*c)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same for several lines, each as typed except for invisible characters.
pub fn visible_lines(text: &str) -> String {
    let text: String = text.chars().filter(|c| !has_no_width(*c)).collect();
    text.trim().to_owned()
}

/// Those of Unicode's format characters that occur in copied text: soft hyphen, marks and overrides of the direction,
/// joiners, invisible operators, byte order mark.
fn has_no_width(c: char) -> bool {
    matches!(c, '\0' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

fn one_width(c: char) -> char {
    match c {
        _ if is_dash(c) => '-',
        // In the order of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Unicode's dashes, and the mathematical minus.
fn is_dash(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{2796}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
    )
}

#[cfg(test)]
mod tests {
    use crate::kit::typed::{plain, visible, visible_lines};

    #[test]
    fn direction_overrides_are_dropped_from_a_name() {
        for (typed, read) in [
            ("Sam\u{202e} rolyaT", "Sam rolyaT"),
            ("S\u{200b}a\u{2060}m \u{2066}Taylor\u{2069}", "Sam Taylor"),
            ("Zoë O\u{2019}Neil\u{2010}Smith ", "Zoë O\u{2019}Neil\u{2010}Smith"),
            ("\u{200b}\u{202e} ", ""),
        ] {
            assert_eq!(visible(typed), read, "{typed:?}");
        }
        assert_eq!(visible_lines(" Noise\u{202e}\n\n  twice\u{200b} "), "Noise\n\n  twice");
    }

    #[test]
    fn invisible_characters_are_dropped_and_every_dash_is_a_hyphen() {
        for (typed, read) in [
            ("1500\u{202c} mg", "1500 mg"),
            ("\u{200e}1500\u{a0}mg", "1500 mg"),
            ("\u{feff}1500  mg ", "1500 mg"),
            ("15\u{ad}00\u{200b}", "1500"),
            ("\u{2011}250", "-250"),
            ("\u{fe63}250", "-250"),
            ("\u{ff0d}250", "-250"),
            ("\u{2014}250", "-250"),
            ("\u{2212}250", "-250"),
            ("\u{ff17}\u{ff0e}\u{ff15}\u{3000}\u{ff4d}\u{ff47}", "7.5 mg"),
            (" \u{200b} ", ""),
            ("µg é", "µg é"),
        ] {
            assert_eq!(plain(typed), read, "{typed:?}");
        }
    }
}
