use std::fmt;

use crate::Problem;

/// An e-mail address, trimmed and in lower case: two spellings of one mailbox must not make two accounts.
///
/// The check is deliberately loose (something, one `@`, a domain with a dot, no spaces or control characters, at most
/// 254 characters as RFC 5321 allows): the proof that an address works is a message that arrives.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// # Errors
    /// [`Problem::EmailMissing`] for nothing but spaces, [`Problem::EmailInvalid`] for a malformed address.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let address = text.trim().to_lowercase();
        if address.is_empty() {
            return Err(Problem::EmailMissing);
        }
        let fits = address.len() <= 254 && !address.chars().any(is_out_of_place);
        let shaped = address.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && local.len() <= 64 && host.contains('.') && has_only_labels(host)
        });
        if fits && shaped { Ok(Self(address)) } else { Err(Problem::EmailInvalid) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Spaces and control characters, and what has a meaning in a list of addresses or in one that is written with a name.
///
/// This and the next are plain comparisons and not searches in a text: an uploaded roster has 50,000 addresses.
fn is_out_of_place(c: char) -> bool {
    if c.is_ascii() {
        !c.is_ascii_graphic() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '\\')
    } else {
        c.is_whitespace() || c.is_control()
    }
}

/// Labels of letters, digits and hyphens with one dot between two of them.
fn has_only_labels(host: &str) -> bool {
    let mut before = '.';
    host.chars().all(|c| {
        let fits = c.is_alphanumeric() || c == '-' || (c == '.' && before != '.');
        before = c;
        fits
    }) && before != '.'
}

/// Logs show that there was an address, not which.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_malformed_address_is_refused() {
        assert_eq!(EmailAddress::parse("  "), Err(Problem::EmailMissing));
        for wrong in [
            "nurse",
            "nurse@",
            "@trust.nhs.uk",
            "a b@trust.nhs.uk",
            "nurse@trust",
            "a@b@c.uk",
            "a@b..uk",
            "a@.uk",
            "a@b.uk.",
            "a@b.u_k",
            "a@b.uk\u{7f}",
            "a\u{a0}@b.uk",
            "<a@b.uk>",
        ] {
            assert_eq!(EmailAddress::parse(wrong), Err(Problem::EmailInvalid), "{wrong}");
        }
        assert_eq!(
            EmailAddress::parse(&format!("{}@example.ac.uk", "a".repeat(65))),
            Err(Problem::EmailInvalid)
        );
    }

    #[test]
    fn an_address_is_trimmed_and_lowered() {
        let address = EmailAddress::parse(" Sam.O'Neil+nmp@Uni.Example.AC.UK ").unwrap();
        assert_eq!(address.as_str(), "sam.o'neil+nmp@uni.example.ac.uk");
    }

    proptest! {
        #[test]
        fn parsing_is_stable_and_never_panics(text in ".{0,300}") {
            if let Ok(once) = EmailAddress::parse(&text) {
                prop_assert_eq!(EmailAddress::parse(once.as_str()), Ok(once.clone()));
                prop_assert!(!once.as_str().contains(char::is_whitespace));
            }
        }
    }
}
