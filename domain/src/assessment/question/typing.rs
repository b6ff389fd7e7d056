//! Help with typing a number: the sign, which the number pads of some phones lack, and the result of a calculation.

/// The typed text with the other sign.
pub fn with_other_sign(typed: &str) -> String {
    let text = typed.trim();
    match text.strip_prefix(['-', '−']) {
        Some(rest) => rest.trim_start().to_owned(),
        None => format!("-{}", text.strip_prefix('+').unwrap_or(text).trim_start()),
    }
}

/// A number in place of the one in the typed text. A unit behind it stays.
pub fn with_number(typed: &str, number: &str) -> String {
    let behind = typed
        .trim_start_matches([' ', '-', '−', '+', '.', ',', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    let unit = behind.trim();
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
    fn a_result_takes_the_place_of_the_number_and_the_unit_stays() {
        for (typed, put) in [
            ("", "62.5"),
            ("12", "62.5"),
            ("-1,250.50 mL/hour", "62.5 mL/hour"),
            ("mg", "62.5 mg"),
            ("5 %", "62.5 %"),
            // What the figures behind it belong to is not guessed.
            ("250 mg/5 mL", "62.5"),
            ("12 or 13 mg", "62.5"),
        ] {
            assert_eq!(with_number(typed, "62.5"), put, "{typed}");
        }
    }
}
