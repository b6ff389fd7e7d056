use std::collections::BTreeSet;

use domain::{count, kit::list::link_to};
use leptos::prelude::*;

/// A way to write to candidates who are shown, in the setter's own mail program: none of them sees another's address, and the service sends
/// and keeps nothing.
pub fn letter_to(paper: &str, emails: &[&str]) -> AnyView {
    let Some((people, address)) = addressed(paper, emails) else { return ().into_any() };
    view! {
        <p class="on-screen">
            <a href=address rel="external">{format!("Write to the {people} shown here")}</a>
            <span class="hint line">"Opens your own mail program. The addresses are blind copies, so that nobody sees another's."</span>
        </p>
    }
    .into_any()
}

/// How many there are, each once, and the letter to them. Erased accounts have no address.
fn addressed(paper: &str, emails: &[&str]) -> Option<(String, String)> {
    let emails: BTreeSet<_> = emails.iter().copied().filter(|email| email.contains('@')).collect();
    let number = u32::try_from(emails.len()).ok().filter(|number| *number > 0)?;
    let all = emails.into_iter().collect::<Vec<_>>().join(",");
    Some((count(number, "candidate"), link_to("mailto:", &[("bcc", all.as_str()), ("subject", paper)])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_each_address_once_and_as_a_blind_copy() {
        let (people, address) =
            addressed("Sums & doses", &["b+1@uni.example", "a@uni.example", "b+1@uni.example", ""]).unwrap();
        assert_eq!(people, "2 candidates");
        assert_eq!(address, "mailto:?bcc=a%40uni.example%2Cb%2B1%40uni.example&subject=Sums%20%26%20doses");
        assert_eq!(addressed("Sums", &[""]), None);
    }
}
