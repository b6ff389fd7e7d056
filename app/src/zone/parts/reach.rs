//! Links by which somebody is reached: as people read the address or the number, and as a program takes it.

use domain::zone::dialled;
use leptos::prelude::*;

/// An address of e-mail.
pub fn by_mail(email: String) -> AnyView {
    let to = mail_to(&email);
    view! { <a href=to>{email}</a> }.into_any()
}

/// A telephone number, with an extension or a word beside it.
pub fn by_telephone(number: String) -> AnyView {
    match dialled(&number) {
        Some(dialled) => view! { <a href=format!("tel:{dialled}")>{number}</a> }.into_any(),
        None => number.into_any(),
    }
}

/// An address may have signs that mean something else in a link.
fn mail_to(email: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"@.-_+~!$'*".contains(&byte);
    email.bytes().fold("mailto:".to_owned(), |mut link, byte| {
        if kept(byte) {
            link.push(char::from(byte));
        } else {
            link.push_str(&format!("%{byte:02X}"));
        }
        link
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn no_sign_of_an_address_ends_the_link_to_it() {
        assert_eq!(mail_to("o'neil+zone@x.example"), "mailto:o'neil+zone@x.example");
        assert_eq!(mail_to("a?b&c%d=e@é.example"), "mailto:a%3Fb%26c%25d%3De@%C3%A9.example");
    }
}
