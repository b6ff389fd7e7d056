/// The text of a cell of a CSV file, for people who open it in a spreadsheet program. What the program would read as a formula gets an
/// apostrophe before it, as OWASP advises against CSV injection. So does what follows a semicolon: where the decimal point is a comma,
/// programs divide a CSV file at semicolons, also inside quotation marks, and "x;=1+1" would be two cells.
pub fn harmless(cell: &str) -> String {
    let cell = if is_harmless(cell) { cell.to_owned() } else { format!("'{cell}") };
    let part = |(at, part): (usize, &str)| {
        // Quotation marks at the beginning would be those of the divided cell.
        let bare = part.trim_start_matches('"');
        if at == 0 || is_harmless(bare) { part.to_owned() } else { format!("'{part}") }
    };
    if cell.contains(';') {
        cell.split(';').enumerate().map(part).collect::<Vec<_>>().join(";")
    } else {
        cell
    }
}

/// Whether no program takes this for a formula.
pub fn is_harmless(part: &str) -> bool {
    !part.starts_with(DANGEROUS) || is_plain_number(part) || is_telephone_number(part)
}

/// The first characters that make a spreadsheet read a cell as a formula. OWASP does not list LF, but some programs skip it at the front,
/// as they skip CR.
const DANGEROUS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// "-2.5", "+3": a sign, digits, and at most one point between digits. Other forms that some programs read as a number do not count.
fn is_plain_number(cell: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    match unsigned.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(unsigned),
    }
}

/// "+44 20 7946 0000": groups of figures with one space between them, as many as a telephone number has. No program computes this.
fn is_telephone_number(cell: &str) -> bool {
    let Some(number) = cell.strip_prefix('+') else { return false };
    let figures = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let count = number.bytes().filter(u8::is_ascii_digit).count();
    number.split(' ').all(figures) && (7..=15).contains(&count)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for text in ["=1+1", "@SUM(A1)", "+1+1", "-2+3", "\t=1", "-", "+", "+a"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        for text in ["-1.5", "+5", "+44 20 7946 0000", "O'Neill", ""] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn what_follows_a_semicolon_is_guarded_like_a_cell() {
        for (text, written) in [
            ("x;=1+1", "x;'=1+1"),
            ("x;\"=1;", "x;'\"=1;"),
            ("-2;-3", "'-2;-3"),
            ("=1;@x;y", "'=1;'@x;y"),
            ("\"=1", "\"=1"),
            (";", ";"),
        ] {
            assert_eq!(harmless(text), written);
        }
    }
}
