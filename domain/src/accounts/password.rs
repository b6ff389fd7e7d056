use std::fmt;

use crate::Problem;

/// A password as typed at sign-in: any text that is not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// # Errors
    /// [`Problem::PasswordMissing`] for an empty text. Spaces count: they are characters like any other.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        if text.is_empty() { Err(Problem::PasswordMissing) } else { Ok(Self(text.to_owned())) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A newly chosen password: 12 to 200 characters, any characters, no composition rules
/// (NIST SP 800-63B, section 5.1.1.2; National Cyber Security Centre, "Password policy").
///
/// Whether it is too common to be safe needs a list, and is judged by `services::accounts`.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    pub const SHORTEST: usize = 12;
    /// Long enough for any sentence, short enough that hashing it cannot overload the server.
    pub const LONGEST: usize = 200;

    /// # Errors
    /// [`Problem::PasswordTooShort`] or [`Problem::PasswordTooLong`], counted in characters, not bytes.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        match text.chars().count() {
            0..Self::SHORTEST => Err(Problem::PasswordTooShort),
            Self::SHORTEST..=Self::LONGEST => Ok(Self(text.to_owned())),
            _ => Err(Problem::PasswordTooLong),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(NewPassword::parse("elevenchars"), Err(Problem::PasswordTooShort));
        assert_eq!(NewPassword::parse(&"é".repeat(11)), Err(Problem::PasswordTooShort));
        assert!(NewPassword::parse(&"é".repeat(12)).is_ok());
        assert!(NewPassword::parse(&" ".repeat(200)).is_ok());
        assert_eq!(NewPassword::parse(&"x".repeat(201)), Err(Problem::PasswordTooLong));
    }

    #[test]
    fn a_password_never_shows_in_a_log() {
        let shown =
            format!("{:?} {:?}", Password::parse("secret"), NewPassword::parse("correct horse battery"));
        assert!(!shown.contains("secret") && !shown.contains("horse"));
    }
}
