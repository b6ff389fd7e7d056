//! Help with typing a number: keys beside the box, for what the number pads of some phones lack, and the result of a
//! calculation. What is typed is taken as it is marked, with every kind of dash, space and figure: a key that took "1 000"
//! for 1 because of a space in it would change the number.

use crate::kit::typed::plain;

/// The typed text with the other sign.
fn with_other_sign(typed: &str) -> String {
    let text = plain(typed);
    match text.strip_prefix('-') {
        Some(rest) => rest.trim_start().to_owned(),
        None => format!("-{}", text.strip_prefix('+').unwrap_or(&text).trim_start()),
    }
}

/// The typed text after a key, and where the caret stands then. `±` changes the sign, a point is put in place of what is
/// selected, and every other key is a unit.
///
/// Places are counted as browsers do: in UTF-16 code units, from 0. One behind the end is the end.
pub fn after_key(typed: &str, selected: [usize; 2], key: &str) -> (String, usize) {
    match key {
        "±" => {
            let text = with_other_sign(typed);
            let caret = length(number_in(&text).trim_end());
            (text, caret)
        }
        "." => at_caret(typed, selected, key),
        unit => with_unit(typed, unit),
    }
}

/// The key in place of what is selected, and the caret behind it.
fn at_caret(typed: &str, [start, end]: [usize; 2], key: &str) -> (String, usize) {
    let before = &typed[..byte_at(typed, start.min(end))];
    let after = &typed[byte_at(typed, start.max(end))..];
    (format!("{before}{key}{after}"), length(before) + length(key))
}

/// The unit in place of what stands behind the number, and the caret behind the number: it may have more digits.
fn with_unit(typed: &str, unit: &str) -> (String, usize) {
    let typed = plain(typed);
    let number = number_in(&typed).trim();
    let text = if number.is_empty() { unit.to_owned() } else { format!("{number} {unit}") };
    (text, length(number))
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The byte at which this place is, or the character begins that it is in.
fn byte_at(text: &str, place: usize) -> usize {
    let mut before = 0;
    for (byte, character) in text.char_indices() {
        before += character.len_utf16();
        if before > place {
            return byte;
        }
    }
    text.len()
}

/// This and the next take plain text.
fn number_in(typed: &str) -> &str {
    &typed[..typed.len() - behind_number(typed).len()]
}

fn behind_number(typed: &str) -> &str {
    typed.trim_start_matches([' ', '-', '+', '.', ',', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
}

/// A number in place of the one in the typed text. A unit behind it stays.
pub fn with_number(typed: &str, number: &str) -> String {
    let typed = plain(typed);
    let unit = behind_number(&typed).trim();
    if unit.is_empty() || unit.bytes().any(|byte| byte.is_ascii_digit()) {
        number.to_owned()
    } else {
        format!("{number} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Entry;

    #[test]
    fn the_sign_changes_and_nothing_else() {
        for (typed, other) in [
            ("250", "-250"),
            ("-250", "250"),
            ("−250 mL", "250 mL"),
            // As telephones and word processors write it.
            ("–250 mL", "250 mL"),
            ("\u{ff0b}\u{ff17}", "-7"),
            ("+ 0.5 mg", "-0.5 mg"),
            ("", "-"),
            ("-", ""),
        ] {
            assert_eq!(with_other_sign(typed), other, "{typed}");
        }
        let value = |typed: &str| Entry::read(typed, "").unwrap().value;
        for typed in ["250", "1,250.5 mL", "0.25"] {
            assert_eq!(value(&with_other_sign(typed)), value(typed).negated());
            assert_eq!(with_other_sign(&with_other_sign(typed)), typed);
        }
    }

    #[test]
    fn a_point_is_put_at_the_caret_and_in_place_of_what_is_selected() {
        for (typed, selected, after) in [
            ("25", [1, 1], ("2.5", 2)),
            ("25", [2, 2], ("25.", 3)),
            ("", [0, 0], (".", 1)),
            ("12345", [1, 4], ("1.5", 2)),
            ("12345", [4, 1], ("1.5", 2)),
            ("25", [9, 9], ("25.", 3)),
            // One code unit, and three bytes.
            ("−25", [2, 2], ("−2.5", 3)),
            // Two code units: between them the caret cannot stand.
            ("😀5", [2, 2], ("😀.5", 3)),
            ("😀5", [1, 1], (".😀5", 1)),
        ] {
            assert_eq!(
                after_key(typed, selected, "."),
                (after.0.to_owned(), after.1),
                "{typed} {selected:?}"
            );
        }
    }

    #[test]
    fn a_unit_takes_the_place_of_another_and_the_number_can_go_on() {
        for (typed, after) in [
            ("12.5", ("12.5 mg", 4)),
            ("12.5 micrograms", ("12.5 mg", 4)),
            ("−1,250 mL/hour", ("-1,250 mg", 6)),
            // Pasted, or typed on a keyboard of another country.
            ("–250 mL", ("-250 mg", 4)),
            ("1\u{a0}000\u{a0}mL", ("1 000 mg", 5)),
            ("1\u{202f}000 mL", ("1 000 mg", 5)),
            ("\u{ff17}\u{ff0e}\u{ff15} mL", ("7.5 mg", 3)),
            ("mL", ("mg", 0)),
            ("", ("mg", 0)),
        ] {
            assert_eq!(after_key(typed, [0, 0], "mg"), (after.0.to_owned(), after.1), "{typed}");
        }
    }

    #[test]
    fn after_a_changed_sign_the_caret_is_behind_the_number_so_that_it_can_go_on() {
        for (typed, after) in [
            ("25 mg", ("-25 mg", 3)),
            ("-25 mg", ("25 mg", 2)),
            ("−1,250.5 mL/hour", ("1,250.5 mL/hour", 7)),
            ("250", ("-250", 4)),
            (" 25 ", ("-25", 3)),
            ("mg", ("-mg", 1)),
            ("", ("-", 1)),
            ("-", ("", 0)),
        ] {
            assert_eq!(after_key(typed, [0, 0], "±"), (after.0.to_owned(), after.1), "{typed}");
        }
    }

    #[test]
    fn no_caret_is_out_of_place() {
        for typed in ["", "a😀−é5", "−−", "\u{1f468}\u{200d}\u{1f469}"] {
            for place in 0..10 {
                for key in [".", "±", "mg"] {
                    let (text, caret) = after_key(typed, [place, 9 - place], key);
                    assert!(caret <= length(&text), "{typed:?} {place} {key}");
                }
            }
        }
    }

    #[test]
    fn a_result_takes_the_place_of_the_number_and_the_unit_stays() {
        for (typed, put) in [
            ("", "62.5"),
            ("12", "62.5"),
            ("-1,250.50 mL/hour", "62.5 mL/hour"),
            ("mg", "62.5 mg"),
            ("5 %", "62.5 %"),
            ("–1\u{a0}000\u{a0}mL", "62.5 mL"),
            ("\u{ff17} mL", "62.5 mL"),
            // What the figures behind it belong to is not guessed.
            ("250 mg/5 mL", "62.5"),
            ("12 or 13 mg", "62.5"),
        ] {
            assert_eq!(with_number(typed, "62.5"), put, "{typed}");
        }
    }
}
