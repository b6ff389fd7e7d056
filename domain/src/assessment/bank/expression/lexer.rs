use super::ExpressionError;
use crate::quantity::Rational;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Number(Rational),
    Name(String),
    /// One of [`SYMBOLS`], or `end`.
    Symbol(&'static str),
}

/// Two-character symbols before one-character ones, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 14] = ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "="];

/// The tokens with their positions, from 1. The last is always the symbol `end`.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, ExpressionError> {
    let chars: Vec<char> = text.chars().collect();
    let run = |from: usize, belongs: fn(char) -> bool| -> String {
        chars[from..].iter().take_while(|c| belongs(**c)).collect()
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let column = at + 1;
        if c.is_whitespace() {
            at += 1;
        } else if c.is_ascii_digit() || c == '.' {
            let digits = run(at, |c| c.is_ascii_digit() || c == '.');
            let number = digits.parse().map_err(|_| {
                ExpressionError::new(
                    column,
                    format!("{digits} is not a number here: write it like 12 or 0.5"),
                )
            })?;
            at += digits.len();
            found.push((Token::Number(number), column));
        } else if c.is_ascii_lowercase() {
            let name = run(at, |c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
            at += name.len();
            found.push((Token::Name(name), column));
        } else {
            let rest: String = chars[at..].iter().take(2).collect();
            let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
            let symbol = symbol.ok_or_else(|| ExpressionError::new(column, instead_of(c)))?;
            at += symbol.len();
            found.push((Token::Symbol(symbol), column));
        }
    }
    found.push((Token::Symbol("end"), chars.len() + 1));
    Ok(found)
}

fn instead_of(c: char) -> String {
    match c {
        '×' => "write * for times".to_owned(),
        '÷' => "write / for divided by".to_owned(),
        '−' | '–' => "write the plain minus, -".to_owned(),
        '≤' => "write <= for at most".to_owned(),
        '≥' => "write >= for at least".to_owned(),
        '&' | '|' | '!' => "write `and`, `or` and `not` as words".to_owned(),
        'A'..='Z' => "names are written in lower case".to_owned(),
        _ => format!("{c:?} has no meaning here"),
    }
}
