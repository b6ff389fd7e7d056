//! The code on a certificate, by which anybody can check it.

use super::random;
use crate::Result;

/// Twelve letters and digits that are not easily confused: 32^12 codes, too many to guess one.
///
/// # Errors
/// When the operating system has no randomness.
pub(crate) fn verification_code() -> Result<String> {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bytes: [u8; 12] = random::bytes()?;
    let mut code = String::with_capacity(14);
    for (n, byte) in bytes.iter().enumerate() {
        if n > 0 && n % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(SIGNS[usize::from(byte % 32)]));
    }
    Ok(code)
}

/// A code as it is stored, however it was typed.
pub(crate) fn code_of(typed: &str) -> String {
    let letters: String =
        typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    letters.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join("-")
}

/// "W. X." for the name on a certificate.
pub(crate) fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|name| name.chars().find(|c| c.is_alphabetic()));
    letters.map(|letter| format!("{}.", letter.to_uppercase())).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = verification_code().unwrap();
        assert_eq!(code.len(), 14);
        for typed in [code.clone(), code.to_lowercase().replace('-', " "), format!(" {code}\u{a0}")] {
            assert_eq!(code_of(&typed), code);
        }
        assert_eq!(code_of(""), "");
    }

    #[test]
    fn initials_are_of_the_words_that_begin_with_a_letter() {
        assert_eq!(initials("Wang  Xiaoming"), "W. X.");
        assert_eq!(initials("zoë (née) 7 O'Neill"), "Z. N. O.");
        assert_eq!(initials(""), "");
    }
}
